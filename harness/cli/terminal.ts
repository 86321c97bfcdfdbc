import { createInterface } from 'node:readline';
import type { AskPerson } from '../flow/by-hand.ts';
import { HarnessError } from '../terms/error.ts';

/** A person at a terminal. */
export interface Terminal extends Disposable {
  readonly ask: AskPerson;
}

/** Asks by lines; what is no answer is asked again. Lines that come early, as from a file, are kept. */
export function openTerminal(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Terminal {
  const reader = createInterface({ input });
  const lines = reader[Symbol.asyncIterator]();
  return {
    async ask({ text, answers, withinMs }) {
      const over = Promise.withResolvers<never>();
      // Where the answer comes first, nobody waits for it any more.
      over.promise.catch(() => undefined);
      const timer = setTimeout(() => {
        const minutes = Math.round(withinMs / 60_000);
        over.reject(new HarnessError('PORT_TIMEOUT', `Nobody answered within ${minutes} minutes.`));
      }, withinMs);
      try {
        for (;;) {
          output.write(`${text} `);
          const { value, done } = await Promise.race([lines.next(), over.promise]);
          if (done === true)
            throw new HarnessError('INTERRUPTED', 'There is nobody to ask: the terminal was closed.');
          const answer = String(value).trim().toLowerCase();
          if (answers.includes(answer)) return answer;
        }
      } finally {
        clearTimeout(timer);
      }
    },
    [Symbol.dispose]: () => reader.close(),
  };
}
