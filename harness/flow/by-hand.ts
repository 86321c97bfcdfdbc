import type { Display } from '../bench/ports/display.ts';
import type { AskOptions, Operator, Prompt } from '../bench/ports/operator.ts';
import type { Clock } from '../terms/clock.ts';
import type { Box, Pixels, Reading } from '../terms/frame.ts';
import { type MadeNeedle, makeNeedle } from '../vision/needle/make.ts';
import { type ReadText, textSimilarity } from '../vision/needle/match.ts';
import { outlined } from '../vision/needle/outline.ts';
import { partsOf } from '../vision/see/parts.ts';
import { grown, holds, lineCrop } from '../vision/see/place.ts';
import { comparablePart } from './appearance.ts';
import { plain, says } from './look.ts';
import { LEARNED, needleName, type PathScreen, RESET_PATH } from './needle-school.ts';
import { LABEL_TAG } from './needles.ts';
import type { LabelBook } from './screens.ts';
import { stillPicture } from './still.ts';

export interface ByHandOptions {
  readonly display: Pick<Display, 'frame'>;
  readonly labels: LabelBook;
  /** Size of the usual text, px. */
  readonly em: number;
  /** Reads one line of writing. */
  readonly readText: ReadText;
  /** Who brings the screens up, and judges what was found on them. */
  readonly operator: Pick<Operator, 'ask'>;
  readonly clock: Clock;
  /** Ends it; what is asked is withdrawn, and the reason thrown. */
  readonly signal?: AbortSignal;
}
/** What a person has confirmed. */
export interface LearnedByHand {
  readonly needles: readonly MadeNeedle[];
  /** Whole screens with what varies made transparent, so that they can become baselines. */
  readonly screens: readonly { readonly name: string; readonly pixels: Pixels }[];
}

/** How long a person may take to bring a screen up, and to judge what was found on it, ms. */
const BRING_MS = 15 * 60_000;
const JUDGE_MS = 10 * 60_000;
/** So often at most is one screen looked at: an answer out of a file is the same each time. */
const MOST_LOOKS = 20;
/** How long a picture may take to stand still, ms: the person waits. */
const STILL_MS = 6000;
/** A line that is read wrongly by no more is the label all the same. */
const ALIKE = 0.8;
/** A rectangle so many times larger than the writing in it is not its button. */
const LARGER = 12;
/** Ground around writing without a frame, px. */
const GROUND = 6;

interface Spot {
  readonly label: string;
  /** As it was read. */
  readonly read: string;
  readonly box: Box;
}

/**
 * Goes through the screens of a reset with a person who brings each up: finds the labels that are acted on by their
 * writing, shows what it found, and makes needles of what the person confirms. Throws what the ports throw, as
 * OPERATOR_TIMEOUT and OPERATOR_ABSENT.
 */
export async function learnByHand(options: ByHandOptions): Promise<LearnedByHand> {
  const needles: MadeNeedle[] = [];
  const screens: { name: string; pixels: Pixels }[] = [];
  for (const path of RESET_PATH) {
    const outcome = await learnScreen(path, options);
    if (outcome === 'end') break;
    if (outcome === 'skipped') continue;
    needles.push(...outcome.needles);
    screens.push({ name: path.screen, pixels: outcome.comparable });
  }
  return { needles, screens };
}

async function learnScreen(
  path: PathScreen,
  options: ByHandOptions,
): Promise<'end' | 'skipped' | { readonly needles: readonly MadeNeedle[]; readonly comparable: Pixels }> {
  const { operator, labels, em, signal } = options;
  const ask = async (prompt: Prompt, timeoutMs: number): Promise<string> => {
    const within: AskOptions = { timeoutMs, ...(signal === undefined ? {} : { signal }) };
    return (await operator.ask(prompt, within)).value;
  };
  const answer = await ask(bringing(path), BRING_MS);
  if (answer === 'end') return 'end';
  if (answer === 'skip') return 'skipped';
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const { pixels, isStill } = await stillPicture(options.display, options.clock, STILL_MS);
    const reading = await readingOf(pixels, em, options.readText);
    const spots = path.labels.flatMap((label) => spotOf(label, { labels, reading, pixels, em }));
    const boxes = spots.map(({ box }) => box);
    const missing = path.labels.filter((label) => !spots.some((one) => one.label === label));
    const steps = [
      ...(isStill ? [] : ['The picture does not stand still.']),
      ...spots.map(({ label, read, box }) => `${label}: "${read}" at ${placeOf(box)}`),
      ...missing.map((label) => `${label}: not found (${(labels[label] ?? []).join(' or ')})`),
    ];
    const verdict = await ask(judging(path, steps, await outlined(pixels, boxes)), JUDGE_MS);
    if (verdict === 'skip') return 'skipped';
    if (verdict === 'keep')
      return { needles: await needlesOf(spots, path, pixels), comparable: comparablePart(pixels, reading) };
  }
  return 'skipped';
}

