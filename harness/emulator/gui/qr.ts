import { PNG } from 'pngjs';
import QRCode from 'qrcode';
import { type Html, html } from './html.ts';

/** White border, modules (as the vendor's SDK demo draws it, and as ISO/IEC 18004 asks). */
const QUIET = 4;
/** Module size of an exported picture, px. */
const FILE_SCALE = 4;

/** A QR, error correction L, as a PNG of `scale` px a module. */
function draw(payload: string, scale: number): { readonly png: Buffer; readonly side: number } {
  const { modules } = QRCode.create(payload, { errorCorrectionLevel: 'L' });
  const side = (modules.size + 2 * QUIET) * scale;
  const png = new PNG({ width: side, height: side, colorType: 0 });
  png.data.fill(255);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const column = Math.floor(x / scale) - QUIET;
      const line = Math.floor(y / scale) - QUIET;
      const inside = column >= 0 && line >= 0 && column < modules.size && line < modules.size;
      if (inside && modules.get(line, column)) png.data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return { png: PNG.sync.write(png, { colorType: 0, inputColorType: 6, inputHasAlpha: true }), side };
}

/** The QR on the screen: a whole number of px a module, at least 3, and as large as fits `room` px. */
export function qrImage(payload: string, room: number, label: string): Html {
  const one = draw(payload, 1);
  const side = one.side * Math.max(3, Math.floor(room / one.side));
  return html`<img class="qr" alt="${label}" width="${side}" height="${side}" src="data:image/png;base64,${one.png.toString('base64')}">`;
}

/** The picture that Export writes: nothing in it but the code. */
export function qrFile(payload: string): Uint8Array {
  return draw(payload, FILE_SCALE).png;
}
