import { XMLBuilder } from 'fast-xml-parser';
import { blocks, expectedOutcome } from '../terms/expected.ts';
import { oneLine, printable } from '../terms/printable.ts';
import type { AttemptRecord, CaseRecord, DutRecord, RunRecord } from '../terms/record.ts';
import type { Fault, Verdict } from '../terms/verdict.ts';
import { calibrationText, settingText } from './capture.ts';
import { problemOf } from './problem.ts';
import {
  type Cell,
  cellsOf,
  endingOf,
  evidenceName,
  evidenceOf,
  expectedNote,
  lastAttempt,
  millisecondsOf,
  STATE_NAMES,
} from './reading.ts';
import { isoTime } from './text.ts';

/** An element as the builder takes it: `@` attributes, `#text` content, else children. */
interface Element {
  readonly [name: string]: string | number | Element | readonly Element[] | undefined;
}

/**
 * The run as JUnit XML: a suite per DUT, its properties, a test case per requirement. `failure` is the DUT's fault;
 * `error` covers error, inconc and no verdict; the type names verdict and fault domain. A failure that was expected is
 * `skipped`, as pytest's xfail, its verdict and fault domain in the properties; one that did not happen is a `failure`. Earlier attempts follow
 * Surefire (`flakyFailure`, `rerunError`, ...). What was not run is `skipped` with its reason.
 *
 * It keeps to `junit-10.xsd` of Jenkins' xUnit plugin, which has no properties for a test case: they are lines of
 * `system-out`, `[[PROPERTY|name=value]]`, as attachments are `[[ATTACHMENT|path]]` (https://github.com/testmoapp/junitxml).
 */
export function junitOf(record: RunRecord): string {
  const cells = cellsOf(record);
  const suites = record.duts.map((dut) => suiteOf(record, dut, cells.get(dut.id) ?? []));
  const ending = endingOf(record);
  const all = ending ? [...suites, endingSuite(record, ending)] : suites;
  const root = {
    '@name': oneLine(`resetbench ${record.id}`),
    ...sumOf(all),
    '@time': seconds(record.endedAt - record.startedAt),
    testsuite: all,
  };
  return new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    format: true,
    suppressEmptyNode: true,
    suppressBooleanAttributes: false,
  }).build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: root,
  });
}

function suiteOf(record: RunRecord, dut: DutRecord, cells: readonly Cell[]): Element {
  const cases = cells.map((cell) => caseOf(cell));
  const bench = dut.fault
    ? [
        {
          '@classname': oneLine(dut.id),
          '@name': 'the bench worked to the end',
          '@time': '0.000',
          error: problemElement('error', dut.fault, undefined),
        },
      ]
    : [];
  const verdicts = cells.map((cell) => cell.state);
  const starts = cells.flatMap((cell) => cell.tested?.attempts.map((attempt) => attempt.at) ?? []);
  const time = cells.reduce((sum, cell) => sum + (cell.tested ? millisecondsOf(cell.tested) : 0), 0);
  return {
    '@name': oneLine(dut.id),
    '@tests': cells.length + bench.length,
    '@failures': cells.filter(({ tested }) => tested !== undefined && blocks(tested)).length,
    '@errors':
      verdicts.filter((state) => state === 'error' || state === 'inconc' || state === 'none').length +
      bench.length,
    '@skipped': cells.filter(({ tested }) => tested === undefined || expectedOutcome(tested) === 'happened')
      .length,
    '@time': seconds(time),
    '@timestamp': isoTime(starts.length > 0 ? Math.min(...starts) : record.startedAt),
    properties: propertiesOf({
      kind: dut.kind,
      family: dut.family,
      model: dut.model,
      firmware: dut.firmware,
      gui: dut.gui,
      resolution: dut.resolution,
      serialNumber: dut.serialNumber,
      profile: dut.profile,
      run: record.id,
      runEnded: record.ended,
      harness: record.harness.version,
      ...(record.harness.commit !== undefined && { commit: record.harness.commit }),
      ...(dut.calibration && { calibration: calibrationText(dut.calibration) }),
      ...(dut.capture && { capture: settingText(dut.capture) }),
      ...(dut.password && { password: dut.password.told }),
      ...(dut.fault && { faultDomain: dut.fault.domain }),
    }),
    testcase: [...cases, ...bench],
  };
}

/** So that a consumer which only counts sees that the run has no end. */
function endingSuite(record: RunRecord, ending: string): Element {
  return {
    '@name': 'run',
    '@tests': 1,
    '@failures': 0,
    '@errors': 1,
    '@skipped': 0,
    '@time': '0.000',
    '@timestamp': isoTime(record.startedAt),
    testcase: [
      {
        '@classname': 'run',
        '@name': 'the run went to its end',
        '@time': '0.000',
        error: { '@type': `run.${record.ended}`, '@message': ending },
      },
    ],
  };
}

