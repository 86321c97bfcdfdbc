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
  /** It is plugged in again; answers when the port has noticed. */
  replug(): Promise<void>;
  /** Lets the port's time pass; nothing to do where that is real time. */
  elapse(ms: number): Promise<void>;
}

const LONG_MS = 20_000;
const SHORT_MS = 80;
/** What no console is ever sent. */
const DENIED: readonly string[] = [
  'debug',
  'reset',
  'setIp',
  'setGateway',
  'SETIP 192.0.2.7',
  'reboot',
  'help;reset',
  'help\rreset',
  'help ',
  '',
  '\x15',
  '\x03',
  '\x1b',
];
const bytes = (text: string) => new TextEncoder().encode(text);

/** What every serial driver, and the fake, promise. */
export function serialContract(
  t: Test,
  name: string,
  /** @param reopenMs how long the port looks for a line that was lost, until it says so */
  open: (options?: { readonly reopenMs: number }) => Promise<SerialUnderTest>,
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

    t.test('what changes a recorder is never typed, nor any key that stops a boot loader', async (t) => {
      await using bench = await open();
      bench.onCommand('help', 'one\r\n');
      for (const line of DENIED) {
        const error = await failure(bench.serial.command(line as 'help', { timeoutMs: LONG_MS }));
        t.equal(error?.code, 'CONFIG_INVALID', JSON.stringify(line));
      }
      await bench.serial.command('help', { timeoutMs: LONG_MS });
      t.equal(textOf(bench.serial), 'help\r\none\r\n# ');
    });

    t.test('a command waits while a boot loader may hear it', async (t) => {
      await using bench = await open();
      bench.onCommand('help', 'one\r\n');
      await bench.print(bytes('\r\nU-Boot 1.3.4-30623\r\nHit Ctrl+u to stop autoboot: 3'));
      await bench.serial.waitFor(/autoboot: 3/, { timeoutMs: LONG_MS, since: 0 });
      const early = failure(bench.serial.command('help', { timeoutMs: SHORT_MS }));
      await bench.elapse(SHORT_MS);
      const error = await early;
      t.equal(error?.code, 'PORT_TIMEOUT');
      t.match(error?.hint, /boot loader/);
      const waiting = bench.serial.command('help', { timeoutMs: LONG_MS });
      await bench.print(bytes('\r\nStarting kernel ...\r\n'));
      await bench.serial.waitFor(/kernel/, { timeoutMs: LONG_MS, since: 0 });
      t.notMatch(textOf(bench.serial), /help/);
      await bench.print(bytes('BusyBox Protect Shell (psh)\r\n# '));
      t.equal(await waiting, 'one');
    });

    t.test('a command without an answer ends in time, and the next one is answered', async (t) => {
      await using bench = await open();
      const waiting = failure(bench.serial.command('getIp', { timeoutMs: SHORT_MS }));
      await bench.elapse(SHORT_MS);
      t.equal((await waiting)?.code, 'PORT_TIMEOUT');
      bench.onCommand('help', 'one\r\n');
      t.match(await bench.serial.command('help', { timeoutMs: LONG_MS }), /one$/);
    });

    t.test('a cable that was pulled for a while leaves a gap, and waits go on', async (t) => {
      await using bench = await open();
      await bench.print(bytes('before\r\nhalf a li'));
      await bench.serial.waitFor(/half a li/, { timeoutMs: LONG_MS, since: 0 });
      const place = bench.serial.transcript().length;
      const waiting = bench.serial.waitFor(/half a line|after \w+/, { timeoutMs: LONG_MS });
      const answer = failure(bench.serial.command('getIp', { timeoutMs: LONG_MS }));
      await bench.elapse(1);
      await bench.unplug();
      t.equal((await answer)?.code, 'PORT_CLOSED', 'what was typed is not answered any more');
      await bench.replug();
      await bench.print(bytes('ne\r\nafter all\r\n'));
      t.equal(await waiting, 'after all', 'nothing matches across a gap');
      const gaps = bench.serial.transcript().filter(({ missedMs }) => missedMs !== undefined);
      t.equal(gaps.length, 1);
      t.match(gaps[0]?.text, /were not heard/);
      t.ok((gaps[0]?.missedMs ?? -1) >= 0);
      t.match(textOf(bench.serial).slice(0, 20), /^before\r\nhalf a li/);
      t.equal(
        await bench.serial.waitFor(/after \w+/, { timeoutMs: LONG_MS, since: place }),
        'after all',
        'a place in the transcript stays right',
      );
      bench.onCommand('help', 'one\r\n');
      t.equal(await bench.serial.command('help', { timeoutMs: LONG_MS }), 'one');
      t.equal(bench.serial.trouble(), undefined);
    });

    t.test('a cable that stays pulled ends what waits, and every call until it is back', async (t) => {
      await using bench = await open({ reopenMs: SHORT_MS });
      const waiting = failure(bench.serial.waitFor(/never/, { timeoutMs: LONG_MS }));
      await bench.unplug();
      await bench.elapse(SHORT_MS);
      t.equal((await waiting)?.code, 'PORT_CLOSED');
      t.equal(bench.serial.trouble()?.code, 'PORT_CLOSED');
      await bench.replug();
      const place = bench.serial.transcript().length;
      await bench.print(bytes('here again\r\n'));
      t.equal(await bench.serial.waitFor(/here \w+/, { timeoutMs: LONG_MS, since: place }), 'here again');
      t.ok(bench.serial.transcript().some(({ missedMs }) => missedMs !== undefined));
    });

    t.test('bytes that are no text are told, where text is waited for', async (t) => {
      await using bench = await open();
      await bench.print(Uint8Array.from({ length: 300 }, (_, at) => ((at * 37 + 129) % 256) | 0x80));
      await bench.print(bytes('end\r\n'));
      await bench.serial.waitFor(/end/, { timeoutMs: LONG_MS, since: 0 });
      const waiting = failure(bench.serial.waitFor(/login/, { timeoutMs: SHORT_MS, since: 0 }));
      await bench.elapse(SHORT_MS);
      const error = await waiting;
      t.equal(error?.code, 'PORT_PROTOCOL');
      t.match(error?.message, /garbled: \d+ %/);
      t.match(error?.hint, /baud/);
      t.equal(bench.serial.trouble()?.code, 'PORT_PROTOCOL');
    });

    t.test('a pulled cable ends what waits, and every later call', async (t) => {
      await using bench = await open({ reopenMs: SHORT_MS });
      await bench.print(bytes('so far\r\n'));
      await bench.serial.waitFor(/far/, { timeoutMs: LONG_MS, since: 0 });
      const waiting = failure(bench.serial.waitFor(/never/, { timeoutMs: LONG_MS }));
      await bench.unplug();
      await bench.elapse(SHORT_MS);
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
