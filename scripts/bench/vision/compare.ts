// Comparison of whole screens, held against pixelmatch alone on the same frames.
import pixelmatch from 'pixelmatch';
import type { Pixels } from '../../../harness/terms/frame.ts';
import { comparePictures } from '../../../harness/vision/compare.ts';
import { rounded, shortest, type VisionBench } from './bench.ts';
import { captured } from './chain.ts';
import { liveView, screenWith } from './screen.ts';

const REPEATS = 15;

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
      const ours = await shortest(REPEATS, () => comparePictures(seen, screen, { masks: [] }).pixels);
      const { width, height } = screen;
      const bare = await shortest(REPEATS, () => pixelmatch(seen.data, screen.data, output, width, height));
      if (ours.result !== bare.result) throw new Error(`${name}: ${ours.result} px, not ${bare.result}`);
      if (name !== 'equal') ratios.push(ours.ms / bare.ms);
      print(
        `${name.padEnd(18)} ${String(ours.result).padStart(7)} px differ: ${rounded(ours.ms, 1)} ms, pixelmatch ${rounded(bare.ms, 1)} ms`,
      );
    }
    return { compare_ratio: rounded(Math.max(...ratios), 2) };
  },
};
