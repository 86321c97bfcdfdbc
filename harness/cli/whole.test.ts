// The whole way once on each menu: run, record, reports, and no secret in any of them.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { findChromium } from '../bench/drivers/display/chromium.ts';
import { openBenches } from '../bench/open.ts';
import { openJournal } from '../evidence/journal.ts';
import { openStore } from '../evidence/store.ts';
import { randomPassword } from '../kit/fresh.ts';
import { execute } from '../run/execute.ts';
import { makePlan } from '../run/plan.ts';
import { systemClock } from '../terms/clock.ts';
import type { RunRecord } from '../terms/record.ts';
import { load, ROOT } from './load.ts';
import { renderRun } from './render.ts';

t.setTimeout(240_000);
const clock = systemClock;
const browser = (() => {
  try {
    return findChromium();
  } catch {
    return undefined;
  }
})();
const tesseract = await promisify(execFile)('tesseract', ['--version']).then(
  () => true,
  () => false,
);

/** Runs some requirements on some recorders; every password and code that came up is told. */
async function wholeRun(
  folder: string,
  duts: readonly string[],
  requirements: readonly string[],
  byHand = false,
) {
  const loaded = await load(join(ROOT, 'devices.yaml'));
  const plan = makePlan({
    duts: loaded.duts.filter(({ config }) => duts.includes(config.id)),
    requirements: loaded.requirements,
    cases: loaded.cases,
    selected: (id) => requirements.includes(id),
  });
  const secrets = new Set<string>();
  const freshPassword = () => {
    const password = randomPassword(12);
    secrets.add(password);
    return password;
  };
  await mkdir(folder, { recursive: true });
  const store = await openStore(folder);
  {
    await using journal = await openJournal(join(folder, 'events.jsonl'), clock);
    await using benches = openBenches({
      devices: loaded.devices,
      duts: plan.duts,
      secret: () => undefined,
      folder: join(folder, '..', 'drives'),
      clock,
      freshPassword,
    });
    await execute({
      id: 'whole',
      plan,
      benches,
      store,
      baselines: () => async () => undefined,
      clock,
      jobs: 3,
      byHand,
      harness: { version: '0.0.0', node: process.version, platform: process.platform },
      signal: new AbortController().signal,
      write: (event) => journal.write(event),
    });
    // Every mail of the run, seen from one more bench.
    const [first] = plan.duts;
    await using bench = await benches.open(first?.config.id ?? '');
    for (const mail of await bench.mailbox.listAll()) {
      for (const address of mail.envelopeTo) secrets.add(address);
      for (const code of mail.text.match(/^\s*[A-Z0-9]{8}\s*$/gm) ?? []) secrets.add(code.trim());
    }
  }
  return { secrets, rendered: await renderRun(folder) };
}

t.test(
  'a reset on each of the three menus passes, is reported, and leaves no secret in the reports',
  { skip: browser === undefined ? 'no Chromium on this machine: npm run setup' : false },
  async (t) => {
    const base = await mkdtemp(join(tmpdir(), 'resetbench-whole-'));
    t.teardown(() => rm(base, { recursive: true, force: true }));
    const folder = join(base, 'run');
    const duts = ['dvr-k-lite-above', 'hghi-f-at', 'nvr-at'];
    const { secrets, rendered } = await wholeRun(folder, duts, ['CR12', 'CR46']);
    t.same(
      rendered.record.cases.map(({ dut, requirement, verdict }) => `${dut} ${requirement} ${verdict}`).sort(),
      duts.flatMap((dut) => [`${dut} CR12 pass`, `${dut} CR46 pass`]),
    );
    t.equal(rendered.failed, false, 'every report is written');
    const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunRecord;
    t.equal(record.ended, 'complete');
    t.ok(secrets.size >= 8, `passwords, addresses and codes came up (${secrets.size})`);
    for (const one of record.cases) {
      const attempt = one.attempts.at(-1);
      const kinds = new Set(attempt?.steps.flatMap(({ evidence }) => evidence.map(({ kind }) => kind)));
      t.ok(kinds.has('frame'), `${one.dut} ${one.requirement} has frames`);
    }
    const list = join(base, 'secrets.txt');
    await writeFile(list, [...secrets].join('\n'));
    const args = [join(ROOT, 'scripts', 'check-leaks.ts'), folder, '--secrets', list];
    const searched = await promisify(execFile)(process.execPath, args).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
    );
    if (tesseract) t.equal(searched.code, 0, searched.stdout);
    else t.not(searched.code, 1, 'no secret in any text; pictures could not be read without tesseract');
  },
);

t.test(
  'a twin is brought back from a snapshot, or by hand as hardware is: with the same verdicts',
  { skip: browser === undefined ? 'no Chromium on this machine: npm run setup' : false },
  async (t) => {
    const base = await mkdtemp(join(tmpdir(), 'resetbench-ways-'));
    t.teardown(() => rm(base, { recursive: true, force: true }));
    // A lock by codes, wrong codes short of a lock, and what must not mind them.
    const ids = ['CR42', 'CR46', 'CR69'];
    const steps: Record<string, readonly string[]> = {};
    for (const way of ['snapshot', 'hand']) {
      const { rendered } = await wholeRun(join(base, way), ['nvr-at'], ids, way === 'hand');
      t.same(
        rendered.record.cases.map(({ requirement, verdict }) => `${requirement} ${verdict}`),
        ids.map((id) => `${id} pass`),
        way,
      );
      steps[way] = rendered.record.cases.flatMap(({ attempts }) =>
        attempts.flatMap((attempt) => attempt.steps.map(({ title }) => title)),
      );
    }
    const waited = (way: string) => steps[way]?.filter((title) => /^Wait \d+ s for locks to end/.test(title));
    t.ok((waited('hand')?.length ?? 0) > 0, 'a lock is waited for on the clock of the twin');
    t.same(waited('snapshot'), []);
  },
);
