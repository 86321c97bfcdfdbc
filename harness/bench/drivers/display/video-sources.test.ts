import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import { ffmpegFault, ffmpegWords, lastError, type VideoSource } from './ffmpeg-words.ts';
import { noFfmpeg, pixelAt, plainJpeg, serveMjpeg } from './mjpeg.fixture.ts';
import { serveRtsp } from './rtsp.fixture.ts';
import { openVideo, type Video } from './video.ts';

const skip = noFfmpeg();
const lavfi = (input: string): VideoSource => ({ kind: 'lavfi', input, framerate: 25 });

function near(t: Test, found: readonly number[], expected: readonly number[], what: string): void {
  const off = Math.max(...expected.map((value, at) => Math.abs(value - (found[at] ?? Number.NaN))));
  t.ok(off <= 3, `${what}: ${found} is ${expected}`);
}

/** Pictures keep coming, by one ffmpeg: one that is started again and again gives pictures too. */
async function steady(t: Test, video: Video): Promise<void> {
  const pid = video.pid();
  for (let count = 0; count < 20; count += 1) await video.fresh();
  t.equal(video.pid(), pid, 'by one ffmpeg');
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
    await steady(t, video);
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

t.test('an MJPEG stream is a source', { skip }, async (t) => {
  await using server = await serveMjpeg();
  server.show(await plainJpeg(200));
  await using video = await openVideo({ source: { kind: 'url', url: server.url }, clock });
  const { bytes, width, height } = await video.fresh();
  t.equal(`${width}x${height}`, '320x240');
  near(t, await pixelAt(bytes, 10, 10), [200, 0, 0], 'red');
  await steady(t, video);
});

t.test('an encoder’s RTSP stream is a source, in its colours', { skip }, async (t) => {
  await using encoder = await serveRtsp('smptebars=size=1280x720:rate=25');
  await using video = await openVideo({ source: { kind: 'url', url: encoder.url }, clock });
  const { bytes, width, height } = await video.fresh();
  t.equal(`${width}x${height}`, '1280x720');
  near(t, await pixelAt(bytes, 90, 200), [191, 191, 191], '75 % white');
  const [red = 0, green = 0, blue = 0] = await pixelAt(bytes, 1010, 200);
  t.ok(red > 170 && green < 30 && blue < 30, `${[red, green, blue]} is red`);
  await steady(t, video);
  await encoder[Symbol.asyncDispose]();
  let gone = await failure(video.fresh());
  while (gone === undefined) gone = await failure(video.fresh());
  t.match(gone, { code: 'PORT_UNREACHABLE', message: /Connection refused/ });
});

const noXvfb =
  process.env.CI || spawnSync('Xvfb', ['-help']).error === undefined ? false : 'Xvfb is not installed';

/** An X server of its own, with the number it chose. */
async function startXvfb(): Promise<{ readonly name: string; readonly server: ChildProcess }> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string>((resolve) =>
    server.stdio[3]?.once('data', (text) => resolve(`${text}`.trim())),
  );
  return { name: `:${number}`, server };
}

t.test('the screen of an X server is a source too', { skip: skip || noXvfb }, async (t) => {
  const { name, server } = await startXvfb();
  t.teardown(() => server.kill('SIGKILL'));
  const source: VideoSource = { kind: 'x11grab', input: name, framerate: 25 };
  await using video = await openVideo({ source, clock });
  t.match(await video.fresh(), { width: 1024, height: 768 });
  await steady(t, video);
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
