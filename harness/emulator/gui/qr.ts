import { PNG } from 'pngjs';
import QRCode from 'qrcode';
import { type Html, html } from './html.ts';

/** White border, modules (as the vendor's SDK demo draws it, and as ISO/IEC 18004 asks). */
const QUIET = 4;
/** Module size of an exported picture, px. */
const FILE_SCALE = 4;

/** What may be wrong with a drawn QR. */
export interface QrFaults {
  readonly inverted?: boolean;
  /** Grey on grey. */
  readonly faint?: boolean;
  /** White border, modules. */
  readonly quiet?: number | undefined;
  /** One px a module. */
  readonly small?: boolean;
}

/** A QR, error correction L, as a PNG of `scale` px a module. */
function draw(
  payload: string,
  scale: number,
  { inverted = false, faint = false, quiet = QUIET }: QrFaults = {},
): { readonly picture: PNG; readonly side: number } {
  const { modules } = QRCode.create(payload, { errorCorrectionLevel: 'L' });
  const side = (modules.size + 2 * quiet) * scale;
  const picture = new PNG({ width: side, height: side, colorType: 0 });
  const [dark, light] = faint ? [120, 200] : inverted ? [255, 0] : [0, 255];
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const column = Math.floor(x / scale) - quiet;
      const line = Math.floor(y / scale) - quiet;
      const inside = column >= 0 && line >= 0 && column < modules.size && line < modules.size;
      const at = (y * side + x) * 4;
      picture.data.fill(inside && modules.get(line, column) ? dark : light, at, at + 3);
      picture.data[at + 3] = 255;
    }
  }
  return { picture, side };
}
function encoded({ picture }: ReturnType<typeof draw>): Buffer {
  return PNG.sync.write(picture, { colorType: 0, inputColorType: 6, inputHasAlpha: true });
}

/** The QR on the screen: a whole number of px a module, at least 3, and as large as fits `room` px. */
export function qrImage(payload: string, room: number, label: string, faults: QrFaults = {}): Html {
  const one = draw(payload, 1, faults);
  const side = one.side * (faults.small ? 1 : Math.max(3, Math.floor(room / one.side)));
  return html`<img class="qr" alt="${label}" width="${side}" height="${side}" src="data:image/png;base64,${encoded(one).toString('base64')}">`;
}

/**
 * The picture that Export writes: nothing in it but the code.
 * @param note with a defect: a text that stands behind the picture's data
 */
export function qrFile(payload: string, note?: string): Uint8Array {
  const png = encoded(draw(payload, FILE_SCALE));
  return note === undefined ? png : Buffer.concat([png, Buffer.from(`Comment ${note}`)]);
}
