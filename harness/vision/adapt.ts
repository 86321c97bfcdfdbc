import type { Calibration } from '../terms/calibration.ts';
import type { Pixels } from '../terms/frame.ts';

/** A picture with the chain's range, and its gamma where that is known, undone. */
export function normalised(p: Pixels, calibration: Levels): Pixels {
  const curve = straightened(calibration);
  const data = new Uint8ClampedArray(p.data);
  for (let at = 0; at < data.length; at += 1) if (at % 4 !== 3) data[at] = curve[data[at] ?? 0] ?? 0;
  return { ...p, data };
}

/** How far pictures of the same screen may differ when they come through a chain. */
export interface Tolerances {
  /** For `comparePictures`: colour distance that counts as equal, 0..1. */
  readonly comparison: number;
  /** For needles: what the correlation of a needle with its place falls to at least, 0..1. */
  readonly correlation: number;
}

/** Grey values that a colour distance of 1 stands for: pixelmatch's largest, 35215, is 0.5053 of a square of them. */
const DISTANCE = Math.sqrt(35215 / 0.5053);
/** Standard deviation of grey in a needle with a word on it, of 255 (chosen: low contrast of a small light word on a dark ground; to be measured). */
const SIGNAL = 40;

/** Tolerances from noise and, where a reference was given, from what was seen to differ. Normalise pictures first. */
export function tolerancesOf({ noise, deviation, black, white }: Calibration): Tolerances {
  const stretched = (noise * 255) / Math.max(1, white - black);
  const apart = Math.max(4 * stretched, deviation ?? 0);
  return {
    comparison: Math.min(1, Math.max(0.1, apart / DISTANCE)),
    correlation: 0.95 / Math.sqrt(1 + ((deviation ?? 4 * stretched) / 3 / SIGNAL) ** 2),
  };
}

/** What straightens the levels of a picture. */
export type Levels = Pick<Calibration, 'black' | 'white' | 'gamma'>;

/** What each value of 0..255 is without range and gamma. */
export function straightened({ black, white, gamma }: Levels): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 256 }, (_, value) => {
    const share = Math.min(1, Math.max(0, (value - black) / Math.max(1, white - black)));
    return Math.round(255 * share ** (1 / (gamma ?? 1)));
  });
}
