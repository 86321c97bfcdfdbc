// `resetbench gate` as a person and as CI start it.
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { validateAction, validateWorkflow } from '@action-validator/core';
import t from 'tap';
import { parse } from 'yaml';
import { generateRuns } from '../../scripts/bench/report/generate.ts';
import { parseGatePolicy } from '../config/gate.ts';
import { MAIN, resetbench } from './command.fixture.ts';
import { ROOT } from './root.ts';

t.setTimeout(120_000);
const POLICY = 'version: 1\nname: strict\nflaky: { most: 100% }\nundecided: { most: 100% }\n';

t.test('blocked or not, why, what to do; exit codes; the same as JSON', async (t) => {
  const folder = t.testdir({ 'gate.yaml': POLICY, 'wrong.yaml': 'version: 1\nname: x\nknown: maybe\n' });
  // The firmware of night 51 breaks a case; night 40 was cut.
  const ids = await generateRuns(join(folder, 'reports'), { runs: 51, duts: 2, requirements: 5 });
  const gate = (...words: readonly string[]) =>
    resetbench(['gate', '--reports', 'reports', '--policy', 'gate.yaml', ...words], { cwd: folder });
  const blocked = await gate();
  t.equal(blocked.code, 1);
  t.match(blocked.out, /^BLOCKED/);
  t.match(blocked.out, 'CR04 on dvr-k-below: the dialog is shown: expected shown, seen not shown');
  t.match(blocked.out, '=> mend the firmware');
  t.ok(blocked.out.split('\n').length < 50);
  const json = await gate(ids[50] ?? '', '--against', ids[49] ?? '', '--json');
  t.match(JSON.parse(json.out), {
    decision: 'blocked',
    against: ids[49],
    findings: [{ effect: 'block', rule: 'failure', text: /new$/ }],
  });
  for (const [run, against] of [
    [ids[50], ids[50]],
    [ids[49], ids[50]],
  ] as const)
    t.match(
      await gate(run ?? '', '--against', against ?? ''),
      { code: 2, err: /is not from before/ },
      'a run is not known by itself, nor by a later one',
    );
  const cut = await gate(ids[39] ?? '');
  t.equal(cut.code, 3);
  t.match(cut.out, /^NOT JUDGED/);
  const wrong = await gate('--policy', 'wrong.yaml');
  t.match(wrong, { code: 2, err: 'wrong.yaml:3:8 known: expected one of' });
  t.match(await gate('--policy', 'none.yaml'), { code: 2, err: /none\.yaml: the policy cannot be read/ });
  const simulated = await gate('--simulate', '--last', '12');
  t.equal(simulated.code, 0);
  t.match(simulated.out, `policy "strict" over 12 runs`);
  t.match(simulated.out, new RegExp(`${ids[39]}  not-judged`), 'the run that was cut');
  t.match(simulated.out, new RegExp(`${ids[50]}  blocked`));
  t.equal(simulated.out.trim().split('\n').length, 3 + 12);
  const one = await gate('--simulate', '--last', '1', '--json');
  t.match(JSON.parse(one.out), [{ run: ids[50], answer: { against: ids[49] } }]);
  t.equal((await gate('--simulate', 'x')).code, 2);
});

t.test('the default policy can be read, and a journal that was changed is not judged', async (t) => {
  const folder = t.testdir({});
  const [id = ''] = await generateRuns(folder, { runs: 1, duts: 1, requirements: 6 });
  t.match(await resetbench(['gate', '--reports', folder]), { code: 0, out: /^OPEN/ });
  const file = join(folder, id, 'events.jsonl');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"verdict":"pass"', '"verdict":"fail"'));
  const changed = await resetbench(['gate', '--reports', folder]);
  t.match(changed, { code: 3, out: /journal of the run is damaged/ });
  const line = { seq: 1, at: 0, prev: '0'.repeat(64), type: 'run-start' };
  await writeFile(file, `${JSON.stringify(line)}\n`);
  const shapeless = await resetbench(['gate', '--reports', folder]);
  t.match(shapeless, { code: 2, err: /not of the form of a run/ }, 'and blames no firmware');
});

t.test('action and workflow are what GitHub reads; the step of the action does what it says', async (t) => {
  const action = await readFile(join(ROOT, 'action.yml'), 'utf8');
  t.same(validateAction(action).errors, []);
  t.same(validateWorkflow(await readFile(join(ROOT, 'docs', 'ci', 'github.yml'), 'utf8')).errors, []);
  t.not(
    validateAction(action.replace('using: composite', 'using: compost')).errors.length,
    0,
    'the check can fail',
  );
  const step = parse(action).runs.steps.find(({ id }: { readonly id?: string }) => id === 'gate');
  const folder = t.testdir({ summary: '', output: '', 'gate.yaml': POLICY });
  await generateRuns(join(folder, 'reports'), { runs: 1, duts: 1, requirements: 6 });
  const act = (env: Readonly<Record<string, string>>) =>
    new Promise<number>((resolve) => {
      const files = { GITHUB_STEP_SUMMARY: join(folder, 'summary'), GITHUB_OUTPUT: join(folder, 'output') };
      const path = `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}`;
      const inputs = { GATE: MAIN, RUN: '', REPORTS: 'reports', POLICY: 'gate.yaml', AGAINST: '', ...env };
      const child = execFile(
        'bash',
        ['-e', '-o', 'pipefail', '-c', step.run],
        { cwd: folder, env: { ...process.env, PATH: path, ...files, ...inputs } },
        () => resolve(child.exitCode ?? -1),
      );
    });
  t.equal(await act({}), 0);
  t.equal(await readFile(join(folder, 'output'), 'utf8'), 'decision=open\n');
  t.match(await readFile(join(folder, 'summary'), 'utf8'), /^### Resetbench gate\n\n {4}OPEN/);
  t.equal(await act({ RUN: '$(touch pwned)' }), 2, 'an input is no command');
  await t.rejects(readFile(join(folder, 'pwned')));
  for (const RUN of ['--help', '--simulate'])
    t.equal(await act({ RUN }), 2, `${RUN} is no way round the gate`);
  await rm(join(folder, 'gate.yaml'));
});

t.test('what the default policy shows in comments can be written so', async (t) => {
  const text = await readFile(join(ROOT, 'suites', 'gate.yaml'), 'utf8');
  const shown = text.replace('\nwaivers: []', '').replace(/^# (?=require:|waivers:| )/gm, '');
  const { policy, problems } = parseGatePolicy('gate.yaml', shown);
  t.same(problems, []);
  t.match(policy, {
    require: { withinHours: 24, duts: ['nvr-*', 'hghi-f-at'] },
    waivers: [{ id: 'email-count-missing' }],
  });
});

t.test('the example for GitLab is YAML with a job for suite and gate', async (t) => {
  const jobs = parse(await readFile(join(ROOT, 'docs', 'ci', 'gitlab-ci.yml'), 'utf8'));
  t.same(jobs.stages, ['test', 'gate']);
  t.match(jobs.gate, {
    stage: 'gate',
    needs: ['conformance'],
    script: [/resetbench gate/],
    allow_failure: { exit_codes: [3] },
  });
  t.match(jobs.conformance, { stage: 'test', artifacts: { reports: { junit: 'reports/*/junit.xml' } } });
});
