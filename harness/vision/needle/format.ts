import { HarnessError } from '../../terms/error.ts';
import type { Box } from '../../terms/frame.ts';

/** Where to click in an area: its middle, or px from its top left. */
export type ClickPoint = 'center' | { readonly x: number; readonly y: number; readonly id?: string };

/** A part of a needle's picture, and what is asked of the same part of a frame. */
export interface NeedleArea {
  /** `match` must look alike, `exclude` is not looked at, `ocr` must read alike. */
  readonly kind: 'match' | 'exclude' | 'ocr';
  readonly box: Box;
  /** Similarity asked for, 1..100. Default {@link DEFAULT_MATCH}. */
  readonly match?: number;
  /** How far the area may have moved, px. Default {@link DEFAULT_MARGIN}. */
  readonly margin?: number;
  readonly click?: ClickPoint;
  /** `ocr` only: what must stand there. Without it the text is read and judges nothing. */
  readonly text?: string;
  /** Keys of the file that mean nothing here; kept for whoever reads it next. */
  readonly other: Readonly<Record<string, unknown>>;
}

/** A needle's JSON, read and checked. */
export interface NeedleFile {
  /** Name of the file without its ending. */
  readonly name: string;
  readonly tags: readonly string[];
  readonly areas: readonly NeedleArea[];
  /** As they stand in the file: names, or objects with a name and a value. */
  readonly properties: readonly unknown[];
  readonly other: Readonly<Record<string, unknown>>;
  /** What is in the file and has no effect here, one sentence each. */
  readonly notices: readonly string[];
}

/** What os-autoinst takes where a file says nothing (`ppmclibs/tinycv.pm`, `needle.pm`). */
export const DEFAULT_MATCH = 96;
export const DEFAULT_MARGIN = 50;

/** Longest message of a problem, characters: it quotes what stands in the file. */
const LONGEST = 300;

/** Where it is told how a needle's JSON is written. */
const FORMAT = 'docs/needles.md has an example and a table of the format';

const KINDS = ['match', 'exclude', 'ocr'] as const;
const AREA_KEYS = new Set([
  'type',
  'xpos',
  'ypos',
  'width',
  'height',
  'match',
  'margin',
  'click_point',
  'refstr',
]);
const FILE_KEYS = new Set(['area', 'tags', 'properties']);

/**
 * Reads a needle's JSON in the format of openQA (os-autoinst, `needle.pm`). Numbers may be written as texts, as its
 * older editors did; a fraction of a px is cut off, as there; and what is empty was not said. A `workaround` lets a
 * difference pass there; here it has no effect, and a notice says so.
 * @param source the file; its last part without `.json` names the needle
 * @throws HarnessError CONFIG_INVALID with every problem, each with file and place
 */
export function parseNeedle(text: string, source: string): NeedleFile {
  const problems: string[] = [];
  const wrong = (place: string, message: string) => {
    const line = message.length > LONGEST ? `${message.slice(0, LONGEST - 1)}…` : message;
    problems.push(`${source}: ${place}: ${line}`);
  };
  const file = objectOf(jsonOf(text, source));
  if (file === undefined) throw invalid([`${source}: expected an object with "area" and "tags"`]);
  const areas = listOf(file.area, 'area', wrong).map((one, at) => areaOf(one, `area[${at}]`, wrong));
  if (problems.length === 0 && !areas.some(judges))
    wrong('area', 'expected at least one area of type match, or of type ocr with a refstr');
  checkClicks(areas, wrong);
  const tags = listOf(file.tags ?? [], 'tags', wrong).map((tag, at) => {
    if (typeof tag !== 'string' || tag === '') wrong(`tags[${at}]`, 'expected a text');
    return String(tag);
  });
  const properties = listOf(file.properties ?? [], 'properties', wrong);
  if (problems.length > 0) throw invalid(problems);
  const isWorkaround = properties.some((one) => (objectOf(one)?.name ?? one) === 'workaround');
  return {
    name: source.replace(/^.*[\\/]/, '').replace(/\.json$/i, ''),
    tags: [...new Set(tags)],
    areas,
    properties,
    other: otherKeys(file, FILE_KEYS),
    notices: isWorkaround
      ? [`${source}: the property workaround has no effect: a difference that is known of stays a difference`]
      : [],
  };
}

/** Writes a needle's JSON as os-autoinst does: keys in order, tags sorted, what was not understood kept. */
export function writeNeedle(file: Omit<NeedleFile, 'name' | 'notices'>): string {
  const area = file.areas.map((one) => ({
    ...one.other,
    type: one.kind,
    xpos: one.box.x,
    ypos: one.box.y,
    width: one.box.width,
    height: one.box.height,
    match: one.match,
    margin: one.margin,
    click_point: clickText(one.click),
    refstr: one.text,
  }));
  const whole = { ...file.other, area, tags: [...file.tags].sort(), properties: file.properties };
  return `${JSON.stringify(sorted(whole), null, 2)}\n`;
}

