import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { HarnessError } from '../../../terms/error.ts';
import type { Prompt } from '../../ports/operator.ts';
import { blocksOf, modulesOf } from './qr.ts';
import { outcomeText, type Posted, type Reply, type Way } from './way.ts';

export interface TerminalOptions {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  /** Who sits there: the name of the account. */
  readonly by: string;
  readonly colour: boolean;
  /** Told when a prompt begins to be shown; what else writes there is quiet until the function that it returns is called. */
  readonly hold?: () => () => void;
  /** Ctrl-C at a prompt. */
  readonly onInterrupt?: () => void;
}

interface Waiting {
  readonly posted: Posted;
  readonly reply: Reply;
}
interface Front extends Waiting {
  readonly lines: Interface;
  readonly release: () => void;
  /** A picture that lies where a viewer can open it. */
  readonly folder: string | undefined;
}

/**
 * Prompts in a terminal, one at a time in the order of asking: an answer is its number or its value, with a note behind
 * it. A half-typed line is thrown away when its prompt is over, so that it answers no other one.
 * @throws HarnessError USAGE where there is no terminal
 */
export function terminalWay(options: TerminalOptions): Way {
  const { input, output, by, colour, hold, onInterrupt } = options;
  if (input.isTTY !== true || output.isTTY !== true)
    throw new HarnessError('USAGE', 'There is no terminal to ask in.', {
      port: 'operator',
      hint: 'Use --operator page, or a file of answers.',
    });
  const queue: Waiting[] = [];
  let front: Front | undefined;
  const say = (text: string) => output.write(`${text}\n`);

  function begin(): void {
    const [next] = front === undefined ? queue.splice(0, 1) : [];
    if (next === undefined) return;
    const { posted, reply } = next;
    const { prompt } = posted;
    const release = hold?.() ?? (() => undefined);
    const folder = prompt.kind === 'picture' ? mkdtempSync(join(tmpdir(), 'resetbench-prompt-')) : undefined;
    say(textOf(posted, { colour, columns: output.columns ?? 80 }));
    if (prompt.kind === 'picture' && folder !== undefined) {
      const file = join(folder, `picture.${prompt.frame.format}`);
      writeFileSync(file, prompt.frame.bytes, { mode: 0o600 });
      say(`The picture: ${file}`);
    }
    const lines = createInterface({ input, output, terminal: true, prompt: '> ', historySize: 0 });
    front = { posted, reply, lines, release, folder };
    lines.on('SIGINT', () => onInterrupt?.());
    lines.on('line', (line) => {
      const read = readLine(prompt, line);
      const objection = typeof read === 'string' ? read : reply.answer({ ...read, by, way: 'terminal' });
      if (objection === undefined || front?.lines !== lines) return;
      say(objection);
      lines.prompt();
    });
    lines.prompt();
  }

  function end(text: string): void {
    if (front === undefined) return;
    const { lines, release, folder } = front;
    front = undefined;
    lines.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    say(`\n${text}`);
    release();
  }

  return {
    show(posted, reply) {
      queue.push({ posted, reply });
      begin();
      return {
        over(record) {
          const at = queue.findIndex((one) => one.posted === posted);
          if (at >= 0) queue.splice(at, 1);
          if (front?.posted === posted) end(outcomeText(record));
          begin();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      queue.length = 0;
      end('No more is asked.');
    },
  };
}

/** A prompt as it stands in a terminal. */
function textOf(
  { dut, prompt, until }: Posted,
  { colour, columns }: { readonly colour: boolean; readonly columns: number },
): string {
  const bold = (text: string) => (colour ? `\u001b[1m${text}\u001b[0m` : text);
  const time = new Date(until).toTimeString().slice(0, 8);
  const asked =
    prompt.kind === 'text'
      ? [`Expected: something like ${prompt.example}`]
      : prompt.options.map(({ label }, at) => `  ${at + 1}  ${label}`);
  const note = prompt.note === undefined ? [] : [`Behind the answer you may write: ${prompt.note}`];
  return [
    '',
    bold(`${dut} asks, until ${time}: ${prompt.title}`),
    ...(prompt.steps ?? []).map((step) => `- ${step}`),
    ...(prompt.qr === undefined ? [] : qrLines(prompt.qr, { colour, columns })),
    ...asked,
    ...note,
  ].join('\n');
}

function qrLines(
  text: string,
  { colour, columns }: { readonly colour: boolean; readonly columns: number },
): readonly string[] {
  const modules = modulesOf(text);
  if (modules.length <= columns) return blocksOf(modules, colour);
  return [
    `The QR needs ${modules.length} columns, and there are ${columns}: make the window wider, or use the page.`,
  ];
}

/** What a line answers, or why it does not. */
function readLine(prompt: Prompt, line: string): { readonly value: string; readonly note?: string } | string {
  const text = line.trim();
  if (prompt.kind === 'text') return { value: text };
  const [first = '', ...rest] = text.split(/\s+/);
  const value = /^\d+$/.test(first) ? prompt.options[Number(first) - 1]?.value : first;
  const note = rest.join(' ');
  if (value === undefined || value === '') return `Expected a number from 1 to ${prompt.options.length}.`;
  if (note !== '' && prompt.note === undefined) return 'Expected the answer alone.';
  return note === '' ? { value } : { value, note };
}
