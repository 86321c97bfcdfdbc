import type { Test } from 'tap';
import { failure } from './contract-help.ts';
import type { Usb } from './usb.ts';

/** An open drive, pulled out and empty, and the recorder's own end of it. */
export interface UsbUnderTest extends AsyncDisposable {
  readonly usb: Usb;
  /** The recorder writes to the drive; only while it is plugged in. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Whether the recorder sees a drive; still known when the port is closed. */
  seen(): boolean;
  vanish(): PromiseLike<void>;
}

/** What every USB driver, and the fake, promise. */
export function usbContract(t: Test, name: string, open: () => Promise<UsbUnderTest>): Promise<unknown> {
  return t.test(`usb contract: ${name}`, async (t) => {
    t.test('the recorder sees the drive while it is plugged in', async (t) => {
      await using bench = await open();
      t.equal(bench.seen(), false);
      await bench.usb.insert();
      t.equal(bench.seen(), true);
      await bench.usb.remove();
      t.equal(bench.seen(), false);
    });

    t.test(
      'gives the files that the recorder wrote, by name, byte for byte, plugged in or not',
      async (t) => {
        await using bench = await open();
        t.same(await bench.usb.files(), []);
        await bench.usb.insert();
        await bench.write('b.png', new Uint8Array([0x89, 0, 255]));
        await bench.write('a.txt', new Uint8Array([]));
        const expected = [
          { name: 'a.txt', bytes: [] },
          { name: 'b.png', bytes: [0x89, 0, 255] },
        ];
        const plain = async () =>
          (await bench.usb.files()).map((file) => ({ name: file.name, bytes: [...file.bytes] }));
        t.same(await plain(), expected);
        await bench.usb.remove();
        t.same(await plain(), expected);
      },
    );

    t.test('takes files of the lab too, plugged in or not', async (t) => {
      await using bench = await open();
      await bench.usb.put('from-lab', new Uint8Array([1, 2]));
      await bench.usb.insert();
      await bench.usb.put('from-lab', new Uint8Array([3]));
      const [file] = await bench.usb.files();
      t.same([file?.name, ...(file?.bytes ?? [])], ['from-lab', 3]);
    });

    t.test('closing restores the safe state: pulled out', async (t) => {
      await using bench = await open();
      await bench.usb.insert();
      await bench.usb[Symbol.asyncDispose]();
      t.equal(bench.seen(), false);
    });

    t.test('after close every call says so, and touches nothing', async (t) => {
      await using bench = await open();
      await bench.usb[Symbol.asyncDispose]();
      await bench.usb[Symbol.asyncDispose]();
      t.equal((await failure(bench.usb.insert()))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.usb.remove()))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.usb.files()))?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.usb.put('x', new Uint8Array())))?.code, 'PORT_CLOSED');
      t.equal(bench.seen(), false);
    });

    t.test('says that the other end is gone; closing then fails only if the drive is in', async (t) => {
      const bench = await open();
      await bench.vanish();
      const error = await failure(bench.usb.insert());
      t.equal(error?.code, 'PORT_UNREACHABLE');
      t.ok(error?.hint);

      const out = await open();
      await out.vanish();
      await out.usb[Symbol.asyncDispose]();

      const stuck = await open();
      await stuck.usb.insert();
      await stuck.vanish();
      t.equal((await failure(stuck.usb[Symbol.asyncDispose]()))?.code, 'PORT_UNREACHABLE');
      await Promise.all([
        failure(bench[Symbol.asyncDispose]()),
        failure(out[Symbol.asyncDispose]()),
        failure(stuck[Symbol.asyncDispose]()),
      ]);
    });
  });
}
