import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { type CTRFReport, validateStrict } from 'ctrf';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import type { Log, Result } from 'sarif';
import t from 'tap';
import type { RunRecord } from '../terms/record.ts';
import { ctrfOf } from './ctrf.ts';
import { junitOf } from './junit.ts';
import { cellsOf } from './reading.ts';
import { HOSTILE, sampleRun } from './sample.ts';
import { sarifOf } from './sarif.ts';
import { markdownOf, SUMMARY_BYTES } from './summary-md.ts';
import { tapOf } from './tap.ts';
import { ask, without } from './tools.fixture.ts';

const { record } = await sampleRun({ frames: 3 });
const cells = [...cellsOf(record).values()].flat();
/** As it is where nothing happened. */
const good: RunRecord = {
  ...record,
  ended: 'complete',
  duts: record.duts.filter(({ id }) => id === 'nvr-above'),
  cases: record.cases.filter(({ dut, verdict }) => dut === 'nvr-above' && verdict === 'pass'),
  notRun: record.notRun.filter(({ dut }) => dut === 'nvr-above'),
  requirements: record.requirements.filter(({ id }) => id !== 'CR21'),
};

t.test('TAP: Perl reads it, as the version that it knows', { skip: without('prove', 'perl') }, async (t) => {
  const folder = t.testdir({});
  const perl = async (name: string, run: RunRecord) => {
    const file = join(folder, name);
    await writeFile(file, (await tapOf(run)).replace(/^TAP version 14\n/, 'TAP version 13\n'));
    return ask('prove', [file]);
  };
  const { status, output } = await perl('results.tap', record);
  t.equal(status, 1, 'the run did not pass');
  t.notMatch(output, /Parse errors/);
  t.match(output, /Failed tests: +1, 3, 5-6, 9-10, 13\nFiles=1, Tests=13,/);
  const passed = await perl('good.tap', good);
  t.equal(passed.status, 0);
  t.match(passed.output, /Result: PASS/);
});

t.test("JUnit: Jenkins' schema takes it", { skip: without('xmllint', 'libxml2-utils') }, async (t) => {
  const schema = join(import.meta.dirname, 'schemas', 'junit-10.xsd');
  const file = join(t.testdir({}), 'junit.xml');
  const lint = async (xml: string) => {
    await writeFile(file, xml);
    return ask('xmllint', ['--noout', '--schema', schema, file]);
  };
  t.match((await lint(junitOf(record))).problems, /junit\.xml validates/);
  t.equal((await lint(junitOf(good))).status, 0);
  const wrong = await lint(junitOf(record).replace('<testcase', '<verdict/><testcase'));
  t.not(wrong.status, 0, 'and would refuse what it does not know');
});

t.test('CTRF: its own package takes it, and its counts are those of the record', async (t) => {
  const report: CTRFReport = JSON.parse(ctrfOf(record));
  t.doesNotThrow(() => validateStrict(report));
  const { tests, summary, environment } = report.results;
  const status = (name: string) => tests.filter((one) => one.status === name);
  t.match(summary, {
    passed: record.cases.filter(({ verdict }) => verdict === 'pass').length - 1,
    other: record.cases.filter(({ verdict }) => ['error', 'inconc', 'none'].includes(verdict)).length + 1,
    pending: record.notRun.filter(({ why }) => why === 'not-reached').length,
    skipped: record.notRun.filter(({ why }) => why !== 'not-reached').length + 1,
    flaky: 1,
  });
  for (const name of ['passed', 'failed', 'skipped', 'pending', 'other'] as const)
    t.equal(summary[name], status(name).length, name);
  t.strictSame(
    status('failed').map(({ testId }) => testId),
    [
      'dvr-k-below/CR03',
      'nvr-below/CR11',
      'hghi-f-at/CR40',
      'run/the run went to its end',
      'run/every case came to a verdict on its recorder',
    ],
    'what a recorder failed, what was expected and did not happen, and the run itself',
  );
  t.match(status('failed').at(-1)?.message, /3 cases came to none, 1 benches failed; .*2 bench, 2 unknown/);
  const flaky = tests.find(({ testId }) => testId === 'hghi-f-below/CR17');
  t.match(flaky, {
    status: 'passed',
    flaky: true,
    retries: 1,
    retryAttempts: [{ attempt: 1, status: 'other', extra: { fault: { domain: 'bench' } } }],
  });
  t.match(
    tests.find(({ testId }) => testId === 'nvr-at/CR31'),
    {
      status: 'other',
      rawStatus: 'error',
      tags: ['documented', 'twin', 'CWE-640', 'fault:bench'],
      labels: { faultDomain: 'bench' },
    },
  );
  t.match(
    tests.find(({ testId }) => testId === 'hghi-f-above/CR40'),
    {
      status: 'skipped',
      rawStatus: 'fail',
      extra: { verdict: 'fail', expected: { id: 'lock-too-late', outcome: 'happened' } },
    },
  );
  t.match(
    tests.find(({ testId }) => testId === 'nvr-at/CR32'),
    {
      status: 'pending',
      message: /not reached: The bench failed at CR31/,
    },
  );
  t.match(environment, { healthy: false, testEnvironment: 'hardware and twin' });
  t.equal(ctrfOf(record), ctrfOf(record), 'the same run is the same file');
  const passed: CTRFReport = JSON.parse(ctrfOf(good));
  t.match(passed.results, { summary: { failed: 0, other: 0 }, environment: { healthy: true } });
  t.doesNotThrow(() => validateStrict(passed));
  t.throws(() => validateStrict({ ...report, reportFormat: 'else' }), 'the validator refuses others');
});

