import type { Test } from 'tap';
import { failure } from './contract-help.ts';
import type { ScanAnswer, Scanner } from './scanner.ts';

/** An open scanner with an account, and the service behind it. */
export interface ScannerUnderTest extends AsyncDisposable {
  readonly scanner: Scanner;
  /** What the service will answer to one scan of this payload. */
  expectScan(payload: string, answer: ScanAnswer): void;
  /** What has reached the service, oldest first. */
  scans(): readonly { readonly payload: string; readonly as: 'visitor' | 'account' }[];
  vanish(): PromiseLike<void>;
}

/** What every scanner driver, and the fake, promise. */
export function scannerContract(
  t: Test,
  name: string,
  open: () => Promise<ScannerUnderTest>,
): Promise<unknown> {
  return t.test(`scanner contract: ${name}`, async (t) => {
    t.test('hands in the payload unchanged, as a visitor unless told, and gives the answer', async (t) => {
      await using bench = await open();
      const payload = 'RB1.AZaz09-_ é\n"';
      bench.expectScan(payload, { accepted: true, message: 'Sent to o***r@lab.example' });
      t.same(await bench.scanner.scan({ payload }), { accepted: true, message: 'Sent to o***r@lab.example' });
      t.same(bench.scans(), [{ payload, as: 'visitor' }]);
    });

    t.test('scans as visitor and with the account, in any order', async (t) => {
      await using bench = await open();
      for (const as of ['account', 'visitor', 'account'] as const) {
        bench.expectScan(as, { accepted: true, message: as });
        t.equal((await bench.scanner.scan({ payload: as }, { as })).message, as);
      }
      t.same(
        bench.scans().map((scan) => scan.as),
        ['account', 'visitor', 'account'],
      );
    });

    t.test('a refusal is an answer', async (t) => {
      await using bench = await open();
      bench.expectScan('x', { accepted: false, message: 'This QR code is not valid.' });
      t.same(await bench.scanner.scan({ payload: 'x' }), {
        accepted: false,
        message: 'This QR code is not valid.',
      });
    });

    t.test('says that the service is gone; after close, that it is closed', async (t) => {
      await using bench = await open();
      await bench.vanish();
      const error = await failure(bench.scanner.scan({ payload: 'x' }));
      t.equal(error?.code, 'PORT_UNREACHABLE');
      t.ok(error?.hint);
      await bench.scanner[Symbol.asyncDispose]();
      await bench.scanner[Symbol.asyncDispose]();
      t.equal((await failure(bench.scanner.scan({ payload: 'x' })))?.code, 'PORT_CLOSED');
    });
  });
}
