import t from 'tap';
import { fakeDisplay } from '../bench/fakes/display.ts';
import type { Calibration } from '../terms/calibration.ts';
import { systemClock } from '../terms/clock.ts';
import { COARSEST, MOST_REPEATED, NARROWEST, NOISIEST, SOFTEST } from '../vision/fitness.ts';
import type { FrameProbe } from './display-probe.ts';
import { type DisplayFacts, probeDisplay, rateDisplay } from './display-rating.ts';
import { PROBE_TEXT } from './typing-probe.ts';

const FRAME: FrameProbe = {
  width: 1280,
  height: 720,
  format: 'jpeg',
  bytes: 90_000,
  tookMs: 20,
  ageMs: 60,
  darkest: 0,
  brightest: 255,
  range: 'full',
};
const CALIBRATION: Calibration = {
  ...{ width: 1280, height: 720, black: 0, white: 255, range: 'full', gamma: undefined },
  ...{ jpegQuality: 90, chroma: '4:2:0', across: undefined, down: undefined },
  ...{ softness: 0.5, noise: 2, deviation: undefined, latencyMs: undefined, repeated: 0.1 },
};
const GOOD: DisplayFacts = {
  expected: { width: 1280, height: 720 },
  frame: FRAME,
  calibration: CALIBRATION,
  pointer: { state: 'there', reactedMs: 90, at: { x: 1178, y: 576 } },
  motion: undefined,
  typing: { state: 'shown', typed: PROBE_TEXT, shown: PROBE_TEXT },
};
const there = (reactedMs: number) => ({ state: 'there', reactedMs, at: { x: 0, y: 0 } }) as const;

const still: Calibration = { ...CALIBRATION, noise: 0, repeated: undefined };
const moving = (repeated: number) => ({ frames: 20, repeated, tookMs: 1000 });

/** The lines that say what is wrong. */
function wrong(facts: Partial<DisplayFacts>) {
  const { fit, lines } = rateDisplay({ ...GOOD, ...facts });
  const bad = lines.filter(({ ok }) => !ok);
  return { fit, what: bad.map(({ what }) => what), told: bad[0]?.told, cure: bad[0]?.cure };
}
const withFrame = (frame: Partial<FrameProbe>) => wrong({ frame: { ...FRAME, ...frame } });
const withCapture = (calibration: Partial<Calibration>) =>
  wrong({ calibration: { ...CALIBRATION, ...calibration } });

t.test('a display on which all works is fit, with a line for each thing', async (t) => {
  const { fit, lines } = rateDisplay(GOOD);
  t.equal(fit, true);
  t.same(
    lines.map(({ what }) => what),
    ['frame', 'age', 'pointer', 'reaction', 'typing', 'range', 'noise', 'softness', 'JPEG', 'frames'],
  );
  t.ok(lines.every(({ ok, told }) => ok && told !== ''));
});

t.test('figures at their limits are fit still', async (t) => {
  const limits = {
    ...{ black: 40, white: 40 + NARROWEST, noise: NOISIEST, softness: SOFTEST },
    ...{ jpegQuality: COARSEST, repeated: MOST_REPEATED },
  };
  t.match(withCapture(limits), { fit: true });
  t.match(withFrame({ ageMs: 1000 }), { fit: true });
  t.match(withFrame({ ageMs: -500 }), { fit: true });
  t.match(wrong({ pointer: there(1000) }), { fit: true });
});