const LEAVE_OUT = { value: 'skip', label: 'Leave this screen out' } as const;

function bringing({ screen, way }: PathScreen): Prompt {
  return {
    id: `bring-${screen}`,
    title: `Bring up the screen "${screen}".`,
    kind: 'options',
    steps: [way],
    options: [
      { value: 'there', label: 'It is there' },
      LEAVE_OUT,
      { value: 'end', label: 'End here, and keep what was learned' },
    ],
  };
}

/** @param png of the screen, with what was found outlined */
function judging({ screen }: PathScreen, steps: readonly string[], png: Uint8Array): Prompt {
  return {
    id: `judge-${screen}`,
    title: `Is what is outlined on the screen "${screen}" right?`,
    kind: 'picture',
    steps,
    frame: { bytes: png, format: 'png' },
    options: [
      { value: 'keep', label: 'Yes: keep it' },
      { value: 'again', label: 'No: look again' },
      LEAVE_OUT,
    ],
  };
}

/** All writing on a picture, and its codes. */
async function readingOf(pixels: Pixels, em: number, readText: ReadText): Promise<Reading> {
  const { lines, pictures, width, height } = partsOf(pixels, em);
  const texts = await Promise.all(
    lines.map(async ({ box }) => (await readText(lineCrop(pixels, box))).trim()),
  );
  const written = lines.flatMap(({ box }, at) => {
    const text = texts[at] ?? '';
    return text === '' ? [] : [{ kind: 'text' as const, text, box }];
  });
  const codes = pictures.map((box) => ({ kind: 'image' as const, text: '', box }));
  return { items: [...written, ...codes], width, height };
}

/** Where a label stands: in its button, or by itself. */
function spotOf(
  label: string,
  {
    labels,
    reading,
    pixels,
    em,
  }: {
    readonly labels: LabelBook;
    readonly reading: Reading;
    readonly pixels: Pixels;
    readonly em: number;
  },
): readonly Spot[] {
  const texts = labels[label] ?? [];
  const alike = (text: string) =>
    Math.max(0, ...texts.map((one) => (says(text, [one]) ? 1 : textSimilarity(plain(one), plain(text)))));
  const rectangles = partsOf(pixels, em).boxes.map((part) => part.box);
  const buttonOf = (box: Box) =>
    rectangles
      .filter((one) => holds(one, box) && one.width >= box.width && area(one) <= LARGER * area(box))
      .sort((a, b) => area(a) - area(b))[0];
  // A title may say the same as the button below it.
  const [best] = reading.items
    .map(({ text, box }) => ({
      ...{ text, box, button: buttonOf(box) },
      is: text.length < 4 && !says(text, texts) ? 0 : alike(text),
    }))
    .filter(({ is }) => is >= ALIKE)
    .sort((a, b) => Number(b.button !== undefined) - Number(a.button !== undefined) || b.is - a.is);
  if (best === undefined) return [];
  return [{ label, read: best.text, box: best.button ?? within(grown(best.box, GROUND), pixels) }];
}

async function needlesOf(
  spots: readonly Spot[],
  { screen }: PathScreen,
  pixels: Pixels,
): Promise<readonly MadeNeedle[]> {
  const made: MadeNeedle[] = [];
  for (const { label, box } of spots) {
    const needle = await makeNeedle(pixels, {
      name: needleName(label, screen, 0),
      tags: [`${LABEL_TAG}${label}`, `screen-${screen}`],
      box,
      properties: [{ name: LEARNED, value: 'by hand' }],
    });
    if (needle !== undefined) made.push(needle);
  }
  return made;
}

function area({ width, height }: Box): number {
  return width * height;
}

function within({ x, y, width, height }: Box, p: Pixels): Box {
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  return {
    x: left,
    y: top,
    width: Math.min(p.width, x + width) - left,
    height: Math.min(p.height, y + height) - top,
  };
}

function placeOf({ x, y, width, height }: Box): string {
  return `${x},${y} ${width}x${height}`;
}
