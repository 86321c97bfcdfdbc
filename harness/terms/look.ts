import type { Item } from './frame.ts';

/** Red, green and blue, 0..255. */
export type Colour = readonly [number, number, number];

/** What a thing on a screen is, beside where it is and what is written on it. */
export interface Meaning extends Pick<Item, 'checked' | 'enabled' | 'focused'> {
  /** `window` is a frame around things that belong together; `nothing` is no item. */
  readonly kind: Item['kind'] | 'window' | 'nothing';
}

/** How a rectangle with four edges looks. Sizes are in em, shares 0..1. */
export interface BoxTraits {
  readonly width: number;
  readonly height: number;
  /** Fill in its upper, middle and lower part. */
  readonly fill: readonly [Colour, Colour, Colour];
  /** Just inside its edge. */
  readonly edge: Colour;
  /** Just outside its edge. */
  readonly around: Colour;
  /** Share of the inside that has another colour than the fill: writing, a tick. */
  readonly inked: number;
  /** Whether its corners are cut off: a circle. Of what is no larger than a letter or two. */
  readonly round: boolean;
  /** Whether something stands at its right end, apart from the rest: the arrow of a list. */
  readonly mark: boolean;
}

/** How a line of writing looks. */
export interface LineTraits {
  readonly ground: Colour;
  readonly ink: Colour;
  /** Whether it is one of several lines in a frame that holds nothing else: what menus look like. */
  readonly listed: boolean;
}

/**
 * How the GUI of one profile looks at one resolution, learned from screens on which somebody (a document, a person)
 * said what is what. What a reader of pixels takes a thing for is what the nearest sample is.
 */
export interface Look {
  readonly schema: 1;
  readonly width: number;
  readonly height: number;
  /** Size of the usual text, px. */
  readonly em: number;
  readonly boxes: readonly (BoxTraits & { readonly is: Meaning })[];
  readonly lines: readonly (LineTraits & { readonly is: Meaning })[];
  /** The letters of its writing, as `harness/vision/ocr` keeps them. */
  readonly letters: unknown;
}
