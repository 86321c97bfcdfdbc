import { readFile } from 'node:fs/promises';
import { HarnessError } from '../terms/error.ts';
import type { Box, Pixels } from '../terms/frame.ts';
import { oneLine } from '../terms/printable.ts';
import type { QrFinding, QrMetrology } from '../terms/qr.ts';
import { misfitsOf } from '../vision/fitness.ts';
import { greyOf } from '../vision/grey.ts';
import { judgeQr, type QrJudgement } from '../vision/judge.ts';
import { decodePicture } from '../vision/png.ts';
import { readQrs } from '../vision/qr.ts';
import { pictureQuality } from '../vision/quality.ts';
import { qrLikeRegions } from '../vision/regions.ts';
import { type UnreadCode, unreadCodes } from '../vision/unread.ts';
import { type Command, EXIT } from './args.ts';

/** `resetbench qr`: what the two decoders read in any pictures, and how well the codes stand in them. */
export const qr: Command = {
  name: 'qr',
  summary: 'Read every QR in pictures by two decoders, measure it, and say whose fault a bad one is.',
  positionals: 'FILE...',
  options: {
    json: { type: 'boolean', help: 'one list, with an object for each file, in the order of the files' },
  },
  examples: [
    ['resetbench qr photo.jpg', 'payload, figures and judgement of each code in a picture'],
    ['resetbench qr --json frames/*.png', 'the same for programs'],
    [
      'resetbench qr photo.jpg && echo fine',
      'exit code 0: a code in each picture, and each read alike by both; 1: not so; 2: a file is no picture',
    ],
  ],
  async run(args) {
    if (args.positionals.length === 0)
      throw new HarnessError('USAGE', 'qr needs a picture', { hint: 'see `resetbench qr --help`' });
    // The decoders are started before the first picture, so that its time is that of reading.
    await readQrs({ width: 64, height: 64, data: new Uint8ClampedArray(64 * 64 * 4) });
    const told: (PictureTold | PictureRefused)[] = [];
    for (const file of args.positionals) {
      const one = await tellOf(file);
      told.push(one);
      if ('error' in one) console.error(`${oneLine(`${file}: ${one.error}`)}\n=> ${one.hint}`);
      else if (!args.flag('json')) console.log(linesOf(one).join('\n'));
    }
    if (args.flag('json')) console.log(JSON.stringify(told, rounded, 2));
    if (told.some((one) => 'error' in one)) return EXIT.usage;
    return told.every((one) => 'error' in one || isRead(one)) ? EXIT.conformant : EXIT.nonConformant;
  },
};

/** Whether there is a code, and both decoders read the same of each. */
function isRead({ codes, unread }: PictureTold): boolean {
  return codes.length > 0 && codes.every(({ agreed }) => agreed !== null) && unread.length === 0;
}

/** One code of a picture. A payload is null where the decoder did not read it. */
interface CodeTold {
  readonly zxing: string | null;
  readonly jsqr: string | null;
  /** What both read; null where they differ, or only one read anything. */
  readonly agreed: string | null;
  /** There where a payload is no text: its bytes, by decoder. */
  readonly base64?: { readonly zxing?: string; readonly jsqr?: string };
  /** What was done to the picture before each decoder read it. */
  readonly attempts: { readonly zxing: string | null; readonly jsqr: string | null };
  readonly metrology: QrMetrology;
  readonly judgement: QrJudgement;
}
/** A picture: the figures of its largest code beside those of all, for the usual case of one. */
interface PictureTold extends Omit<CodeTold, 'attempts' | 'metrology' | 'judgement' | 'base64'> {
  readonly file: string;
  readonly width: number;
  readonly height: number;
  /** For both decoders with all that was tried, and measuring; without reading the file. */
  readonly milliseconds: number;
  readonly metrology: QrMetrology | null;
  readonly judgement: QrJudgement | null;
  /** Largest first. */
  readonly codes: readonly CodeTold[];
  /**
   * Codes that no decoder read, by their finder patterns, and why not. Where there is none of all this, areas that look
   * like a code in a picture that is too bad to tell.
   */
  readonly unread: readonly { readonly box: Box; readonly judgement: QrJudgement }[];
}
interface PictureRefused {
  readonly file: string;
  readonly error: string;
  /** What to do about it. */
  readonly hint: string;
}

async function tellOf(file: string): Promise<PictureTold | PictureRefused> {
  let pixels: Pixels;
  try {
    pixels = onWhite(await decodePicture(await readFile(file)));
  } catch (error) {
    return { file, ...reasonOf(error) };
  }
  const from = performance.now();
  const findings = await readQrs(pixels);
  const milliseconds = performance.now() - from;
  const codes = findings.map((finding) => codeOf(pixels, finding));
  const unread = await unreadOf(pixels, codes);
  const [first] = codes;
  return {
    file,
    width: pixels.width,
    height: pixels.height,
    milliseconds,
    zxing: first?.zxing ?? null,
    jsqr: first?.jsqr ?? null,
    agreed: first?.agreed ?? null,
    metrology: first?.metrology ?? null,
    judgement: first?.judgement ?? null,
    codes,
    unread,
  };
}

