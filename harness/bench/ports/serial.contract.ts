import type { Test } from 'tap';
import { failure } from './contract-help.ts';
import type { Serial } from './serial.ts';

/** An open console at its prompt, and the recorder's own end of it. */
export interface SerialUnderTest extends AsyncDisposable {
  readonly serial: Serial;
  /** The recorder prints this. */
  print(bytes: Uint8Array): Promise<void>;
  /** What the recorder prints when this command is typed, between echo and prompt. */
  onCommand(name: string, answer: string): void;
  /** The cable is pulled. */
  unplug(): Promise<void>;
  /** Lets the port's time pass; nothing to do where that is real time. */
  elapse(ms: number): Promise<void>;
}

const LONG_MS = 20_000;
const SHORT_MS = 80;
const bytes = (text: string) => new TextEncoder().encode(text);

/** What every serial driver, and the fake, promise. */
export function serialContract(
  t: Test,
  name: string,
  open: () => Promise<SerialUnderTest>,
): Promise<unknown> {
  return t.test(`serial contract: ${name}`, async (t) => {
    const textOf = (serial: Serial) =>
      serial
        .transcript()
        .map((chunk) => chunk.text)
        .join('');

    t.test('transcribes everything, characters cut in two and bytes that are none included', async (t) => {
      await using bench = await open();
      const text = 'U-Boot 1.3.4\r\nGerät: ä€😀\r\n';
      for (const byte of bytes(text)) await bench.print(Uint8Array.of(byte));
      await bench.print(Uint8Array.of(0xff, 0xfe));
      await bench.print(bytes('end\r\n'));
      await bench.serial.waitFor(/end\r\n/, { timeoutMs: LONG_MS, since: 0 });
      t.equal(textOf(bench.serial), `${text}\uFFFD\uFFFDend\r\n`);
      t.ok(bench.serial.transcript().every((chunk) => Number.isFinite(chunk.at)));
    });

    t.test('waits for text that is printed later, also in pieces, and gives what matched', async (t) => {
      await using bench = await open();
      const waiting = bench.serial.waitFor(/starting kernel \w+!/i, { timeoutMs: LONG_MS });
      await bench.print(bytes('Starting ker'));
      await bench.print(bytes('nel now!\r\n'));
      t.equal(await waiting, 'Starting kernel now!');
    });

    t.test('looks at what comes from now on, or from a place in the transcript', async (t) => {
      await using bench = await open();
      await bench.print(bytes('boot one\r\n'));
      await bench.serial.waitFor(/one\r\n/, { timeoutMs: LONG_MS, since: 0 });
      const place = bench.serial.transcript().length;
      await bench.print(bytes('boot two\r\n'));
      await bench.serial.waitFor(/two\r\n/, { timeoutMs: LONG_MS, since: place });
      t.equal(await bench.serial.waitFor(/boot \w+/, { timeoutMs: LONG_MS, since: 0 }), 'boot one');
      t.equal(await bench.serial.waitFor(/boot \w+/, { timeoutMs: LONG_MS, since: place }), 'boot two');
      const waiting = bench.serial.waitFor(/boot \w+\r/g, { timeoutMs: LONG_MS });
      await bench.print(bytes('boot three\r\n'));
      t.equal(await waiting, 'boot three\r');
    });

    t.test('says in time that nothing matched, with the last line seen', async (t) => {
      await using bench = await open();
      await bench.print(bytes('memory test ok\r\n\r\n'));
      await bench.serial.waitFor(/ok/, { timeoutMs: LONG_MS, since: 0 });
      const waiting = failure(bench.serial.waitFor(/never/, { timeoutMs: SHORT_MS, since: 0 }));
      await bench.elapse(SHORT_MS);
      const error = await waiting;
      t.equal(error?.code, 'PORT_TIMEOUT');
      t.match(error?.message, /never.*memory test ok/);
      t.ok(error?.hint);
    });

    t.test('a command is answered up to the next prompt, without echo and prompt', async (t) => {
      await using bench = await open();
      bench.onCommand('help', 'help\r\nprtHardInfo\r\ngetIp\r\n');
      bench.onCommand('getIp', 'IP address: 192.0.2.10\r\n');
      const answers = await Promise.all([
        bench.serial.command('help', { timeoutMs: LONG_MS }),
        bench.serial.command('getIp', { timeoutMs: LONG_MS }),
      ]);
      t.same(answers, ['help\nprtHardInfo\ngetIp', 'IP address: 192.0.2.10']);
      t.match(textOf(bench.serial), /192\.0\.2\.10/, 'and stands in the transcript');
    });

    t.test('a command that is not on the allow-list is not sent', async (t) => {
      await using bench = await open();
      bench.onCommand('reboot', 'oh no\r\n');
      const forbidden = 'reboot' as 'help';
      const error = await failure(bench.serial.command(forbidden, { timeoutMs: LONG_MS }));
      t.equal(error?.code, 'CONFIG_INVALID');
      t.match(error?.hint, /prtHardInfo/);
      bench.onCommand('help', 'one\r\n');
      await bench.serial.command('help', { timeoutMs: LONG_MS });
      t.notMatch(textOf(bench.serial), /reboot|oh no/);
    });

    t.test('a command without an answer ends in time, and the next one is answered', async (t) => {
      await using bench = await open();
      const waiting = failure(bench.serial.command('getIp', { timeoutMs: SHORT_MS }));
      await bench.elapse(SHORT_MS);
      t.equal((await waiting)?.code, 'PORT_TIMEOUT');
      bench.onCommand('help', 'one\r\n');
      t.match(await bench.serial.command('help', { timeoutMs: LONG_MS }), /one$/);
    });

    t.test('a pulled cable ends what waits, and every later call', async (t) => {
      await using bench = await open();
      await bench.print(bytes('so far\r\n'));
      await bench.serial.waitFor(/far/, { timeoutMs: LONG_MS, since: 0 });
      const waiting = failure(bench.serial.waitFor(/never/, { timeoutMs: LONG_MS }));
      await bench.unplug();
      const error = await waiting;
      t.equal(error?.code, 'PORT_CLOSED');
      t.match(error?.hint, /cable|adapter/);
      const late = failure(bench.serial.waitFor(/x/, { timeoutMs: LONG_MS }));
      t.equal((await late)?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.serial.command('help', { timeoutMs: LONG_MS })))?.code, 'PORT_CLOSED');
      t.match(textOf(bench.serial), /so far/, 'the transcript stays');
    });

    t.test('close ends what waits, and every later call says so', async (t) => {
      await using bench = await open();
      await bench.print(bytes('so far\r\n'));
      await bench.serial.waitFor(/far/, { timeoutMs: LONG_MS, since: 0 });
      const waiting = failure(bench.serial.waitFor(/never/, { timeoutMs: LONG_MS }));
      await bench.serial[Symbol.asyncDispose]();
      await bench.serial[Symbol.asyncDispose]();
      t.equal((await waiting)?.code, 'PORT_CLOSED');
      const late = failure(bench.serial.waitFor(/far/, { timeoutMs: LONG_MS, since: 0 }));
      t.equal((await late)?.code, 'PORT_CLOSED');
      t.equal((await failure(bench.serial.command('help', { timeoutMs: LONG_MS })))?.code, 'PORT_CLOSED');
      t.match(textOf(bench.serial), /so far/);
    });
  });
}
