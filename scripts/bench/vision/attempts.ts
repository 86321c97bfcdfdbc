// What helps where a QR is not read at once: each thing that may be done to the part of the picture, by itself.
import sharp, { type Sharp } from 'sharp';
import { decodeByJsqr, decodeByZxing } from '../../../harness/vision/decoders.ts';
import { cutGrey, type Enlarging, enlarged, type Grey, greyOf } from '../../../harness/vision/grey.ts';
import { redrawnByJsqr } from '../../../harness/vision/qr.ts';
import { quantile, rounded, shortest, type VisionBench } from './bench.ts';
import { framesOf, qrCases } from './matrix.ts';

const SEED = 1;
/** px around a code in its part. */
const AROUND = 16;

const enlarging = (options: Enlarging) => (g: Grey) => enlarged(g, options);
/** Blurred by a Gaussian as wide as a pixel was. */
const sharpened = (factor: number, amount: number, most: number) =>
  enlarging({ factor, sharpen: { sigma: factor, amount, most } });

const CANDIDATES: readonly (readonly [string, (g: Grey) => Grey | Promise<Grey>])[] = [
  ['the part as it is', (g) => g],
  ['median of 3', (g) => changed(g, (one) => one.median(3))],
  ['blur 1', (g) => changed(g, (one) => one.blur(1))],
  ['contrast stretched', (g) => changed(g, (one) => one.normalise({ lower: 2, upper: 98 }))],
  ['threshold (Otsu)', binarised],
  ['enlarged 2x', enlarging({ factor: 2 })],
  ['enlarged 3x', enlarging({ factor: 3 })],
  ['3x, then threshold', async (g) => binarised(await enlarged(g, { factor: 3 }))],
  ['2x, sharpened by 2', sharpened(2, 2, 80)],
  ['2x, by 4', sharpened(2, 4, 80)],
  ['2x, by 8', sharpened(2, 8, 80)],
  ['2x, by 4, without a limit', sharpened(2, 4, 255)],
  ['3x, by 4', sharpened(3, 4, 80)],
  ['4x, by 4', sharpened(4, 4, 80)],
];

interface Tally {
  zxing: number;
  both: number;
  readonly ms: number[];
}

/** Not run by itself, but by name: the measurement that docs/adr/0016-reading-a-qr.md rests on. */
export const attemptsBench: VisionBench = {
  name: 'attempts',
  byNameOnly: true,
  async run(print) {
    const tallies = CANDIDATES.map((): Tally => ({ zxing: 0, both: 0, ms: [] }));
    let [missed, unconfirmed] = [0, 0];
    for await (const { one, pixels, code } of framesOf(qrCases(SEED))) {
      const g = greyOf(pixels);
      const whole = (await decodeByZxing(g)).find(({ text }) => text === one.payload);
      if (whole === undefined) missed += 1;
      else if (redrawnByJsqr(g, whole)?.text === one.payload) continue;
      else unconfirmed += 1;
      const [x, y] = [code.x - AROUND, code.y - AROUND];
      const { part } = cutGrey(g, { x, y, width: code.width + 2 * AROUND, height: code.height + 2 * AROUND });
      for (const [index, [, make]] of CANDIDATES.entries()) {
        const tally = tallies[index];
        if (tally === undefined) continue;
        const { result, ms } = await shortest(1, () => tried(part, make, one.payload));
        tally.ms.push(ms);
        if (result.zxing) tally.zxing += 1;
        if (result.both) tally.both += 1;
      }
    }
    print(`not read at once: ${missed} by ZXing, and ${unconfirmed} by jsQR; then read by ZXing, by both:`);
    for (const [index, [name]] of CANDIDATES.entries()) {
      const { zxing, both, ms } = tallies[index] ?? { zxing: 0, both: 0, ms: [] };
      print(`${name.padEnd(20)} ${zxing} ${both}, median ${rounded(quantile(ms, 0.5), 0)} ms`);
    }
    return {};
  },
};

async function tried(part: Grey, make: (g: Grey) => Grey | Promise<Grey>, payload: string) {
  const picture = await make(part);
  const found = (await decodeByZxing(picture)).find(({ text }) => text === payload);
  const again =
    found === undefined
      ? undefined
      : (redrawnByJsqr(picture, found) ?? decodeByJsqr(picture, found.inverted));
  return { zxing: found !== undefined, both: again?.text === payload };
}

async function changed(g: Grey, change: (picture: Sharp) => Sharp): Promise<Grey> {
  const picture = sharp(g.data, { raw: { width: g.width, height: g.height, channels: 1 } });
  return { ...g, data: await change(picture).toColourspace('b-w').raw().toBuffer() };
}

/** Black and white, parted where the variance between both is greatest (N. Otsu, 1979). */
function binarised(g: Grey): Grey {
  const counts = new Float64Array(256);
  for (const value of g.data) counts[value] = (counts[value] ?? 0) + 1;
  const total = g.data.reduce((sum, value) => sum + value, 0);
  let [below, sum, best, threshold] = [0, 0, -1, 0];
  for (const [level, count] of counts.entries()) {
    below += count;
    sum += level * count;
    const above = g.data.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sum / below - (total - sum) / above) ** 2;
    if (between > best) [best, threshold] = [between, level];
  }
  return { ...g, data: g.data.map((value) => (value > threshold ? 255 : 0)) };
}