function caseOf(cell: Cell): Element {
  const base = {
    '@classname': oneLine(cell.dut.id),
    '@name': oneLine(`${cell.requirement.id} ${cell.title}`),
  };
  const about = {
    requirement: cell.requirement.id,
    kind: cell.requirement.kind,
    source: cell.requirement.source,
    section: cell.requirement.section,
    ...(cell.requirement.security && { security: cell.requirement.security.join(', ') }),
  };
  const { tested } = cell;
  if (tested === undefined) {
    return {
      ...base,
      '@time': '0.000',
      skipped: { '@message': oneLine(`${STATE_NAMES[cell.state]}: ${cell.reason ?? ''}`) },
      'system-out': linesOf({ ...about, notRun: cell.state }).join('\n'),
    };
  }
  const last = lastAttempt(tested);
  const lines = [
    ...linesOf({
      ...about,
      verdict: tested.verdict,
      attempts: tested.attempts.length,
      ...(tested.flaky && { flaky: 'true' }),
      ...(tested.expected && {
        expectedFailure: tested.expected.id,
        expectedOutcome: expectedOutcome(tested) ?? '',
        expectedOwner: tested.expected.owner,
        expectedUntil: tested.expected.until,
        ...(tested.expected.link !== undefined && { expectedLink: tested.expected.link }),
      }),
      ...(tested.verdict !== 'pass' &&
        last?.fault && { faultDomain: last.fault.domain, faultRule: last.fault.rule }),
      ...Object.fromEntries(
        (last?.measurements ?? []).map((one) => [`measured.${one.name}`, `${one.value} ${one.unit}`.trim()]),
      ),
    }),
    ...attachmentsOf(tested, last),
  ];
  return {
    ...base,
    '@time': seconds(millisecondsOf(tested)),
    ...verdictOf(cell, tested, last),
    ...earlierOf(tested),
    'system-out': lines.join('\n'),
  };
}

function verdictOf(cell: Cell, tested: CaseRecord, last: AttemptRecord | undefined): Element {
  const note = expectedNote(cell);
  const outcome = expectedOutcome(tested);
  if (outcome === 'absent')
    return {
      failure: {
        '@type': 'pass.unexpected',
        '@message': oneLine(note ?? ''),
        '#text': printable(note ?? ''),
      },
    };
  if (outcome === 'happened') return { skipped: { '@message': oneLine(note ?? '') } };
  if (tested.verdict === 'pass') return {};
  const problem = problemElement(tested.verdict, last?.fault, last);
  return tested.verdict === 'fail' ? { failure: problem } : { error: problem };
}

/** Attempts before the last one, in Surefire's words: flaky if the case passed in the end, rerun if not. */
function earlierOf(tested: CaseRecord): Element {
  const word = tested.verdict === 'pass' ? 'flaky' : 'rerun';
  const earlier = tested.attempts.slice(0, -1);
  const failures = earlier.filter((attempt) => attempt.verdict === 'fail');
  const errors = earlier.filter((attempt) => attempt.verdict !== 'fail');
  const described = (attempts: readonly AttemptRecord[]) =>
    attempts.map((attempt) => problemElement(attempt.verdict, attempt.fault, attempt));
  return {
    ...(failures.length > 0 && { [`${word}Failure`]: described(failures) }),
    ...(errors.length > 0 && { [`${word}Error`]: described(errors) }),
  };
}

function problemElement(
  verdict: Verdict,
  fault: Fault | undefined,
  attempt: AttemptRecord | undefined,
): Element {
  const { message, lines } = problemOf(verdict, fault, attempt);
  return {
    '@type': `${verdict}.${fault?.domain ?? 'unknown'}`,
    '@message': oneLine(message),
    '#text': printable(lines.join('\n')),
  };
}

/** Links to the evidence of what did not pass, in the notation CI servers show as attachments. */
function attachmentsOf(tested: CaseRecord, last: AttemptRecord | undefined): readonly string[] {
  if (tested.verdict === 'pass' || last === undefined) return [];
  const names = evidenceOf(last).flatMap((ref) => evidenceName(ref) ?? []);
  return names.map((name) => `[[ATTACHMENT|evidence/${name}]]`);
}

/** Properties of a test case, each a line; what they hold cannot end one. */
function linesOf(values: Readonly<Record<string, string | number>>): readonly string[] {
  return Object.entries(values).map(
    ([name, value]) => `[[PROPERTY|${oneLine(name)}=${oneLine(String(value)).replaceAll(']]', '] ]')}]]`,
  );
}

function propertiesOf(values: Readonly<Record<string, string | number>>): Element {
  return {
    property: Object.entries(values).map(([name, value]) => ({
      '@name': oneLine(name),
      '@value': oneLine(String(value)),
    })),
  };
}

function sumOf(suites: readonly Element[]): Element {
  const sum = (name: string) => suites.reduce((total, suite) => total + Number(suite[name] ?? 0), 0);
  return {
    '@tests': sum('@tests'),
    '@failures': sum('@failures'),
    '@errors': sum('@errors'),
  };
}

function seconds(milliseconds: number): string {
  return (Math.max(0, milliseconds) / 1000).toFixed(3);
}
