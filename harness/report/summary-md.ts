import { blocks, expectedOutcome } from '../terms/expected.ts';
import type { DutRecord, RunRecord } from '../terms/record.ts';
import type { FaultDomain } from '../terms/verdict.ts';
import { Markdown, md, quoted } from './markdown.ts';
import { problemOf } from './problem.ts';
import {
  type Cell,
  cellsOf,
  countStates,
  endingOf,
  expectedNote,
  isUndecided,
  lastAttempt,
  STATE_NAMES,
} from './reading.ts';
import { counted, durationText, isoTime } from './text.ts';

/** Bytes; GitHub takes 1 MiB a step, GitLab 1,000,000 characters in a note. */
export const SUMMARY_BYTES = 900_000;
/** Of one list. */
const LISTED = 50;

/**
 * The run as Markdown for the page of a CI job (GitHub's step summary, a note of GitLab): the answer, a table of the
 * recorders, failures of recorders, expected failures, and apart from them what says nothing of a recorder, each with what
 * to do. Never more than `SUMMARY_BYTES`; what is left out is counted. Texts of recorders are code, and can be nothing else.
 */
export function markdownOf(record: RunRecord): string {
  const cells = cellsOf(record);
  const all = [...cells.values()].flat();
  const sections = [
    ...headOf(record, all),
    ...tableOf(record, cells),
    ...listOf('Failures of recorders', failuresOf(all), failureLine),
    ...listOf(
      'Expected failures',
      all.filter(({ tested }) => tested?.expected !== undefined),
      expectedLine,
    ),
    ...listOf(
      'Benches that failed',
      record.duts.filter(({ fault }) => fault !== undefined),
      benchLine,
    ),
    ...listOf('No verdict: this says nothing of a recorder', all.filter(cameToNone), undecidedLine),
    ...listOf(
      'Flaky: needed more than one attempt',
      all.filter(({ tested }) => tested?.flaky === true),
      flakyLine,
    ),
    ...notRunOf(all),
    md`The whole run, with its evidence: \`index.html\` beside this file; for programs \`run.json\`, \`junit.xml\`, \`ctrf.json\`, \`results.tap\`, \`security.sarif\`; on paper \`report.pdf\`.`,
  ];
  return within(sections.map(({ text }) => text));
}

function headOf(record: RunRecord, cells: readonly Cell[]): readonly Markdown[] {
  const against = cells.filter(({ tested }) => tested !== undefined && blocks(tested)).length;
  const undecided = cells.filter(cameToNone).length;
  const broken = record.duts.filter(({ fault }) => fault !== undefined).length;
  const leftOut = countStates(cells)['not-selected'];
  const ending = endingOf(record);
  const twins = record.duts.filter(({ kind }) => kind === 'twin').length;
  const answer =
    against > 0
      ? md`# ❌ Not conformant: ${counted(against, 'case')} against it`
      : ending !== undefined || undecided > 0 || broken > 0
        ? md`# ⚠️ No answer: nothing against the recorders, but not all was decided`
        : record.cases.length === 0
          ? md`# ⚠️ No answer: nothing was tested`
          : leftOut > 0
            ? md`# ◐ Passed in part: ${counted(leftOut, 'case')} left out by the selection`
            : md`# ✅ Conformant`;
  return [
    answer,
    ...(ending === undefined ? [] : [md`> **${ending}**`]),
    ...(undecided + broken === 0
      ? []
      : [
          md`> **${counted(undecided, 'case')} came to no verdict, ${counted(broken, 'bench', 'benches')} failed** (${domainsText(record, cells)}). They are listed apart from failures of recorders.`,
        ]),
    md`Run ${quoted(record.id)}, ${isoTime(record.startedAt)}, ${durationText(record.endedAt - record.startedAt)}; Resetbench ${quoted(record.harness.version)}${record.harness.commit === undefined ? '' : md`, commit ${quoted(record.harness.commit)}`}; ${counted(twins, 'twin')}, ${counted(record.duts.length - twins, 'hardware recorder')}.`,
    ...(twins === 0
      ? []
      : [
          md`A twin is an emulated recorder: its verdicts prove the suite and the harness, not a product. It can never be certified.`,
        ]),
  ];
}

function domainsText(record: RunRecord, cells: readonly Cell[]): string {
  const counts = new Map<FaultDomain, number>();
  const faults = [
    ...cells.filter(cameToNone).map(({ tested }) => tested && lastAttempt(tested)?.fault?.domain),
    ...record.duts.flatMap(({ fault }) => fault?.domain ?? []),
  ];
  for (const domain of faults) counts.set(domain ?? 'unknown', (counts.get(domain ?? 'unknown') ?? 0) + 1);
  return [...counts].map(([domain, count]) => `${count} ${domain}`).join(', ');
}

function tableOf(record: RunRecord, cells: ReadonlyMap<string, readonly Cell[]>): readonly Markdown[] {
  const row = (dut: DutRecord): Markdown => {
    const own = cells.get(dut.id) ?? [];
    const counts = countStates(own);
    const happened = own.filter(({ tested }) => tested && expectedOutcome(tested) === 'happened').length;
    const left = counts['not-applicable'] + counts['no-case'] + counts['not-selected'];
    const figures = [
      counts.pass,
      counts.fail - happened,
      happened,
      counts.error,
      counts.inconc,
      counts.none,
      counts['not-reached'],
      left,
    ];
    const bench = dut.fault === undefined ? '' : md` **bench failed**`;
    return md`| ${quoted(dut.id)}${bench} | ${dut.kind} | ${quoted(`${dut.model} ${dut.firmware}`)} | ${new Markdown(figures.join(' | '))} |`;
  };
  const rows = record.duts.map((dut) => row(dut).text);
  const head = [
    '| Recorder | Kind | Model and firmware | pass | fail | expected fail | error | inconclusive | no verdict | not reached | left out |',
    '|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|',
  ];
  return [md`## Recorders`, new Markdown([...head, ...rows].join('\n'))];
}

