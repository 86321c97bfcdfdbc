import type { Pixels } from './frame.ts';

/** An approved picture of a whole screen; what varies is transparent. */
export interface Baseline {
  readonly pixels: Pixels;
  /** What the picture came through. */
  readonly source: string;
}

/**
 * The approved picture of a screen of one recorder: that of the kind of source asked for where there is one, else that of
 * another kind; undefined where none was approved.
 */
export type FindBaseline = (screen: string, source: string) => Promise<Baseline | undefined>;
