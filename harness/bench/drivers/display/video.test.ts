import { once } from 'node:events';
import { createServer } from 'node:net';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import { ffmpegFault, ffmpegWords, lastError, type VideoSource } from './ffmpeg-words.ts';
import { type MjpegServer, noFfmpeg, plainJpeg, serveMjpeg } from './mjpeg.fixture.ts';
import { jpegSize, mpjpegReader } from './mpjpeg.ts';
import { serveRtsp } from './rtsp.fixture.ts';
import { openVideo } from './video.ts';

const skip = noFfmpeg();
const lavfi = (input: string): VideoSource => ({ kind: 'lavfi', input, framerate: 25 });

/** RGB of one pixel. */
async function pixelAt(bytes: Uint8Array, left: number, top: number): Promise<readonly number[]> {
  const area = { left, top, width: 1, height: 1 };
  return [...(await sharp(bytes).extract(area).removeAlpha().raw().toBuffer())];
}
function near(t: Test, found: readonly number[], expected: readonly number[], what: string): void {
  const off = Math.max(...expected.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN))));
  t.ok(off <= 3, `${what}: ${found} is ${expected}`);
}

for (const size of ['1280x720', '1920x1080']) {
  t.test(`pictures of ${size} are whole, of that size, and move on`, { skip }, async (t) => {
    await using video = await openVideo({ source: lavfi(`testsrc2=size=${size}:rate=25`), clock });
    const before = clock.now();
    const first = await video.fresh();
    t.equal(`${first.width}x${first.height}`, size);
    t.ok(first.grabbedAt >= before, 'grabbed after it was asked for');
    const { width, height } = await sharp(first.bytes).metadata();
    t.equal(`${width}x${height}`, size);
    const second = await video.fresh();
    t.notSame(second.bytes, first.bytes, 'the counter in the picture has moved');
    t.match(video.size(), { width, height });
  });
}

t.test('colours come through, whichever range the source uses', { skip }, async (t) => {
  // smptebars, from the left: 75 % white, yellow, cyan, green, magenta, red, blue.
  const bars = [
    [180, 180, 180],
    [180, 180, 16],
    [16, 180, 180],
    [16, 180, 16],
    [180, 16, 180],
    [180, 16, 16],
    [16, 16, 180],
  ];
  {
    await using video = await openVideo({
      source: lavfi('smptebars=size=700x400:rate=25,format=rgb24'),
      clock,
    });
    const { bytes } = await video.fresh();
    const found = await Promise.all(bars.map((_, at) => pixelAt(bytes, at * 100 + 50, 100)));
    t.ok(found.every((pixel, at) => pixel.every((value, of) => value > 100 === (bars[at]?.[of] ?? 0) > 100)));
    near(t, found[0] ?? [], [191, 191, 191], '75 % white');
  }
  // A grey of 126 in the middle of 16..235: 128 of 0..255. Read as full, it stays what it is; and so do the ends.
  const grey = (value: number) => `color=size=320x240:rate=25,format=yuv422p,lutyuv=y=${value}:u=128:v=128`;
  for (const [value, range, expected] of [
    [16, 'limited', 0],
    [126, 'limited', 128],
    [235, 'limited', 255],
    [235, undefined, 255],
    [16, 'full', 16],
    [235, 'full', 235],
  ] as const) {
    await using video = await openVideo({
      source: lavfi(grey(value)),
      clock,
      ...(range === undefined ? {} : { range }),
    });
    const found = await pixelAt((await video.fresh()).bytes, 100, 100);
    near(t, found, [expected, expected, expected], `${value}, ${range ?? 'nothing said'}`);
  }
});

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

t.test('what ffmpeg says is told in the bench’s terms', async (t) => {
  const source: VideoSource = {
    kind: 'device',
    device: '/dev/video0',
    width: 1280,
    height: 720,
    framerate: 30,
  };
  for (const [said, code, hint] of [
    ['[error] /dev/video0: Device or resource busy', 'PORT_BUSY', /fuser -v \/dev\/video0/],
    ['[error] /dev/video0: Permission denied', 'PORT_UNREACHABLE', /group video/],
    ['[error] ioctl(VIDIOC_STREAMON): Link has been severed', 'FRAME_UNUSABLE', /no signal/],
    ['[error] /dev/video0: Invalid argument', 'PORT_UNREACHABLE', /list-formats-ext/],
    ['something nobody foresaw', 'PORT_UNREACHABLE', /by hand/],
  ] as const)
    t.match(ffmpegFault(source, 'exit code 1', [said]), { code, hint }, said);
  t.equal(lastError(['[v4l2 @ 0x5] [error] it broke', '[swscaler @ 0x6] [warning] some colour']), 'it broke');
  t.equal(lastError([]), 'nothing');
});

t.test('ffmpeg gets its words one by one, and none of the source as an option', async (t) => {
  const words = ffmpegWords(
    { kind: 'device', device: '/dev/video0', width: 1920, height: 1080, framerate: 30, pixels: 'mjpeg' },
    'limited',
  ).join(' ');
  t.match(words, '-f v4l2 -framerate 30 -video_size 1920x1080 -input_format mjpeg -i /dev/video0');
  t.match(words, 'in_range=limited:out_range=full');
  const url = ffmpegWords({ kind: 'url', url: 'rtsp://192.0.2.7/1' });
  t.equal(url[url.indexOf('-i') + 1], 'rtsp://192.0.2.7/1');
  t.match(url.join(' '), '-rtsp_transport tcp');
  t.match(url.join(' '), /-protocol_whitelist http,https,tcp,tls,rtsp,rtp,udp /);
  t.match(ffmpegWords({ kind: 'x11grab', input: ':7', framerate: 25 }).join(' '), '-f x11grab -framerate 25');
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

t.test('an encoder’s RTSP stream is a source, in its colours', { skip }, async (t) => {
  await using encoder = await serveRtsp('smptebars=size=1280x720:rate=25');
  await using video = await openVideo({ source: { kind: 'url', url: encoder.url }, clock });
  const { bytes, width, height } = await video.fresh();
  t.equal(`${width}x${height}`, '1280x720');
  near(t, await pixelAt(bytes, 90, 200), [191, 191, 191], '75 % white');
  const [red = 0, green = 0, blue = 0] = await pixelAt(bytes, 1010, 200);
  t.ok(red > 170 && green < 30 && blue < 30, `${[red, green, blue]} is red`);
  await encoder[Symbol.asyncDispose]();
  let gone = await failure(video.fresh());
  while (gone === undefined) gone = await failure(video.fresh());
  t.match(gone, { code: 'PORT_UNREACHABLE', message: /Connection refused/ });
});
