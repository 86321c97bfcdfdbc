import QRCode from 'qrcode';

/** White border, modules (ISO/IEC 18004). */
export const QUIET = 4;

/** The modules of a QR with its white border: rows from the top, true is dark. */
export type Modules = readonly (readonly boolean[])[];

/** A QR of the least redundancy (L), as recorders show them. @throws Error for a text that no QR holds */
export function modulesOf(text: string): Modules {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'L' });
  const side = modules.size + 2 * QUIET;
  const isDark = (x: number, y: number) =>
    x >= QUIET &&
    y >= QUIET &&
    x < side - QUIET &&
    y < side - QUIET &&
    modules.get(y - QUIET, x - QUIET) === 1;
  return Array.from({ length: side }, (_, y) => Array.from({ length: side }, (_, x) => isDark(x, y)));
}

/** Black on white, whatever the terminal's colours are. */
const COLOURS = '\u001b[38;5;16m\u001b[48;5;231m';
const PLAIN = '\u001b[0m';

/**
 * A QR in half blocks, two modules a character above each other: as wide in columns as the QR has modules, half as high
 * in lines. Without colours the light modules are drawn, which is right on a dark ground alone.
 */
export function blocksOf(modules: Modules, colour: boolean): readonly string[] {
  const lines: string[] = [];
  for (let y = 0; y < modules.length; y += 2) {
    const upper = modules[y] ?? [];
    // Below the last row of an odd number nothing is drawn but ground.
    const lower = modules[y + 1] ?? upper.map(() => false);
    const drawn = upper.map((dark, x) => {
      const up = dark === colour;
      const down = lower[x] === colour;
      return up ? (down ? '█' : '▀') : down ? '▄' : ' ';
    });
    lines.push(colour ? `${COLOURS}${drawn.join('')}${PLAIN}` : drawn.join(''));
  }
  return lines;
}

/** A QR as the outline of its dark modules: path data of SVG, one unit a module. */
export function pathOf(modules: Modules): string {
  return modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
}

/** Px a module of a picture to be mailed, as the vendor's SDK demo draws it. */
const PICTURE_SCALE = 4;

/** A QR as a PNG, 4 px a module. */
export function pictureOf(text: string): Promise<Buffer> {
  return QRCode.toBuffer(text, { errorCorrectionLevel: 'L', margin: QUIET, scale: PICTURE_SCALE });
}
