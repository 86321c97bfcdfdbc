import { type AddressInfo, createServer } from 'node:net';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { leftBehind } from '../../ports/left-behind.fixture.ts';
import { type KvmdServer, SIZE, serveKvmd, USER } from '../pikvm/kvmd.fixture.ts';
import { openPikvmDisplay, type PikvmDisplayOptions } from './pikvm.ts';

const open = (kvm: KvmdServer, options: Partial<PikvmDisplayOptions> = {}) =>
  openPikvmDisplay({
    url: kvm.url,
    ...USER,
    tls: { fingerprint: kvm.certificate.fingerprint },
    clock,
    ...options,
  });

/** A server and a display of it. */
async function pair(t: Test, options: Partial<PikvmDisplayOptions> = {}) {
  const kvm = await serveKvmd();
  t.teardown(() => kvm[Symbol.asyncDispose]());
  const display = await open(kvm, options);
  t.teardown(() => display[Symbol.asyncDispose]());
  return { kvm, display };
}

t.test('a device is trusted by its fingerprint, and nobody else sees the password', async (t) => {
  await using kvm = await serveKvmd();
  const { fingerprint } = kvm.certificate;
  const withColons = fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:');
  await using display = await open(kvm, { tls: { fingerprint: withColons } });
  t.equal(display.source, 'pikvm kvmd 4.82');
  const asked = kvm.asked.length;
  await t.rejects(openPikvmDisplay({ url: kvm.url, ...USER, clock }), {
    code: 'CONFIG_MISSING',
    message: new RegExp(`self.signed.*its fingerprint is ${fingerprint}`, 'i'),
    hint: new RegExp(`set tls: \\{ fingerprint: "${fingerprint}" \\}`),
  });
  const other = '0'.repeat(64);
  await t.rejects(open(kvm, { tls: { fingerprint: other } }), {
    code: 'WRONG_DEVICE',
    message: new RegExp(`${fingerprint}, not ${other}`),
    hint: /new certificate/,
  });
  t.equal(kvm.asked.length, asked, 'no request was sent to who was not trusted');
});

t.test('what answers nothing is given up, and its connection is closed', async (t) => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('close', () => closed.resolve());
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const { port } = server.address() as AddressInfo;
  await t.rejects(openPikvmDisplay({ url: `https://127.0.0.1:${port}`, ...USER, clock, timeoutMs: 100 }), {
    code: 'PORT_TIMEOUT',
    message: /within 100 ms/,
    port: 'display',
  });
  await closed.promise;
});

t.test('a device is trusted by its authority', async (t) => {
  await using kvm = await serveKvmd();
  await using display = await open(kvm, { tls: { ca: kvm.certificate.cert } });
  t.match(await display.frame(), SIZE);
  await using other = await serveKvmd();
  await t.rejects(open(kvm, { tls: { ca: other.certificate.cert } }), { code: 'CONFIG_MISSING' });
});

t.test('a password does not travel in the clear, but on this machine', async (t) => {
  await t.rejects(openPikvmDisplay({ url: 'http://192.0.2.7', ...USER, clock }), {
    code: 'CONFIG_INVALID',
    message: /in the clear/,
    hint: /https/,
  });
  await using kvm = await serveKvmd({ plain: true });
  await using display = await openPikvmDisplay({ url: kvm.url, ...USER, clock });
  t.match(await display.frame(), SIZE);
});

t.test('wrong credentials and silent USB cables are told when it is opened', async (t) => {
  await using kvm = await serveKvmd();
  await t.rejects(open(kvm, { password: 'wrong' }), {
    code: 'CREDENTIALS_REFUSED',
    message: /refuses user admin/,
    port: 'display',
  });
  for (const [change, message] of [
    [{ online: false }, /keyboard and mouse.*offline/],
    [{ keyboard: false }, /does not take the keyboard/],
    [{ mouse: false }, /does not take the mouse/],
    [{ absolute: false }, /relative/],
    [{ caps: true }, /Caps Lock/],
  ] as const) {
    const before = { ...kvm.world.hid };
    Object.assign(kvm.world.hid, change);
    await t.rejects(open(kvm), { code: 'PORT_UNREACHABLE', message, hint: /./ });
    Object.assign(kvm.world.hid, before);
  }
});

t.test('its streamer is started and kept running while the display is open', async (t) => {
  const { kvm, display } = await pair(t);
  t.match(await display.frame(), SIZE);
  kvm.dropSockets();
  t.match(await display.frame(), SIZE, 'also after the device has restarted');
  kvm.world.sockets = false;
  kvm.world.forever = true;
  await using other = await open(kvm);
  t.match(await other.frame(), SIZE, 'a device without a socket is asked without');
});

t.test('a night of frames for one case leaves nothing in the memory', async (t) => {
  const { display } = await pair(t);
  const { signal } = new AbortController();
  t.ok((await leftBehind(AbortSignal, 20, () => display.frame(signal))) < 10);
});

