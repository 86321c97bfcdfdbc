import { once } from 'node:events';
import { createServer } from 'node:net';
import sharp from 'sharp';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import type { VideoSource } from './ffmpeg-words.ts';
import { type MjpegServer, noFfmpeg, pixelAt, plainJpeg, serveMjpeg } from './mjpeg.fixture.ts';
import { jpegSize, mpjpegReader } from './mpjpeg.ts';
import { openVideo } from './video.ts';

const skip = noFfmpeg();
const lavfi = (input: string): VideoSource => ({ kind: 'lavfi', input, framerate: 25 });

async function withServer(body: (server: MjpegServer) => Promise<void>): Promise<void> {
  await using server = await serveMjpeg();
  server.show(await plainJpeg(200));
  await body(server);
}

t.test('each picture is younger than the call that asked for it', { skip }, async (t) => {
  await withServer(async (server) => {
    const source = { kind: 'url', url: server.url } as const;
    await using video = await openVideo({ source, clock });
    const red = async () => (await pixelAt((await video.fresh()).bytes, 10, 10))[0] ?? 0;
    for (const shown of [10, 60, 110, 160, 210, 250]) {
      server.show(await plainJpeg(shown));
      let tries = 0;
      while (Math.abs((await red()) - shown) > 4 && tries < 100) tries += 1;
      t.ok(tries < 100, `${shown} comes, after ${tries} others`);
      for (let count = 0; count < 3; count += 1) t.ok(Math.abs((await red()) - shown) <= 4, 'and stays');
    }
    for (const delayMs of [0, 200]) {
      await using late = await openVideo({ source, clock, delayMs });
      const asked = clock.now();
      t.ok(
        (await late.fresh()).grabbedAt >= asked - 1,
        `what was grabbed before is not given (${delayMs} ms)`,
      );
    }
  });
});

t.test('a source that stands still is told with the age of its picture', { skip }, async (t) => {
  await withServer(async (server) => {
    const source = { kind: 'url', url: server.url } as const;
    await using video = await openVideo({ source, clock, maxAgeMs: 500, startMs: 3000 });
    server.freeze();
    await clock.sleep(100);
    const error = await failure(video.fresh());
    t.match(error, {
      code: 'FRAME_UNUSABLE',
      port: 'display',
      message: /is \d{3,} ms old/,
      hint: /framerate/,
    });
    while (server.connections() < 2) await clock.sleep(20);
    server.show(await plainJpeg(99));
    let again = await failure(video.fresh());
    while (again !== undefined) again = await failure(video.fresh());
    t.match(video.size(), { width: 320 }, 'another ffmpeg is used once it moves');
  });
});

t.test('an ffmpeg that ends is started again', { skip }, async (t) => {
  await withServer(async (server) => {
    await using video = await openVideo({ source: { kind: 'url', url: server.url }, clock });
    const pid = video.pid();
    server.hangUp();
    t.match(await video.fresh(), { width: 320 });
    process.kill(video.pid() ?? 0, 'SIGKILL');
    await clock.sleep(50);
    t.match(await video.fresh(), { width: 320 });
    t.not(video.pid(), pid);
    const last = video.pid() ?? 0;
    const waiting = failure(video.fresh());
    await video[Symbol.asyncDispose]();
    t.ok([undefined, 'PORT_CLOSED'].includes((await waiting)?.code));
    t.equal((await failure(video.fresh()))?.code, 'PORT_CLOSED');
    t.throws(() => process.kill(last, 0), { code: 'ESRCH' }, 'none is left behind');
  });
});

t.test('a source that cannot be opened says whose fault it is, and the cure', { skip }, async (t) => {
  const device = { kind: 'device', width: 1280, height: 720, framerate: 30 } as const;
  const open = (source: VideoSource, more = {}) => failure(openVideo({ source, clock, ...more }));
  t.match(await open({ ...device, device: '/dev/video99' }), {
    code: 'PORT_UNREACHABLE',
    message: /\/dev\/video99: .*No such file/,
    hint: /plug the grabber in/,
  });
  t.match(await open({ ...device, device: '/dev/null' }), {
    code: 'PORT_UNREACHABLE',
    hint: /grabber/,
  });
  t.match(await open({ kind: 'url', url: 'http://127.0.0.1:9/x' }), {
    code: 'PORT_UNREACHABLE',
    message: /Connection refused/,
    hint: /encoder is on/,
  });
  t.match(await open(lavfi('nosuchsource')), { code: 'PORT_UNREACHABLE', port: 'display' });
  t.match(await open(lavfi('testsrc2'), { ffmpeg: '/absent/ffmpeg' }), {
    code: 'PORT_UNREACHABLE',
    hint: /apt-get install ffmpeg/,
  });
  // Takes the call, and says nothing.
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
  t.match(await open({ kind: 'url', url }, { startMs: 400 }), {
    code: 'FRAME_UNUSABLE',
    message: /within 400 ms/,
  });
  silent.close();
});

t.test('pictures are cut out of the stream in whatever pieces it comes', async (t) => {
  const pictures = [await plainJpeg(1), await plainJpeg(2), await plainJpeg(3)];
  const part = (picture: Buffer) => [
    Buffer.from(`--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: ${picture.length}\r\n\r\n`),
    picture,
    Buffer.from('\r\n'),
  ];
  const stream = Buffer.concat(pictures.flatMap(part));
  for (const size of [1, 7, 100, stream.length]) {
    const read = mpjpegReader();
    const found: Buffer[] = [];
    for (let at = 0; at < stream.length; at += size) found.push(...read(stream.subarray(at, at + size)));
    t.same(found, pictures, `${size} bytes at a time`);
  }
  t.throws(() => mpjpegReader()(Buffer.from('HTTP\r\n\r\n')), /no length/);
  t.throws(() => mpjpegReader()(Buffer.alloc(2000)), /no length/);
});

t.test('the size of a JPEG is read, and of nothing else', async (t) => {
  const jpeg = await plainJpeg(9);
  t.same(jpegSize(jpeg), { width: 320, height: 240 });
  t.same(jpegSize(await sharp(jpeg).resize(64, 48).jpeg({ progressive: true }).toBuffer()), {
    width: 64,
    height: 48,
  });
  t.equal(jpegSize(jpeg.subarray(0, -10)), undefined, 'cut off');
  t.equal(jpegSize(await sharp(jpeg).png().toBuffer()), undefined);
  for (const bytes of [[], [0xff, 0xd8], [0xff, 0xd8, 0xff, 0xd9]])
    t.equal(jpegSize(Buffer.from(bytes)), undefined);
});
