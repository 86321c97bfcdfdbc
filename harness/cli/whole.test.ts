// The whole way once on each menu: run, record, reports, and no secret in any of them.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { withoutChromium } from '../bench/drivers/display/chromium.fixture.ts';
import type { RunRecord } from '../terms/record.ts';
import { findLeaks, wholeRun, writeOut } from './whole.fixture.ts';

t.setTimeout(240_000);
const skip = withoutChromium();
/** Pictures and PDFs can be searched only where these are. */
const readers = await Promise.all([
  promisify(execFile)('tesseract', ['--version']),
  promisify(execFile)('pdftotext', ['-v']),
]).then(
  () => true,
  () => false,
);

t.test(
  'a reset on each of the three menus passes, is reported, and leaves no secret in the reports',
  { skip },
  async (t) => {
    const base = await mkdtemp(join(tmpdir(), 'resetbench-whole-'));
    t.teardown(() => rm(base, { recursive: true, force: true }));
    const folder = join(base, 'run');
    const duts = ['dvr-k-lite-above', 'hghi-f-at', 'nvr-at'];
    const { secrets, rendered } = await wholeRun(folder, {
      duts,
      requirements: ['CR12', 'CR46'],
      record: true,
    });
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
    // What is packed in recordings is searched, too.
    for (const dut of duts) t.ok((await writeOut(join(folder, dut))) > 20, `${dut} has a recording`);
    const searched = await findLeaks(base, folder, secrets);
    if (readers) t.equal(searched.code, 0, searched.stdout);
    else t.not(searched.code, 1, 'no secret in any text; pictures and PDFs could not all be read');
  },
);

t.test(
  'a twin is brought back from a snapshot, or by hand as hardware is: with the same verdicts',
  { skip },
  async (t) => {
    const base = await mkdtemp(join(tmpdir(), 'resetbench-ways-'));
    t.teardown(() => rm(base, { recursive: true, force: true }));
    // A lock by codes, wrong codes short of a lock, and what must not mind them.
    const ids = ['CR42', 'CR46', 'CR69'];
    const steps: Record<string, readonly string[]> = {};
    for (const way of ['snapshot', 'hand']) {
      const { rendered } = await wholeRun(join(base, way), {
        duts: ['nvr-at'],
        requirements: ids,
        byHand: way === 'hand',
      });
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
