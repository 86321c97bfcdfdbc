import type { PasswordKeeper } from '../terms/passwords.ts';
import type { DutSafety } from './dut.ts';

/** A keeper that writes down what it is told, one line each. */
export function noted(): { readonly keeper: PasswordKeeper; readonly told: readonly string[] } {
  const told: string[] = [];
  return {
    told,
    keeper: {
      intend(password, user = 'admin') {
        const note = (what: string) => void told.push(`${user} ${what} ${password}`);
        note('intended');
        return {
          keyed: () => note('keyed'),
          confirmed: (by) => note(`confirmed by ${by}`),
          abandoned: () => note('abandoned'),
        };
      },
      holds: (password, user = 'admin') => void told.push(`${user} holds ${password}`),
    },
  };
}

/** What a twin of fakes is kept with: nothing outlives the test. */
export function twinSafety(): DutSafety {
  return {
    passwords: {
      ...noted().keeper,
      unsettled: true,
      told: [],
      others: [],
      begin: () => undefined,
      end: () => undefined,
      mayHold: () => [],
      [Symbol.dispose]: () => undefined,
    },
    tries: undefined,
    lease: undefined,
    told: [],
    [Symbol.asyncDispose]: async () => undefined,
  };
}
