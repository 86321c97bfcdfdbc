import { execFileSync } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { Flaw } from '../../../wire/console-text.ts';
import { failure } from '../../ports/contract-help.ts';
import type { LineEvents } from './line.ts';
import { openTcpSerial } from './network.ts';
import { answerLines, nextGap, openPair } from './pair.fixture.ts';
import { openComPort } from './rfc2217.ts';
import { openServed as open, ser2netMissing, startSer2net } from './ser2net.fixture.ts';

const skip = ser2netMissing();
const HOST = '127.0.0.1';
const LONG_MS = 20_000;

for (const protocol of ['raw', 'rfc2217'] as const) {
  t.test(`${protocol}: a ser2net that is restarted is found again`, { skip }, async (t) => {
    await using pair = await openPair();
    await using server = await startSer2net(pair.path);
    await using serial = await open(server, protocol);
    const waiting = serial.waitFor(/after \w+/, { timeoutMs: LONG_MS });
    await server.stop();
    await clock.sleep(200);
    await nextGap(serial, server.start);
    await pair.print(Buffer.from('after all\r\n'));
    t.equal(await waiting, 'after all');
    t.match(
      serial.transcript().find(({ missedMs }) => missedMs !== undefined)?.text,
      /ms were not heard: .*lost/,
    );
  });

  t.test(`${protocol}: every byte comes through, both ways`, { skip }, async (t) => {
    await using pair = await openPair();
    await using server = await startSer2net(pair.path);
    await using serial = await open(server, protocol);
    // Characters whose UTF-8 has each byte that may stand there, and U+FFFD for 255 and 254, which may not.
    const points = Array.from({ length: 0x800 }, (_, point) => point).filter((point) => point !== 0);
    const text = String.fromCodePoint(...points);
    await pair.print(Buffer.from(text));
    await pair.print(Uint8Array.of(255, 255, 254, 255, 13, 0, 255));
    await pair.print(Buffer.from('end'));
    await serial.waitFor(/end$/, { timeoutMs: LONG_MS, since: 0 });
    t.ok(
      serial
        .transcript()
        .map((chunk) => chunk.text)
        .join('') === `${text}\uFFFD\uFFFD\uFFFD\uFFFD\r\0\uFFFDend`,
    );
  });

  t.test(
    `${protocol}: a port that another client holds is busy, an absent device is told`,
    { skip },
    async (t) => {
      await using pair = await openPair();
      await using server = await startSer2net(pair.path);
      const first = await open(server, protocol);
      await t.rejects(open(server, protocol), { code: 'PORT_BUSY', port: 'serial', hint: /kickolduser/ });
      await first[Symbol.asyncDispose]();
      await pair.unplug();
      await t.rejects(open(server, protocol), { code: 'PORT_UNREACHABLE', port: 'serial', hint: /adapter/ });
      await server.stop();
      await t.rejects(open(server, protocol), {
        code: 'PORT_UNREACHABLE',
        message: /ECONNREFUSED/,
        hint: /ser2net runs/,
      });
    },
  );
}

t.test('the two protocols are told apart', { skip }, async (t) => {
  await using pair = await openPair();
  const typed: number[] = [];
  pair.onTyped((bytes) => typed.push(...bytes));
  await using server = await startSer2net(pair.path);
  const at = { host: HOST, baudRate: 115_200, clock };
  await t.rejects(openTcpSerial({ ...at, port: server.rfc2217, protocol: 'raw' }), {
    code: 'PORT_PROTOCOL',
    message: /speaks telnet/,
    hint: /rfc2217/,
  });
  const other = () => openTcpSerial({ ...at, port: server.raw, protocol: 'rfc2217' });
  // ser2net takes its time to notice that the first client left.
  let refusal = await failure(other());
  while (refusal?.code === 'PORT_BUSY') refusal = await failure(other());
  t.match(refusal, {
    code: 'PORT_PROTOCOL',
    message: /does not begin to speak telnet/,
    hint: /protocol: raw/,
  });
  t.same(typed, [], 'and nothing was typed at the console');
});

t.test('a host that nobody knows is told as such', async (t) => {
  await t.rejects(
    openTcpSerial({ host: 'no-such-host.invalid', port: 1, protocol: 'raw', baudRate: 9600, clock }),
    { code: 'PORT_UNREACHABLE', hint: /name server|no-such-host/ },
  );
});

