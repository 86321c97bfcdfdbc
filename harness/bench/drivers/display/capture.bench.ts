// `node harness/bench/drivers/display/capture.bench.ts`: what a grabber and a CH9329 cost. Without hardware: ffmpeg's test picture, a page of
// Chromium behind an MJPEG server, and a model of the chip behind a pty at the speed of a serial line.
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { systemClock as clock } from '../../../terms/clock.ts';
import { capturePage } from './capture.fixture.ts';
import { notingHost, openCabledChip } from './ch9329.fixture.ts';
import { openCh9329 } from './ch9329.ts';
import { findChromium, launchBrowser } from './chromium.ts';
import { hidOf } from './hid.ts';
import { openVideo } from './video.ts';

const FRAMES = 100;
/** Ticks of /proc/PID/stat in a second. */
const TICKS = 100;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
async function timed(body: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await body();
  return performance.now() - from;
}
/** What a process has computed so far, ms. */
function computed(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1000;
}

for (const size of ['1280x720', '1920x1080']) {
  // One still picture again and again: it costs next to nothing to make, and all the rest as any other.
  const input = `testsrc2=size=${size}:rate=30,loop=loop=-1:size=1,setpts=N/30/TB,format=yuv422p`;
  await using video = await openVideo({ source: { kind: 'lavfi', input, framerate: 30 }, clock });
  const pid = video.pid() ?? 0;
  const before = computed(pid);
  const waits: number[] = [];
  const sizes: number[] = [];
  const all = await timed(async () => {
    for (let count = 0; count < FRAMES; count += 1)
      waits.push(await timed(async () => sizes.push((await video.fresh()).bytes.length)));
  });
  console.log(
    `${size}, 30 a second: a frame every ${(all / FRAMES).toFixed(1)} ms, waited for ${median(waits).toFixed(1)} ms; ` +
      `ffmpeg computes ${((computed(pid) - before) / FRAMES).toFixed(1)} ms a frame; ${Math.round(median(sizes) / 1000)} kB`,
  );
}

const browser = await launchBrowser(findChromium());
for (const [width, height] of [
  [1280, 720],
  [1920, 1080],
] as const) {
  const size = { width, height };
  await using captured = await capturePage(browser, { html: '<body style="background:#000">', size });
  const { display, page } = captured;
  const latencies: number[] = [];
  for (let turn = 1; turn <= 20; turn += 1) {
    const colour = turn % 2 === 0 ? '#000' : '#fff';
    await page.evaluate((next) => document.body.style.setProperty('background', next), colour);
    const from = clock.now();
    for (;;) {
      const { bytes } = await display.frame();
      const came = clock.now();
      const { channels } = await sharp(bytes).extract({ left: 0, top: 0, width: 8, height: 8 }).stats();
      if ((channels[0]?.mean ?? 0) > 128 === (colour === '#fff')) {
        latencies.push(came - from);
        break;
      }
    }
  }
  console.log(
    `${width}x${height}: from a change of the page to a frame that shows it ${median(latencies)} ms (screencast, MJPEG at 30 a second, ffmpeg)`,
  );
}
await browser.close();

for (const baudRate of [undefined, 9600, 115_200]) {
  await using cable = await openCabledChip({ host: notingHost() }, baudRate);
  await using line = await openCh9329({ path: cable.path, baudRate: baudRate ?? 9600, clock });
  // What the line takes; how long a button is held comes on top.
  const hid = hidOf(line, { clock, holdMs: 0 });
  const size = { width: 1920, height: 1080 };
  const text = 'Resetbench 2026!'.repeat(2);
  const clicks: number[] = [];
  for (let count = 0; count < 20; count += 1)
    clicks.push(await timed(() => hid.click({ x: count * 50, y: count * 50 }, size, 'left')));
  const typing = await timed(() => hid.type(text));
  console.log(
    `CH9329 ${baudRate === undefined ? 'on a pty without a line' : `at ${baudRate} baud`}: a click ${median(clicks).toFixed(1)} ms, a character ${(typing / text.length).toFixed(1)} ms`,
  );
}
