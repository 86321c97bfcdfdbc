import type { Box } from './frame.ts';

/** What became of looking for one needle on a frame. */
export interface NeedleSeen {
  readonly name: string;
  readonly tags: readonly string[];
  readonly matched: boolean;
  /** It matched, but this reference of the same thing did better: that one counts. */
  readonly beatenBy?: string;
  /** Mean similarity of its areas, 0..1. */
  readonly score: number;
  /** Around its areas: where it lies, or came nearest. */
  readonly box: Box;
  readonly areas: readonly NeedleAreaSeen[];
}

/** One area of a needle on a frame. */
export interface NeedleAreaSeen {
  readonly box: Box;
  /** Similarity, 0..1, and what was asked for. */
  readonly score: number;
  readonly needed: number;
  readonly ok: boolean;
}

/** The needles looked for on a frame of this size, px. */
export interface NeedlesOnFrame {
  readonly width: number;
  readonly height: number;
  /** Those that matched, then the nearest misses; the best first. */
  readonly seen: readonly NeedleSeen[];
}