t.test('each way to be unfit is told in one line, with what to do', async (t) => {
  const none = { trouble: 'no signal', cure: 'plug it in' };
  const ways: readonly (readonly [ReturnType<typeof wrong>, string, RegExp])[] = [
    [wrong({ frame: none, calibration: undefined, pointer: undefined }), 'frame', /no signal/],
    [withFrame({ width: 1920, height: 1080 }), 'frame', /1920x1080 px, 1280x720 expected/],
    [withFrame({ ageMs: 1001 }), 'age', /1001 ms old/],
    [withFrame({ ageMs: -501 }), 'age', /501 ms ahead/],
    [wrong({ pointer: there(1001) }), 'reaction', /after 1001 ms/],
    [
      wrong({ pointer: { state: 'elsewhere', sent: { x: 10, y: 20 }, seen: { x: 300, y: 400 } } }),
      'pointer',
      /sent to 10,20, the picture changes at 300,400/,
    ],
    [wrong({ pointer: { state: 'unseen' } }), 'pointer', /nothing of it/],
    [wrong({ pointer: { state: 'restless' } }), 'pointer', /moves/],
    [wrong({ pointer: none }), 'pointer', /no signal/],
    [wrong({ calibration: 'blank' }), 'picture', /blank/],
    [wrong({ calibration: none }), 'picture', /no signal/],
    [withCapture({ black: 60, white: 209 }), 'range', /from 60 to 209/],
    [withCapture({ noise: NOISIEST + 1 }), 'noise', /noise of 13 of 255/],
    [withCapture({ softness: SOFTEST + 0.1 }), 'softness', /blurred by 1\.6 px/],
    [withCapture({ jpegQuality: COARSEST - 1 }), 'JPEG', /quality of 39/],
    [withCapture({ repeated: 0.9 }), 'frames', /90 % of the frames/],
    [wrong({ calibration: still, motion: moving(17) }), 'frames', /85 % of the frames/],
    [wrong({ typing: none }), 'typing', /no signal/],
    [
      wrong({ typing: { state: 'counted', typed: PROBE_TEXT, dots: 11 } }),
      'typing',
      /12 characters typed, 11 dots in the masked field/,
    ],
    [
      wrong({ typing: { state: 'shown', typed: 'Qa4#Zy', shown: 'Aq4#Yz' } }),
      'typing',
      /"Qa4#Zy" was typed, the field shows "Aq4#Yz"/,
    ],
    [
      wrong({ typing: { state: 'counted', typed: PROBE_TEXT, dots: 12, left: 3 } }),
      'typing',
      /3 of the characters typed are still in the field; nothing was confirmed/,
    ],
  ];
  for (const [found, what, told] of ways) {
    t.equal(found.fit, false, what);
    t.same(found.what, [what]);
    t.match(found.told, told);
    t.ok(found.cure, `${what}: a cure`);
  }
});

t.test('what cannot be known is no fault, and is told as unknown, with what to do', async (t) => {
  const facts: DisplayFacts = {
    ...GOOD,
    calibration: { ...still, jpegQuality: undefined, chroma: undefined },
    typing: { state: 'not-tried', why: 'nothing is empty', cure: 'empty something' },
  };
  const { fit, lines } = rateDisplay(facts);
  t.equal(fit, true);
  t.match(
    lines.filter(({ untried }) => untried),
    [
      { what: 'typing', told: 'not tried, because nothing is empty', cure: 'empty something' },
      { what: 'frames', told: /^not told/, cure: /pointer/ },
    ],
  );
});

t.test('a masked field tells that keys arrive, and that it does not tell which', async (t) => {
  const { fit, lines } = rateDisplay({ ...GOOD, typing: { state: 'counted', typed: PROBE_TEXT, dots: 12 } });
  t.equal(fit, true);
  t.match(
    lines.find(({ what }) => what === 'typing')?.told,
    /12 characters typed, 12 dots.*a masked field does not tell/,
  );
});

t.test(
  'where the picture stands still, frames beside a pointer that moves tell of repeated ones',
  async (t) => {
    const { fit, lines } = rateDisplay({ ...GOOD, calibration: still, motion: moving(2) });
    t.equal(fit, true);
    t.equal(
      lines.find(({ what }) => what === 'frames')?.told,
      '2 of 20 show nothing new while the pointer moves; at least 18 new ones a second',
    );
  },
);

t.test('a display that gives no picture is a fact, and nothing else is tried', async (t) => {
  await using display = fakeDisplay({ clock: systemClock, width: 64, height: 48 });
  display.show({ items: [], picture: 'none' });
  const type = () => Promise.reject(new Error('typed'));
  const facts = await probeDisplay(display, systemClock, { expected: { width: 64, height: 48 }, type });
  t.match(facts, { frame: { trouble: /no picture/ }, calibration: undefined, pointer: undefined });
  t.match(facts.typing, { state: 'not-tried', why: 'there is no picture' });
  t.equal(rateDisplay(facts).fit, false);
  t.same(display.inputs(), []);
});
