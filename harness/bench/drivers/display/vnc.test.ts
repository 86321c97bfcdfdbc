import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { Frame } from '../../../terms/frame.ts';
import { decodePicture } from '../../../vision/png.ts';
import { leftBehind } from '../../ports/left-behind.fixture.ts';
import { passwordResponse } from '../rfb/handshake.ts';
import { type RfbServer, type RfbServerOptions, serveRfb } from '../rfb/server.fixture.ts';
import { startXvnc, xvncMissing } from '../rfb/xvnc.fixture.ts';
import { openVncDisplay, type VncDisplayOptions } from './vnc.ts';

const SIZE = { width: 64, height: 48 };
const serve = (options: Partial<RfbServerOptions> = {}) => serveRfb({ ...SIZE, ...options });
const open = ({ port }: Pick<RfbServer, 'port'>, options: Partial<VncDisplayOptions> = {}) =>
  openVncDisplay({ host: '127.0.0.1', port, clock, ...options });
/** Red, green, blue at a pixel. */
async function at(frame: Frame, x: number, y: number): Promise<readonly number[]> {
  const { data, width } = await decodePicture(frame.bytes);
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
}

t.test('the answer to a challenge is that of VNC authentication', async (t) => {
  // Made with OpenSSL's DES (legacy provider) over the turned bits of the password.
  const challenge = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
  t.equal(passwordResponse(challenge, 'Harbour-77').toString('hex'), '6aa8b6baf2347160e7c94ef50224afb7');
  t.same(
    passwordResponse(challenge, 'Harbour-'),
    passwordResponse(challenge, 'Harbour-77'),
    '8 characters count',
  );
  t.notSame(passwordResponse(challenge, 'Harbour'), passwordResponse(challenge, 'Harbour-'));
});

t.test('a password is asked for, taken, or refused in the words of the server', async (t) => {
  await using server = await serve({ security: [2], password: 'secret', refusal: 'too many tries' });
  await t.rejects(open(server), {
    code: 'CREDENTIALS_REFUSED',
    message: /wants a password/,
    port: 'display',
    hint: /display\.password/,
  });
  await t.rejects(open(server, { password: 'wrong' }), {
    code: 'CREDENTIALS_REFUSED',
    message: /refuses the password: too many tries/,
  });
  await using display = await open(server, { password: 'secret' });
  t.equal(display.source, 'vnc test');
  await using free = await serve({ security: [2, 1] });
  await using other = await open(free, { password: 'not needed' });
  t.match(await other.frame(), SIZE);
});

t.test('what is no VNC server that this client can use is told', async (t) => {
  for (const [options, code, message] of [
    [{ greeting: 'SSH-2.0-Open' }, 'PORT_PROTOCOL', /"SSH-2\.0-Open" is no greeting/],
    [{ greeting: 'RFB 003.003\n' }, 'PORT_PROTOCOL', /speaks RFB 003\.003 only/],
    [{ security: [19, 30] }, 'PORT_PROTOCOL', /security types 19, 30/],
    [{ security: [], refusal: 'Too many security failures' }, 'PORT_PROTOCOL', /refuses: Too many/],
    [{ silent: true }, 'PORT_TIMEOUT', /did not answer within 200 ms/],
  ] as const) {
    await using server = await serve(options);
    await t.rejects(open(server, { timeoutMs: 200 }), { code, message, port: 'display', hint: /./ });
  }
  await t.rejects(open({ port: 9 }), { code: 'PORT_UNREACHABLE', message: /127\.0\.0\.1:9.*ECONNREFUSED/ });
});

t.test('the picture is that of the server, also after copies and when it changes its size', async (t) => {
  await using server = await serve();
  await using display = await open(server);
  t.same(await at(await display.frame(), 5, 5), [0, 0, 0]);
  server.fill(10, 200, 30);
  const green = await display.frame();
  t.same(await at(green, 63, 47), [10, 200, 30], 'the order of the channels is right');
  t.equal((await display.frame()).bytes.length, green.bytes.length);
  server.resize(80, 60);
  const larger = await display.frame();
  t.match(larger, { width: 80, height: 60 });
  t.same(await at(larger, 79, 59), [0, 0, 0], 'nothing of the old picture is left');
  server.fill(1, 2, 3);
  // A bell, a text of the clipboard and a table of colours are heard, and mean nothing.
  server.send(Buffer.from([2]));
  server.send(Buffer.from([3, 0, 0, 0, 0, 0, 0, 2, 0x68, 0x69]));
  server.send(Buffer.from([1, 0, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9]));
  t.same(await at(await display.frame(), 79, 59), [1, 2, 3]);
});

