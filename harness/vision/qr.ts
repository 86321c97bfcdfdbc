import type { Box, Pixels } from '../terms/frame.ts';
import type { QrAttempt, QrFinding } from '../terms/qr.ts';
import { type Decoded, decodeByJsqr, decodeByZxing, type Point } from './decoders.ts';
import { firstLook, type Look } from './first-look.ts';
import { cutGrey, type Enlarging, enlarged, type Grey, greyOf, sharpEnlarging } from './grey.ts';
import { boxOf, measure, modulesOf } from './metrology.ts';
import { redrawn } from './redraw.ts';
import { qrLikeRegions } from './regions.ts';

/** Modules of border that a part gets with a code: the quiet zone of ISO/IEC 18004. */
const MARGIN = 4;
/** Parts are not enlarged beyond so many px: ZXing alone then takes more than 30 ms. */
const LARGEST = 2_500_000;

/** What is made of a part of a picture before it is read, in this order (measured: docs/adr/0016-reading-a-qr.md). */
const WAYS: readonly Way[] = [
  { name: 'enlarged 2x', ...sharpEnlarging(2) },
  { name: 'enlarged 3x', ...sharpEnlarging(3) },
  { name: 'enlarged 4x', ...sharpEnlarging(4) },
];

interface Way extends Enlarging {
  readonly name: QrAttempt;
}

/** What one decoder read, and from what. Corners are those in the whole picture. */
interface Read {
  readonly code: Decoded;
  readonly attempt: QrAttempt;
}
interface Reading {
  readonly zxing?: Read | undefined;
  readonly jsqr?: Read | undefined;
}
/** An area of the picture with a code, or with what looks like one. */
interface Part extends Reading {
  readonly box: Box;
}

/**
 * Every QR in a picture, largest first. ZXing reads the picture as it is, jsQR each code again; what one of them does not
 * read is enlarged and sharpened until both have read it, or nothing is left to try. Where ZXing finds nothing at all,
 * the same is done to areas that look like a QR. What only one decoder reads stays in the list with `agreed` false. Beside
 * a code that is read, a smaller one that is faint may be left out.
 */
export async function readQrs(p: Pixels): Promise<readonly QrFinding[]> {
  const found = (await firstLook(p)).flatMap(readAgain);
  const parts = found.every(isDone) && found.length > 0 ? found : await enlargedUntilRead(greyOf(p), found);
  return parts
    .map((part) => findingOf(p, part))
    .filter((finding) => finding !== undefined)
    .sort((a, b) => area(b) - area(a));
}

/** The codes of a look, read again by jsQR. */
function readAgain({ part, x, y, codes }: Look): readonly Part[] {
  return codes.map((found) => {
    const code = moved(found, 1, { x, y });
    const again = redrawnByJsqr(part, found);
    return {
      box: around(code),
      zxing: { code, attempt: 'whole picture' },
      jsqr: again && { code: { ...code, ...contentOf(again) }, attempt: 'redrawn' },
    };
  });
}

/** Tries one way after the other, on areas that look like a code where none is known. Once something is read, what only looked like a code is left alone. */
async function enlargedUntilRead(g: Grey, known: readonly Part[]): Promise<readonly Part[]> {
  let now = known.length > 0 ? known : qrLikeRegions(g).map((box): Part => ({ box }));
  for (const way of WAYS) {
    if (now.every(isDone)) break;
    const next: Part[] = [];
    for (const part of now) next.push(isDone(part) ? part : await readEnlarged(g, part, way));
    const read = next.filter(({ zxing, jsqr }) => zxing !== undefined || jsqr !== undefined);
    now = read.length > 0 ? read : next;
  }
  return now;
}

function isDone({ zxing, jsqr }: Reading): boolean {
  return zxing !== undefined && jsqr !== undefined;
}

