// Pictures of a recorder's screen, drawn without a browser: live view, a dialog with a QR, a pointer.
import QRCode from 'qrcode';
import type { Box, Pixels } from '../../../harness/terms/frame.ts';
import { seeded } from './random.ts';

export const WIDTH = 1920;
export const HEIGHT = 1080;

/** White border of a drawn QR, modules (ISO/IEC 18004). */
const QUIET = 4;
/** Room for a title and a line of text in the dialog, px. */
const TITLE = 40;
const LINE = 36;
/** A pointer of 12 x 19 px, as systems draw it at 96 dpi: white with a black edge. Each row: how far edge and white reach. */
const POINTER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 8, 8, 8, 8, 8, 7] as const;

/** What is drawn over a background. */
export interface Shown {
  readonly payload: string;
  /** px */
  readonly perModule: number;
  /** Light modules on a dark ground. */
  readonly inverted?: boolean;
  /** A pointer stands over the code. */
  readonly pointer?: boolean;
  /** Grey of the dark and of the light modules, 0..255; 0 and 255 where not given. */
  readonly ink?: number;
  readonly paper?: number;
  /** White border, modules; 4 where not given. */
  readonly quiet?: number;
  /** The dialog stands in the middle, and stays in the picture when that is turned. Else anywhere. */
  readonly centred?: boolean;
  readonly seed: number;
}
/** A picture, and where its code is (quiet zone not counted). */
export interface Screen {
  readonly pixels: Pixels;
  readonly code: Box;
}

/** Live view of four cameras, 1920x1080: shades, edges, fences, noise, titles, and squares in squares that are no QR. */
export function liveView(seed: number): Pixels {
  const random = seeded(seed);
  const p = { width: WIDTH, height: HEIGHT, data: new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255) };
  for (const [left, top] of [
    [0, 0],
    [WIDTH / 2, 0],
    [0, HEIGHT / 2],
    [WIDTH / 2, HEIGHT / 2],
  ] as const)
    camera(p, { x: left, y: top, width: WIDTH / 2, height: HEIGHT / 2 }, random);
  return p;
}

function camera(p: Pixels, tile: Box, random: () => number): void {
  const [red, green, blue] = [60 + 80 * random(), 60 + 80 * random(), 60 + 80 * random()];
  const [slope, wave] = [40 * random(), 60 + 200 * random()];
  for (let y = tile.y; y < tile.y + tile.height; y += 1)
    for (let x = tile.x; x < tile.x + tile.width; x += 1) {
      const shade = slope * Math.sin(x / wave) + slope * Math.cos(y / wave) + 10 * random();
      const at = (y * p.width + x) * 4;
      p.data[at] = red + shade;
      p.data[at + 1] = green + shade;
      p.data[at + 2] = blue + shade;
    }
  const within = (size: number) => ({
    x: Math.floor(tile.x + random() * (tile.width - size)),
    y: Math.floor(tile.y + random() * (tile.height - size)),
  });
  for (let count = 0; count < 40; count += 1) {
    const [width, height] = [10 + Math.floor(random() * 110), 10 + Math.floor(random() * 110)];
    fill(p, { ...within(120), width, height }, 255 * random());
  }
  // A fence, a titled clock, and icons.
  const fence = within(300);
  for (let bar = 0; bar < 30; bar += 1)
    fill(p, { x: fence.x + bar * 10, y: fence.y, width: 4, height: 180 }, 30);
  writing(p, { x: tile.x + 20, y: tile.y + 16, width: 300, height: 18 }, random);
  for (let count = 0; count < 4; count += 1) {
    const { x, y } = within(60);
    for (const [inset, grey] of [
      [0, 20],
      [5, 235],
      [12, 20],
    ] as const)
      fill(p, { x: x + inset, y: y + inset, width: 49 - 2 * inset, height: 49 - 2 * inset }, grey);
  }
}

/** A dialog with a QR (level L, as recorders draw it) in the middle of a background. */
export function screenWith(background: Pixels, shown: Shown): Screen {
  const random = seeded(shown.seed);
  const p = { ...background, data: new Uint8ClampedArray(background.data) };
  const { modules } = QRCode.create(shown.payload, { errorCorrectionLevel: 'L' });
  const quiet = shown.quiet ?? QUIET;
  const side = (modules.size + 2 * quiet) * shown.perModule;
  const dialog = {
    width: Math.min(WIDTH, Math.max(640, side + 120)),
    height: Math.min(HEIGHT, side + TITLE + 2 * LINE + 40),
  };
  // Anywhere on the screen: grids of JPEG and of scaling fall differently on each.
  const left = Math.floor((shown.centred ? 0.5 : random()) * (WIDTH - dialog.width + 1));
  const top = Math.floor((shown.centred ? 0.5 : random()) * (HEIGHT - dialog.height + 1));
  fill(p, { x: left, y: top, ...dialog }, 52);
  fill(p, { x: left, y: top, width: dialog.width, height: TITLE }, 28);
  writing(p, { x: left + 16, y: top + 12, width: 200, height: 16 }, random);
  writing(p, { x: left + 16, y: top + dialog.height - LINE, width: dialog.width - 32, height: 14 }, random);
  const x = left + Math.floor((dialog.width - side) / 2);
  const y = top + Math.min(TITLE + 20, dialog.height - side);
  const [ink, paper] = shown.inverted
    ? [shown.paper ?? 255, shown.ink ?? 0]
    : [shown.ink ?? 0, shown.paper ?? 255];
  fill(p, { x, y, width: side, height: side }, paper);
  const at = (module: number) => (module + quiet) * shown.perModule;
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1)
      if (modules.get(row, column) !== 0)
        fill(p, { x: x + at(column), y: y + at(row), width: shown.perModule, height: shown.perModule }, ink);
  const size = modules.size * shown.perModule;
  const code = { x: x + at(0), y: y + at(0), width: size, height: size };
  if (shown.pointer) pointer(p, { x: code.x + random() * size, y: code.y + random() * size });
  return { pixels: p, code };
}

function pointer(p: Pixels, tip: { readonly x: number; readonly y: number }): void {
  const [x, y] = [Math.floor(tip.x), Math.floor(tip.y)];
  for (const [row, width] of POINTER.entries()) {
    const from = row < 12 ? 0 : Math.max(0, row - 11);
    fill(p, { x: x + from, y: y + row, width: width - from, height: 1 }, 0);
    fill(p, { x: x + from + 1, y: y + row, width: Math.max(0, width - from - 2), height: 1 }, 255);
  }
}

/** Strokes the size of letters. */
function writing(p: Pixels, line: Box, random: () => number): void {
  for (let x = line.x; x + line.height / 2 <= line.x + line.width; x += line.height * 0.7) {
    if (random() < 0.15) continue;
    const thick = Math.max(1, Math.round(line.height / 8));
    fill(p, { x, y: line.y + line.height * random() * 0.4, width: thick, height: line.height * 0.6 }, 230);
    fill(p, { x, y: line.y + line.height * random(), width: line.height * 0.5, height: thick }, 230);
  }
}

function fill(p: Pixels, box: Box, grey: number): void {
  const [left, right] = [Math.max(0, Math.floor(box.x)), Math.min(p.width, Math.floor(box.x + box.width))];
  const bottom = Math.min(p.height, Math.floor(box.y + box.height));
  const whole = new Uint32Array(p.data.buffer);
  const value = (0xff000000 | (Math.floor(grey) * 0x010101)) >>> 0;
  for (let y = Math.max(0, Math.floor(box.y)); y < bottom; y += 1)
    if (right > left) whole.fill(value, y * p.width + left, y * p.width + right);
}
