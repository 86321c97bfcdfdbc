import { cp, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import type { Frame, Item, Reading } from '../terms/frame.ts';
import { approvedPicture } from '../vision/approved.fixture.ts';
import { encodePng } from '../vision/png.ts';
import { lookLessons } from './learn-looks.ts';
import { needleLessons } from './learn-needles.ts';
import { loadNeedles } from './needle-files.ts';
import { proposing } from './propose.ts';
import { readRun } from './render.ts';

const DIALOG = await approvedPicture('reset-methods');
const SIZE = { width: 1280, height: 720 };
const button = (text: string, x: number): Item => ({
  kind: 'button',
  text,
  box: { x, y: 404, width: 96, height: 30 },
});
const TITLE: Item = { kind: 'text', text: 'Password Reset', box: { x: 374, y: 280, width: 114, height: 20 } };
const frame: Frame = { ...SIZE, bytes: await encodePng(DIALOG), format: 'png', grabbedAt: 0 };

/** Walks past one screen, and writes what was learned. */
async function walk(
  base: string,
  items: readonly Item[],
  walked: readonly string[] = ['one'],
): Promise<readonly string[]> {
  const labels = { resetType: ['Password Reset'], ok: ['OK'], byEmail: ['Cancel'] };
  const lessons = needleLessons(base);
  const pupil = { isNew: () => true, show: async () => undefined };
  const dut = { config: { id: 'one', profile: 'nvr', resolution: '1280x720' }, profile: { labels } };
  const reading: Reading = { ...SIZE, items };
  await lessons.beside(pupil, dut).show(frame, reading);
  return lessons.write(new Set(walked));
}

t.test('a walk writes needles, and replaces what a walk wrote before, and nothing of people', async (t) => {
  const base = t.testdir({});
  const folder = join(base, 'nvr', '1280x720');
  t.match(await walk(base, [TITLE, button('OK', 704), button('Cancel', 810)]), [/1280x720: 2 needles$/]);
  t.same((await readdir(folder)).sort(), [
    'by-email-reset-methods.json',
    'by-email-reset-methods.png',
    'ok-reset-methods.json',
    'ok-reset-methods.png',
  ]);
  t.ok((await stat(join(folder, 'ok-reset-methods.png'))).size < 6000);
  const own = join(folder, 'ok-reset-methods.json');
  const mine = JSON.stringify({ ...JSON.parse(await readFile(own, 'utf8')), properties: ['mine'] });
  await writeFile(own, mine);
  t.match(await walk(base, [TITLE, button('OK', 704)]), [/0 needles, 1 not written over those/]);
  t.equal(await readFile(own, 'utf8'), mine, 'a needle of a person is as it was');
  t.same(
    (await loadNeedles(folder)).needles.map(({ name, tags }) => [name, tags]),
    [['ok-reset-methods', ['label-ok', 'screen-reset-methods']]],
    'and what the walk before wrote is gone',
  );
});

t.test(
  'a walk is not lost for what else lies in the folder, and leaves folders below as they are',
  async (t) => {
    const base = t.testdir({});
    const folder = join(base, 'nvr', '1280x720');
    await walk(base, [TITLE, button('OK', 704)]);
    await cp(folder, join(base, 'kept'), { recursive: true });
    await rename(join(base, 'kept'), join(folder, 'kept'));
    await writeFile(join(folder, 'broken.json'), '{');
    t.match(await walk(base, [TITLE, button('Cancel', 810)]), [/1280x720: 1 needles$/]);
    t.same((await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json')).sort(), [
      'broken.json',
      'by-email-reset-methods.json',
      'kept/ok-reset-methods.json',
    ]);
  },
);

t.test('of an interrupted walk that is written which was walked through', async (t) => {
  const base = t.testdir({});
  t.match(await walk(base, [TITLE, button('OK', 704)], ['other']), [
    /nvr\/1280x720: left as it was, the walk through one was interrupted$/,
  ]);
  const looks = lookLessons(base);
  const show = (id: string, profile: string) =>
    looks
      .pupil({ config: { id, profile, resolution: '1280x720' } })
      .show(frame, { ...SIZE, items: [TITLE, button('OK', 704)] });
  await Promise.all([show('one', 'nvr'), show('two', 'dvr-k'), show('three', 'dvr-k')]);
  t.match(await looks.write(new Set(['one', 'two'])), [
    /nvr\/1280x720.json: 1 screens, \d+ rectangles, \d+ kinds of writing$/,
    /dvr-k\/1280x720.json: left as it was, the walk through three was interrupted$/,
  ]);
  t.same(await readdir(base, { recursive: true }), ['nvr', 'nvr/1280x720.json']);
});

t.test('of a walk the screens are kept that can become baselines, and nothing else', async (t) => {
  const reports = t.testdir({});
  const proposals = await proposing(handClock(), reports);
  const at = 5;
  const put = (screen?: string) =>
    proposals.store.put({
      ...{ kind: screen === undefined ? 'frame' : 'screen', ext: 'png', title: 'A', at, bytes: frame.bytes },
      ...(screen === undefined ? {} : { screen: { name: screen, source: 'chromium' } }),
    });
  const ids = { dut: 'one', requirement: 'CR01', attempt: 1 };
  proposals.write({
    ...{ type: 'run-start', id: proposals.id, harness: { version: '0', node: '', platform: '' } },
    ...{ requirements: [], duts: [], planned: [], notRun: [] },
  });
  const evidence = [await put('login'), await put()];
  proposals.write({ type: 'step', ...ids, step: { title: 'Look', at, milliseconds: 0, evidence } });
  proposals.write({
    type: 'step',
    ...ids,
    step: { title: 'Other', at, milliseconds: 0, evidence: [await put()] },
  });
  proposals.write({ type: 'run-end', ended: 'complete' });
  await proposals[Symbol.asyncDispose]();
  t.match(proposals.lines(), [/^1 screen to approve: resetbench baseline list /]);
  const { record } = await readRun(join(reports, proposals.id));
  t.match(record.cases, [
    { attempts: [{ steps: [{ title: 'Look', evidence: [{ screen: { name: 'login' } }] }] }] },
  ]);
  t.equal(record.cases[0]?.attempts[0]?.steps.length, 1);
});
