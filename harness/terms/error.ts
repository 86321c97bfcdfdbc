import type { Frame } from './frame.ts';
import type { FaultDomain } from './verdict.ts';

/** Stable codes of every error the harness throws on purpose, and whose fault each is by default. */
export const ERROR_CODES = {
  CONFIG_INVALID: 'configuration',
  CONFIG_MISSING: 'configuration',
  USAGE: 'configuration',
  PORT_UNREACHABLE: 'bench',
  PORT_BUSY: 'bench',
  PORT_CLOSED: 'bench',
  PORT_TIMEOUT: 'bench',
  PORT_PROTOCOL: 'bench',
  BROWSER_MISSING: 'bench',
  WRONG_DEVICE: 'bench',
  LEASE_HELD: 'bench',
  LEASE_LOST: 'bench',
  PASSWORD_UNSURE: 'bench',
  ADDRESS_FOREIGN: 'suite',
  CREDENTIALS_REFUSED: 'bench',
  FRAME_UNUSABLE: 'bench',
  MAIL_TIMEOUT: 'bench',
  MAILBOX_FULL: 'bench',
  SCAN_REFUSED: 'outside-service',
  MAIL_REFUSED: 'outside-service',
  SESSION_LOST: 'bench',
  LOCATOR_NOT_FOUND: 'bench',
  OPERATOR_TIMEOUT: 'operator',
  OPERATOR_ABSENT: 'operator',
  OPERATOR_UNABLE: 'operator',
  STATE_NOT_REACHED: 'unknown',
  SCREEN_NOT_REACHED: 'unknown',
  CASE_EMPTY: 'suite',
  CASE_TIMEOUT: 'suite',
  TRIES_SPENT: 'suite',
  INTERRUPTED: 'operator',
  RECORD_UNREADABLE: 'configuration',
} as const satisfies Record<string, FaultDomain>;
export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetail {
  /** What to do about it, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** The bench port concerned, if one is. */
  readonly port?: string;
  /** What was seen where it went wrong, for the evidence. */
  readonly frame?: Frame;
}

/** Longest message, characters. */
const LONGEST = 1_000;
/** A list of problems has a line for each; how a command is used has several. */
const LINES: readonly ErrorCode[] = ['CONFIG_INVALID', 'CONFIG_MISSING', 'USAGE'];

/** Messages quote what devices and servers said, and these say anything: it stays one line, and no novel. */
function sentenceOf(code: ErrorCode, message: string): string {
  if (LINES.includes(code)) return message;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = message.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** The only class the harness throws: a stable code, one sentence, a cure, and the cause. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly port: string | undefined;
  readonly frame: Frame | undefined;
  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(sentenceOf(code, message), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.hint = detail.hint;
    this.port = detail.port;
    this.frame = detail.frame;
  }
  /** Whose fault an error of this code is. */
  get domain(): FaultDomain {
    return ERROR_CODES[this.code];
  }
}
