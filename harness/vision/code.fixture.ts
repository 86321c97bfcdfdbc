import QRCode from 'qrcode';
import type { Box } from '../terms/frame.ts';
import type { Grey } from './grey.ts';

export interface Drawn {
  readonly text?: string;
  readonly x: number;
  readonly y: number;
  /** px a module */
  readonly px: number;
  /** Share of the code's rows, from the top, that is drawn; nothing below. */
  readonly rows?: number;
  readonly ink?: number;
  readonly paper?: number;
}

/** A grey picture of one shade. */
export function plainGrey(width: number, height: number, shade = 232): Grey {
  return { width, height, data: new Uint8Array(width * height).fill(shade) };
}

/** Draws a QR with its quiet zone, whose corner is at x, y. @returns what is drawn, quiet zone not counted */
export function drawCode(g: Grey, { text = 'first-code '.repeat(8), ...one }: Drawn): Box {
  const { x, y, px, rows = 1, ink = 0, paper = 255 } = one;
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const side = modules.size + 8;
  const height = Math.round(side * rows) * px;
  for (let row = 0; row < height && y + row < g.height; row += 1)
    for (let column = 0; column < side * px; column += 1) {
      const [r, c] = [Math.floor(row / px) - 4, Math.floor(column / px) - 4];
      const isInk = r >= 0 && c >= 0 && r < modules.size && c < modules.size && modules.get(r, c) !== 0;
      g.data[(y + row) * g.width + x + column] = isInk ? ink : paper;
    }
  const size = modules.size * px;
  return { x: x + 4 * px, y: y + 4 * px, width: size, height: Math.min(size, height - 4 * px) };
}