const quiet = (): LineEvents & { readonly flaws: Flaw[]; readonly losses: string[] } => {
  const flaws: Flaw[] = [];
  const losses: string[] = [];
  return {
    flaws,
    losses,
    bytes: () => undefined,
    alive: () => undefined,
    flaw: (flaw) => void flaws.push(flaw),
    lost: (why) => void losses.push(why),
  };
};

t.test('RFC 2217 sets the speed at the device, and a break is taken', { skip }, async (t) => {
  await using pair = await openPair();
  await using server = await startSer2net(pair.path);
  const port = await openComPort({ host: HOST, port: server.rfc2217, clock }, quiet());
  const speed = () => execFileSync('stty', ['-F', pair.path, 'speed'], { encoding: 'utf8' }).trim();
  const settings = () => execFileSync('stty', ['-F', pair.path, '-a'], { encoding: 'utf8' });
  t.equal(await port.baudRate(), 115_200);
  for (const baudRate of [9600, 57_600, 115_200] as const) {
    await port.set({ baudRate });
    t.equal(await port.baudRate(), baudRate);
    t.equal(speed(), String(baudRate), 'as the device has it');
  }
  await port.set({ dataBits: 8, parity: 'none', stopBits: 2 });
  t.match(settings(), /cs8/);
  t.match(settings(), /[^-]cstopb/);
  await port.set({ stopBits: 1 });
  t.match(settings(), /-cstopb/);
  await port.purge('both');
  await port.sendBreak(20);
  t.equal(await port.baudRate(), 115_200, 'and it goes on');
  await port.close();
  t.equal((await failure(port.set({ baudRate: 9600 })))?.code, 'PORT_CLOSED');
});

t.test('RFC 2217: a server that hangs with its connection open is noticed', { skip }, async (t) => {
  await using pair = await openPair();
  await using server = await startSer2net(pair.path);
  // Time runs ten times as fast for the driver.
  const hasty = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms / 10, signal) };
  const events = quiet();
  const port = await openComPort({ host: HOST, port: server.rfc2217, clock: hasty }, events);
  server.freeze();
  try {
    while (events.losses.length === 0) await clock.sleep(20);
  } finally {
    server.thaw();
  }
  t.match(events.losses[0], /did not answer to "which baud rate\?"/);
  await port.close();
});

