import t from 'tap';
import { type Chain, captured } from '../../scripts/bench/vision/chain.ts';
import { liveView, type Shown, screenWith } from '../../scripts/bench/vision/screen.ts';
import type { Calibration } from '../terms/calibration.ts';
import type { Box, Pixels } from '../terms/frame.ts';
import { greyOf } from './grey.ts';
import { judgeQr } from './judge.ts';
import { readQrs } from './qr.ts';
import { unreadCodes } from './unread.ts';

const BACKGROUND = liveView(4);
const PAYLOAD = 'MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPI'.repeat(5);

/** A screen as it comes through a chain, and whose fault its code is: judged by the finding, else by the area. */
async function judged(shown: Partial<Shown>, chain: Chain = {}) {
  const { pixels, code } = screenWith(BACKGROUND, { payload: PAYLOAD, perModule: 4, seed: 5, ...shown });
  return judge((await captured(pixels, chain, 9)).pixels, code);
}

async function judge(p: Pixels, code: Box) {
  const [finding] = await readQrs(p);
  const area = { x: code.x - 10, y: code.y - 10, width: code.width + 20, height: code.height + 20 };
  return judgeQr(p, finding ?? area);
}

t.test("a good code is nobody's fault, through a good chain and through a middling one", async (t) => {
  t.match(await judged({}), { by: 'none', reason: /Both decoders/ });
  t.match(await judged({}, { jpeg: { quality: 80, chroma: '4:2:0' }, noise: 3 }), { by: 'none' });
  t.match(await judged({}, { range: 'limited', scaledToHeight: 720 }), { by: 'none' });
});

t.test('what the recorder drew badly is its fault', async (t) => {
  const by = 'recorder';
  t.match(await judged({ inverted: true }), { by, reason: /light on dark/, figures: { inverted: true } });
  t.match(await judged({ ink: 120, paper: 180 }), { by, reason: /contrast of 0\.2/ });
  t.match(await judged({ quiet: 1 }), { by, reason: /1\.0 modules of free border/ });
  t.match(await judged({ quiet: 0 }), { by, reason: /0\.00 modules of free border/ });
  t.match(await judged({ perModule: 1 }), { by, reason: /1\.\d px on the recorder's screen/ }, 'too dense');
});

t.test('what the recorder drew badly is its fault through a lossy chain too', async (t) => {
  const by = 'recorder';
  const chain: Chain = { jpeg: { quality: 70, chroma: '4:2:0' }, range: 'limited', noise: 3 };
  t.match(await judged({ inverted: true }, chain), { by });
  t.match(await judged({ ink: 120, paper: 180 }, chain), { by, reason: /contrast/ });
  t.match(await judged({ perModule: 1 }, chain), { by, reason: /too few/ });
});

t.test("a code that the screen cuts off is the recorder's fault", async (t) => {
  const { pixels, code } = screenWith(BACKGROUND, { payload: PAYLOAD, perModule: 4, seed: 5 });
  const [right, bottom] = [code.x + code.width - 30, code.y + code.height - 30];
  const data = new Uint8ClampedArray(right * bottom * 4);
  for (let y = 0; y < bottom; y += 1)
    data.set(pixels.data.subarray(y * pixels.width * 4, (y * pixels.width + right) * 4), y * right * 4);
  const cut: Pixels = { width: right, height: bottom, data };
  t.match(await judge(cut, { ...code, width: code.width - 30, height: code.height - 30 }), {
    by: 'recorder',
    reason: /edge of the screen/,
  });
});

t.test('a code of which the dialog shows a part only is the fault of the recorder', async (t) => {
  const { pixels, code } = screenWith(BACKGROUND, { payload: PAYLOAD, perModule: 4, seed: 5 });
  const whole = new Uint32Array(pixels.data.buffer);
  const hide = (from: number) => {
    for (let y = code.y + from; y < code.y + code.height + 20; y += 1)
      whole.fill(0xff343434, y * pixels.width + code.x - 20, y * pixels.width + code.x + code.width + 20);
  };
  hide(Math.floor(code.height * 0.6));
  t.same(await readQrs(pixels), []);
  const [unread, ...more] = await unreadCodes(greyOf(pixels));
  t.same(more, []);
  t.match(unread, { marks: 2, inverted: false });
  if (unread !== undefined)
    t.match(judgeQr(pixels, unread), { by: 'recorder', reason: /cut off|free border/ });
  hide(0);
  t.same(await unreadCodes(greyOf(pixels)), [], 'and without it there is none');
});

t.test('what the chain made bad is the fault of the capture', async (t) => {
  const by = 'capture';
  t.match(await judged({}, { blur: 3 }), { by, reason: /soft/ });
  t.match(await judged({}, { noise: 90 }), { by, reason: /noise/ });
  t.match(await judged({}, { blur: 2.6, range: 'limited', jpeg: { quality: 60, chroma: '4:2:0' } }), { by });
  const { pixels, code } = screenWith(BACKGROUND, { payload: PAYLOAD, perModule: 4, seed: 5 });
  const lost = (await captured(pixels, { blur: 6 }, 9)).pixels;
  const corner = { x: code.x - 10, y: code.y - 10, width: 48, height: 48 };
  t.match(
    judgeQr(lost, corner),
    { by, reason: /blurred by \d\.\d px/ },
    'whatever the figures of an area say',
  );
  t.match(judgeQr(pixels, code, { stale: true }), { by, reason: /an old one/ });
});

t.test(
  'a code that the capture shows too small is the fault of the capture, where its scale is known',
  async (t) => {
    const { pixels, code } = screenWith(BACKGROUND, { payload: PAYLOAD, perModule: 4, seed: 5 });
    const half = (await captured(pixels, { outputHeight: 360 }, 1)).pixels;
    const small = {
      x: code.x / 3 - 4,
      y: code.y / 3 - 4,
      width: code.width / 3 + 8,
      height: code.height / 3 + 8,
    };
    t.match(judgeQr(half, small), { by: 'recorder', reason: /too few/ }, 'nothing else is known');
    const scale = { scale: 1 / 3, offset: 0 };
    const calibration: Calibration = {
      ...{ width: 640, height: 360, black: 0, white: 255, range: 'full', gamma: 1, softness: 0.5, noise: 0 },
      ...{ jpegQuality: undefined, chroma: undefined, across: scale, down: scale },
      ...{ deviation: undefined, latencyMs: undefined, repeated: undefined },
    };
    t.match(judgeQr(half, small, { calibration }), { by: 'capture', reason: /0\.33 of its size/ });
  },
);
