import type { Network } from '../ports/network.ts';
import { otherEnd, unreachable } from './other-end.ts';

/** A cable in memory. */
export interface FakeNetwork extends Network {
  linked(): boolean;
  vanish(): void;
}

/** Plugged in at first. */
export function fakeNetwork(): FakeNetwork {
  const end = otherEnd('network');
  let linked = true;
  let gone = false;
  return {
    async down() {
      end.check();
      linked = false;
    },
    async up() {
      end.check();
      linked = true;
    },
    linked: () => linked,
    vanish() {
      gone = true;
      end.vanish();
    },
    async [Symbol.asyncDispose]() {
      if (!end.close()) return;
      if (gone && !linked) throw unreachable('network');
      linked = true;
    },
  };
}