function cameToNone({ tested }: Cell): boolean {
  return tested !== undefined && isUndecided(tested);
}

function failuresOf(cells: readonly Cell[]): readonly Cell[] {
  return cells.filter(({ tested }) => tested?.verdict === 'fail' && expectedOutcome(tested) !== 'happened');
}

function failureLine(cell: Cell): Markdown {
  const last = cell.tested && lastAttempt(cell.tested);
  const failed = last?.expectations.find(({ verdict }) => verdict === 'fail');
  const what =
    failed === undefined
      ? quoted(problemOf('fail', last?.fault, last).message)
      : md`${quoted(failed.title)} expected ${quoted(failed.expected)}, seen ${quoted(failed.seen)}`;
  return md`- ${placeOf(cell)} ${cell.requirement.statement}<br>${faultText(cell)}: ${what}${cureText(cell)}`;
}

function expectedLine(cell: Cell): Markdown {
  const outcome = cell.tested && expectedOutcome(cell.tested);
  const loud = outcome === 'absent' || outcome === 'past' ? md`❌ **counts against the run** ` : md`known: `;
  return md`- ${placeOf(cell)} ${loud}${quoted(expectedNote(cell) ?? '', 600)}`;
}

function benchLine({ id, fault }: DutRecord): Markdown {
  const cure = fault?.cure === undefined ? '' : md`<br>What to do: ${quoted(fault.cure)}`;
  return md`- ${quoted(id)} fault domain ${fault?.domain ?? 'unknown'}: ${quoted(fault?.facts ?? '')} (${quoted(fault?.rule ?? '')})${cure}`;
}

function undecidedLine(cell: Cell): Markdown {
  const { tested } = cell;
  const last = tested && lastAttempt(tested);
  const { message } = problemOf(tested?.verdict ?? 'none', last?.fault, last);
  return md`- ${placeOf(cell)} ${STATE_NAMES[cell.state]}, ${faultText(cell)}: ${quoted(message)}${cureText(cell)}`;
}

function flakyLine(cell: Cell): Markdown {
  const attempts = cell.tested?.attempts ?? [];
  const parts = attempts.map(
    ({ verdict, fault }) =>
      `${STATE_NAMES[verdict]}${verdict === 'pass' || !fault ? '' : ` (${fault.domain})`}`,
  );
  return md`- ${placeOf(cell)} ${parts.join(', then ')}`;
}

/** What was not reached by recorder and reason: what is missing for an answer; what the plan left out is counted. */
function notRunOf(cells: readonly Cell[]): readonly Markdown[] {
  const groups = Map.groupBy(
    cells.filter(({ state }) => state === 'not-reached'),
    ({ dut, reason }) => JSON.stringify([dut.id, reason ?? '']),
  );
  const lines = listOf('Not reached', [...groups.values()], (group) => {
    const [first] = group;
    const ids = group.map(({ requirement }) => requirement.id).join(', ');
    return md`- ${quoted(first?.dut.id ?? '')} ${counted(group.length, 'requirement')}: ${quoted(first?.reason ?? '')} (${quoted(ids, 800)})`;
  });
  const count = [...groups.values()].reduce((sum, group) => sum + group.length, 0);
  return lines.map((line, index) => (index === 0 ? md`## Not reached (${count})` : line));
}

function placeOf({ dut, requirement }: Cell): Markdown {
  return md`**${requirement.id}** on ${quoted(dut.id)}${dut.kind === 'twin' ? ' (twin)' : ''}:`;
}

function faultText({ tested }: Cell): string {
  const fault = tested && lastAttempt(tested)?.fault;
  return `fault domain ${fault?.domain ?? 'unknown'}`;
}

function cureText({ tested }: Cell): Markdown | string {
  const cure = tested && lastAttempt(tested)?.fault?.cure;
  return cure === undefined ? '' : md`<br>What to do: ${quoted(cure)}`;
}

function listOf<T>(title: string, items: readonly T[], line: (item: T) => Markdown): readonly Markdown[] {
  if (items.length === 0) return [];
  const more = items.length > LISTED ? [md`- … and ${items.length - LISTED} more, in \`index.html\``] : [];
  const lines = [...items.slice(0, LISTED).map(line), ...more].map(({ text }) => text);
  return [md`## ${title} (${items.length})`, new Markdown(lines.join('\n'))];
}

/** Joins lines as long as there is room for them. */
function within(sections: readonly string[]): string {
  const lines = sections.flatMap((section) => [...section.split('\n'), '']);
  const kept: string[] = [];
  let room = SUMMARY_BYTES - 200;
  for (const line of lines) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) {
      kept.push(
        '',
        `**Cut here: ${lines.length - kept.length} more lines did not fit. See \`index.html\`.**`,
        '',
      );
      break;
    }
    kept.push(line);
  }
  return kept.join('\n');
}
