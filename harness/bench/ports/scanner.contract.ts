import type { Test } from 'tap';
import type { ErrorCode } from '../../terms/error.ts';
import { failure } from './contract-help.ts';
import type { ScanAnswer, Scanner } from './scanner.ts';

/** An open scanner with an account, and the service behind it. */
export interface ScannerUnderTest extends AsyncDisposable {
  readonly scanner: Scanner;
  /** What the service will answer to one scan of this payload; the camera of a phone then sees it. */
  expectScan(payload: string, answer: ScanAnswer): void;
  /** What has reached the service, oldest first; `visitor` where nobody logs in. */
  scans(): readonly { readonly payload: string; readonly as: 'visitor' | 'account' }[];
  /** The service, or whoever stands for it, is not there any more. */
  vanish(): PromiseLike<void>;
}

/** In what a way of scanning differs from others by its nature. */
export interface ScannerTraits {
  /** Nobody logs in: `as` changes nothing. */
  readonly hasNoAccounts?: true;
  /** What the service says comes by another way: a scan is accepted when it is handed in, with words of the driver's own. */
  readonly isUnanswered?: true;
  /** One scan at a time: whoever comes second waits. */
  readonly isSerial?: true;
  /** What a scan fails with when nobody is there. Default PORT_UNREACHABLE. */
  readonly gone?: ErrorCode;
}

/** As large as a recorder's QR gets, bytes (wire/relay.ts). */
const LARGE = 'aZ09-_.+'.repeat(128);

/** What every scanner driver, and the fake, promise. */
export function scannerContract(
  t: Test,
  name: string,
  open: () => Promise<ScannerUnderTest>,
  traits: ScannerTraits = {},
): Promise<unknown> {
  const as = (who: 'visitor' | 'account') => (traits.hasNoAccounts ? 'visitor' : who);
  return t.test(`scanner contract: ${name}`, async (t) => {
    t.test('hands in the payload unchanged, as a visitor unless told, and gives the answer', async (t) => {
      await using bench = await open();
      const payload = 'RB1.AZaz09-_ é\n"';
      const answer = { accepted: true, message: 'Sent to o***r@lab.example' };
      bench.expectScan(payload, answer);
      const got = await bench.scanner.scan({ payload });
      if (traits.isUnanswered) t.match(got, { accepted: true, message: /\S/ });
      else t.same(got, answer);
      t.same(bench.scans(), [{ payload, as: 'visitor' }]);
    });

    t.test('hands in the largest payload that a recorder shows', async (t) => {
      await using bench = await open();
      bench.expectScan(LARGE, { accepted: true, message: 'sent' });
      t.ok((await bench.scanner.scan({ payload: LARGE })).accepted);
      t.same(bench.scans(), [{ payload: LARGE, as: 'visitor' }]);
    });

    t.test('scans as visitor and with the account, in any order', async (t) => {
      await using bench = await open();
      for (const who of ['account', 'visitor', 'account'] as const) {
        bench.expectScan(who, { accepted: true, message: who });
        const { message } = await bench.scanner.scan({ payload: who }, { as: who });
        if (!traits.isUnanswered) t.equal(message, who);
      }
      t.same(
        bench.scans().map((scan) => scan.as),
        [as('account'), as('visitor'), as('account')],
      );
    });

    t.test(
      'two scans at a time both arrive, each with its own answer',
      { skip: traits.isSerial ? 'the camera sees one QR at a time' : false },
      async (t) => {
        await using bench = await open();
        bench.expectScan('one', { accepted: true, message: 'first' });
        bench.expectScan('two', { accepted: true, message: 'second' });
        const both = await Promise.all(['one', 'two'].map((payload) => bench.scanner.scan({ payload })));
        if (!traits.isUnanswered)
          t.same(
            both.map(({ message }) => message),
            ['first', 'second'],
          );
        t.same(
          bench
            .scans()
            .map(({ payload }) => payload)
            .sort(),
          ['one', 'two'],
        );
      },
    );

    t.test(
      'a refusal is an answer',
      { skip: traits.isUnanswered ? 'the service answers by another way' : false },
      async (t) => {
        await using bench = await open();
        bench.expectScan('x', { accepted: false, message: 'This QR code is not valid.' });
        t.same(await bench.scanner.scan({ payload: 'x' }), {
          accepted: false,
          message: 'This QR code is not valid.',
        });
      },
    );

    t.test('says that the service is gone; after close, that it is closed', async (t) => {
      await using bench = await open();
      await bench.vanish();
      const error = await failure(bench.scanner.scan({ payload: 'x' }));
      t.equal(error?.code, traits.gone ?? 'PORT_UNREACHABLE');
      t.ok(error?.hint);
      t.not(error?.domain, 'product', 'which is never the recorder');
      await bench.scanner[Symbol.asyncDispose]();
      await bench.scanner[Symbol.asyncDispose]();
      t.equal((await failure(bench.scanner.scan({ payload: 'x' })))?.code, 'PORT_CLOSED');
    });
  });
}
