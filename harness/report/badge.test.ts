// Badges: what they say of which run, as a picture and as JSON.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import sharp from 'sharp';
import t from 'tap';
import { generateRuns } from '../../scripts/bench/report/generate.ts';
import { resetbench } from '../cli/command.fixture.ts';
import { smallRecord } from '../history/history.fixture.ts';
import type { RunRecord } from '../terms/record.ts';
import { badgeOf, shieldsBadge, svgBadge } from './badge.ts';

t.setTimeout(60_000);
const day = '2026-01-02';
const hardware = { kind: 'hardware' } as const;
const PASS = smallRecord({ day, dut: hardware, cases: { a: { CR01: 'pass', CR02: 'error pass' } } });
const recordWith = (change: Partial<RunRecord>): RunRecord => ({ ...PASS, ...change });

t.test('it says what passed of what was planned, and no more than the run does', async (t) => {
  const said = (record: RunRecord, options: Parameters<typeof badgeOf>[1] = {}) => {
    const { state, message } = badgeOf(record, options);
    return [state, message];
  };
  t.same(said(PASS), ['pass', '2 of 2 pass']);
  t.same(said(smallRecord({ day, cases: { a: { CR01: 'pass', CR02: 'fail' } } })), ['fail', '1 of 2 fail']);
  t.same(said(smallRecord({ day, cases: { a: { CR01: 'pass', CR02: 'inconc' } } })), [
    'undecided',
    '1 of 2 pass, 1 undecided',
  ]);
  t.same(said(recordWith({ ended: 'cut' })), ['incomplete', 'incomplete, 2 of 2 pass']);
  t.same(said(PASS, { damage: 'a line was changed' }), ['incomplete', 'incomplete, 2 of 2 pass']);
  const left = { dut: 'a', requirement: 'CR03', why: 'not-reached', reason: '-' } as const;
  t.same(said(recordWith({ notRun: [left] })), ['incomplete', 'incomplete, 2 of 3 pass']);
  const unselected = { ...left, why: 'not-selected' } as const;
  t.same(said(recordWith({ notRun: [unselected] })), ['part', '2 of 2 pass, 1 not selected']);
  t.notMatch(shieldsBadge(badgeOf(recordWith({ notRun: [unselected] }))), '#1a7f37', 'a part is not green');
  const nothing = { ...left, why: 'not-applicable' } as const;
  t.same(
    said(recordWith({ notRun: [nothing] })),
    ['pass', '2 of 2 pass'],
    'what has no meaning is not missed',
  );
  t.same(said(recordWith({ cases: [] })), ['incomplete', 'nothing tested'], 'nothing is no pass');
  const expected = { id: 'x', reason: 'r', owner: 'o', until: '2027-01-01', past: false };
  t.same(said(smallRecord({ day, expected, cases: { a: { CR01: 'fail' } } })), ['fail', '1 of 1 fail']);
});

t.test('a twin is said to be one; certified is nobody', async (t) => {
  const twins = smallRecord({ day, cases: { a: { CR01: 'pass' }, b: { CR01: 'fail' } } });
  const [mixed, other] = twins.duts;
  t.equal(badgeOf(twins, { dut: 'a' }).label, 'password reset: NVR 32 V4.20.000, twin');
  t.equal(badgeOf(twins, { dut: 'a' }).message, '1 of 1 pass');
  t.equal(badgeOf(twins).label, 'password reset: 2 recorders, twins');
  if (mixed === undefined || other === undefined) return;
  t.match(badgeOf({ ...twins, duts: [{ ...mixed, ...hardware }, other] }).label, 'twins among them');
  t.equal(badgeOf(PASS).label, 'password reset: NVR 32 V4.20.000');
  for (const record of [PASS, twins])
    t.notMatch(svgBadge(badgeOf(record)) + shieldsBadge(badgeOf(record)), /certif/i);
});

t.test('the picture is SVG with a title, loads nothing, and can be drawn', async (t) => {
  const [dut] = PASS.duts;
  if (dut === undefined) return;
  const evil = recordWith({ duts: [{ ...dut, model: '"><script>alert(1)</script>\u202e' }] });
  const svg = svgBadge(badgeOf(evil));
  t.equal(XMLValidator.validate(svg), true);
  t.notMatch(svg, /<script|\u202e/);
  const read = new XMLParser({ ignoreAttributes: false }).parse(svg);
  t.equal(read.svg['@_role'], 'img');
  t.match(String(read.svg.title['#text']), /2 of 2 pass\. Run 2026-01-02T220000Z-0001 of 2026-01-02\.$/);
  t.same(
    [...svg.matchAll(/(?:href|src|url)[=(]"?([^")]*)/g)].map(([, address]) => address),
    ['#c'],
  );
  const { width, height, format } = await sharp(Buffer.from(svg)).metadata();
  t.same([height, format], [20, 'svg']);
  t.equal(String(width), read.svg['@_width']);
});

t.test('shields.io gets what its endpoint badge reads', async (t) => {
  t.same(JSON.parse(shieldsBadge(badgeOf(PASS))), {
    schemaVersion: 1,
    label: 'password reset: NVR 32 V4.20.000',
    message: '2 of 2 pass',
    color: '#1a7f37',
    isError: false,
  });
});

t.test('the command writes either, and says what is wrong', async (t) => {
  const folder = t.testdir({});
  await generateRuns(join(folder, 'reports'), { runs: 1, duts: 2, requirements: 4 });
  const make = (...words: readonly string[]) =>
    resetbench(['badge', '--reports', 'reports', ...words], { cwd: folder });
  t.match(await make('--out', 'a.svg'), { code: 0, out: /^password reset: 2 recorders.*\na\.svg\n$/ });
  t.match(await readFile(join(folder, 'a.svg'), 'utf8'), /^<svg /);
  t.match(await make('--dut', 'dvr-k-below', '--out', 'a.json'), { code: 0 });
  t.match(JSON.parse(await readFile(join(folder, 'a.json'), 'utf8')), {
    schemaVersion: 1,
    label: /DVR K 16/,
  });
  t.match(await make(), { code: 2, err: /--out expects/ });
  t.match(await make('--dut', 'x', '--out', 'a.svg'), { code: 2, err: /there are: dvr-k-below/ });
  t.match(await make('--out', 'none/a.svg'), { code: 2, err: /cannot be written/ });
});
