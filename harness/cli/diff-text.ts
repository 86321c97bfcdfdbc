import { percentText, SPREADS, shareText, spreadText } from '../report/diff-page.ts';
import { STATE_NAMES } from '../report/reading.ts';
import { counted } from '../report/text.ts';
import { oneLine } from '../terms/printable.ts';
import type { Compared } from './diff.ts';

/** Lines of each list, so that a recorder stays on one screen. */
const MOST = 8;
/** Longest text, characters. */
const LONGEST = 160;

/** What differs, for a terminal. */
export function diffLines(found: readonly Compared[]): readonly string[] {
  return found.flatMap((one, at) => [...(at === 0 ? [] : ['']), ...linesOf(one)]);
}

function linesOf({ difference, pictures }: Compared): readonly string[] {
  const { before, after, facts, verdicts, leftOut, same, texts, times } = difference;
  const name = ({ dut, record }: typeof before) => `${dut.id} ${dut.model} ${dut.firmware} (${record.id})`;
  const beyond = times.filter(({ spread }) => spread === 'beyond');
  return [
    oneLine(`${name(before)} -> ${name(after)}`),
    ...facts.map((one) => `  ${one.name.padEnd(12)} ${oneLine(`${one.before} -> ${one.after}`)}`),
    ...list(
      `verdicts: ${verdicts.length} differ, ${same} tested on both sides are the same`,
      verdicts,
      (one) =>
        `${one.requirement}: ${STATE_NAMES[one.before]} -> ${STATE_NAMES[one.after]}${one.reason === undefined ? '' : `: ${one.reason}`}`,
    ),
    ...(leftOut.length === 0
      ? []
      : [`    ${leftOut.length} left out or not reached on one side: ${shortened(leftOut)}`]),
    ...list(
      `texts: ${texts.length} differ`,
      texts,
      (one) =>
        `${one.requirement} ${one.kind === 'step' ? 'step' : one.title}: ${one.before ?? '(not there)'} -> ${one.after ?? '(not there)'}`,
    ),
    ...list(
      `times: ${beyond.length} of ${times.length} beyond the spread`,
      beyond,
      (one) =>
        `${one.name}: ${spreadText(one.before, one.unit)} -> ${spreadText(one.after, one.unit)}${one.ratio === undefined ? '' : `, ${percentText(one.ratio)}`}, ${SPREADS[one.spread]}`,
    ),
    ...list(
      `pictures: ${counted(pictures.changed.length, 'differs', 'differ')}, ${pictures.same} the same, ${pictures.left.length} without a partner`,
      pictures.changed,
      (one) =>
        `${one.title}: ${[one.share === undefined ? undefined : shareText(one.share), one.note].filter(Boolean).join(', ')}`,
    ),
  ];
}

function shortened(ids: readonly string[]): string {
  return ids.length > MOST ? `${ids.slice(0, MOST).join(', ')} ...` : ids.join(', ');
}

function list<T>(title: string, ones: readonly T[], line: (one: T) => string): readonly string[] {
  const lines = ones.slice(0, MOST).map((one) => `    ${oneLine(line(one)).slice(0, LONGEST)}`);
  return [
    `  ${title}`,
    ...lines,
    ...(ones.length > MOST ? [`    ... and ${ones.length - MOST} more (--json tells all)`] : []),
  ];
}
