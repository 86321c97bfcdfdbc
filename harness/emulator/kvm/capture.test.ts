import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { CaptureChain } from '../../wire/emulator.ts';
import { PIKVM, SNAPSHOT_HEADERS } from '../../wire/pikvm.ts';
import { sharedBrowser } from './browser.ts';
import { noBrowser, type Picture, SIZE, type TestKvm, testKvm } from './page.fixture.ts';
import { Screen } from './screen.ts';
import { Streamer } from './streamer.ts';

// Browsers are slow on a busy machine.
t.setTimeout(120_000);
const browser = sharedBrowser();
t.teardown(() => browser[Symbol.asyncDispose]());
const skip = noBrowser();

const PLAIN: CaptureChain = { quality: 95, chroma: '4:2:0' };
/** Parts of the page, within their borders. */
const BLACK = [10, 10, 140, 140] as const;
const WHITE = [170, 10, 140, 140] as const;
const GREY = [330, 10, 140, 140] as const;
const LINES = [488, 10, 64, 140] as const;
const STRIPES = [568, 10, 64, 140] as const;
const SPOT = [490, 210, 80, 80] as const;

async function through(twin: TestKvm, chain: CaptureChain): Promise<Picture> {
  await twin.kvm.setChain(chain);
  return twin.snapshot();
}
const time = (picture: Picture, name: 'grabTime' | 'sendTime' | 'sentAt') =>
  Number(picture.headers.get(SNAPSHOT_HEADERS[name]));
/** Which of red, green and blue the spot has most of. */
async function spot(picture: Picture): Promise<'red' | 'green' | 'blue'> {
  const { mean } = await picture.area(...SPOT);
  const most = mean.indexOf(Math.max(...mean));
  return most === 0 ? 'red' : most === 1 ? 'green' : 'blue';
}
async function untilSpot(twin: TestKvm, colour: string): Promise<Picture> {
  for (;;) {
    const picture = await twin.snapshot();
    if ((await spot(picture)) === colour) return picture;
    await sleep(10);
  }
}
const near = (value: number | undefined, wanted: number, by: number) =>
  value !== undefined && Math.abs(value - wanted) <= by;

t.test('a good chain shows the page as it is', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const picture = await twin.snapshot();
  t.match([picture.status, picture.width, picture.height], [200, SIZE.width, SIZE.height]);
  t.match(picture.headers.get('content-type'), 'image/jpeg');
  t.equal(picture.headers.get(SNAPSHOT_HEADERS.online), 'true');
  t.equal(picture.headers.get(SNAPSHOT_HEADERS.width), String(SIZE.width));
  t.equal(picture.headers.get(SNAPSHOT_HEADERS.height), String(SIZE.height));
  t.equal(picture.chroma, '4:2:0');
  t.match(picture.headers.get(SNAPSHOT_HEADERS.sendTime), /^\d+\.\d{6}$/);
  t.ok(time(picture, 'grabTime') < time(picture, 'sendTime'), 'grabbed before it was sent');
  t.ok(near((await picture.area(...BLACK)).max, 0, 2), 'black is black');
  t.ok(near((await picture.area(...WHITE)).min, 255, 2), 'white is white');
  t.ok(near((await picture.area(...GREY)).mean[0], 128, 2), 'grey is grey');
  t.ok(((await picture.area(...LINES)).sigma[0] ?? 0) > 110, 'lines of one pixel are apart');
  t.ok((await twin.snapshot()).jpeg.equals(picture.jpeg), 'a picture that stays is encoded once');
});

t.test('quality and chroma are those of the JPEG', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const good = await twin.snapshot();
  const poor = await through(twin, { quality: 30, chroma: '4:2:0' });
  t.ok(poor.jpeg.length < good.jpeg.length * 0.8, `${poor.jpeg.length} of ${good.jpeg.length} bytes`);
  const full = await through(twin, { quality: 95, chroma: '4:4:4' });
  t.equal(full.chroma, '4:4:4');
  const colour = async (picture: Picture) => (await picture.area(...STRIPES)).sigma[0] ?? 0;
  t.ok((await colour(full)) > 100, 'red and blue are apart');
  t.ok((await colour(good)) < 60, 'with half the colour they are not');
});

