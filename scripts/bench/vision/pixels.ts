import { measureReset } from '../reset.ts';
import { quantile, rounded, type VisionBench } from './bench.ts';

/** Resets each way: single ones differ by a tenth, on a machine that does something else by more. */
const ROUNDS = 9;

/** A whole reset by pixels alone through the twin's KVM, beside one with the help of a document, in turns on one twin. */
export const pixelsBench: VisionBench = {
  name: 'pixels',
  async run(print) {
    const { harness, pixels } = await measureReset(ROUNDS, { pixels: true });
    const [byDocument, byPixels] = [quantile(harness, 0.5), quantile(pixels, 0.5)];
    print(
      `one reset: ${Math.round(byDocument)} ms with a document, ${Math.round(byPixels)} ms by pixels alone`,
    );
    return { pixels_ratio: rounded(byPixels / byDocument, 2) };
  },
};
