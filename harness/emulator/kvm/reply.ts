import type { PikvmAnswer } from '../../wire/pikvm.ts';

/** What is sent back. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** An error as kvmd names it. */
export class ApiError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(status: number, name: string, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export const unauthorized = () => new ApiError(401, 'UnauthorizedError', 'Unauthorized');
export const forbidden = () => new ApiError(403, 'ForbiddenError', 'Forbidden');
export const unavailable = () => new ApiError(503, 'UnavailableError', 'Service Unavailable');
/** A parameter that is not what it should be. */
export const invalid = (message: string) => new ApiError(400, 'ValidatorError', message);

/** JSON in kvmd's envelope. */
export function ok(result: object = {}, headers: Readonly<Record<string, string>> = {}): Reply {
  return json(200, { ok: true, result }, headers);
}

/** An error in kvmd's envelope. */
export function failed({ status, name, message }: ApiError): Reply {
  return json(status, { ok: false, result: { error: name, error_msg: message } });
}

/** What aiohttp answers by itself. */
export function plain(status: number, text: string): Reply {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: `${status}: ${text}`,
  };
}

function json(
  status: number,
  answer: PikvmAnswer<object>,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(answer, null, 4),
  };
}