t.test('SARIF: the schema takes it; a bench is never a result, and nothing is lost', async (t) => {
  const text = await readFile(join(import.meta.dirname, 'schemas', 'sarif-2.1.0-rtm.5.json'), 'utf8');
  const ajv = new Ajv.default({ strict: false, allErrors: true, unicodeRegExp: false });
  addFormats.default(ajv);
  const takes = ajv.compile(JSON.parse(text));
  const log: Log = JSON.parse(sarifOf(record));
  t.ok(takes(log), JSON.stringify(takes.errors?.slice(0, 3)));
  t.notOk(takes({ ...log, version: '2.0.0' }), 'and refuses others');
  t.ok(takes(JSON.parse(sarifOf(good))));
  const [run] = log.runs;
  const results = run?.results ?? [];
  const invocation = run?.invocations?.[0];
  const notes = invocation?.toolExecutionNotifications ?? [];
  const settings = invocation?.toolConfigurationNotifications ?? [];
  const wanted = cells.filter(({ requirement }) => requirement.security !== undefined);
  const states = (...names: string[]) => wanted.filter(({ state }) => names.includes(state)).length;
  const kinds = (kind: Result.kind) => results.filter((one) => one.kind === kind);
  t.equal(kinds('pass').length, states('pass'));
  t.equal(kinds('fail').length, states('fail'));
  t.equal(kinds('open').length, states('inconc'));
  t.equal(kinds('notApplicable').length, states('not-applicable'));
  t.equal(results.length, states('pass', 'fail', 'inconc', 'not-applicable'));
  const noted = (id: string) =>
    [...notes, ...settings].filter(({ descriptor }) => descriptor?.id === id).length;
  t.equal(noted('no-verdict'), states('error', 'none'));
  t.equal(noted('not-reached'), states('not-reached'));
  t.equal(noted('not-run'), states('no-case', 'not-selected'));
  t.ok(states('error') > 0 && states('inconc') > 0 && states('not-reached') > 0, 'the sample has them all');
  t.equal(noted('run-not-complete'), 1);
  t.equal(invocation?.executionSuccessful, false);
  t.notOk(results.some(({ properties }) => properties?.faultDomain === 'bench'));
  t.match(
    notes.find(({ descriptor }) => descriptor?.id === 'no-verdict'),
    { level: 'error', associatedRule: { id: 'CR31' }, properties: { dut: 'nvr-at', faultDomain: 'bench' } },
  );
  t.match(
    kinds('fail').find(({ properties }) => properties?.dut === 'hghi-f-at'),
    {
      ruleId: 'CR40',
      level: 'error',
      properties: { faultDomain: 'product', dutKind: 'twin' },
      attachments: [{ artifactLocation: { uri: /^evidence\/[0-9a-f]{64}\.(png|txt|eml|json)$/ } }],
    },
  );
  const suppressed = results.flatMap(({ suppressions }) => suppressions?.map(({ status }) => status) ?? []);
  t.strictSame(suppressed.sort(), ['accepted', 'rejected']);
  t.match(
    settings.find(({ descriptor }) => descriptor?.id === 'expected-absent')?.message.text,
    /option-not-offered .*did not happen/,
  );
  t.match(
    run?.tool.driver.rules?.find(({ id }) => id === 'CR24'),
    {
      relationships: [{ target: { id: 'CWE-522' } }, { target: { id: 'CWE-200' } }],
      properties: { tags: ['security', 'policy', 'external/cwe/cwe-522', 'external/cwe/cwe-200'] },
    },
  );
  const ids = results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints));
  t.equal(new Set(ids).size, ids.length, 'each is told from the others from run to run');
});

t.test(
  'SARIF: what docs/formats.md uploads to GitHub is failures alone',
  { skip: without('jq', 'jq') },
  async (t) => {
    const doc = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'formats.md'), 'utf8');
    const filter = /^jq '(.*)' security\.sarif/m.exec(doc)?.[1] ?? '';
    const file = join(t.testdir({}), 'security.sarif');
    await writeFile(file, sarifOf(record));
    const log: Log = JSON.parse(ask('jq', [filter, file]).output);
    t.strictSame(
      log.runs[0]?.results?.map(({ ruleId, kind, properties }) => [ruleId, kind, properties?.dut]),
      [
        ['CR11', 'fail', 'nvr-below'],
        ['CR40', 'fail', 'hghi-f-at'],
        ['CR40', 'fail', 'hghi-f-above'],
      ],
    );
  },
);

