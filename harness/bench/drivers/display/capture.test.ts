import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import t, { type Test } from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import { type CapturedPage, type CaptureSetup, capturePage } from './capture.fixture.ts';
import { openCaptureDisplay } from './capture.ts';
import { notingHost, openCabledChip } from './ch9329.fixture.ts';
import { noFfmpeg } from './mjpeg.fixture.ts';
import { testBrowser } from './page.fixture.ts';

const browser = await testBrowser(t, 'bare');
const skip = browser.skip || noFfmpeg();
const FIELD = '<!DOCTYPE html><body style="margin:0;background:#fff"><input id="field" autofocus>';

function withPage(
  title: string,
  setup: CaptureSetup,
  body: (t: Test, captured: CapturedPage) => Promise<unknown>,
): void {
  t.test(title, { skip }, async (t) => {
    await using captured = await capturePage(browser.get(), setup);
    await body(t, captured);
  });
}
/** Mean of red, green and blue over a frame. */
async function brightness(bytes: Uint8Array): Promise<number> {
  const { channels } = await sharp(bytes).stats();
  return channels.reduce((sum, { mean }) => sum + mean, 0) / channels.length;
}

withPage(
  'what a click does shows in a frame soon after',
  {
    html: `<!DOCTYPE html><body style="background:#000"><script>
      addEventListener('click', () => { document.body.style.background = '#fff' })</script>`,
  },
  async (t, { display }) => {
    t.ok((await brightness((await display.frame()).bytes)) < 10);
    await display.click(400, 300);
    let frames = 0;
    for (let found = 0; found < 245 && frames < 100; frames += 1)
      found = await brightness((await display.frame()).bytes);
    t.ok(frames < 100, `after ${frames} frames`);
  },
);

withPage(
  'coordinates are of the picture, also where the recorder has another resolution',
  {
    html: `<!DOCTYPE html><script>seen = []; addEventListener('mousedown', (e) => seen.push([e.clientX, e.clientY]))
      </script>`,
    size: { width: 1280, height: 720 },
  },
  async (t, { display, page, server }) => {
    await display.click(640, 360);
    const half = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#888' } })
      .jpeg()
      .toBuffer();
    for (let width = 0; width !== 640; ) {
      server.show(half);
      width = (await display.frame()).width;
    }
    await display.click(320, 180);
    await display.click(639, 359);
    const [first, second, third = []] = (await page.evaluate('seen')) as (readonly number[])[];
    t.same(first, [640, 360]);
    t.same(second, [640, 360]);
    t.ok(third[0] === 1278 && third[1] === 718, 'the last pixel is where it is in the larger picture');
  },
);

withPage(
  'close lets go of keys in the midst of typing, and leaves nothing behind',
  { html: FIELD, baudRate: 9600 },
  async (t, { display, page, cable }) => {
    await page.evaluate(`held = new Set(); downs = 0;
      addEventListener('keydown', (e) => { held.add(e.code); downs++ }); addEventListener('keyup', (e) => held.delete(e.code))`);
    const typing = failure(display.type('A'.repeat(200)));
    while ((await page.evaluate('downs')) === 0) await clock.sleep(5);
    await display[Symbol.asyncDispose]();
    t.equal((await typing)?.code, 'PORT_CLOSED');
    t.equal(await page.evaluate('held.size'), 0);
    const { length } = await page.inputValue('#field');
    t.ok(length > 0 && length < 200, `${length} characters`);
    const before = cable.frames();
    t.equal((await failure(display.press('Enter')))?.code, 'PORT_CLOSED');
    t.equal((await failure(display.press('Enter', 0)))?.code, 'PORT_CLOSED');
    t.equal(cable.frames(), before, 'nothing is sent any more');
  },
);

withPage(
  'a frame that is no longer wanted is given up at once',
  { html: FIELD },
  async (t, { display, server }) => {
    server.freeze();
    const wanted = new AbortController();
    const waiting = display.frame(wanted.signal);
    wanted.abort(new Error('enough'));
    await t.rejects(waiting, { message: 'enough' });
    t.equal((await failure(display.frame(AbortSignal.timeout(20))))?.code, 'PORT_TIMEOUT');
  },
);

/** An ffmpeg that shows a test picture, whatever grabber it is told to read. */
async function pretender(t: Test, size: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-grabber-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const program = join(folder, 'ffmpeg');
  const input = `-re -f lavfi -i testsrc2=size=${size}:rate=25`;
  await writeFile(program, `#!/bin/sh\nexec ffmpeg -loglevel error ${input} -c:v mjpeg -f mpjpeg pipe:1\n`);
  await chmod(program, 0o755);
  return program;
}

t.test('a grabber that gives another size than it was asked for says so', { skip: noFfmpeg() }, async (t) => {
  const source = { kind: 'device', device: '/dev/video0', width: 1280, height: 720, framerate: 25 } as const;
  for (const size of ['1280x720', '640x480']) {
    await using cable = await openCabledChip({ host: notingHost() });
    await using display = await openCaptureDisplay({
      video: { source, ffmpeg: await pretender(t, size) },
      hid: { path: cable.path, baudRate: 9600 },
      clock,
    });
    t.match(display.source, /CH9329 1\.8/);
    if (size === '1280x720') t.match(await display.frame(), { width: 1280, height: 720 });
    else
      t.match(await failure(display.frame()), {
        code: 'FRAME_UNUSABLE',
        message: /gives 640x480 px, not 1280x720/,
        hint: /-d \/dev\/video0 --list-formats-ext/,
      });
  }
});