t.test('a card of less resolution blurs; one that does not scale back sends less', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const blurred = await through(twin, { ...PLAIN, scaledToHeight: SIZE.height / 2 });
  t.match([blurred.width, blurred.height], [SIZE.width, SIZE.height]);
  t.ok(((await blurred.area(...LINES)).sigma[0] ?? 255) < 40, 'lines of one pixel are lost');
  t.ok(near((await blurred.area(...BLACK)).max, 0, 4), 'and fields are not');
  const small = await through(twin, { ...PLAIN, outputHeight: 180 });
  t.match([small.width, small.height], [320, 180]);
  t.equal(small.headers.get(SNAPSHOT_HEADERS.width), '320');
  t.match(await (await twin.ask(PIKVM.streamer)).json(), {
    result: { streamer: { source: { resolution: { width: 320, height: 180 } } } },
  });
});

t.test('limited range and gamma bend the tones', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const limited = await through(twin, { ...PLAIN, range: 'limited' });
  t.ok((await limited.area(0, 0, 470, 150)).min >= 14, 'nothing is darker than 16');
  t.ok((await limited.area(...BLACK)).max <= 18, 'black is 16');
  t.ok((await limited.area(...WHITE)).max <= 237, 'white is 235');
  t.ok(near((await limited.area(...GREY)).mean[0], 126, 2), 'grey is 126');
  const dark = await through(twin, { ...PLAIN, gamma: 2 });
  t.ok(near((await dark.area(...GREY)).mean[0], 64, 2), 'above 1 darker');
  const bright = await through(twin, { ...PLAIN, gamma: 0.5 });
  t.ok(near((await bright.area(...GREY)).mean[0], 181, 2), 'below 1 brighter');
  t.ok(near((await bright.area(...WHITE)).min, 255, 2), 'and white stays white');
});

t.test('noise has its deviation, and is another one each time', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const noisy = await through(twin, { quality: 100, chroma: '4:4:4', noise: 12 });
  const { sigma, mean } = await noisy.area(...GREY);
  for (const channel of sigma) t.ok(near(channel, 12, 1.5), `${channel}`);
  for (const channel of mean) t.ok(near(channel, 128, 1.5), `${channel}`);
  let again = await twin.snapshot();
  while (time(again, 'grabTime') === time(noisy, 'grabTime')) again = await twin.snapshot();
  t.notOk(again.jpeg.equals(noisy.jpeg), 'the next frame has its own');
});

t.test(
  'a chain that is changed sends a JPEG of its own quality, whatever frame it shows',
  { skip },
  async (t) => {
    await using twin = await testKvm(browser);
    const chains = [{ noise: 5 }, { scaledToHeight: 180 }, { quality: 15 }].map((bad) => ({
      ...PLAIN,
      ...bad,
    }));
    for (const [index, chain] of chains.entries()) {
      await twin.kvm.setChain(chain);
      // By then nothing is kept of the chain before.
      await sleep(150);
      twin.paint('#a00');
      await sleep(150);
      twin.paint(index % 2 === 0 ? '#00a' : '#0a0');
      await untilSpot(twin, index % 2 === 0 ? 'blue' : 'green');
      // It looks so far back that it takes the oldest one that is kept.
      const kept = await through(twin, { ...PLAIN, keepOneIn: 300 });
      const plain = await through(twin, PLAIN);
      t.ok(kept.jpeg.equals(plain.jpeg), JSON.stringify(chain));
    }
    await twin.kvm.setChain({ ...PLAIN, frozen: true, noise: 5 });
    const still = await through(twin, { ...PLAIN, frozen: true });
    t.equal(still.jpeg.toString('hex', 0, 2), 'ffd8', 'a frame that stays, too');
  },
);

t.test('lost frames: the picture changes only when a frame is kept', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  await twin.kvm.setChain({ ...PLAIN, keepOneIn: 30 });
  await untilSpot(twin, 'green');
  let before = await twin.snapshot();
  const first = time(before, 'grabTime');
  while (time(before, 'grabTime') === first) before = await twin.snapshot();
  twin.paint('#00a');
  let shown = before;
  while (time(shown, 'grabTime') === time(before, 'grabTime')) {
    t.equal(await spot(shown), 'green', 'the frame that was kept');
    await sleep(60);
    shown = await twin.snapshot();
  }
  await untilSpot(twin, 'blue');
  t.pass('and then the newer one');
});

t.test('late frames: the past is shown until it is over', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  twin.paint('#00a');
  await untilSpot(twin, 'blue');
  await twin.kvm.setChain({ ...PLAIN, delayMs: 10_000 });
  twin.paint('#a00');
  for (let look = 0; look < 10; look += 1) {
    await sleep(30);
    t.not(await spot(await twin.snapshot()), 'red', 'not yet');
  }
  await twin.kvm.setChain({ ...PLAIN, delayMs: 200 });
  await untilSpot(twin, 'red');
  t.pass('once it was late enough');
});

