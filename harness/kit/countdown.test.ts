import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import type { CaseContext } from './case.ts';
import { Countdown } from './countdown.ts';

function lock(seconds: number) {
  const clock = handClock();
  const advanced: number[] = [];
  const context = {
    gui: { clock },
    time: { advance: async (ms: number) => void advanced.push(ms) },
  } as unknown as CaseContext;
  return { clock, advanced, lock: new Countdown(context, seconds) };
}

t.test('the recorder’s clock is put forward by what is missing', async (t) => {
  const { advanced, lock: countdown } = lock(1800);
  await countdown.leave(60);
  await countdown.leave(0);
  t.same(advanced, [1_740_000, 60_000]);
});

t.test('what a slow bench took has passed already', async (t) => {
  const { clock, advanced, lock: countdown } = lock(1800);
  await clock.advance(90_000);
  await countdown.leave(60);
  t.same(advanced, [1_650_000]);
  await clock.advance(45_000);
  await countdown.leave(0);
  t.same(advanced, [1_650_000, 15_000]);
});

t.test('a time that is over is not put forward', async (t) => {
  const { clock, advanced, lock: countdown } = lock(60);
  await clock.advance(61_000);
  await countdown.leave(15);
  t.same(advanced, []);
});
