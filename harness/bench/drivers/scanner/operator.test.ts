import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { type ScannerUnderTest, scannerContract } from '../../ports/scanner.contract.ts';
import type { ScanAnswer } from '../../ports/scanner.ts';
import { openDesk } from '../operator/desk.ts';
import type { Way } from '../operator/way.ts';
import { openOperatorScanner } from './operator.ts';

/** A person with a phone, who reads nothing but the prompt. */
function person(answers: ReadonlyMap<string, ScanAnswer>) {
  const scans: { readonly payload: string; readonly as: 'visitor' | 'account' }[] = [];
  let gone = false;
  const way: Way = {
    show({ prompt }, reply) {
      if (gone) return undefined;
      const payload = prompt.qr ?? '';
      scans.push({ payload, as: /as a visitor/.test(prompt.title) ? 'visitor' : 'account' });
      const answer = answers.get(payload);
      queueMicrotask(() => {
        if (answer === undefined) return;
        const { accepted, message } = answer;
        reply.answer({ value: accepted ? 'sent' : 'refused', note: message, by: 'ann', way: 'page' });
      });
      return { over: () => undefined };
    },
    async [Symbol.asyncDispose]() {},
  };
  const leave = () => {
    gone = true;
  };
  return { way, scans, leave };
}

scannerContract(
  t,
  'operator',
  async (): Promise<ScannerUnderTest> => {
    const answers = new Map<string, ScanAnswer>();
    const { way, scans, leave } = person(answers);
    const desk = openDesk({ ways: [way], clock });
    const scanner = openOperatorScanner({ operator: desk.at('shelf') });
    return {
      scanner,
      expectScan: (payload, answer) => void answers.set(payload, answer),
      scans: () => scans,
      vanish: async () => leave(),
      async [Symbol.asyncDispose]() {
        await scanner[Symbol.asyncDispose]();
        await desk[Symbol.asyncDispose]();
      },
    };
  },
  { gone: 'OPERATOR_ABSENT' },
);

t.test('a person who does not come is told of, and closing withdraws the prompt', async (t) => {
  const { way } = person(new Map());
  await using desk = openDesk({ ways: [way], clock });
  const hasty = openOperatorScanner({ operator: desk.at('shelf'), timeoutMs: 30 });
  await t.rejects(hasty.scan({ payload: 'x' }), { code: 'OPERATOR_TIMEOUT', message: /Scan this QR/ });
  const patient = openOperatorScanner({ operator: desk.at('shelf') });
  const scan = patient.scan({ payload: 'x' });
  await patient[Symbol.asyncDispose]();
  await t.rejects(scan, { code: 'PORT_CLOSED' });
});