t.test('a picture that is none is a fault of the bench, with the figure that decided', async (t) => {
  const { kvm, display } = await pair(t, { size: SIZE });
  const { world } = kvm;
  const refused = async (message: RegExp) =>
    t.rejects(display.frame(), { code: 'FRAME_UNUSABLE', port: 'display', message, hint: /./ });

  world.signal = false;
  await refused(/no signal: the PiKVM captures 0 frames\/s, online: false/);
  world.signal = true;

  world.grabAge = 3.4;
  await refused(/stale.*3400 ms.*3000 ms are allowed/);
  world.grabAge = 0.02;

  world.bytes = Buffer.from('00000001c1e000e001c2097ffea996', 'hex');
  await refused(/15 bytes that are no JPEG \(they begin with 00000001c1e000e0\)/);
  const picture = await sharp({ create: { ...SIZE, channels: 3, background: 'navy' } })
    .jpeg()
    .toBuffer();
  world.bytes = picture.subarray(0, picture.length - 40);
  await refused(/torn JPEG: its \d+ bytes have no end-of-image marker/);
  world.bytes = Buffer.alloc(0);
  await refused(/0 bytes that are no JPEG \(they begin with nothing\)/);

  world.bytes = await sharp({ create: { width: 1920, height: 1080, channels: 3, background: 'navy' } })
    .jpeg({ progressive: true })
    .toBuffer();
  await refused(/1920x1080, expected 1280x720/);
  world.bytes = Buffer.concat([picture, Buffer.alloc(12)]);
  t.match(await display.frame(), SIZE, 'padding after the picture is none of its bytes');
});

t.test('the time of a grab is that of this machine, whatever the calendar of the device', async (t) => {
  const { kvm, display } = await pair(t, { maxAgeMs: 60_000 });
  const age = async () => {
    const before = clock.now();
    const { grabbedAt } = await display.frame();
    return { least: before - grabbedAt, most: clock.now() - grabbedAt };
  };
  for (const stamps of ['-Timestamp', '-Time'] as const) {
    kvm.world.stamps = stamps;
    kvm.world.grabAge = 40;
    const { least, most } = await age();
    t.ok(least <= 40_000 && 40_000 <= most, stamps);
  }
  kvm.world.same = { dropped: 12, age: 0.5 };
  const same = await age();
  t.ok(same.least <= 500 && 500 <= same.most, 'a picture that was found to be the same is good until then');
  kvm.world.same = { dropped: 0, age: 0.5 };
  t.ok((await age()).most >= 40_000, 'but only where something was compared');
  kvm.world.stamps = 'none';
  t.ok((await age()).least <= 0, 'without times it counts as grabbed when it came');
});

t.test('what the device refuses has a name in the terms of the port', async (t) => {
  const { kvm, display } = await pair(t, { timeoutMs: 300 });
  for (const [status, code, message] of [
    [409, 'PORT_BUSY', /409, SomeError: as the test wants it/],
    [400, 'PORT_PROTOCOL', /400, SomeError/],
    [502, 'PORT_UNREACHABLE', /kvmd does not run.*502/],
    ['hang', 'PORT_TIMEOUT', /did not answer within 300 ms/],
    ['cut', 'PORT_UNREACHABLE', /gone: socket hang up/],
  ] as const) {
    kvm.world.broken = { path: /send_mouse_move/, status };
    await t.rejects(display.click(5, 5), { code, message, port: 'display', hint: /./ });
  }
  kvm.world.broken = { path: /snapshot/, status: 500 };
  await t.rejects(display.frame(), { code: 'PORT_PROTOCOL', message: /500/ });
  kvm.world.broken = { path: /snapshot/, status: 503 };
  await t.rejects(display.frame(), { code: 'FRAME_UNUSABLE', message: /has a signal, but.*503/ });
  kvm.world.broken = { path: /snapshot/, status: 'hang' };
  await t.rejects(display.frame(AbortSignal.timeout(50)), { code: 'PORT_TIMEOUT', message: /in time/ });
  const given = new AbortController();
  const stopped = display.frame(given.signal);
  given.abort(new Error('the run was interrupted'));
  await t.rejects(stopped, { message: 'the run was interrupted' });
  kvm.world.broken = undefined;
  await display.click(5, 5);
  t.same(kvm.inputs.at(-1), { kind: 'click', button: 'left', x: 5, y: 5 });
});

t.test('a button is let go also where a drag fails', async (t) => {
  const { kvm, display } = await pair(t);
  const dragging = display.drag([
    { x: 10, y: 10 },
    { x: 400, y: 10 },
  ]);
  while (!kvm.asked.some((one) => one.includes('state=true'))) await clock.sleep(1);
  kvm.world.broken = { path: /send_mouse_move/, status: 400 };
  await t.rejects(dragging, { code: 'PORT_PROTOCOL' });
  t.match(kvm.asked.at(-1), /send_mouse_button\?button=left&state=false/);
});

t.test('text that a US keyboard has not is refused, not typed in part', async (t) => {
  const { kvm, display } = await pair(t);
  for (const text of ['Zürich', 'a\nb', '5 €', '“quoted”'])
    await t.rejects(display.type(text), {
      code: 'USAGE',
      message: /US layout has no key for .*U\+/,
      hint: /./,
    });
  t.same(kvm.inputs, []);
});

t.test('text is typed as slowly as the recorder wants it, and at any length', async (t) => {
  const { kvm, display } = await pair(t, { keyDelayMs: 25 });
  const text = 'x'.repeat(3000);
  await display.type(text);
  t.same(kvm.inputs, [{ kind: 'text', text }]);
  t.match(kvm.asked.at(-1), 'POST /api/hid/print?keymap=en-us&limit=0&slow=1&delay=0.025');
});

t.test('before any frame the pointer asks for the size of the picture', async (t) => {
  const { kvm, display } = await pair(t);
  await display.moveTo(639, 359);
  t.same(kvm.inputs, [{ kind: 'move', x: 639, y: 359 }]);
});
