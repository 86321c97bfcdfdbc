import type { Calibration } from '../terms/calibration.ts';

/** Grey values that a colour distance of 1 stands for: pixelmatch's largest, 35215, is 0.5053 of a square of them. */
const DISTANCE = Math.sqrt(35215 / 0.5053);
/** How far pictures of one screen may differ that came through one capture, as `comparePictures` takes it, 0..1. */
export function toleranceOf({ noise }: Pick<Calibration, 'noise'>): number {
  return Math.min(1, Math.max(0.1, (4 * noise) / DISTANCE));
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
