// `resetbench diff`: two firmwares, two runs, as text, JSON and page.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import { openJournal } from '../evidence/journal.ts';
import { timeDifferences } from '../report/diff-times.ts';
import { systemClock } from '../terms/clock.ts';
import type { DutRecord, EvidenceRef, RunEvent } from '../terms/record.ts';
import { resetbench } from './command.fixture.ts';

t.setTimeout(120_000);
const AT = Date.parse('2026-01-01T22:00:00Z');

/** What a recorder shows and takes in a case. */
interface Shown {
  readonly verdict: 'pass' | 'fail';
  readonly seen: string;
  readonly ms: number;
  readonly button: string;
  readonly colour: string;
  readonly size?: number;
}

/** A run of recorders with five cases each, of which the first is as `shown` says, by its journal. */
async function runWith(folder: string, id: string, duts: Readonly<Record<string, Shown>>): Promise<void> {
  const own = join(folder, id);
  await mkdir(join(own, 'evidence'), { recursive: true });
  await using journal = await openJournal(join(own, 'events.jsonl'), { ...systemClock, now: () => AT });
  const names = ['CR01', 'CR02', 'CR03', 'CR04', 'CR05'];
  const write = (event: RunEvent) => journal.write(event);
  write({
    ...{ type: 'run-start', id, notRun: [], harness: { version: '0.1.0', node: 'v24', platform: 'linux' } },
    requirements: names.map((name) => ({
      id: name,
      statement: `It keeps ${name}`,
      source: 'manual',
      kind: 'documented',
      section: 'Reset',
    })),
    duts: Object.keys(duts).map(
      (dut): DutRecord => ({
        ...{
          id: dut,
          kind: 'twin',
          family: 'nvr',
          model: 'NVR 32',
          firmware: dut === 'old' ? 'V4.20.000' : 'V4.30.085',
          gui: '4.0',
        },
        ...{ serialNumber: '1', profile: 'nvr', resolution: '1280x720' },
      }),
    ),
    planned: Object.keys(duts).flatMap((dut) =>
      names.map((requirement) => ({ dut, requirement, title: requirement })),
    ),
  });
  for (const [dut, shown] of Object.entries(duts))
    for (const [index, requirement] of names.entries()) {
      const frame = await pictureIn(own, index === 0 ? shown : { ...shown, colour: 'grey' });
      const one = { dut, requirement, attempt: 1, at: AT } as const;
      const verdict = index === 0 ? shown.verdict : 'pass';
      write({ type: 'case-start', dut, requirement, attempt: 1, title: requirement });
      write({
        type: 'step',
        dut,
        requirement,
        attempt: 1,
        step: { title: `Press ${shown.button}`, at: AT, milliseconds: 5, evidence: [frame] },
      });
      write({
        type: 'step',
        dut,
        requirement,
        attempt: 1,
        step: { title: 'Log in', at: AT, milliseconds: shown.ms + index, evidence: [] },
      });
      write({
        type: 'expectation',
        dut,
        requirement,
        attempt: 1,
        expectation: {
          title: 'the message',
          verdict,
          at: AT,
          expected: 'any',
          seen: shown.seen,
          evidence: [],
        },
      });
      write({ type: 'case-end', ...one, verdict, milliseconds: 100 });
    }
  write({ type: 'run-end', ended: 'complete' });
}

async function pictureIn(
  own: string,
  { colour, size = 64 }: Pick<Shown, 'colour' | 'size'>,
): Promise<EvidenceRef> {
  const block = {
    input: { create: { width: 16, height: 16, channels: 3, background: colour } } as const,
    left: 8,
    top: 8,
  };
  const bytes = await sharp({ create: { width: size, height: 48, channels: 3, background: '#202020' } })
    .composite([block])
    .png()
    .toBuffer();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await writeFile(join(own, 'evidence', `${sha256}.png`), bytes);
  return { sha256, ext: 'png', kind: 'frame', title: 'Login', at: AT };
}

