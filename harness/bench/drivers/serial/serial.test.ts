import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { type SerialUnderTest, serialContract } from '../../ports/serial.contract.ts';
import { answerOf, answerWithoutEcho } from './command.ts';
import { answerLines, nextGap, openPair, socatMissing } from './pair.fixture.ts';
import { newTranscript } from './transcript.ts';
import { openSerial } from './tty.ts';

const SPEED = { baudRate: 115_200, clock };
const noSocat = socatMissing();

async function openBench(options?: { readonly reopenMs: number }): Promise<SerialUnderTest> {
  const pair = await openPair();
  const serial = await openSerial({ path: pair.path, ...SPEED, ...options });
  return {
    serial,
    print: pair.print,
    onCommand: answerLines(pair),
    unplug: pair.unplug,
    replug: () => nextGap(serial, pair.replug),
    elapse: async () => undefined,
    async [Symbol.asyncDispose]() {
      await serial[Symbol.asyncDispose]();
      await pair[Symbol.asyncDispose]();
    },
  };
}

if (noSocat === false) serialContract(t, 'tty', openBench);
else t.test('serial contract: tty', { skip: noSocat }, async () => undefined);

t.test('a device that is held, here or by another process, is busy', { skip: noSocat }, async (t) => {
  await using pair = await openPair();
  const first = await openSerial({ path: pair.path, ...SPEED });
  await t.rejects(openSerial({ path: pair.path, ...SPEED }), { code: 'PORT_BUSY', hint: /fuser/ });
  await first[Symbol.asyncDispose]();

  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD, pair.path], {
    cwd: import.meta.dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => holder.once('exit', resolve));
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  await t.rejects(openSerial({ path: pair.path, ...SPEED }), { code: 'PORT_BUSY' });
  holder.stdin.end();
  await ended;
  const again = await openSerial({ path: pair.path, ...SPEED });
  await again[Symbol.asyncDispose]();
});
const HOLD = `
  import { SerialPort } from 'serialport';
  const port = new SerialPort({ path: process.argv[1], baudRate: 115200 }, () => console.log('open'));
  process.stdin.resume().on('end', () => process.exit(0));`;

t.test('a device that is absent, or none, says what to do', async (t) => {
  await t.rejects(openSerial({ path: '/dev/absent-tty', ...SPEED }), {
    code: 'PORT_UNREACHABLE',
    port: 'serial',
    hint: /plug the adapter in/i,
  });
  await t.rejects(openSerial({ path: tmpdir(), ...SPEED }), {
    code: 'PORT_UNREACHABLE',
    hint: /is a serial port/,
  });
});

t.test(
  'an other end that vanishes in the middle of traffic is noticed every time',
  { skip: noSocat },
  async (t) => {
    for (let round = 0; round < 5; round++) {
      const pair = await openPair();
      const serial = await openSerial({ path: pair.path, ...SPEED, reopenMs: 0 });
      let talking = true;
      const talk = (async () => {
        while (talking) {
          pair.print(Buffer.from('log line of the recorder\r\n'.repeat(20)));
          await clock.sleep(1);
        }
      })();
      const command = serial.command('help', { timeoutMs: 20_000 }).catch((error) => error.code);
      await serial.waitFor(/recorder/, { timeoutMs: 20_000 });
      await pair.unplug();
      t.equal(await command, 'PORT_CLOSED');
      talking = false;
      await talk;
      await serial[Symbol.asyncDispose]();
      await pair[Symbol.asyncDispose]();
    }
  },
);

