export interface SerialChunk {
  readonly at: number;
  readonly text: string;
}
/**
 * The recorder's console. Everything received is transcribed from open to close. Writing is limited to an
 * allow-list of harmless commands. Throws PORT_BUSY, PORT_UNREACHABLE on open, PORT_CLOSED after close or unplug.
 */
export interface Serial extends AsyncDisposable {
  /** Text received since open, oldest first. */
  transcript(): readonly SerialChunk[];
  /** Waits for text that matches, looking from `since` (index into the transcript; default: now). PORT_TIMEOUT with the last line seen. */
  waitFor(pattern: RegExp, options: { readonly timeoutMs: number; readonly since?: number }): Promise<string>;
  /** Sends one allow-listed command and answers what the console printed up to the next prompt. CONFIG_INVALID for any other. */
  command(name: 'help' | 'prtHardInfo' | 'getIp', options: { readonly timeoutMs: number }): Promise<string>;
}
