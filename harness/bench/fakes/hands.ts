import { HarnessError } from '../../terms/error.ts';
import type { Hands } from '../ports/hands.ts';
import { otherEnd } from './other-end.ts';

export interface FakeHands extends Hands {
  /** ms by which the recorder's world has aged. */
  age(): number;
  vanish(): void;
}

/** @param memory what snapshots hold; without it they hold only their names */
export function fakeHands(memory?: { get(): string; set(value: string): void }): FakeHands {
  const end = otherEnd('hands');
  const stored = new Map<string, string>();
  let age = 0;
  return {
    async advance(ms) {
      end.check();
      age += ms;
    },
    async snapshot(name) {
      end.check();
      stored.set(name, memory?.get() ?? '');
    },
    async restore(name) {
      end.check();
      const value = stored.get(name);
      if (value === undefined) {
        throw new HarnessError('PORT_PROTOCOL', `There is no snapshot ${name}.`, {
          port: 'hands',
          hint: 'Take the snapshot first.',
        });
      }
      memory?.set(value);
    },
    age: () => age,
    vanish: end.vanish,
    async [Symbol.asyncDispose]() {
      end.close();
    },
  };
}
