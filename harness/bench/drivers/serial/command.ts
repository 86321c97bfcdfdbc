/**
 * The commands that may be typed at a recorder's console, and how their answers are told apart. Prompt and names are
 * those of the protected shell ("psh") in public recordings; nothing here changes a recorder.
 */
export const SERIAL_COMMANDS = ['help', 'prtHardInfo', 'getIp'] as const;
export type SerialCommand = (typeof SERIAL_COMMANDS)[number];

/** What Enter sends. */
export const ENTER = '\r';

/**
 * The answer in what was printed since a command was typed: what stands between its echo and the next prompt, lines
 * ended by line feeds. undefined until both are there: what a console prints by itself is followed by a prompt too.
 */
export function answerOf(command: SerialCommand, text: string): string | undefined {
  const printed = toPrompt(text);
  const echo = new RegExp(`(?:^|\\n)(?:# )?${command} *(?=\\n|$)`).exec(printed ?? '');
  return echo === null ? undefined : printed?.slice(echo.index + echo[0].length + 1);
}

/** The same of a console that echoes nothing: all that was printed before the last prompt, where that is anything. */
export function answerWithoutEcho(text: string): string | undefined {
  const printed = toPrompt(text)?.replace(/^\s*(?:# )?/, '');
  return printed === '' ? undefined : printed;
}

/** What stands before the prompt at the end; undefined where there is none. */
function toPrompt(text: string): string | undefined {
  const lines = text.replace(/\r+\n?/g, '\n');
  const prompt = /(?:^|\n)# ?$/.exec(lines);
  return prompt === null ? undefined : lines.slice(0, prompt.index);
}
