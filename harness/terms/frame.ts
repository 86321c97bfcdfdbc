import type { NeedleSeen } from './needle.ts';

/** A rectangle in px from the top left of the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One picture of the recorder's output, as the display port grabbed it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Encoded, lossless unless the driver says otherwise. */
  readonly bytes: Uint8Array;
  readonly format: 'png' | 'jpeg';
  /** Wall time of the grab, ms since the epoch. */
  readonly grabbedAt: number;
}

/** Decoded pixels: RGBA8, row-major, length = width * height * 4. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** One visible thing on a screen, by whatever way of looking found it. */
export interface Item {
  /** `text` is a label; the others can be acted on. `image` is a picture (e.g. a QR). */
  readonly kind: 'text' | 'button' | 'link' | 'field' | 'checkbox' | 'radio' | 'option' | 'image';
  /** What is written on it; for a field its value as shown (dots for a password). */
  readonly text: string;
  readonly box: Box;
  /** Ticked; for an entry or a row: the one in use. */
  readonly checked?: boolean;
  readonly enabled?: boolean;
  readonly focused?: boolean;
  /** Fields only: characters are shown as dots. */
  readonly concealed?: boolean;
}

/** What is visible at one instant. Empty `items` = a screen without any writing. */
export interface Reading {
  readonly items: readonly Item[];
  readonly width: number;
  readonly height: number;
  /** How long nothing has changed, ms, where the display knows. */
  readonly stillMs?: number;
  /** The needles looked for on the frame that it was read from; where pixels are read and there are needles. */
  readonly needles?: readonly NeedleSeen[];
  /** The picture that it was read from, where it was read by eye. */
  readonly frame?: Frame;
}
