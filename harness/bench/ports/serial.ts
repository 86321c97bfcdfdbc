import type { HarnessError } from '../../terms/error.ts';

export interface SerialChunk {
  readonly at: number;
  readonly text: string;
  /** A gap: for so long, ms, the line was lost and nothing was heard. `text` then says so, and was not printed. */
  readonly missedMs?: number;
}
/**
 * The recorder's console. Everything received is transcribed from open to close. Writing is limited to an allow-list of
 * harmless commands, and nothing is typed while a boot loader may hear it. Throws PORT_BUSY, PORT_UNREACHABLE on open,
 * PORT_CLOSED after close. A line that is lost is looked for: meanwhile waits go on, a command under way gets
 * PORT_CLOSED, and when the line is back the transcript has a gap. Once it has been looked for too long, what waits and
 * every call gets PORT_CLOSED, until it is back.
 */
export interface Serial extends AsyncDisposable {
  /** Text received since open, oldest first. */
  transcript(): readonly SerialChunk[];
  /** What keeps this port from being used now: it is lost (PORT_CLOSED), or prints no text (PORT_PROTOCOL). */
  trouble(): HarnessError | undefined;
  /**
   * Waits for text that matches, looking from `since` (index into the transcript; default: now). PORT_TIMEOUT with the
   * last line seen; PORT_PROTOCOL where what comes is no text, with the likely cause.
   */
  waitFor(pattern: RegExp, options: { readonly timeoutMs: number; readonly since?: number }): Promise<string>;
  /** Sends one allow-listed command and answers what the console printed up to the next prompt. CONFIG_INVALID for any other. */
  command(name: 'help' | 'prtHardInfo' | 'getIp', options: { readonly timeoutMs: number }): Promise<string>;
}
