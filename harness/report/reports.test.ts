import { execFileSync } from 'node:child_process';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import t from 'tap';
import { Parser } from 'tap-parser';
import type { RunRecord } from '../terms/record.ts';
import { junitOf } from './junit.ts';
import { cellsOf, countStates, endingOf } from './reading.ts';
import { sampleRun } from './sample.ts';
import { summaryOf } from './summary.ts';
import { tapOf } from './tap.ts';

/** Known failures of the sample run: one that happened, and one that did not. */
const HAPPENED = 1;
const ABSENT = 1;

const { record } = await sampleRun({ frames: 6 });
const cells = [...cellsOf(record).values()].flat();
const total = countStates(cells);
const complete: RunRecord = { ...record, ended: 'complete' };

t.test('TAP: parses, nests DUT > requirement > expectation, and its counts are those of the record', (t) => {
  return tapOf(record).then((text) => {
    t.match(text, /^TAP version 14\n/);
    const parser = new Parser();
    const seen: {
      level: number;
      ok: boolean;
      skip: boolean;
      todo: string;
      name: string;
      diag: Record<string, unknown> | undefined;
    }[] = [];
    const listen = (p: Parser, level: number) => {
      p.on('assert', (a) =>
        seen.push({
          level,
          ok: a.ok,
          skip: Boolean(a.skip),
          todo: String(a.todo || ''),
          name: a.name,
          diag: a.diag,
        }),
      );
      p.on('child', (child) => listen(child, level + 1));
    };
    listen(parser, 0);
    parser.end(text);
    t.equal(parser.results?.ok, false);
    t.equal(
      parser.results?.failures.filter((f) => 'tapError' in f && f.tapError).length,
      0,
      'no TAP syntax errors',
    );
    const level = (n: number) => seen.filter((one) => one.level === n);
    t.equal(
      level(0).length,
      record.duts.length + 1,
      'a point for each DUT, and one that says the run was cut',
    );
    const requirements = level(1).filter((one) => /^CR\d\d/.test(one.name));
    t.equal(requirements.length, record.duts.length * record.requirements.length);
    t.equal(requirements.filter((one) => one.skip).length, record.notRun.length);
    t.equal(
      requirements.filter((one) => !one.ok).length,
      total.fail + total.error + total.inconc + total.none - HAPPENED + ABSENT,
      'one failure was expected, and one that was did not happen',
    );
    t.equal(requirements.filter((one) => one.ok && !one.skip).length, total.pass + HAPPENED - ABSENT);
    const excused = level(2).filter((one) => one.todo !== '');
    t.match(excused, [{ ok: false, todo: /expected failure lock-too-late \(QA Lab 2, until 2027-03-31\)/ }]);
    t.match(
      level(2).find((one) => one.name === 'the expected failure happened'),
      { ok: false, diag: { verdict: 'pass', reason: /option-not-offered .*did not happen/ } },
    );
    t.match(text, /# expected failure menu-entry-missing \(QA Lab 2\) is past its date 2026-10-31/);
    const failed = level(2).find((one) => one.diag?.verdict === 'fail');
    t.match(failed?.diag, {
      verdict: 'fail',
      fault: { domain: 'product', rule: String, facts: String, cure: String },
      expected: String,
      seen: String,
    });
    t.match(level(2).find((one) => one.diag?.verdict === 'inconc')?.name, 'verdict inconc');
    t.notMatch(text, /source:|sample\.ts|tap\.ts/, 'no places of the harness itself');
    t.match(text, /# attempt 1 of 2: error, bench/);
  });
});

t.test('TAP: a run that is complete and passes everywhere is ok', async (t) => {
  const good = { ...complete, duts: record.duts.filter((dut) => dut.id === 'nvr-below') };
  const text = await tapOf({
    ...good,
    cases: good.cases.filter((one) => one.verdict === 'pass' && one.dut === 'nvr-below'),
    notRun: [],
  });
  const parser = new Parser();
  parser.end(text);
  t.equal(parser.results?.ok, true);
});

t.test('TAP: a pass without an expectation and an empty run are still readable', async (t) => {
  const parser = new Parser();
  parser.end(await tapOf({ ...complete, duts: [], cases: [], notRun: [], requirements: [] }));
  t.equal(parser.results?.failures.length, 0);
});

t.test('TAP: text of the device cannot forge a line', async (t) => {
  const text = await tapOf(record);
  t.notMatch(text, /^ok 1 - forged/m);
  const parser = new Parser();
  const names: string[] = [];
  const listen = (p: Parser) => {
    p.on('assert', (a) => names.push(a.name));
    p.on('child', listen);
  };
  listen(parser);
  parser.end(text);
  t.notOk(
    names.some((name) => name.startsWith('forged')),
    'no forged point',
  );
  t.notOk(text.includes('\u001b'), 'no escape sequences');
  t.notOk(text.includes('\u202e'), 'no bidirectional overrides');
});

t.test('JUnit: well-formed, and its counts are those of the record', (t) => {
  const xml = junitOf(record);
  t.equal(XMLValidator.validate(xml), true);
  const read = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    isArray: (name) => ['testsuite', 'testcase', 'property', 'flakyError', 'rerunError'].includes(name),
  }).parse(xml);
  const suites: Record<string, unknown>[] = read.testsuites.testsuite;
  t.equal(suites.length, record.duts.length + 1);
  const all = read.testsuites.testsuite.flatMap((suite: { testcase: unknown[] }) => suite.testcase);
  t.equal(all.length, Number(read.testsuites['@tests']));
  const count = (key: string) => all.filter((one: object) => key in one).length;
  // One failure was expected and is skipped; one that was expected did not happen, which is a failure.
  t.equal(count('failure'), total.fail - HAPPENED + ABSENT);
  t.equal(Number(read.testsuites['@failures']), count('failure'));
  const message = (kind: string, type: string | undefined) =>
    all.flatMap((one: Record<string, Record<string, string> | undefined>) => {
      const found = one[kind];
      return found !== undefined && found['@type'] === type ? [found['@message']] : [];
    });
  t.match(message('failure', 'pass.unexpected'), [/option-not-offered .*did not happen/]);
  t.match(
    message('skipped', undefined).filter((text: string) => text.startsWith('expected failure')),
    [/lock-too-late \(QA Lab 2, until 2027-03-31\)/],
  );
  const outcomes = [...xml.matchAll(/\[\[PROPERTY\|expectedOutcome=(\w+)\]\]/g)].map((match) => match[1]);
  t.same(outcomes.sort(), ['absent', 'happened', 'past']);
  t.equal(
    count('error'),
    total.error + total.inconc + total.none + 2,
    'and one for the bench, one for the cut run',
  );
  t.equal(Number(read.testsuites['@errors']), count('error'));
  t.equal(count('skipped'), record.notRun.length + 1);
  t.equal(
    suites.reduce((sum, suite) => sum + Number(suite['@skipped']), 0),
    count('skipped'),
  );
  t.equal(count('flakyError'), 1);
  t.equal(count('rerunError'), 1);
  const failing = all.find(
    (one: { failure?: { '@type': string } }) =>
      one.failure !== undefined && one.failure['@type'] !== 'pass.unexpected',
  );
  t.equal(failing.failure['@type'], 'fail.product');
  t.ok(all.some((one: { error?: { '@type': string } }) => one.error?.['@type'] === 'inconc.unknown'));
  t.match(failing['system-out'], /\[\[ATTACHMENT\|evidence\/[0-9a-f]{64}\.png\]\]/);
  const kinds = suites.slice(0, 12).map((suite) => JSON.stringify(suite.properties));
  t.equal(kinds.filter((text) => text.includes('"@name":"kind","@value":"hardware"')).length, 1);
  t.notOk(xml.includes('\u001b'), 'no control characters');
  t.notOk(xml.includes('<img'), 'markup of the device is text');
  t.end();
});

