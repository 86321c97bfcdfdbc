import t from 'tap';
import type { PasswordKeeper } from '../../terms/passwords.ts';
import { pendingPasswords } from './pending.ts';

/** Passwords before a keeper that writes down what it is told. */
function kept() {
  const told: string[] = [];
  const keeper: PasswordKeeper = {
    intend: (password) => {
      told.push(`${password} intended`);
      return {
        keyed: () => told.push(`${password} keyed`),
        confirmed: (by) => told.push(`${password} confirmed by ${by}`),
        abandoned: (why) => told.push(`${password} abandoned: ${why}`),
      };
    },
    holds: () => undefined,
  };
  return { told, pending: pendingPasswords(keeper) };
}

t.test(
  'a password counts as keyed before it is confirmed, and as held once the screen took it',
  async (t) => {
    const { told, pending } = kept();
    pending.intend('new', 'new');
    await pending.saved(async () => {
      told.push('OK');
      return { accepted: true, message: '' };
    });
    t.same(told, ['new intended', 'new keyed', 'OK', 'new confirmed by screen']);
  },
);

t.test(
  'of two passwords that differ both are kept, and both given up where the recorder refuses',
  async (t) => {
    const { told, pending } = kept();
    pending.intend('new', 'other');
    const outcome = await pending.saved(async () => ({ accepted: false, message: 'They differ' }));
    t.same(outcome, { accepted: false, message: 'They differ' });
    t.same(told.slice(0, 4), ['new intended', 'other intended', 'new keyed', 'other keyed']);
    t.same(told.slice(4), [
      'other abandoned: it was typed as the confirmation alone',
      'new abandoned: the recorder refused it at the screen',
    ]);
  },
);

t.test('where nobody waits for the outcome, nothing is said of it', (t) => {
  const { told, pending } = kept();
  pending.intend('new');
  pending.keyed();
  pending.keyed();
  t.same(told, ['new intended', 'new keyed']);
  t.end();
});
