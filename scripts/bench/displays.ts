// What a frame and a click cost by each display driver, on the same menu of a twin. Prints JSON when run directly;
// `--vnc HOST:PORT` measures what a VNC server shows, too.
import { parseArgs } from 'node:util';
import { openBrowserDisplay } from '../../harness/bench/drivers/display/browser.ts';
import { findChromium, launchBrowser } from '../../harness/bench/drivers/display/chromium.ts';
import { openPikvmDisplay } from '../../harness/bench/drivers/display/pikvm.ts';
import { openVncDisplay } from '../../harness/bench/drivers/display/vnc.ts';
import { launchEmulator } from '../../harness/bench/drivers/twin/launch.ts';
import type { Display } from '../../harness/bench/ports/display.ts';
import { systemClock as clock } from '../../harness/terms/clock.ts';

/** Medians, ms. */
interface DisplayCosts {
  readonly driver: string;
  readonly resolution: string;
  /** A frame of a picture that does not change. */
  readonly frame_ms: number;
  /** A frame right after a key that changed the picture. */
  readonly changed_frame_ms: number;
  /** A click, without the time for which the button is held. */
  readonly click_ms: number;
  readonly frame_kb: number;
}

const ROUNDS = 30;
const HOLD_MS = 1;
const USER = { user: 'lab', password: 'Quay-Lantern-7' };

/** Measures the browser and the KVM of a twin at 720p and 1080p, and a VNC server, `host:port`, where one is named. */
async function measureDisplays(vnc?: string): Promise<readonly DisplayCosts[]> {
  const costs: DisplayCosts[] = [];
  for (const resolution of ['1280x720', '1920x1080'] as const) {
    const [width = 0, height = 0] = resolution.split('x').map(Number);
    const size = { width, height };
    await using stack = new AsyncDisposableStack();
    const emulator = stack.use(await launchEmulator(planOf(resolution), { clock }));
    const twin = emulator.ready.recorders[0];
    if (twin?.kvmUrl === undefined) throw new Error('the twin has no KVM');
    const browser = stack.adopt(await launchBrowser(findChromium()), (one) => one.close());
    const displays: [string, () => Promise<Display>][] = [
      ['browser', () => openBrowserDisplay({ browser, url: twin.displayUrl, ...size, clock })],
      ['pikvm', () => openPikvmDisplay({ url: twin.kvmUrl ?? '', ...USER, size, clock, holdMs: HOLD_MS })],
    ];
    for (const [driver, open] of displays) {
      await using display = await open();
      costs.push({ driver, resolution, ...(await measure(display)) });
    }
  }
  if (vnc !== undefined) {
    const [host = '', port = ''] = vnc.split(':');
    await using display = await openVncDisplay({ host, port: Number(port), clock, holdMs: HOLD_MS });
    const { width, height } = await display.frame();
    costs.push({ driver: 'vnc', resolution: `${width}x${height}`, ...(await measure(display)) });
  }
  return costs;
}

async function measure(display: Display) {
  const frames: number[] = [];
  const changed: number[] = [];
  const clicks: number[] = [];
  let bytes = 0;
  await display.frame();
  for (let round = 0; round < ROUNDS; round += 1) {
    frames.push(await timed(async () => void (await display.frame())));
    await display.press(round % 2 === 0 ? 'Tab' : 'ArrowDown');
    // Until the menu has painted the change.
    await clock.sleep(80);
    changed.push(
      await timed(async () => {
        bytes = (await display.frame()).bytes.length;
      }),
    );
    clicks.push(await timed(() => display.click(5, 5)));
  }
  return {
    frame_ms: median(frames),
    changed_frame_ms: median(changed),
    click_ms: Math.max(0, Number((median(clicks) - HOLD_MS).toFixed(1))),
    frame_kb: Math.round(bytes / 1000),
  };
}

async function timed(body: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await body();
  return performance.now() - from;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[sorted.length >> 1] ?? 0).toFixed(1));
}

function planOf(resolution: '1280x720' | '1920x1080') {
  return {
    smtp: { host: '127.0.0.1', port: 25 },
    recorders: [
      {
        id: 'one',
        family: 'nvr',
        model: 'DS-7616NI-K2',
        firmware: 'V4.30.097',
        build: 'build 200922',
        gui: '4.0',
        language: 'en',
        resolution,
        adminPassword: 'Harbour-77',
        bootMs: 50,
        kvm: USER,
      },
    ],
  } as const;
}

const { values } = parseArgs({ options: { vnc: { type: 'string' } } });
if (import.meta.main) console.log(JSON.stringify(await measureDisplays(values.vnc), undefined, 2));
