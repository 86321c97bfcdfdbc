import { spawn } from 'node:child_process';
import { HarnessError } from '../../../terms/error.ts';
import type { Posted, Reply, Shown, Way } from './way.ts';

/** What stands in a file of answers for one prompt: an answer, or a program that gives it. */
export type RecordedAnswer =
  | { readonly value: string; readonly note?: string | undefined }
  | { readonly command: readonly [string, ...string[]] };

export interface RecordedOptions {
  /** By id of the prompt, or `DUT/id` for one recorder; of several the first time takes the first, and so on. */
  readonly answers: Readonly<Record<string, readonly RecordedAnswer[]>>;
  /** Who stands for them. */
  readonly by: string;
  /** Where programs start. */
  readonly folder: string;
}

/** Longest output of a program that is read, characters. */
const OUTPUT = 10_000;

/**
 * Answers from a file. A program gets the prompt as JSON on its standard input (`dut`, `id`, `title`, `kind`, `steps`,
 * `options` or `pattern`, `qr`, `picture` in Base64) and prints the answer on its first line, a note on the second.
 */
export function recordedWay({ answers, by, folder }: RecordedOptions): Way {
  const taken = new Map<string, number>();
  const running = new Set<AbortController>();

  function next({ dut, prompt }: Posted): RecordedAnswer | undefined {
    const key = [`${dut}/${prompt.id}`, prompt.id].find((one) => Object.hasOwn(answers, one));
    if (key === undefined) return undefined;
    const list = answers[key] ?? [];
    const time = taken.get(key) ?? 0;
    taken.set(key, time + 1);
    // One answer is good for every time; a list is gone through once.
    return list.length === 1 ? list[0] : list[time];
  }

  function hand(reply: Reply, id: string, value: string, note: string | undefined, isScript: boolean): void {
    const noted = note === undefined || note === '' ? {} : { note };
    const objection = reply.answer({ value, ...noted, by, way: isScript ? 'script' : 'recorded' });
    if (objection === undefined || objection === 'It is over.') return;
    reply.fail(
      new HarnessError(
        'CONFIG_INVALID',
        `The answer ${JSON.stringify(value)} does not fit "${id}". ${objection}`,
        {
          port: 'operator',
          hint: isScript ? 'Correct what the program prints.' : 'Correct the file of answers.',
        },
      ),
    );
  }

  return {
    show(posted, reply): Shown | undefined {
      const found = next(posted);
      const { id } = posted.prompt;
      if (found === undefined) return undefined;
      if ('value' in found) {
        // Not at once: the other ways see the prompt before they are told of its answer.
        queueMicrotask(() => hand(reply, id, found.value, found.note, false));
        return { over: () => undefined };
      }
      const stop = new AbortController();
      running.add(stop);
      answerOf(found.command, { folder, input: JSON.stringify(asJson(posted)), signal: stop.signal })
        .then(([value, note]) => hand(reply, id, value, note, true), reply.fail)
        .finally(() => running.delete(stop));
      return { over: () => stop.abort() };
    },
    async [Symbol.asyncDispose]() {
      for (const stop of running) stop.abort();
    },
  };
}

function asJson({ dut, prompt }: Posted): object {
  if (prompt.kind !== 'picture') return { dut, ...prompt };
  const { frame, ...rest } = prompt;
  return {
    dut,
    ...rest,
    picture: { format: frame.format, base64: Buffer.from(frame.bytes).toString('base64') },
  };
}

function answerOf(
  [program, ...args]: readonly [string, ...string[]],
  {
    folder,
    input,
    signal,
  }: { readonly folder: string; readonly input: string; readonly signal: AbortSignal },
): Promise<readonly [value: string, note: string | undefined]> {
  const failed = (why: string, cause?: unknown) =>
    new HarnessError('OPERATOR_ABSENT', `The program ${program}, which was to answer, ${why}.`, {
      port: 'operator',
      hint: 'Run it by hand, with the prompt as JSON on its standard input.',
      ...(cause === undefined ? {} : { cause }),
    });
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: folder, signal, stdio: 'pipe' });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out = (out + text).slice(0, OUTPUT);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err = (err + text).slice(-OUTPUT);
    });
    // One that reads nothing has closed its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.on('error', (cause) => reject(failed('could not be run', cause)));
    child.on('close', (code) => {
      const [value = '', note] = out.split('\n').map((line) => line.trim());
      if (code === 0 && value !== '') return resolve([value, note]);
      const said = err.trim().split('\n').at(-1) ?? '';
      return reject(failed(code === 0 ? 'printed nothing' : `ended with ${code}: ${said}`));
    });
  });
}
