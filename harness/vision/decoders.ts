import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import jsqr from 'jsqr';
import { prepareZXingModule, purgeZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { type Grey, invertedGrey } from './grey.ts';

/** A place in a picture, px; may lie between two pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}
/** The outer corners of a code, as the code itself has them: the one without a finder pattern is `bottomRight`. */
export interface Corners {
  readonly topLeft: Point;
  readonly topRight: Point;
  readonly bottomRight: Point;
  readonly bottomLeft: Point;
}
/** What one decoder made of one QR. */
export interface Decoded {
  readonly text: string;
  /** The content before any guess of its character set. */
  readonly bytes: Uint8Array;
  /** 1..40 */
  readonly version: number;
  readonly corners: Corners;
  /** Light modules on a dark ground. */
  readonly inverted: boolean;
}

/** An instance keeps three arrays of each code that it read: after so many there is a new one. */
const KEPT_CODES = 256;
let kept = 0;
let compiled: WebAssembly.Module | undefined;

/** The package would fetch its WebAssembly from a public server; this hands it the file that came with it. */
const LOCAL_WASM = {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): WebAssembly.Exports {
    const path = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'));
    compiled ??= new WebAssembly.Module(readFileSync(path));
    const instance = new WebAssembly.Instance(compiled, imports);
    done(instance, compiled);
    return instance.exports;
  },
};

/**
 * Every QR (model 2) that ZXing reads in a picture, dark on light or light on dark. The picture is handed over as a
 * PGM: a quarter of the bytes to copy, and no second conversion (13 ms instead of 21 at 1920x1080, measured). It is
 * looked at once more at a third of its size where the first look finds nothing: that takes 4 ms, and finds few.
 */
export async function decodeByZxing(g: Grey, { lookAgain = true } = {}): Promise<readonly Decoded[]> {
  if (kept >= KEPT_CODES) {
    purgeZXingModule();
    kept = 0;
  }
  await prepareZXingModule({ overrides: LOCAL_WASM, fireImmediately: true });
  const picture = pgmOf(g);
  const first = await lookedAt(picture, false);
  return first.length > 0 || !lookAgain ? first : lookedAt(picture, true);
}

async function lookedAt(picture: Uint8Array, tryDownscale: boolean): Promise<readonly Decoded[]> {
  const options = { formats: ['QRCode' as const], textMode: 'Plain' as const, tryDownscale };
  const results = await readBarcodes(picture, options);
  kept += results.length;
  return results.flatMap((result): readonly Decoded[] => {
    const version = versionOf(result.extra);
    if (!result.isValid || version === undefined) return [];
    return [
      {
        text: result.text,
        bytes: result.bytes,
        version,
        corners: squared(result.position),
        inverted: result.isInverted,
      },
    ];
  });
}

/** The one QR that jsQR reads in a picture; `inverted`: as light on dark. */
export function decodeByJsqr(g: Grey, inverted: boolean): Decoded | undefined {
  const code = jsqr.default(rgbaOf(inverted ? invertedGrey(g) : g), g.width, g.height, {
    inversionAttempts: 'dontInvert',
  });
  if (code === null) return undefined;
  const { topLeftCorner, topRightCorner, bottomRightCorner, bottomLeftCorner } = code.location;
  return {
    // jsQR gives no text for what is not UTF-8.
    text: code.data === '' ? Buffer.from(code.binaryData).toString('latin1') : code.data,
    bytes: Uint8Array.from(code.binaryData),
    version: code.version,
    corners: {
      topLeft: topLeftCorner,
      topRight: topRightCorner,
      bottomRight: bottomRightCorner,
      bottomLeft: bottomLeftCorner,
    },
    inverted,
  };
}

/** A portable graymap (netpbm: P5, width, height, largest value, then the pixels). */
function pgmOf(g: Grey): Uint8Array {
  const head = Buffer.from(`P5 ${g.width} ${g.height} 255\n`);
  const file = new Uint8Array(head.length + g.data.length);
  file.set(head);
  file.set(g.data, head.length);
  return file;
}

function rgbaOf(g: Grey): Uint8ClampedArray {
  const whole = new Uint32Array(g.data.length);
  for (let at = 0; at < whole.length; at += 1) whole[at] = 0xff000000 | ((g.data[at] ?? 0) * 0x010101);
  return new Uint8ClampedArray(whole.buffer);
}

/**
 * Corners with the fourth put where the three with finder patterns say, if that is within 2 px: a small code has no
 * pattern there, and ZXing rounds its guess. Further off, it is perspective.
 */
function squared(corners: Corners): Corners {
  const { topLeft, topRight, bottomRight, bottomLeft } = corners;
  const fourth = { x: topRight.x + bottomLeft.x - topLeft.x, y: topRight.y + bottomLeft.y - topLeft.y };
  const off = Math.hypot(fourth.x - bottomRight.x, fourth.y - bottomRight.y);
  return off <= 2 ? { topLeft, topRight, bottomRight: fourth, bottomLeft } : corners;
}

/** Micro QR codes carry another kind of version (`M2`) and are no concern of ours. */
function versionOf(extra: string): number | undefined {
  const found = /"Version":"(\d+)"/.exec(extra);
  return found === null ? undefined : Number(found[1]);
}