const OLD: Shown = { verdict: 'pass', seen: '3 tries left', ms: 100, button: 'OK', colour: 'red' };
const NEW: Shown = {
  verdict: 'fail',
  seen: 'Wrong code, 2 left',
  ms: 300,
  button: 'Confirm',
  colour: 'blue',
};

t.test('two firmwares of one run: verdicts, texts, times beyond the spread, screens', async (t) => {
  const folder = t.testdir({});
  await runWith(folder, 'one', { old: OLD, new: NEW });
  const page = join(folder, 'diff.html');
  const words = ['diff', 'one:old', 'one:new', '--reports', folder] as const;
  const { code, out } = await resetbench([...words, '--html', page]);
  t.equal(code, 1);
  t.match(out, 'firmware     V4.20.000 -> V4.30.085');
  t.match(out, 'CR01: pass -> fail: the message: expected any, seen Wrong code, 2 left');
  t.match(out, 'CR01 the message: 3 tries left -> Wrong code, 2 left');
  t.match(out, 'CR02 step: Press OK -> (not there)');
  t.match(out, 'Log in: 102 ms (100 to 104, 5) -> 302 ms (300 to 304, 5), +196 %, beyond the spread');
  t.match(out, 'pictures: 1 differs, 4 the same, 0 without a partner');
  const text = await readFile(page, 'utf8');
  t.equal(text.match(/<figure>/g)?.length, 3, 'before, after, difference');
  t.match(text, /Content-Security-Policy/);
  t.notMatch(text, /https?:\/\//, 'fetches nothing');
  const [json] = JSON.parse((await resetbench([...words, '--json'])).out);
  t.match(json, {
    before: { dut: 'old' },
    after: { dut: 'new' },
    same: 4,
    pictures: { changed: [{ title: 'CR01: Login', kind: 'frame' }], same: 4 },
  });
  t.equal(json.pictures.changed[0].share, 256 / (64 * 48), 'the square that changed its colour');
});

t.test('two runs, all passing: what differs is shown, and digits do not count', async (t) => {
  const folder = t.testdir({});
  await runWith(folder, 'one', { a: OLD, b: OLD });
  await runWith(folder, 'two', { a: { ...OLD, seen: '5 tries left', ms: 102 }, b: { ...OLD, size: 80 } });
  const { code, out } = await resetbench(['diff', 'one', 'two', '--reports', folder]);
  t.equal(code, 0);
  t.match(out, /a NVR 32 .* -> a NVR 32/);
  t.match(out, 'texts: 0 differ');
  t.match(out, 'times: 0 of 2 beyond the spread');
  t.match(out, '64x48 before, 80x48 after', 'another size is told, not compared');
});

t.test('few values tell no spread', async (t) => {
  const side = (ms: number) => {
    const dut = { id: 'a' } as DutRecord;
    const step = { title: 'Log in', at: AT, milliseconds: ms, evidence: [] };
    const attempt = {
      verdict: 'pass',
      at: AT,
      milliseconds: 1,
      steps: [step],
      expectations: [],
      measurements: [],
    } as const;
    const one = {
      dut: 'a',
      requirement: 'CR01',
      title: '',
      verdict: 'pass',
      flaky: false,
      attempts: [attempt],
    } as const;
    return { dut, record: { cases: [one] } } as unknown as Parameters<typeof timeDifferences>[0];
  };
  t.match(timeDifferences(side(100), side(300)), [{ spread: 'few', ratio: 3 }]);
});

t.test('what cannot be compared is refused with its cure', async (t) => {
  const folder = t.testdir({});
  await runWith(folder, 'one', { a: OLD });
  await runWith(folder, 'two', { b: OLD, c: OLD });
  const said = async (...words: readonly string[]) => resetbench(['diff', ...words, '--reports', folder]);
  t.match(await said('one'), { code: 2, err: /diff needs two runs/ });
  t.match(await said('one', 'two'), { code: 2, err: /have no recorder in common\n=> name one of each/ });
  t.match(await said('one:a', 'two:a'), { code: 2, err: /run two has no recorder a\n=> it has: b, c/ });
  t.match(await said('one', 'three'), { code: 2, err: /no run "three"/ });
});
