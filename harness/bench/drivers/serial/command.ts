/**
 * The commands that may be typed at a recorder's console, and how their answers are told apart. Prompt and names are
 * those of the protected shell ("psh") in public recordings; nothing here changes a recorder.
 */
export const SERIAL_COMMANDS = ['help', 'prtHardInfo', 'getIp'] as const;
export type SerialCommand = (typeof SERIAL_COMMANDS)[number];

/** What Enter sends. */
export const ENTER = '\r';

/**
 * The answer in what was printed since a command was typed: without the echo and the prompts around it, lines ended by
 * line feeds. undefined until the next prompt stands at the end of the text; a prompt alone is one from before.
 */
export function answerOf(command: SerialCommand, text: string): string | undefined {
  const lines = text.replace(/\r+\n?/g, '\n');
  const prompt = /(?:^|\n)# ?$/.exec(lines);
  if (prompt === null) return undefined;
  const printed = lines.slice(0, prompt.index).replace(/^\s*(?:# )?/, '');
  const answer =
    printed === command || printed.startsWith(`${command}\n`) ? printed.slice(command.length + 1) : printed;
  return printed === '' ? undefined : answer;
}