async function unreadOf(pixels: Pixels, codes: readonly CodeTold[]): Promise<PictureTold['unread']> {
  const grey = greyOf(pixels);
  const judged = (areas: readonly (UnreadCode | Box)[]) =>
    areas.map((area) => {
      const { x, y, width, height } = area;
      return { box: { x, y, width, height }, judgement: judgeQr(pixels, area) };
    });
  const unread = judged(
    await unreadCodes(
      grey,
      codes.map(({ metrology }) => metrology.box),
    ),
  );
  if (codes.length > 0 || unread.length > 0) return unread;
  // What may be no code at all is told only where the capture would have drowned the finder patterns of one.
  const drowned = misfitsOf(pictureQuality(grey)).some(
    ({ figure }) => figure === 'softness' || figure === 'noise',
  );
  return drowned ? judged(qrLikeRegions(grey)).filter(({ judgement }) => judgement.by === 'capture') : [];
}

function codeOf(pixels: Pixels, finding: QrFinding): CodeTold {
  const { decoders, attempts, bytes, metrology, agreed, text } = finding;
  const base64 = {
    ...(isText(bytes.zxing) ? {} : { zxing: base64Of(bytes.zxing) }),
    ...(isText(bytes.jsqr) ? {} : { jsqr: base64Of(bytes.jsqr) }),
  };
  return {
    zxing: decoders.zxing ?? null,
    jsqr: decoders.jsqr ?? null,
    agreed: agreed ? text : null,
    ...(Object.keys(base64).length === 0 ? {} : { base64 }),
    attempts: { zxing: attempts.zxing ?? null, jsqr: attempts.jsqr ?? null },
    metrology,
    judgement: judgeQr(pixels, finding),
  };
}

/** What is transparent in a picture is seen on white. */
function onWhite(p: Pixels): Pixels {
  for (let at = 0; at < p.data.length; at += 4) {
    const alpha = p.data[at + 3] ?? 255;
    if (alpha === 255) continue;
    for (let channel = at; channel < at + 3; channel += 1)
      p.data[channel] = ((p.data[channel] ?? 0) * alpha + 255 * (255 - alpha)) / 255;
    p.data[at + 3] = 255;
  }
  return p;
}

/** Whether bytes are UTF-8 without control characters but those of lines. */
function isText(bytes: Uint8Array | undefined): boolean {
  if (bytes === undefined) return true;
  try {
    return !/(?![\t\n\r])\p{Cc}/u.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}

function base64Of(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('base64');
}

function reasonOf(error: unknown): Omit<PictureRefused, 'file'> {
  if (error instanceof HarnessError)
    return { error: error.message, hint: error.hint ?? 'try another picture' };
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT')
    return { error: 'there is no such file', hint: 'see that its name and folder are right' };
  if (code === 'EISDIR') return { error: 'it is a folder', hint: 'name the pictures in it: FOLDER/*.png' };
  if (code === 'EACCES') return { error: 'it may not be read', hint: 'give yourself the right to read it' };
  return {
    error: error instanceof Error ? error.message : String(error),
    hint: 'copy it to a disk of this machine, and try again',
  };
}

/** Thousandths are enough for every figure. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}

function linesOf(one: PictureTold): readonly string[] {
  const { file, width, height, milliseconds, codes, unread } = one;
  return [
    oneLine(
      `${file}: ${width}x${height}, ${codes.length || 'no'} QR${codes.length > 0 && unread.length > 0 ? ` and ${unread.length} not read` : ''}, ${milliseconds.toFixed(1)} ms`,
    ),
    ...codes.flatMap(codeLines),
    ...unread.map(
      ({ box, judgement }) => `  not read at ${placeOf(box)}: ${judgement.by}: ${judgement.reason}`,
    ),
  ];
}

function codeLines({
  zxing,
  jsqr,
  agreed,
  base64,
  attempts,
  metrology,
  judgement,
}: CodeTold): readonly string[] {
  const { modules, pixelsPerModule, contrast, quietZone, inverted, box } = metrology;
  const decoder = (name: string, payload: string | null, attempt: string | null, bytes?: string) =>
    payload === null
      ? `    ${name}: nothing`
      : `    ${name}, ${attempt}: ${oneLine(payload)}${bytes === undefined ? '' : ` (base64 ${bytes})`}`;
  return [
    `  ${agreed === null ? 'not agreed' : `agreed: ${oneLine(agreed)}`}`,
    decoder('zxing', zxing, attempts.zxing, base64?.zxing),
    decoder('jsqr', jsqr, attempts.jsqr, base64?.jsqr),
    `    ${modules} modules of ${pixelsPerModule.toFixed(1)} px at ${placeOf(box)}, contrast ${contrast.toFixed(2)}, quiet zone ${quietZone.toFixed(1)} modules${inverted ? ', light on dark' : ''}`,
    `    ${judgement.by === 'none' ? 'good' : `bad by the ${judgement.by}`}: ${judgement.reason}`,
  ];
}

function placeOf({ x, y, width, height }: Box): string {
  return `${x},${y} ${width}x${height}`;
}
