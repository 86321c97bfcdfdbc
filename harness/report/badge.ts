import { escaped } from '../terms/escaped.ts';
import { oneLine } from '../terms/printable.ts';
import type { RunRecord } from '../terms/record.ts';
import { counted } from './text.ts';

/** A badge: what of, what came of it, and the same in a sentence. */
export interface Badge {
  /** On the left. */
  readonly label: string;
  /** On the right. */
  readonly message: string;
  /** `part`: all that was selected passed, and not all was selected. */
  readonly state: 'pass' | 'part' | 'fail' | 'undecided' | 'incomplete';
  /** For those who do not see it, and where a pointer rests on it. */
  readonly title: string;
}

/**
 * A badge of a run, or of one recorder of it. It says what passed of what was planned, and never that anything is certified: a
 * badge is not signed. Where a twin is in it, it says so. A failure that was expected is a failure.
 * @param options.dut id of a recorder of the run; default: all of them
 * @param options.damage what is wrong with the journal, where anything is
 */
export function badgeOf(
  record: RunRecord,
  options: { readonly dut?: string; readonly damage?: string | undefined } = {},
): Badge {
  const isMeant = ({ dut }: { readonly dut: string }) => options.dut === undefined || dut === options.dut;
  const duts = record.duts.filter(({ id }) => isMeant({ dut: id }));
  const cases = record.cases.filter(isMeant);
  const notRun = (why: (typeof record.notRun)[number]['why']) =>
    record.notRun.filter((one) => isMeant(one) && one.why === why).length;
  const [left, unselected] = [notRun('not-reached'), notRun('not-selected')];
  const passed = cases.filter(({ verdict }) => verdict === 'pass').length;
  const failed = cases.filter(({ verdict }) => verdict === 'fail').length;
  const planned = cases.length + left;
  const hasFault = duts.some(({ fault }) => fault !== undefined);
  const isWhole = record.ended === 'complete' && left === 0 && !hasFault && options.damage === undefined;
  const state =
    failed > 0
      ? 'fail'
      : !isWhole || planned === 0
        ? 'incomplete'
        : passed < planned
          ? 'undecided'
          : unselected > 0
            ? 'part'
            : 'pass';
  const open = planned - passed - failed;
  const words = {
    pass: `${passed} of ${planned} pass`,
    part: `${passed} of ${planned} pass, ${unselected} not selected`,
    fail: `${failed} of ${planned} fail${isWhole ? '' : ', incomplete'}`,
    undecided: `${passed} of ${planned} pass, ${open} undecided`,
    incomplete: planned === 0 ? 'nothing tested' : `incomplete, ${passed} of ${planned} pass`,
  };
  const twins = duts.filter(({ kind }) => kind === 'twin').length;
  const kind =
    twins === 0 ? '' : twins < duts.length ? ', twins among them' : twins === 1 ? ', twin' : ', twins';
  const [first] = duts;
  const of =
    duts.length === 1 && first !== undefined
      ? `${first.model} ${first.firmware}`
      : counted(duts.length, 'recorder');
  const label = shortened(`password reset: ${of}${kind}`);
  const message = words[state];
  return {
    label,
    message,
    state,
    title: `${label}: ${message}. Run ${oneLine(record.id)} of ${dayOf(record.startedAt)}.`,
  };
}

/** A model's name could be a novel. */
const LONGEST = 80;

function shortened(text: string): string {
  const line = oneLine(text);
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1).toWellFormed()}…` : line;
}

function dayOf(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'an unknown day' : date.toISOString().slice(0, 10);
}

/** White writing on each has a contrast of 4.5 or more (WCAG 2.2, 1.4.3). */
const COLORS = {
  pass: '#1a7f37',
  part: '#57606a',
  fail: '#b42318',
  undecided: '#8a5a00',
  incomplete: '#57606a',
} as const;

/** The badge as JSON for https://shields.io/badges/endpoint-badge. */
export function shieldsBadge({ label, message, state }: Badge): string {
  const badge = { schemaVersion: 1, label, message, color: COLORS[state], isError: state === 'fail' };
  return `${JSON.stringify(badge)}\n`;
}

const HEIGHT = 20;
const PAD = 7;

/** The badge as a picture: SVG that loads nothing, with its title for screen readers. */
export function svgBadge({ label, message, state, title }: Badge): string {
  const [left, right] = [widthOf(label), widthOf(message)];
  const [split, whole] = [left + 2 * PAD, left + right + 4 * PAD];
  const text = (at: number, width: number, words: string) =>
    `<text x="${at}" y="14" textLength="${width}" lengthAdjust="spacingAndGlyphs">${escaped(words)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="${HEIGHT}" viewBox="0 0 ${whole} ${HEIGHT}" role="img" aria-labelledby="t">
<title id="t">${escaped(title)}</title>
<clipPath id="c"><rect width="${whole}" height="${HEIGHT}" rx="3"/></clipPath>
<g clip-path="url(#c)"><rect width="${split}" height="${HEIGHT}" fill="#24292f"/><rect x="${split}" width="${whole - split}" height="${HEIGHT}" fill="${COLORS[state]}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11" aria-hidden="true">
${text(PAD, left, label)}
${text(split + PAD, right, message)}
</g>
</svg>
`;
}

/** About what Verdana of 11 px needs; `textLength` makes any other font fit. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text)
    width += /[ .,:;!|ijlIft()']/.test(character)
      ? 4.5
      : /[A-Zmw%@—…]/.test(character)
        ? 8.5
        : /[^\x20-\x7e]/.test(character)
          ? 11
          : 7;
  return Math.ceil(width);
}
