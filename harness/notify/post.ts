import { createHmac } from 'node:crypto';
import { type Attempt, type RetryOptions, retried } from './retry.ts';

/** One message to an address. */
export interface Post {
  readonly url: string;
  readonly body: unknown;
  /** Id of this message: the same for each attempt, so that a receiver can tell that it has it already. */
  readonly id: string;
  /** Signs the body. */
  readonly key?: string;
}

/** Longest wait for one answer, ms. */
const SILENCE_MS = 10_000;
/** Answers after which the same may be taken later (RFC 9110, RFC 8470, RFC 6585). */
const LATER = [408, 425, 429];

/** `sha256=` and the HMAC-SHA256 of the body in hex (RFC 2104): the header `X-Resetbench-Signature-256`. */
export function signatureOf(body: string, key: string): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}

/**
 * Posts JSON. Redirections are not followed: what is signed for one address goes to no other.
 * @returns undefined where it was taken; else what came of it, without the address
 */
export function postJson(post: Post, options: RetryOptions): Promise<string | undefined> {
  const body = JSON.stringify(post.body);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'resetbench',
    'x-resetbench-delivery': post.id,
    ...(post.key === undefined ? {} : { 'x-resetbench-signature-256': signatureOf(body, post.key) }),
  };
  return retried(options, async (leftMs): Promise<Attempt> => {
    try {
      const response = await fetch(post.url, {
        method: 'POST',
        redirect: 'manual',
        headers,
        body,
        signal: AbortSignal.timeout(Math.ceil(Math.min(leftMs, SILENCE_MS))),
      });
      await response.body?.cancel();
      return answerOf(response);
    } catch (error) {
      return { taken: false, problem: `no answer: ${causeOf(error)}`, again: true };
    }
  });
}

function answerOf({ ok, status, headers }: Response): Attempt {
  if (ok) return { taken: true };
  const again = status >= 500 || LATER.includes(status);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const problem =
    status >= 300 && status < 400
      ? `answered ${status}: it leads elsewhere, and that is not followed`
      : `answered ${status}`;
  return { taken: false, problem, again, ...(seconds > 0 ? { waitMs: seconds * 1000 } : {}) };
}

/** The code of a failure to connect: its message would name the address. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause: unknown = error.cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return error.name === 'TimeoutError' ? 'it took too long' : (code ?? error.name);
}
