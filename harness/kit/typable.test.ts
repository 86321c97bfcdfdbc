import t from 'tap';
import type { CaseContext } from './case.ts';
import { typable } from './typable.ts';

t.test('what the keyboard cannot write is left out, and told', async (t) => {
  const told: unknown[] = [];
  const context = {
    gui: { canType: (text: string) => !text.includes('Ä') },
    measure: (_name: string, value: unknown) => void told.push(value),
  } as unknown as CaseContext;
  const inputs = [
    ['empty', ''],
    ['with letters beyond ASCII', 'ÄBC'],
    ['plain', 'ABC'],
  ] as const;
  t.same(
    typable(context, inputs).map(([name]) => name),
    ['empty', 'plain'],
  );
  t.same(told, ['with letters beyond ASCII']);
});
