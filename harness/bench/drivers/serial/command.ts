import { HarnessError } from '../../../terms/error.ts';
import { SERIAL_COMMANDS, type SerialCommand, whyNotTyped } from '../../../wire/console.ts';

/** What Enter sends. */
const ENTER = '\r';

/**
 * What is typed for a command. Both lists are checked here, on the very text that goes out; nothing else goes out.
 * @throws HarnessError CONFIG_INVALID
 */
export function typed(name: string): string {
  const why = whyNotTyped(name);
  if (why === undefined) return `${name}${ENTER}`;
  throw new HarnessError('CONFIG_INVALID', `${JSON.stringify(name)} ${why}.`, {
    port: 'serial',
    hint: `Use one of ${SERIAL_COMMANDS.join(', ')}.`,
  });
}

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