/** A server that says what a test wants, byte by byte. */
async function serveBytes(greeting: Uint8Array, react: (bytes: Buffer, socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(greeting);
    socket.on('data', (bytes) => {
      heard.push(bytes);
      react(bytes, socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    heard: () => Buffer.concat(heard).toString('hex'),
    sockets,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const GREETING = hex('fffd2c fffb01 fffb03 fffd00');

t.test('RFC 2217 on the wire, byte by byte', async (t) => {
  await using server = await serveBytes(GREETING, (bytes, socket) => {
    // Each request is confirmed: the same with a number that is higher by 100.
    const text = bytes.toString('hex');
    for (const [, code = '', data = ''] of text.matchAll(/fffa2c(0[1-5c])((?:(?!fff0).)*?)fff0/g))
      socket.write(hex(`fffa2c${(Number.parseInt(code, 16) + 100).toString(16)}${data}fff0`));
  });
  const events = quiet();
  const port = await openComPort({ host: HOST, port: server.port, clock }, events);
  await port.set({ baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1 });
  await port.set({ baudRate: 255, parity: 'even', stopBits: 1.5 });
  await port.sendBreak(1);
  await port.purge('received');
  port.write(Uint8Array.of(0x68, 0xff, 0x0d));
  const [socket] = server.sockets;
  socket?.write(hex('fffa2c6a1cfff0'));
  while (events.flaws.length < 3 || !server.heard().endsWith('0d')) await clock.sleep(5);
  t.same(events.flaws, ['break', 'framing', 'parity'], 'a notification of the line state (106)');
  const expected = [
    'fffb2c fffd01 fffd03 fffb00', // WILL COM-PORT, DO ECHO, DO SGA, WILL BINARY: answers to the greeting
    'fffb03 fffd00', // WILL SGA, DO BINARY: what was not answered yet
    'fffa2c 05 01 fff0', // SET-CONTROL: no flow control
    'fffa2c 0a 1e fff0', // SET-LINESTATE-MASK: break, framing, parity, overrun
    'fffa2c 01 0001c200 fff0', // SET-BAUDRATE 115200
    'fffa2c 02 08 fff0', // SET-DATASIZE 8
    'fffa2c 03 01 fff0', // SET-PARITY none
    'fffa2c 04 01 fff0', // SET-STOPSIZE 1
    'fffa2c 01 000000ffff fff0', // SET-BAUDRATE 255: IAC in the data is doubled
    'fffa2c 03 03 fff0', // SET-PARITY even
    'fffa2c 04 03 fff0', // SET-STOPSIZE 1.5
    'fffa2c 05 05 fff0', // SET-CONTROL: break on
    'fffa2c 05 06 fff0', // SET-CONTROL: break off
    'fffa2c 0c 01 fff0', // PURGE-DATA: receive buffer
    '68 ffff 0d',
  ];
  t.equal(server.heard(), expected.join('').replaceAll(' ', ''));
  await port.close();
});

t.test('RFC 2217: a server that sets another speed, or takes no settings, is told', async (t) => {
  await using other = await serveBytes(GREETING, (bytes, socket) => {
    if (bytes.toString('hex').includes('fffa2c01')) socket.write(hex('fffa2c6500002580fff0'));
  });
  const at = { host: HOST, protocol: 'rfc2217', baudRate: 921_600, clock } as const;
  await t.rejects(openTcpSerial({ ...at, port: other.port }), {
    code: 'PORT_PROTOCOL',
    message: /does not set 921600 baud: it answers 00002580/,
  });
  await using plain = await serveBytes(hex('fffb01 fffb03'), (bytes, socket) => {
    if (bytes.toString('hex').includes('fffb2c')) socket.write(hex('fffe2c'));
  });
  await t.rejects(openTcpSerial({ ...at, port: plain.port }), {
    code: 'PORT_PROTOCOL',
    message: /takes no settings/,
    hint: /telnet\(rfc2217\)/,
  });
});

t.test('a negotiation does not go round in circles', async (t) => {
  await using server = await serveBytes(GREETING, () => undefined);
  const port = await openComPort({ host: HOST, port: server.port, clock }, quiet());
  const [socket] = server.sockets;
  while (!server.heard().includes('fffa2c0a1efff0')) await clock.sleep(5);
  const before = server.heard();
  for (let round = 0; round < 3; round++) socket?.write(hex('fffd2c fffb03 fffb00 fffd00 fffd03 fffb01'));
  socket?.write(hex('fffd18'));
  while (!server.heard().endsWith('fffc18')) await clock.sleep(5);
  t.equal(server.heard().slice(before.length), 'fffc18', 'only what is new is declined');
  await port.close();
});

t.test('raw: keepalive is on, so that the kernel notices a peer that is gone', { skip }, async (t) => {
  await using pair = await openPair();
  await using server = await startSer2net(pair.path);
  await using serial = await open(server, 'raw');
  // The timer column of /proc/net/tcp: 02 is the keepalive timer (Linux, Documentation/networking/proc_net_tcp).
  const port = server.raw.toString(16).toUpperCase().padStart(4, '0');
  const lines = execFileSync('cat', ['/proc/net/tcp'], { encoding: 'utf8' }).split('\n');
  const own = lines.filter((line) => line.includes(`0100007F:${port} 01`));
  t.ok(serial);
  t.match(own.join('\n'), new RegExp(`:${port} 01 \\w+:\\w+ 02:`));
});

t.test('raw: a command that nothing answers makes the line new', { skip }, async (t) => {
  await using pair = await openPair();
  await using server = await startSer2net(pair.path, ['kickolduser: true']);
  await using serial = await open(server, 'raw');
  await nextGap(serial, async () => {
    t.equal((await failure(serial.command('help', { timeoutMs: 50 })))?.code, 'PORT_TIMEOUT');
  });
  const answer = answerLines(pair);
  answer('help', 'one\r\n');
  t.equal(await serial.command('help', { timeoutMs: LONG_MS }), 'one');
});
