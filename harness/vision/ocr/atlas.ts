/** One letter as it is drawn: one of several ways, since it may lie anywhere between two columns of pixels. */
export interface Glyph {
  readonly text: string;
  readonly width: number;
  readonly height: number;
  /** Rows from the base line up to its first row: negative below it. The base line is the last row of an `x`. */
  readonly top: number;
  /** 0..255 a pixel, row-major, length = width * height. */
  readonly ink: readonly number[];
}

/** Empty columns that belong to a letter, on average. */
export interface Bearings {
  readonly before: number;
  readonly after: number;
}

/** A font at a size and weight, in one way of drawing it. */
export interface Style {
  readonly glyphs: readonly Glyph[];
  /** By the letter's text. */
  readonly bearings: Readonly<Record<string, Bearings>>;
  /** Those of letters that were never seen beside another one. */
  readonly usual: Bearings;
  /** Columns that a space adds between two letters. */
  readonly space: number;
}

/** What was learned of the letters of a GUI. Plain data: may be stored as JSON. */
export interface GlyphAtlas {
  readonly version: 1;
  readonly styles: readonly Style[];
}
