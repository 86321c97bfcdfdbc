// Our own readers, on a recording: what they made of a session they make of its recording too.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findChromium } from '../bench/drivers/display/chromium.ts';
import { openHttp } from '../bench/drivers/http/http.ts';
import { isapi } from '../bench/drivers/http/isapi.ts';
import { openReplay } from '../replay/replay.ts';
import type { Entry } from '../session/channels.ts';
import { openSessionReader, type SessionReader } from '../session/reader.ts';
import { testFolder } from '../session/session.fixture.ts';
import { systemClock as clock } from '../terms/clock.ts';
import { findTessdata } from '../vision/ocr/tessdata.ts';
import { reread } from './reread.fixture.ts';
import { ROOT } from './root.ts';
import { findLeaks, wholeRun, writeOut } from './whole.fixture.ts';

t.setTimeout(900_000);
const MAIN = join(import.meta.dirname, 'main.ts');
const CREDENTIALS = { user: 'admin', password: 'whatever' };

/** Why something is missing; false where all is there. Where CI is set it must be. */
function missing(find: () => unknown): string | false {
  try {
    find();
    return false;
  } catch (error) {
    if (process.env.CI) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}
const skip = missing(() => findChromium()) || missing(() => findTessdata(['eng']));

async function entriesOf(session: SessionReader): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of session.entries()) entries.push(entry);
  return entries;
}

/** Pictures, QRs, codes and answers of a recorded reset. */
async function readsAsBefore(t: Test, session: SessionReader): Promise<void> {
  const again = await reread(session);
  t.ok(again.pictures >= 20, `${again.pictures} pictures read again`);
  t.ok(again.covered > 0, `${again.covered} of them with something covered`);
  t.same(again.differences, []);
  const scans = (await entriesOf(session)).filter((entry) => entry.topic === 'scan');
  t.ok(scans.length > 0);
  for (const { value } of scans)
    t.ok(again.qrs.includes(value.sha256), 'the QR that was scanned is read again');
  t.same([...new Set(again.codes)], ['CODE0001'], 'one mail, one code');

  await using replay = await openReplay(session, { clock, at: session.to });
  await using http = openHttp({ baseUrl: replay.httpUrl, timeoutMs: 20_000, clock });
  const face = isapi(http);
  t.match(await face.userCheck(CREDENTIALS), { http: 200, statusString: 'OK', isActivated: true });
  t.equal(await face.activated(), true);
  t.match(await face.emailCertification('CODE0001'), { status: 403, subStatusCode: 'verificationFailed' });
}

/** As somebody would type it. */
const RUN = ['run', 'nvr-at', '--requirements', 'CR46', '--display', 'pixels', '--record', '--jobs', '1'];

t.test('a reset on a twin is recorded whole, and without a secret', { skip }, async (t) => {
  const base = await testFolder(t);
  const folder = join(base, 'run');
  const how = { duts: ['nvr-at'], requirements: ['CR46'], record: true, pixels: true };
  const { secrets, problems, rendered } = await wholeRun(folder, how);
  t.equal(rendered.record.verdict, 'pass');
  t.same(problems, []);
  const place = join(folder, 'nvr-at');
  await using session = await openSessionReader(join(place, 'session.mcap'));
  t.equal(session.cut, false);
  for (const topic of [
    'session',
    'step',
    'frame',
    'reading',
    'input',
    'serial',
    'http',
    'mail',
    'scan',
    'hands',
  ] as const)
    t.ok(session.counts.get(topic), topic);
  await readsAsBefore(t, session);
  await writeOut(place);
  const texts = await readFile(join(place, 'texts.json'), 'utf8');
  for (const label of ['[code 1]', '[address 1]', '[password 2]']) t.match(texts, label);
  t.ok(secrets.size >= 4);
  // Pictures with a cover are PNGs: their writing is read, where there is tesseract.
  t.not((await findLeaks(base, place, secrets)).code, 1);
});

t.test('a run that is killed leaves a recording that is read', { skip }, async (t) => {
  const folder = await testFolder(t);
  const child = spawn(process.execPath, [MAIN, ...RUN, '--reports', folder], { cwd: ROOT, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const file = async () => {
    const [run = ''] = existsSync(folder) ? await readdir(folder) : [];
    return join(folder, run, 'nvr-at', 'session.mcap');
  };
  const readings = async () => {
    const path = await file();
    if (!existsSync(path)) return 0;
    await using session = await openSessionReader(path).catch(() => undefined);
    return session?.counts.get('reading') ?? 0;
  };
  while (child.exitCode === null && (await readings()) < 5) await clock.sleep(500);
  child.kill('SIGKILL');
  await ended;
  t.equal(child.signalCode, 'SIGKILL');
  await using session = await openSessionReader(await file());
  t.equal(session.cut, true);
  t.ok((session.counts.get('reading') ?? 0) >= 5);
  t.ok((session.counts.get('frame') ?? 0) >= 5);
  await using replay = await openReplay(session, { clock });
  t.match(await (await fetch(replay.pageUrl)).text(), 'cut: the run died');
});
