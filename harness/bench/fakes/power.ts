import type { Power } from '../ports/power.ts';
import { otherEnd, unreachable } from './other-end.ts';

/** A power port whose recorder is a variable. */
export interface FakePower extends Power {
  mains(): 'on' | 'off';
  /** Hears of each change of the mains. */
  onChange(listener: (state: 'on' | 'off') => void): void;
  vanish(): void;
}

/** On at first. */
export function fakePower(): FakePower {
  const end = otherEnd('power');
  const listeners: ((state: 'on' | 'off') => void)[] = [];
  let mains: 'on' | 'off' = 'on';
  let gone = false;
  const turn = (state: 'on' | 'off') => {
    if (mains === state) return;
    mains = state;
    for (const hear of listeners) hear(state);
  };
  return {
    cuts: true,
    safeState: 'on',
    async off() {
      end.check();
      turn('off');
    },
    async on() {
      end.check();
      turn('on');
    },
    async state() {
      end.check();
      return mains;
    },
    mains: () => mains,
    onChange: (listener) => void listeners.push(listener),
    vanish() {
      gone = true;
      end.vanish();
    },
    async [Symbol.asyncDispose]() {
      if (!end.close()) return;
      if (gone && mains === 'off') throw unreachable('power');
      turn('on');
    },
  };
}
