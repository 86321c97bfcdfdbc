import t from 'tap';
import type { RecorderPlan } from '../wire/emulator.ts';
import { newSealKeys, openLetter } from '../wire/seal.ts';
import { startControl } from './control/control.ts';
import { DEFECT_IDS, Defects } from './defects.ts';
import { Recorder } from './recorder/recorder.ts';
import { MailFates } from './relay/fates.ts';

const keys = newSealKeys();
const plan: RecorderPlan = {
  id: 'unit-1',
  family: 'nvr',
  model: 'DS-7608NI-K2',
  firmware: 'V4.21.000',
  build: 'build 190416',
  gui: '4.0',
  language: 'en',
  resolution: '1280x720',
  adminPassword: 'Harbour-77',
  reservedEmail: 'owner@lab.example',
  bootMs: 1,
};
function codeOf(core: Recorder): string {
  const letter = openLetter(core.openReset().payload, keys);
  if (!letter) throw new Error('the letter does not open');
  return letter.code;
}

t.test('a switch is met when it is asked for, on or off, and forgotten when all are set anew', async (t) => {
  const defects = new Defects(['code-reusable']);
  t.same(defects.met, []);
  t.equal(defects.has('code-reusable'), true);
  t.equal(defects.has('code-never-expires'), false);
  t.same(defects.met, ['code-reusable', 'code-never-expires']);
  defects.set([]);
  t.same(defects.met, []);
  t.equal(defects.has('code-reusable'), false);
});

t.test('no two defects have one id', async (t) => {
  t.equal(new Set(DEFECT_IDS).size, DEFECT_IDS.length);
});

t.test('a defect is met where its behaviour parts from the healthy one, and nowhere else', async (t) => {
  const core = new Recorder(
    { ...plan, defects: ['code-survives-address-change'] },
    { relayKey: keys.publicKey },
  );
  t.teardown(() => core.close());
  core.reserve('first@lab.example', 'local');
  const id = 'code-survives-address-change';
  t.notOk(core.defects.met.includes(id), 'no code is open that could survive');
  const code = codeOf(core);
  core.reserve('second@lab.example', 'local');
  t.ok(core.defects.met.includes(id));
  t.match(core.enterCode(code, 'local'), { ok: true });
});

t.test('the control port sets the switches, and tells which were met', async (t) => {
  const core = new Recorder(plan, { relayKey: keys.publicKey });
  t.teardown(() => core.close());
  await using control = await startControl(core, { mail: new MailFates() });
  const ask = async (method: string, body?: unknown) => {
    const answer = await fetch(`${control.url}/defects`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.json() };
  };
  t.same((await ask('GET')).body, { active: [], met: [] });
  t.equal((await ask('POST', { active: ['code-survives-address-change'] })).status, 200);
  codeOf(core);
  core.reserve('third@lab.example', 'local');
  const { active, met } = (await ask('GET')).body as { active: string[]; met: string[] };
  t.same(active, ['code-survives-address-change']);
  t.ok(met.includes('code-survives-address-change'));
  t.match(await ask('POST', { active: ['no-such'] }), { status: 400, body: { error: /no defect no-such/ } });
  t.equal((await ask('POST', {})).status, 400);
});