t.test('SARIF: a record that names no security says that it says nothing', async (t) => {
  const old = record.requirements.map(({ security: _, ...rest }) => rest);
  const log: Log = JSON.parse(sarifOf({ ...record, requirements: old }));
  t.strictSame(log.runs[0]?.results, []);
  const [invocation] = log.runs[0]?.invocations ?? [];
  t.match(invocation?.toolConfigurationNotifications, [
    { descriptor: { id: 'no-security-known' }, level: 'error' },
  ]);
});

/** Elements that the summary is made of. */
const OWN =
  /^<\/?(h1|h2|p|blockquote|strong|code|ul|li|br|table|thead|tbody|tr|th|td)( align="(left|right)")?( \/)?>$/;

t.test('Markdown: says all that must be said, and is nothing that a recorder makes of it', async (t) => {
  const text = markdownOf(record);
  t.match(text, /^# ❌ Not conformant: 3 cases against it\n/);
  t.match(text, /> \*\*The run was cut/);
  t.match(text, /## Failures of recorders \(2\)\n\n- \*\*CR11\*\*/);
  t.match(text, /fault domain product: <code>/);
  t.match(text, /## Benches that failed \(1\)/);
  t.match(text, /## No verdict.*\(3\)/);
  t.match(text, `## Not reached (${record.notRun.filter(({ why }) => why === 'not-reached').length})`);
  t.match(text, /error, fault domain bench: /);
  t.match(text, /counts against the run\*\* <code>expected failure option&#45;not&#45;offered/);
  t.match(text, /known: <code>expected failure lock&#45;too&#45;late/);
  t.match(text, /A twin is an emulated recorder.*can never be certified/);
  t.match(text, /What to do: <code>Plug the serial adapter in again/);
  const html = (from: string) =>
    micromark(from, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true });
  const strange = [...html(text).matchAll(/<[^>]*>/g)].map(([tag]) => tag).filter((tag) => !OWN.test(tag));
  t.strictSame(strange, []);
  t.match(html(text), /&lt;img src=x onerror=/, 'it stands there as text');
  t.equal([...html(text).matchAll(/<tr>/g)].length, record.duts.length + 1, 'a row for each recorder');
});

t.test('Markdown: every field of a record may be hostile', async (t) => {
  const bad = `${HOSTILE} | \`x\` **b** [l](http://x.example) ![i](http://x.example/i.png) @team #1 www.x.example https://x.example\n\n# head\n<!-- \n---\n- [ ] t $x$ ~~s~~ [^1] :boom: </code>`;
  const hostile: RunRecord = JSON.parse(JSON.stringify(record), (key, value) =>
    typeof value === 'string' &&
    [
      'reason',
      'facts',
      'rule',
      'cure',
      'expected',
      'seen',
      'title',
      'statement',
      'model',
      'owner',
      'told',
      'version',
    ].includes(key)
      ? `${bad} ${value}`
      : value,
  );
  const html = micromark(markdownOf(hostile), {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });
  t.strictSame(
    [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag).filter((tag) => !OWN.test(tag)),
    [],
  );
  t.equal([...html.matchAll(/<h1>/g)].length, 1);
});

t.test('Markdown: a run of any size fits on the page of a job', async (t) => {
  const names = Array.from({ length: 6_000 }, (_, index) => `recorder-${index}-${'!'.repeat(40)}`);
  const duts = names.flatMap((id) => record.duts.slice(5, 6).map((dut) => ({ ...dut, id })));
  const many: RunRecord = { ...record, duts };
  const text = markdownOf(many);
  t.ok(Buffer.byteLength(text) <= SUMMARY_BYTES);
  t.match(text, /Cut here: \d+ more lines did not fit/);
});

t.test('Markdown: a run that passes says so', async (t) => {
  const whole = { ...good, notRun: good.notRun.filter(({ why }) => why !== 'not-selected') };
  const ids = [...whole.cases, ...whole.notRun].map(({ requirement }) => requirement);
  const asked = { ...whole, requirements: good.requirements.filter(({ id }) => ids.includes(id)) };
  t.match(markdownOf(asked), /^# ✅ Conformant\n/);
  const [one] = good.cases;
  const part = {
    ...asked,
    cases: asked.cases.slice(1),
    notRun: [
      { dut: one?.dut ?? '', requirement: one?.requirement ?? '', why: 'not-selected' as const, reason: '' },
    ],
  };
  t.match(markdownOf(part), /^# ◐ Passed in part: 1 case left out by the selection\n/);
  t.match(markdownOf({ ...good, cases: [] }), /^# ⚠️ No answer: nothing was tested\n/);
  const idle = { ...good, ended: 'interrupted' as const };
  t.match(markdownOf(idle), /^# ⚠️ No answer/);
});
