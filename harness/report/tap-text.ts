import { Test } from 'tap';
import { parse, stringify } from 'yaml';
import { expectedOutcome } from '../terms/expected.ts';
import { oneLine, printable } from '../terms/printable.ts';
import type { AttemptRecord, RunRecord } from '../terms/record.ts';
import {
  type Cell,
  cellsOf,
  endingOf,
  expectedNote,
  lastAttempt,
  millisecondsOf,
  STATE_NAMES,
} from './reading.ts';

type Diagnosis = Readonly<Record<string, unknown>>;

/** The text of `tapOf`. Only `tap-worker.ts` may load this module: it brings in tap's root test (see `tap.ts`). */
export async function tapText(record: RunRecord): Promise<string> {
  const options: ConstructorParameters<typeof Test>[0] = { name: oneLine(record.id), timeout: 0, jobs: 1 };
  const root = new Test(options);
  const chunks: string[] = [];
  root.on('data', (chunk) => chunks.push(String(chunk)));
  const ended = new Promise<void>((resolve) => root.once('end', () => resolve()));
  const cells = cellsOf(record);
  for (const dut of record.duts) {
    subtest(
      root,
      oneLine(`${dut.id} (${dut.kind}, ${dut.model} ${dut.firmware}, GUI ${dut.gui})`),
      timeOf(cells.get(dut.id)),
      (test) => {
        for (const cell of cells.get(dut.id) ?? []) writeCell(test, cell);
        if (dut.fault)
          point(test, 'the bench worked to the end', { verdict: 'error', fault: faultDiagnosis(dut.fault) });
      },
    );
  }
  const ending = endingOf(record);
  if (ending)
    point(root, 'the run went to its end', { verdict: record.verdict, ended: record.ended, reason: ending });
  const { version, commit } = record.harness;
  root.comment(oneLine(`resetbench ${version}${commit === undefined ? '' : `, commit ${commit}`}`));
  root.comment(oneLine(`run ${record.id}: ${record.verdict}, ${record.ended}`));
  root.end();
  await ended;
  return oneLineScalars(chunks.join(''));
}

/**
 * The library folds long texts over several lines, which is YAML, but not the part of it that Perl's TAP::Parser reads
 * (https://metacpan.org/pod/TAP::Parser::YAMLish::Reader): here each becomes one line in double quotes.
 */
function oneLineScalars(text: string): string {
  return text.replace(DIAGNOSIS, (_whole, indent: string, yaml: string) => {
    const found: unknown = parse(yaml.replaceAll(`\n${indent}`, '\n').slice(indent.length));
    const lines = stringify(found, {
      lineWidth: 0,
      doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
      defaultStringType: 'QUOTE_DOUBLE',
      defaultKeyType: 'PLAIN',
    });
    return `${indent}---\n${lines.replaceAll(/^(?=.)/gm, indent)}${indent}...\n`;
  });
}

/** A block of YAML that explains a test point. */
const DIAGNOSIS = /^( +)---\n([\s\S]*?\n)\1\.\.\.\n/gm;

function writeCell(test: Test, cell: Cell): void {
  const name = oneLine(`${cell.requirement.id} ${cell.title}`);
  const { tested } = cell;
  if (tested === undefined) {
    test.pass(name, { skip: oneLine(`${STATE_NAMES[cell.state]}: ${cell.reason ?? ''}`) });
    return;
  }
  const last = lastAttempt(tested);
  subtest(test, name, last?.milliseconds ?? 0, (inner) => {
    for (const [index, attempt] of tested.attempts.slice(0, -1).entries())
      inner.comment(
        oneLine(
          `attempt ${index + 1} of ${tested.attempts.length}: ${attempt.verdict}${attempt.fault ? `, ${attempt.fault.domain}` : ''}${attempt.reason ? `: ${attempt.reason}` : ''}`,
        ),
      );
    if (tested.flaky) inner.comment('flaky: the verdict is that of the last attempt');
    for (const one of last?.measurements ?? [])
      inner.comment(oneLine(`${one.name}: ${one.value} ${one.unit}`));
    const note = expectedNote(cell);
    const outcome = expectedOutcome(tested);
    writeAttempt(inner, tested.verdict, last, outcome === 'happened' ? note : undefined);
    if (outcome === 'absent')
      point(inner, 'the expected failure happened', {
        verdict: tested.verdict,
        reason: printable(note ?? ''),
      });
    else if (note !== undefined && outcome !== 'happened') inner.comment(oneLine(note));
  });
}

/**
 * The expectations; and a point for the verdict itself where they do not explain it.
 * @param todo why what fails was expected to: a reader does not count it
 */
function writeAttempt(
  test: Test,
  verdict: string,
  attempt: AttemptRecord | undefined,
  todo: string | undefined,
): void {
  const expectations = attempt?.expectations ?? [];
  for (const one of expectations) {
    if (one.verdict === 'pass') test.pass(oneLine(one.title));
    else
      point(test, oneLine(one.title), {
        verdict,
        ...explanation(attempt),
        expected: printable(one.expected),
        seen: printable(one.seen),
        ...(todo === undefined ? {} : { todo: oneLine(todo) }),
      });
  }
  const explained =
    expectations.length > 0 &&
    (verdict === 'pass' || (verdict === 'fail' && expectations.some((one) => one.verdict === 'fail')));
  if (explained) return;
  if (verdict === 'pass') test.pass('verdict pass');
  else
    point(test, `verdict ${verdict}`, {
      verdict,
      ...explanation(attempt),
      ...(todo === undefined ? {} : { todo: oneLine(todo) }),
    });
}

function explanation(attempt: AttemptRecord | undefined): Diagnosis {
  return {
    ...(attempt?.fault && { fault: faultDiagnosis(attempt.fault) }),
    ...(attempt?.reason !== undefined && { reason: printable(attempt.reason) }),
  };
}

function faultDiagnosis(fault: {
  readonly domain: string;
  readonly rule: string;
  readonly facts: string;
  readonly cure?: string;
}): Diagnosis {
  return {
    domain: fault.domain,
    rule: printable(fault.rule),
    facts: printable(fault.facts),
    ...(fault.cure !== undefined && { cure: printable(fault.cure) }),
  };
}

/** `at: null` keeps the library from adding the caller's place in this file. */
function point(test: Test, name: string, diagnosis: Diagnosis): void {
  test.fail(name, { at: null, diagnostic: true, ...diagnosis });
}

function subtest(parent: Test, name: string, milliseconds: number, write: (test: Test) => void): void {
  parent.test(name, { timeout: 0, at: null }, (test) => {
    write(test);
    // The library reads a subtest's time from this comment; without it, it would take that of writing the report.
    test.comment(`time=${Math.max(1, Math.round(milliseconds))}ms`);
    test.end();
  });
}

function timeOf(cells: readonly Cell[] = []): number {
  return cells.reduce((sum, cell) => sum + (cell.tested ? millisecondsOf(cell.tested) : 0), 0);
}