type Wrong = (place: string, message: string) => void;

/** Whether anything is asked of an area: a text that is only read would match any screen. */
function judges({ kind, text }: NeedleArea): boolean {
  return kind === 'match' || (kind === 'ocr' && text !== undefined);
}

function areaOf(value: unknown, place: string, wrong: Wrong): NeedleArea {
  const area = objectOf(value);
  if (area === undefined) wrong(place, 'expected an object');
  const given = area ?? {};
  const number = (key: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined => {
    const raw = given[key];
    if (raw === undefined || raw === null || raw === '') return undefined;
    const number = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
    if (typeof number === 'number' && number >= least && number <= most) return number;
    const most_ = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
    wrong(`${place}.${key}`, `expected a number from ${least}${most_}, found ${JSON.stringify(raw)}`);
    return undefined;
  };
  const pixels = (key: string, least: number): number => {
    const read = number(key, least);
    if (read === undefined && least > 0 && (given[key] ?? '') === '')
      wrong(`${place}.${key}`, 'expected a number, found nothing');
    return Math.floor(read ?? 0);
  };
  const kind = KINDS.find((one) => one === (given.type || 'match'));
  if (kind === undefined)
    wrong(`${place}.type`, `expected ${KINDS.join(', ')}, found ${JSON.stringify(given.type)}`);
  const match = number('match', 0, 100);
  const margin = number('margin', 0);
  const box = {
    x: pixels('xpos', 0),
    y: pixels('ypos', 0),
    width: pixels('width', 1),
    height: pixels('height', 1),
  };
  const click = clickOf(given.click_point, box, (message) => wrong(`${place}.click_point`, message));
  const { refstr = null } = given;
  if (refstr !== null && typeof refstr !== 'string') wrong(`${place}.refstr`, 'expected a text');
  return {
    kind: kind ?? 'match',
    box,
    // 0 means 'not given' to os-autoinst; a margin of 0 is taken at its word.
    ...(match === undefined || match === 0 ? {} : { match }),
    ...(margin === undefined ? {} : { margin }),
    ...(click === undefined ? {} : { click }),
    ...(typeof refstr === 'string' && refstr.trim() !== '' ? { text: refstr } : {}),
    other: otherKeys(given, AREA_KEYS),
  };
}

/** The editor of openQA starts a point at half the width and height, fractions and all, and keeps it in its area. */
function clickOf(
  value: unknown,
  { width, height }: Box,
  wrong: (message: string) => void,
): ClickPoint | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (value === 'center') return 'center';
  const point = objectOf(value);
  const [x, y] = [pixelOf(point?.xpos), pixelOf(point?.ypos)];
  if (x === undefined || y === undefined) {
    wrong('expected "center", or xpos and ypos from the top left of the area');
    return undefined;
  }
  const isInside = x >= 0 && y >= 0 && x <= width && y <= height;
  // Where the area has no size, that is the problem.
  if (!isInside && width > 0 && height > 0)
    wrong(`expected px from the top left of the area, 0,0 to ${width},${height}; found ${x},${y}`);
  return { x, y, ...(typeof point?.id === 'string' && point.id !== '' ? { id: point.id } : {}) };
}

/** A finite number, also written as a text. */
function pixelOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Of several click points each needs an id of its own; without one nobody could say which is meant. */
function checkClicks(areas: readonly NeedleArea[], wrong: Wrong): void {
  const clicks = areas.flatMap((one, at) => (one.click === undefined ? [] : [{ at, click: one.click }]));
  if (clicks.length < 2) return;
  const ids = clicks.map(({ click }) => (click === 'center' ? undefined : click.id));
  for (const [index, { at }] of clicks.entries())
    if (ids[index] === undefined || ids.indexOf(ids[index]) !== index)
      wrong(`area[${at}].click_point`, 'expected an id of its own, since there are several click points');
}

function clickText(click: ClickPoint | undefined): unknown {
  if (click === undefined || click === 'center') return click;
  return { xpos: click.x, ypos: click.y, id: click.id };
}

function jsonOf(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('CONFIG_INVALID', `${source}: not JSON: ${why}`, { cause, hint: FORMAT });
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const is = typeof value === 'object' && value !== null && !Array.isArray(value);
  return is ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function listOf(value: unknown, place: string, wrong: Wrong): readonly unknown[] {
  if (Array.isArray(value)) return value;
  wrong(place, `expected a list, found ${value === undefined ? 'nothing' : JSON.stringify(value)}`);
  return [];
}

function otherKeys(from: Readonly<Record<string, unknown>>, known: ReadonlySet<string>) {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !known.has(key)));
}

function invalid(problems: readonly string[]): HarnessError {
  return new HarnessError('CONFIG_INVALID', problems.join('\n'), { hint: FORMAT });
}

/** The same with the keys of every object in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  const object = objectOf(value);
  if (object === undefined) return value;
  const keys = Object.keys(object).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(object[key])]));
}
