import sharp from 'sharp';
import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import { probeFrame, probeReaction } from './display-probe.ts';

const SIZE = { width: 160, height: 90 };
const grey = async (level: number, format: 'png' | 'jpeg' = 'png') => {
  const background = { r: level, g: level, b: level };
  const image = sharp({ create: { ...SIZE, channels: 3, background } });
  return { items: [], picture: { bytes: await image.toFormat(format).toBuffer(), format } };
};

t.test('a frame is told with its size, its age and its levels', async (t) => {
  const clock = handClock(1000);
  await using display = fakeDisplay({ clock, ...SIZE });
  display.show(await grey(16, 'jpeg'));
  t.match(await probeFrame(display, clock), {
    ...SIZE,
    format: 'jpeg',
    ageMs: 0,
    tookMs: 0,
    darkest: 16,
    brightest: 16,
    range: 'unknown',
  });
  display.show({ items: [], picture: { bytes: Uint8Array.of(0xff, 0xd8, 0xff), format: 'jpeg' } });
  await t.rejects(probeFrame(display, clock), { code: 'FRAME_UNUSABLE' });
});

t.test('a change after an act is told with its time', async (t) => {
  const clock = handClock();
  await using display = fakeDisplay({ clock, ...SIZE });
  display.expectInput('click', await grey(200));
  const act = async () => {
    await clock.advance(40);
    await display.click(5, 5);
  };
  t.match(await probeReaction(display, clock, { act, least: 0.01, withinMs: 500 }), {
    reactedMs: 40,
    share: 1,
    restless: 0,
  });
});

t.test('where nothing changes, that is told in time', async (t) => {
  const clock = handClock();
  await using display = fakeDisplay({ clock, ...SIZE });
  const probing = probeReaction(display, clock, {
    act: () => display.moveTo(1, 1),
    least: 0.01,
    withinMs: 100,
  });
  let done = false;
  const ended = probing.then(() => {
    done = true;
  });
  while (!done) {
    await clock.advance(20);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  t.match(await probing, { reactedMs: undefined, share: 0 });
});
