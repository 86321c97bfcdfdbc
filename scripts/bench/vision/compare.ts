// Comparison of whole screens, held against pixelmatch alone on the same frames.
import pixelmatch from 'pixelmatch';
import type { Pixels } from '../../../harness/terms/frame.ts';
import { comparePictures } from '../../../harness/vision/compare.ts';
import { rounded, shortest, type VisionBench } from './bench.ts';
import { captured } from './chain.ts';
import { liveView, screenWith } from './screen.ts';

const REPEATS = 25;

/** `compare_ratio`: ours by pixelmatch's, of 1920x1080; the worst of the pairs that are not equal. */
export const compareBench: VisionBench = {
  name: 'compare',
  async run(print) {
    const screen = liveView(1);
    const dialog = screenWith(screen, { payload: 'another screen', perModule: 4, seed: 1 }).pixels;
    const pairs: readonly (readonly [string, Pixels])[] = [
      ['equal', { ...screen, data: new Uint8ClampedArray(screen.data) }],
      ['a dialog more', dialog],
      ['with a noise of 6', (await captured(screen, { noise: 6 }, 1)).pixels],
      ['through JPEG 80', (await captured(screen, { jpeg: { quality: 80, chroma: '4:2:0' } }, 1)).pixels],
    ];
    const output = new Uint8ClampedArray(screen.data.length);
    const ratios: number[] = [];
    for (const [name, seen] of pairs) {
      const { width, height } = screen;
      const [ours, bare] = await inTurns(
        () => comparePictures(seen, screen, { masks: [] }).pixels,
        () => pixelmatch(seen.data, screen.data, output, width, height),
      );
      if (ours.result !== bare.result) throw new Error(`${name}: ${ours.result} px, not ${bare.result}`);
      if (name !== 'equal') ratios.push(ours.ms / bare.ms);
      print(
        `${name.padEnd(18)} ${String(ours.result).padStart(7)} px differ: ${rounded(ours.ms, 1)} ms, pixelmatch ${rounded(bare.ms, 1)} ms`,
      );
    }
    return { compare_ratio: rounded(Math.max(...ratios), 2) };
  },
};

/** The shortest of many times each, taken in turns: what else the machine does slows both. */
async function inTurns<T>(one: () => T, other: () => T) {
  let [a, b] = [await shortest(1, one), await shortest(1, other)];
  for (let turn = 1; turn < REPEATS; turn += 1) {
    const [c, d] = [await shortest(1, one), await shortest(1, other)];
    a = c.ms < a.ms ? c : a;
    b = d.ms < b.ms ? d : b;
  }
  return [a, b] as const;
}