t.test('a night of frames for one case leaves nothing in the memory', async (t) => {
  await using server = await serve();
  await using display = await open(server);
  const { signal } = new AbortController();
  t.ok((await leftBehind(AbortSignal, 20, () => display.frame(signal))) < 10);
});

t.test('a rectangle that is copied onto itself comes out right', async (t) => {
  await using server = await serve();
  await using display = await open(server);
  server.fill(7, 7, 7);
  await display.frame();
  // One row of white, painted by hand, then moved by one.
  const row = Buffer.alloc(4 + 12 + SIZE.width * 4, 0xff);
  row.set([0, 0, 0, 1, 0, 0, 0, 10, 0, SIZE.width, 0, 1, 0, 0, 0, 0]);
  server.send(row);
  server.copy({ x: 0, y: 10 }, { x: 0, y: 11, width: SIZE.width, height: 20 });
  const frame = await display.frame();
  t.same(await at(frame, 30, 10), [255, 255, 255]);
  t.same(await at(frame, 30, 11), [255, 255, 255]);
  t.same(await at(frame, 30, 12), [7, 7, 7]);
  t.same(await at(frame, 30, 30), [7, 7, 7]);
});

t.test('a picture of another size than the recorder’s is refused, with both', async (t) => {
  await using server = await serve();
  await using display = await open(server, { size: { width: 1280, height: 720 } });
  await t.rejects(display.frame(), {
    code: 'FRAME_UNUSABLE',
    message: /64x48, expected 1280x720/,
    hint: /devices\.yaml/,
  });
});

t.test('a server that talks nonsense is left, and a lost connection is told', async (t) => {
  for (const [message, told] of [
    [Buffer.from([77]), /unknown kind 77/],
    [Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 5]), /encoding.*not asked for: 5/],
    [Buffer.from([0, 0, 0, 1, 0, 60, 0, 0, 0, 9, 0, 9, 0, 0, 0, 0]), /9x9 px at 60,0 of a picture of 64x48/],
  ] as const) {
    await using server = await serve();
    await using display = await open(server);
    server.send(message);
    await t.rejects(
      (async () => {
        for (;;) await display.frame();
      })(),
      { code: 'PORT_UNREACHABLE', message: told },
    );
  }
  await using server = await serve();
  await using display = await open(server);
  const given = new AbortController();
  given.abort(new Error('the run was interrupted'));
  await t.rejects(display.frame(given.signal), { message: 'the run was interrupted' });
  server.cut();
  await t.rejects(display.click(1, 1), { code: 'PORT_UNREACHABLE', message: /closed|ECONNRESET/, hint: /./ });
});

t.test('keys and buttons go out as a US keyboard and a mouse send them', async (t) => {
  await using server = await serve();
  await using display = await open(server, { holdMs: 1, keyDelayMs: 1 });
  t.same(server.encodings, [1, 0, -308, -223, -239], 'the pointer is left out of the picture');
  await display.type('a?');
  const key = (keysym: number, down: boolean) => ({ kind: 'key', keysym, down });
  t.same(server.events, [
    key(0x61, true),
    key(0x61, false),
    key(0xffe1, true),
    key(0x3f, true),
    key(0x3f, false),
    key(0xffe1, false),
  ]);
  await t.rejects(display.type('aß'), { code: 'USAGE', message: /"ß" \(U\+00DF\)/ });
  t.equal(server.events.length, 6, 'nothing of it was typed');
  await display.click(3, 4, 'right');
  t.same(server.events.slice(6), [
    { kind: 'pointer', buttons: 0, x: 3, y: 4 },
    { kind: 'pointer', buttons: 4, x: 3, y: 4 },
    { kind: 'pointer', buttons: 0, x: 3, y: 4 },
  ]);
  await using withPointer = await open(server, { pointer: 'in' });
  t.equal(server.encodings.includes(-239), false);
  t.match(await withPointer.frame(), SIZE);
});

t.test('a real server: its password, and its end', { skip: xvncMissing() }, async (t) => {
  await using xvnc = await startXvnc({ width: 320, height: 240, password: 'secret' });
  await t.rejects(open(xvnc, { password: 'wrong' }), { code: 'CREDENTIALS_REFUSED', message: /fail/i });
  await using without = await open(xvnc, { password: 'secret' });
  t.match(await without.frame(), { width: 320, height: 240 });
  await xvnc.kill();
  await t.rejects(without.frame(), { code: 'PORT_UNREACHABLE', message: /closed|ECONNRESET/ });
});
