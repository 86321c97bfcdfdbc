import type { Pixels } from './frame.ts';

/** An approved picture of a whole screen; what varies is transparent. */
export interface Baseline {
  readonly pixels: Pixels;
  /** What the picture came through. */
  readonly source: string;
  /** It was taken without loss, and any capture of this recorder should show the same. */
  readonly isOriginal?: boolean;
}

/**
 * The approved picture of a screen of one recorder: that of the very source asked for where there is one, else an
 * original, else what there is; undefined where none was approved.
 */
export type FindBaseline = (screen: string, source: string) => Promise<Baseline | undefined>;
