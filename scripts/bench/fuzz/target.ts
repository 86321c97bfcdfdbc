import { ERROR_CODES, HarnessError } from '../../../harness/terms/error.ts';

/** A reader of something that comes from outside, ready to read. */
export interface Reader {
  /**
   * Reads one input; what it answers does not matter. Anything thrown but a HarnessError is a failure, as is one that does
   * not say what went wrong where.
   */
  read(bytes: Uint8Array, dice: number): unknown;
  close?(): Promise<void>;
}

/** What is fuzzed. */
export interface Target {
  readonly name: string;
  /** Each is read without an error. */
  readonly samples: readonly Uint8Array[];
  /** Takes one in so many of the inputs asked for, since each costs so much. Default 1. */
  readonly oneIn?: number;
  /** What an error's message names, where it names no port. */
  readonly place?: RegExp;
  open(): Promise<Reader> | Reader;
}

/** Longest message of an error that has one sentence, characters. */
const SENTENCE = 1_500;

/** Why an error is not a classified one; undefined where it is. */
export function objectionTo(error: unknown, place: RegExp | undefined): string | undefined {
  if (!(error instanceof HarnessError)) return `not a HarnessError: ${describe(error)}`;
  if (!Object.hasOwn(ERROR_CODES, error.code)) return `a code that nobody knows: ${error.code}`;
  const { message } = error;
  if (message.trim() === '') return 'an error without a message';
  // Of a configuration each problem has a line of its own.
  const lines = error.code === 'CONFIG_INVALID' ? message.split('\n') : [message];
  if (lines.some((line) => line.length > SENTENCE || line.includes('\n')))
    return `a message that is no sentence: ${JSON.stringify(message.slice(0, 200))} (${message.length} characters)`;
  if (error.port === undefined && place?.test(message) !== true)
    return `a message that names no place: ${JSON.stringify(message.slice(0, 300))}`;
  return undefined;
}

/** Throws where something that must hold does not. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

/** Pieces of an input, cut at places that are drawn. */
export function pieces(bytes: Uint8Array, dice: number): readonly Uint8Array[] {
  const most = 1 + (dice % 61);
  const found: Uint8Array[] = [];
  for (let at = 0, turn = dice; at < bytes.length; turn = (turn * 31 + 7) % 65_536) {
    // Long inputs in longer pieces: their number is not what is tried.
    const length = 1 + (turn % most) + Math.floor(bytes.length / 2_000);
    found.push(bytes.subarray(at, at + length));
    at += length;
  }
  return found;
}

export function describe(error: unknown): string {
  return error instanceof Error
    ? (error.stack ?? error.message).split('\n').slice(0, 6).join('\n')
    : String(error);
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** Between the parts of an input that are answers to different questions. */
export const PART = '\n@@\n';
export const partsOf = (bytes: Uint8Array): readonly Buffer[] => {
  const parts: Buffer[] = [];
  let rest = Buffer.from(bytes);
  for (let at = rest.indexOf(PART); at >= 0; at = rest.indexOf(PART)) {
    parts.push(rest.subarray(0, at));
    rest = rest.subarray(at + PART.length);
  }
  return [...parts, rest];
};