t.test('Summary: counts per verdict and DUT, the cut run and what needs attention, in plain lines', (t) => {
  const summary = summaryOf(record);
  t.equal(summary.duts.length, record.duts.length);
  t.equal(summary.total.pass, record.cases.filter((one) => one.verdict === 'pass').length);
  t.equal(
    summary.duts.reduce((sum, dut) => sum + dut.counts.pass, 0),
    summary.total.pass,
  );
  t.match(summary.lines.join('\n'), /The run was cut/);
  t.match(
    summary.lines.join('\n'),
    /fail \(product\): CR40 on hghi-f-at: .*expected Wrong verification code/,
  );
  t.match(summary.lines.join('\n'), /flaky: CR17/);
  t.match(
    summary.lines.join('\n'),
    /expected failures: 1 happened and excused, 1 past the date, not excused, 1 DID NOT HAPPEN/,
  );
  const about = (id: string) => summary.lines.findIndex((line) => line.includes(id));
  t.match(summary.lines[about('option-not-offered')], /^pass: CR03 on .*did not happen: remove the entry/);
  t.equal(about('lock-too-late'), summary.lines.length - 1, 'what was expected and happened comes last');
  t.match(summary.lines[0], /11 twins, 1 hardware recorder/);
  t.ok(
    summary.lines.every((line) => !/\p{Cc}|\u202e/u.test(line)),
    'one line is one line',
  );
  t.equal(endingOf(complete), undefined);
  t.end();
});

t.test('Reports leave nothing of the test library in the process that writes them', (t) => {
  const leaves = (module: string) =>
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `await import(${JSON.stringify(import.meta.resolve(module))}); console.log(Object.getOwnPropertySymbols(globalThis).some((one) => /TAP private/.test(String(one))))`,
      ],
      { env: {}, encoding: 'utf8' },
    ).trim();
  t.equal(leaves('./tap-text.ts'), 'true', 'the sign that it was loaded');
  t.equal(leaves('./write.ts'), 'false');
  t.end();
});
