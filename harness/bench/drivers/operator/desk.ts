import { createHash } from 'node:crypto';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Answer, PromptRecord } from '../../../terms/record.ts';
import { type AskOptions, type Operator, objectionTo, type Prompt } from '../../ports/operator.ts';
import type { Posted, Way } from './way.ts';

export interface DeskOptions {
  /** Where prompts are shown; the desk closes them. */
  readonly ways: readonly Way[];
  readonly clock: Clock;
}

/** Where the prompts of all benches of a run are answered. */
export interface Desk extends AsyncDisposable {
  /** The operator of one recorder. */
  at(dut: string): Operator;
}

type Listener = (over: PromptRecord) => void;
interface Asked {
  readonly dut: string;
  readonly prompt: Prompt;
  readonly listeners: ReadonlySet<Listener>;
  readonly withdraw: AbortSignal;
}

/** Opens a desk. Each prompt is shown in all ways at once; the first answer that fits counts, and all are told of it. */
export function openDesk({ ways, clock }: DeskOptions): Desk {
  const closing = new AbortController();
  let count = 0;

  async function ask(asked: Asked, { timeoutMs, signal }: AskOptions): Promise<Answer> {
    const { dut, prompt, listeners, withdraw } = asked;
    const stop = AbortSignal.any([closing.signal, withdraw, ...(signal === undefined ? [] : [signal])]);
    stop.throwIfAborted();
    const at = clock.now();
    const started = clock.monotonic();
    count += 1;
    const posted: Posted = { number: count, dut, prompt, until: at + timeoutMs };
    const end = Promise.withResolvers<Answer>();
    let answered: Answer | undefined;
    let isOver = false;
    const shown = ways.map((way) =>
      way.show(posted, {
        answer(answer) {
          if (isOver) return 'It is over.';
          const objection = objectionTo(prompt, answer.value);
          if (objection !== undefined) return objection;
          isOver = true;
          answered = answer;
          end.resolve(answer);
          return undefined;
        },
        fail: end.reject,
      }),
    );
    const done = new AbortController();
    const withdrawn = () => end.reject(stop.reason);
    stop.addEventListener('abort', withdrawn, { once: true });
    clock.sleep(timeoutMs, done.signal).then(
      () => end.reject(tooLate(dut, prompt, timeoutMs)),
      () => undefined,
    );
    if (shown.every((one) => one === undefined)) end.reject(absent(dut, prompt));
    try {
      return await end.promise;
    } finally {
      isOver = true;
      done.abort();
      stop.removeEventListener('abort', withdrawn);
      const { id, title, kind } = prompt;
      const record: PromptRecord = {
        id,
        title,
        kind,
        at,
        milliseconds: Math.round(clock.monotonic() - started),
        outcome: answered !== undefined ? 'answered' : stop.aborted ? 'withdrawn' : 'unanswered',
        ...(answered === undefined ? {} : { answer: answered }),
        ...shownOf(prompt),
      };
      for (const one of shown) one?.over(record);
      for (const listener of listeners) listener(record);
    }
  }

  return {
    at(dut) {
      const listeners = new Set<Listener>();
      const withdraw = new AbortController();
      return {
        ask: (prompt, options) => ask({ dut, prompt, listeners, withdraw: withdraw.signal }, options),
        watch(listener) {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
        async [Symbol.asyncDispose]() {
          withdraw.abort(closed());
        },
      };
    },
    async [Symbol.asyncDispose]() {
      closing.abort(closed());
      for (const way of [...ways].reverse()) await way[Symbol.asyncDispose]();
    },
  };
}

function shownOf(prompt: Prompt): Pick<PromptRecord, 'shown'> {
  const seen = prompt.kind === 'picture' ? prompt.frame.bytes : prompt.qr;
  return seen === undefined ? {} : { shown: createHash('sha256').update(seen).digest('hex') };
}

function closed(): HarnessError {
  return new HarnessError('PORT_CLOSED', 'The operator port is closed.', { port: 'operator' });
}

function tooLate(dut: string, { title }: Prompt, timeoutMs: number): HarnessError {
  const seconds = Math.round(timeoutMs / 1000);
  return new HarnessError('OPERATOR_TIMEOUT', `Nobody answered within ${seconds} s for ${dut}: ${title}`, {
    port: 'operator',
    hint: 'Have somebody at hand, or an answer in the file of --answers.',
  });
}

function absent(dut: string, { id, title }: Prompt): HarnessError {
  return new HarnessError('OPERATOR_ABSENT', `Nobody is there to be asked for ${dut}: ${title}`, {
    port: 'operator',
    hint: `Run with --operator terminal or page, or give an answer to "${id}" in the file of --answers.`,
  });
}
