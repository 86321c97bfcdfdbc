import type { Test } from 'tap';
import { failure } from './contract-help.ts';
import type { Power } from './power.ts';

/** An open power port of a recorder that is on, and a look at the recorder's own end of it. */
export interface PowerUnderTest extends AsyncDisposable {
  readonly power: Power;
  /** Whether the recorder has mains; still known when the port is closed. */
  mains(): 'on' | 'off';
  /** Takes the other end away. */
  vanish(): PromiseLike<void>;
}

/** What every power driver, and the fake, promise. */
export function powerContract(t: Test, name: string, open: () => Promise<PowerUnderTest>): Promise<unknown> {
  return t.test(`power contract: ${name}`, async (t) => {
    t.test('cuts the power and brings it back, and tells which it is', async (t) => {
      await using bench = await open();
      t.equal(await bench.power.state(), 'on');
      await bench.power.off();
      t.equal(bench.mains(), 'off');
      t.equal(await bench.power.state(), 'off');
      await bench.power.on();
      t.equal(bench.mains(), 'on');
      t.equal(await bench.power.state(), 'on');
    });

    t.test('says what it can do, and how it leaves the recorder', async (t) => {
      await using bench = await open();
      t.match(bench.power, { cuts: true, safeState: 'on' });
    });

    t.test('an order that is given twice does no harm', async (t) => {
      await using bench = await open();
      await bench.power.on();
      t.equal(bench.mains(), 'on');
      for (const state of ['off', 'on'] as const)
        for (let time = 0; time < 2; time++) {
          await bench.power[state]();
          t.equal(bench.mains(), state);
          t.equal(await bench.power.state(), state);
        }
    });

    t.test('closing restores the safe state: on', async (t) => {
      await using bench = await open();
      await bench.power.off();
      await bench.power[Symbol.asyncDispose]();
      t.equal(bench.mains(), 'on');
    });

    t.test('closing while the power is being cut leaves it on too', async (t) => {
      await using bench = await open();
      const cutting = failure(bench.power.off());
      await bench.power[Symbol.asyncDispose]();
      await cutting;
      t.equal(bench.mains(), 'on');
    });

    t.test('after close every call says so, and touches nothing', async (t) => {
      await using bench = await open();
      await bench.power[Symbol.asyncDispose]();
      await bench.power[Symbol.asyncDispose]();
      t.equal((await failure(bench.power.off()))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.power.on()))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.power.state()))?.code, 'PORT_CLOSED');
      t.equal(bench.mains(), 'on');
    });

    t.test('says that the other end is gone; closing then fails only if the power was cut', async (t) => {
      await using bench = await open();
      await bench.vanish();
      const error = await failure(bench.power.state());
      t.equal(error?.code, 'PORT_UNREACHABLE');
      t.match(error, { port: 'power', domain: 'bench' });
      t.ok(error?.hint);
      await bench.power[Symbol.asyncDispose]();

      const dark = await open();
      await dark.power.off();
      await dark.vanish();
      t.equal((await failure(dark.power[Symbol.asyncDispose]()))?.code, 'PORT_UNREACHABLE');
      await failure(dark[Symbol.asyncDispose]());
    });
  });
}