t.test(
  'a line that was just opened is listened to before anything is typed',
  { skip: noSocat },
  async (t) => {
    await using pair = await openPair();
    let typed = '';
    pair.onTyped((bytes) => {
      typed += Buffer.from(bytes).toString();
      if (typed === 'help\r' || typed === 'help\n' || typed === 'help\r\n')
        pair.print(Buffer.from('help\r\none\r\n# ')).catch(() => undefined);
    });
    await using serial = await openSerial({ path: pair.path, ...SPEED });
    const answer = serial.command('help', { timeoutMs: 20_000 });
    // A boot loader in the midst of its count: what it is was printed before the line was opened.
    await pair.print(Buffer.from('\b\b\b 2 '));
    await serial.waitFor(/ 2 /, { timeoutMs: 20_000, since: 0 });
    await clock.sleep(1_500);
    t.equal(typed, '', 'a key would stop the boot');
    await pair.print(Buffer.from('\b\b\b 0 \r\nStarting kernel ...\r\n# '));
    t.equal(await answer, 'one');
  },
);

t.test('watching the port costs no byte of what it prints', { skip: noSocat }, async (t) => {
  await using pair = await openPair();
  // Watched a hundred times as often.
  const hasty = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms === 200 ? 2 : ms, signal),
  };
  await using serial = await openSerial({ path: pair.path, ...SPEED, clock: hasty });
  const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\r\n`);
  for (let start = 0; start < lines.length; start += 500) {
    await pair.print(Buffer.from(lines.slice(start, start + 500).join('')));
    await clock.sleep(15);
  }
  await serial.waitFor(/line 19999\r\n/, { timeoutMs: 20_000, since: 0 });
  t.ok(
    serial
      .transcript()
      .map((chunk) => chunk.text)
      .join('') === lines.join(''),
  );
});

t.test('the transcript is bounded: the oldest text goes, and places in it stay right', async (t) => {
  const transcript = newTranscript({ clock, limitBytes: 20 });
  for (const text of ['first....', 'second...', 'third....']) transcript.add(Buffer.from(text));
  t.same(
    transcript.chunks().map((chunk) => chunk.text),
    ['[older text was dropped]\n', 'second...', 'third....'],
  );
  transcript.add(Buffer.from('fourth...'));
  t.same(
    transcript.chunks().map((chunk) => chunk.text),
    ['[older text was dropped]\n', '', 'third....', 'fourth...'],
  );
  const options = { timeoutMs: 20_000, what: 'x', hint: 'x' };
  t.equal(await transcript.until((text) => text, { ...options, since: 0 }), 'third....fourth...');
  t.equal(await transcript.until((text) => text, { ...options, since: 3 }), 'fourth...');
  transcript.add(Buffer.from('a chunk that alone is larger than the limit'));
  t.match(transcript.chunks().at(-1)?.text, /larger than the limit/, 'the newest chunk always stays');
});

t.test('an answer is told from echo, prompts and what was printed before', async (t) => {
  t.equal(answerOf('help', 'help\r\none\r\ntwo\r\n# '), 'one\ntwo');
  t.equal(answerOf('help', 'one\r\n# '), undefined, 'a console without echo');
  t.equal(answerWithoutEcho('one\r\n# '), 'one');
  t.equal(answerWithoutEcho('\r\n# '), undefined);
  t.equal(answerWithoutEcho('one\r\n'), undefined);
  t.equal(answerOf('help', '\r\n[0.6] log: login\r\n# '), undefined, 'what it prints by itself is no answer');
  t.equal(answerOf('help', '\r\n[0.6] log: login\r\n# help\r\none\r\n# '), 'one');
  t.equal(answerOf('help', 'he\r\n[0.6] log: login\r\n# help\r\none\r\n# '), 'one', 'in the midst of typing');
  t.equal(answerOf('help', '# help\r\none\r\n# '), 'one', 'a prompt that came late');
  t.equal(answerOf('help', 'help\r\r\none\r\r\n# '), 'one', 'a console that doubles carriage returns');
  t.equal(answerOf('help', 'help\r\n# '), '', 'no answer is one too');
  t.equal(answerOf('help', '\r\n# '), undefined);
  t.equal(answerOf('help', 'help\r\none'), undefined);
  t.equal(answerOf('help', 'help\r\n# one\r\ntwo'), undefined, 'a line that begins like a prompt');
});
