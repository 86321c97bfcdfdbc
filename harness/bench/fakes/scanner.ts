import { HarnessError } from '../../terms/error.ts';
import type { ScanAnswer, Scanner } from '../ports/scanner.ts';
import { otherEnd } from './other-end.ts';

/** A scanner with a script. Dispose complains (USAGE) of answers that no scan used. */
export interface FakeScanner extends Scanner {
  /** The answer to one scan of this payload; of any payload where that is undefined. */
  expectScan(payload: string | undefined, answer: ScanAnswer): void;
  /** Every scan so far, oldest first. */
  scans(): readonly { readonly payload: string; readonly as: 'visitor' | 'account' }[];
  vanish(): void;
}

/** Without a script: a scan that no answer waits for throws USAGE. */
export function fakeScanner(): FakeScanner {
  const end = otherEnd('scanner');
  const script: { readonly payload: string | undefined; readonly answer: ScanAnswer }[] = [];
  const scans: { readonly payload: string; readonly as: 'visitor' | 'account' }[] = [];
  return {
    async scan({ payload }, { as = 'visitor' } = {}) {
      end.check();
      scans.push({ payload, as });
      const index = script.findIndex((step) => step.payload === undefined || step.payload === payload);
      const [step] = index < 0 ? [] : script.splice(index, 1);
      if (step === undefined) {
        throw new HarnessError('USAGE', `No answer is scripted for a scan of ${JSON.stringify(payload)}.`, {
          port: 'scanner',
        });
      }
      return step.answer;
    },
    expectScan: (payload, answer) => void script.push({ payload, answer }),
    scans: () => scans.slice(),
    vanish: end.vanish,
    async [Symbol.asyncDispose]() {
      if (!end.close() || script.length === 0) return;
      const left = script.map(({ answer }) => JSON.stringify(answer.message)).join(', ');
      throw new HarnessError('USAGE', `Scripted scans that never came: ${left}.`, { port: 'scanner' });
    },
  };
}
