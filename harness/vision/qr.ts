import type { Pixels } from '../terms/frame.ts';
import type { QrFinding } from '../terms/qr.ts';
import { type Decoded, decodeByJsqr, decodeByZxing } from './decoders.ts';
import { boxOf, measure, modulesOf } from './metrology.ts';
import { crop } from './png.ts';

/** Modules of border that jsQR gets with a code: the quiet zone of ISO/IEC 18004. */
const MARGIN = 4;

/**
 * Every QR in a picture, largest first. ZXing finds all; jsQR reads each again in its own part of the picture, and the
 * whole picture where ZXing or a part gave nothing. What only one decoder reads stays in the list with `agreed` false.
 */
export async function readQrs(p: Pixels): Promise<readonly QrFinding[]> {
  const found = await decodeByZxing(p);
  const pairs = found.map((zxing) => ({ zxing, jsqr: again(p, zxing) }));
  const missed = pairs.find((pair) => pair.jsqr === undefined);
  const late =
    (pairs.length === 0 || missed !== undefined) && !isNoise(p)
      ? plausible(decodeByJsqr(p, missed?.zxing.inverted ?? false))
      : undefined;
  const findings = pairs.map(({ zxing, jsqr }) =>
    compare(p, zxing, jsqr ?? (late !== undefined && overlap(zxing, late) ? late : undefined)),
  );
  if (late !== undefined && !found.some((one) => overlap(one, late)))
    findings.push(compare(p, undefined, late));
  return findings.sort((a, b) => area(b) - area(a));
}

/** jsQR alone takes three bright spots in a row for a code now and then: one without content, or without area. */
function plausible(code: Decoded | undefined): Decoded | undefined {
  if (code === undefined || code.bytes.length === 0) return undefined;
  const { width, height } = boxOf(code.corners);
  const smallest = modulesOf(code);
  return Math.min(width, height) < smallest || Math.max(width, height) > 3 * Math.min(width, height)
    ? undefined
    : code;
}

/** What jsQR reads where ZXing read something. */
function again(p: Pixels, code: Decoded): Decoded | undefined {
  const box = boxOf(code.corners);
  const margin = (MARGIN * Math.max(box.width, box.height)) / modulesOf(code);
  const part = crop(p, {
    x: box.x - margin,
    y: box.y - margin,
    width: box.width + 2 * margin,
    height: box.height + 2 * margin,
  });
  return decodeByJsqr(part, code.inverted);
}

function compare(p: Pixels, zxing: Decoded | undefined, jsqr: Decoded): QrFinding;
function compare(p: Pixels, zxing: Decoded, jsqr: Decoded | undefined): QrFinding;
function compare(p: Pixels, zxing: Decoded | undefined, jsqr: Decoded | undefined): QrFinding | undefined {
  const first = zxing ?? jsqr;
  if (first === undefined) return undefined;
  const same = zxing !== undefined && jsqr !== undefined && sameContent(zxing, jsqr);
  return {
    text: first.text,
    agreed: same,
    // The same bytes are the same content: only ZXing guesses a character set.
    decoders: { zxing: zxing?.text, jsqr: same ? zxing.text : jsqr?.text },
    metrology: measure(p, first),
  };
}

function sameContent(a: Decoded, b: Decoded): boolean {
  return a.text === b.text || Buffer.compare(a.bytes, b.bytes) === 0;
}

function overlap(a: Decoded, b: Decoded): boolean {
  const one = boxOf(a.corners);
  const other = boxOf(b.corners);
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function area(finding: QrFinding): number {
  return finding.metrology.box.width * finding.metrology.box.height;
}

/**
 * Whether a picture is mostly pixels that differ from both neighbours in their row. A readable QR has runs of two px and
 * more. jsQR takes seconds over such pictures (2 s for noise at 1280x720, measured), and finds nothing.
 */
function isNoise(p: Pixels): boolean {
  let triples = 0;
  let lonely = 0;
  for (let row = 0; row < p.height; row += 4) {
    for (let column = 1; column < p.width - 1; column += 3) {
      const at = (row * p.width + column) * 4 + 1;
      const own = p.data[at] ?? 0;
      triples += 1;
      if (Math.abs(own - (p.data[at - 4] ?? 0)) > 12 && Math.abs(own - (p.data[at + 4] ?? 0)) > 12)
        lonely += 1;
    }
  }
  return lonely > triples * 0.1;
}
