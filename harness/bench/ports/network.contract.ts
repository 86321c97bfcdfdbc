import type { Test } from 'tap';
import { failure } from './contract-help.ts';
import type { Network } from './network.ts';

/** An open cable, plugged in, and the recorder's own end of it. */
export interface NetworkUnderTest extends AsyncDisposable {
  readonly network: Network;
  /** Whether the recorder has a link; still known when the port is closed. */
  linked(): boolean;
  vanish(): PromiseLike<void>;
}

/** What every driver of the network cable, and the fake, promise. */
export function networkContract(
  t: Test,
  name: string,
  open: () => Promise<NetworkUnderTest>,
): Promise<unknown> {
  return t.test(`network contract: ${name}`, async (t) => {
    t.test('the link goes and comes with the cable', async (t) => {
      await using bench = await open();
      t.equal(bench.linked(), true);
      await bench.network.down();
      t.equal(bench.linked(), false);
      await bench.network.up();
      t.equal(bench.linked(), true);
    });

    t.test('closing restores the safe state: plugged in', async (t) => {
      await using bench = await open();
      await bench.network.down();
      await bench.network[Symbol.asyncDispose]();
      t.equal(bench.linked(), true);
    });

    t.test('after close every call says so, and touches nothing', async (t) => {
      await using bench = await open();
      await bench.network[Symbol.asyncDispose]();
      await bench.network[Symbol.asyncDispose]();
      t.equal((await failure(bench.network.down()))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.network.up()))?.code, 'PORT_CLOSED');
      t.equal(bench.linked(), true);
    });

    t.test('says that the other end is gone; closing then fails only if the cable is out', async (t) => {
      const plugged = await open();
      await plugged.vanish();
      const error = await failure(plugged.network.down());
      t.equal(error?.code, 'PORT_UNREACHABLE');
      t.ok(error?.hint);

      const idle = await open();
      await idle.vanish();
      await idle.network[Symbol.asyncDispose]();

      const stuck = await open();
      await stuck.network.down();
      await stuck.vanish();
      t.equal((await failure(stuck.network[Symbol.asyncDispose]()))?.code, 'PORT_UNREACHABLE');
      await Promise.all([
        failure(plugged[Symbol.asyncDispose]()),
        failure(idle[Symbol.asyncDispose]()),
        failure(stuck[Symbol.asyncDispose]()),
      ]);
    });
  });
}