t.test('a frozen picture can be told by its time, or not even by that', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  await untilSpot(twin, 'green');
  const still = await through(twin, { ...PLAIN, frozen: true });
  twin.paint('#a00');
  await sleep(200);
  const later = await twin.snapshot();
  t.equal(await spot(later), 'green');
  t.equal(time(later, 'grabTime'), time(still, 'grabTime'), 'the grab is as old as it was');
  t.ok(time(later, 'sendTime') > time(still, 'sendTime'));
  t.match(await (await twin.ask(PIKVM.streamer)).json(), {
    result: { streamer: { source: { captured_fps: 0 } } },
  });
  const sly = await through(twin, { ...PLAIN, frozen: 'unnoticed' });
  await sleep(100);
  const slyer = await twin.snapshot();
  t.equal(await spot(slyer), 'green', 'still the old one');
  t.ok(time(slyer, 'grabTime') > time(sly, 'grabTime'), 'though the grabs go on');
  await twin.kvm.setChain(PLAIN);
  await untilSpot(twin, 'red');
  t.pass('a chain that is not frozen shows what is there');
});

t.test('without a signal there is no picture but the own one of the KVM', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  await twin.kvm.setChain({ ...PLAIN, noSignal: true });
  const refused = await twin.ask(PIKVM.snapshot);
  t.equal(refused.status, 503);
  t.same(await refused.json(), {
    ok: false,
    result: { error: 'UnavailableError', error_msg: 'Service Unavailable' },
  });
  const blank = await twin.snapshot('?allow_offline=1');
  t.match([blank.status, blank.width, blank.height], [200, SIZE.width, SIZE.height]);
  t.equal(blank.headers.get(SNAPSHOT_HEADERS.online), 'false');
  t.ok(((await blank.area(...WHITE)).mean[0] ?? 255) < 64, 'nothing of the page is in it');
  t.match(await (await twin.ask(PIKVM.streamer)).json(), {
    result: { streamer: { source: { online: false } } },
  });
});

t.test('a page that crashed is no signal, not an old picture', { skip }, async (t) => {
  await using screen = await Screen.open(await browser.get(), 'data:text/html,<p>picture', SIZE);
  await using streamer = new Streamer({
    screen,
    size: SIZE,
    chain: PLAIN,
    forever: true,
    hasSignal: () => true,
    random: Math.random,
  });
  await streamer.open();
  t.match(await streamer.snapshot(), { online: true });
  screen.input.send('Page.crash').catch(() => undefined);
  while ((await streamer.snapshot())?.online !== false) await sleep(5);
  t.match(streamer.state(), { streamer: { source: { online: false } } });
});

t.test('the streamer goes to sleep after its last viewer, and wakes up again', { skip }, async (t) => {
  await using screen = await Screen.open(await browser.get(), 'data:text/html,<p>picture', SIZE);
  await using streamer = new Streamer({
    screen,
    size: SIZE,
    chain: PLAIN,
    forever: false,
    hasSignal: () => true,
    random: Math.random,
    shutdownMs: 20,
  });
  const until = async (awake: boolean) => {
    while (((await streamer.snapshot()) !== undefined) !== awake) await sleep(5);
  };
  for (let round = 0; round < 3; round += 1) {
    const leave = [streamer.addViewer(), streamer.addViewer()];
    await until(true);
    leave[0]?.();
    leave[0]?.();
    await sleep(60);
    t.ok(await streamer.snapshot(), 'awake for the other');
    leave[1]?.();
    await until(false);
    t.same(streamer.state(), { streamer: null });
  }
});

t.test('many KVMs in one browser: none misses the last change of its page', { skip }, async (t) => {
  const twins = await Promise.all([0, 1, 2, 3].map(() => testKvm(browser)));
  t.teardown(() => Promise.all(twins.map((twin) => twin[Symbol.asyncDispose]())));
  for (const last of ['blue', 'red', 'blue', 'red']) {
    for (const twin of twins) twin.paint(`${last}*9`);
    await sleep(5);
    // A busy process takes up pictures late, and the browser then drops those that come.
    const until = performance.now() + 400;
    while (performance.now() < until);
    for (const twin of twins) {
      let looks = 0;
      while (looks < 300 && (await spot(await twin.snapshot())) !== last) {
        looks += 1;
        await sleep(10);
      }
      t.equal(await spot(await twin.snapshot()), last);
    }
  }
});