/** Reads a part enlarged; what is known of it already is kept. */
async function readEnlarged(g: Grey, known: Part, { name, ...way }: Way): Promise<Part> {
  const { part, x, y } = cutGrey(g, known.box);
  if (part.width * part.height * way.factor ** 2 > LARGEST) return known;
  const picture = await enlarged(part, way);
  // Where the code lies is seen better than in the picture as it is, of which ZXing tells whole px.
  const codes = await decodeByZxing(picture);
  const same = codes.find((one) => known.zxing !== undefined && sameContent(one, known.zxing.code));
  const code = same ?? codes[0];
  // What ZXing finds in no picture of a part jsQR hardly ever does, and takes longest over: it has one try.
  const again =
    known.zxing !== undefined || code !== undefined || name === WAYS[0]?.name
      ? byJsqr(picture, code, known.zxing?.code.inverted ?? false)
      : undefined;
  const read = (one: Decoded): Read => ({ code: moved(one, way.factor, { x, y }), attempt: name });
  return {
    box: known.box,
    zxing: known.zxing ?? (code && read(code)),
    jsqr: known.jsqr ?? (again && read(again)),
  };
}

/** What jsQR reads of the code that ZXing found in a picture, drawn again, or in the picture itself. */
function byJsqr(g: Grey, found: Decoded | undefined, inverted: boolean): Decoded | undefined {
  const again = found && redrawnByJsqr(g, found);
  if (found !== undefined && again !== undefined) return { ...found, ...contentOf(again) };
  return isNoise(g) ? undefined : plausible(decodeByJsqr(g, found?.inverted ?? inverted));
}

/** What jsQR reads of a code that ZXing found, drawn again. */
export function redrawnByJsqr(g: Grey, found: Decoded): Decoded | undefined {
  return plausible(decodeByJsqr(redrawn(g, found), false));
}

/** What a code says, without where it is. */
function contentOf({ text, bytes, version }: Decoded): Pick<Decoded, 'text' | 'bytes' | 'version'> {
  return { text, bytes, version };
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

function around(code: Decoded): Box {
  const box = boxOf(code.corners);
  const margin = (MARGIN * Math.max(box.width, box.height)) / modulesOf(code);
  return {
    x: box.x - margin,
    y: box.y - margin,
    width: box.width + 2 * margin,
    height: box.height + 2 * margin,
  };
}

/** A code of an enlarged part, as it lies in the picture. */
function moved(code: Decoded, factor: number, start: Point): Decoded {
  const place = ({ x, y }: Point) => ({ x: start.x + x / factor, y: start.y + y / factor });
  const { topLeft, topRight, bottomRight, bottomLeft } = code.corners;
  const corners = {
    topLeft: place(topLeft),
    topRight: place(topRight),
    bottomRight: place(bottomRight),
    bottomLeft: place(bottomLeft),
  };
  return { ...code, corners };
}

function findingOf(p: Pixels, { zxing, jsqr }: Reading): QrFinding | undefined {
  const first = zxing ?? jsqr;
  if (first === undefined) return undefined;
  const same = zxing !== undefined && jsqr !== undefined && sameContent(zxing.code, jsqr.code);
  return {
    text: first.code.text,
    agreed: same,
    // The same bytes are the same content: only ZXing guesses a character set.
    decoders: { zxing: zxing?.code.text, jsqr: same ? zxing.code.text : jsqr?.code.text },
    bytes: { zxing: zxing?.code.bytes, jsqr: jsqr?.code.bytes },
    attempts: { zxing: zxing?.attempt, jsqr: jsqr?.attempt },
    metrology: measure(p, first.code),
  };
}

function sameContent(a: Decoded, b: Decoded): boolean {
  return a.text === b.text || Buffer.compare(a.bytes, b.bytes) === 0;
}

function area(finding: QrFinding): number {
  return finding.metrology.box.width * finding.metrology.box.height;
}

/**
 * Whether a picture is mostly pixels that differ from both neighbours in their row. A readable QR has runs of two px and
 * more. jsQR takes seconds over such pictures (2 s for noise at 1280x720, measured), and finds nothing.
 */
function isNoise(g: Grey): boolean {
  let triples = 0;
  let lonely = 0;
  for (let row = 0; row < g.height; row += 4) {
    for (let column = 1; column < g.width - 1; column += 3) {
      const at = row * g.width + column;
      const own = g.data[at] ?? 0;
      triples += 1;
      if (Math.abs(own - (g.data[at - 1] ?? 0)) > 12 && Math.abs(own - (g.data[at + 1] ?? 0)) > 12)
        lonely += 1;
    }
  }
  return lonely > triples * 0.1;
}
