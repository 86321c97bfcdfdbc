import type { Box, Pixels } from '../../terms/frame.ts';
import type { Colour } from '../../terms/look.ts';

/** A screen that is painted pixel by pixel: quick, and the same everywhere. */
export interface Painting {
  readonly pixels: Pixels;
  fill(box: Box, colour: Colour): void;
  /** A window: a panel with a border. */
  window(box: Box): void;
  /** So many strokes of letters' size, from the left end of a line. */
  writing(at: { readonly x: number; readonly y: number }, letters: number, ink?: Colour): void;
  /** A square of modules of 6 px, light and dark without order. */
  code(at: { readonly x: number; readonly y: number }, modules: number): void;
}

const GROUND: Colour = [120, 130, 140];
const BORDER: Colour = [74, 77, 81];
const PANEL: Colour = [23, 24, 26];
const INK: Colour = [220, 220, 220];
const MODULE = 6;

/** An even grey at first. */
export function painting(size: { readonly width: number; readonly height: number }): Painting {
  const { width, height } = size;
  const screen = onto({ width, height, data: new Uint8ClampedArray(width * height * 4) });
  screen.fill({ x: 0, y: 0, width, height }, GROUND);
  return screen;
}

/** Paints over what is there. */
export function onto(pixels: Pixels): Painting {
  const fill = ({ x, y, width, height }: Box, colour: Colour) => {
    for (let row = y; row < y + height; row += 1)
      for (let column = x; column < x + width; column += 1)
        pixels.data.set([...colour, 255], (row * pixels.width + column) * 4);
  };
  return {
    pixels,
    fill,
    window(box) {
      const { x, y, width, height } = box;
      fill(box, BORDER);
      fill({ x: x + 1, y: y + 1, width: width - 2, height: height - 2 }, PANEL);
    },
    writing({ x, y }, letters, ink = INK) {
      for (let left = x; left < x + letters * 8; left += 8) {
        fill({ x: left, y, width: 2, height: 11 }, ink);
        fill({ x: left, y, width: 6, height: 2 }, ink);
      }
    },
    code({ x, y }, modules) {
      // Lehmer's generator.
      let state = 7;
      for (let at = 0; at < modules * modules; at += 1) {
        const place = { x: x + (at % modules) * MODULE, y: y + Math.floor(at / modules) * MODULE };
        fill({ ...place, width: MODULE, height: MODULE }, state % 2 === 0 ? [0, 0, 0] : [240, 240, 240]);
        state = (state * 48_271) % 2_147_483_647;
      }
    },
  };
}
