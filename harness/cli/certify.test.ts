// docs/certify-a-model.md: a model comes in as data. The recorder that it was written with keeps it so.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { recorderPlan } from '../bench/emulated.ts';
import { readBrand } from '../emulator/brand/read.ts';
import { GuiSession } from '../emulator/gui/session.ts';
import { de } from '../emulator/gui/text/de.ts';
import { USUAL_TIMING } from '../emulator/gui/timing.ts';
import { Recorder } from '../emulator/recorder/recorder.ts';
import { plain } from '../flow/look.ts';
import { makePlan } from '../run/plan.ts';
import { newSealKeys } from '../wire/seal.ts';
import { load } from './load.ts';
import { ROOT } from './root.ts';

const ID = 'nvr-oem';
/** Labels of what this firmware has not: no disclaimer, no word after the app has sent the code. */
const ABSENT = ['disclaimer', 'resetSent'];
/** Labels that are words inside messages or entries of the log. */
const INSIDE = ['busy', 'cameras', 'unitMinute', 'unitSecond', 'logLocal'];

const loaded = await load(join(ROOT, 'devices.yaml'));
const dut = loaded.duts.find(({ config }) => config.id === ID);
if (dut?.config.kind !== 'twin') throw new Error(`devices.yaml has no twin ${ID}`);
const { config, profile } = dut;
const { language, brand: name } = config;
const read = readBrand(name);
if ('problems' in read) throw new Error(read.problems.join('\n'));
const { brand } = read;

function session() {
  const plan = { ...recorderPlan(config, profile, 'Harbour-77'), reservedEmail: 'owner@lab.example' };
  const core = new Recorder(plan, { relayKey: newSealKeys().publicKey, brand });
  const scheduler = { after: () => () => {}, random: () => 0 };
  const gui = new GuiSession(core, { timing: USUAL_TIMING, scheduler, onPaint: () => {} });
  const act = (action: string) => gui.handle({ type: 'act', on: gui.paint().on, action });
  return { gui, act, shown: () => gui.paint().markup, close: () => gui.close() };
}

t.test('every requirement is planned for it, or does not apply for a reason of its profile', async (t) => {
  const plan = makePlan({ ...loaded, duts: [{ config, profile }], selected: () => true });
  const planned = plan.duts[0]?.cases.map(({ requirement }) => requirement.id) ?? [];
  t.equal(planned.length + plan.notRun.length, loaded.requirements.length);
  t.same(
    plan.notRun.map(({ requirement, why }) => `${requirement} ${why}`),
    ['CR02', 'CR15', 'CR19', 'CR20', 'CR22', 'CR32'].map((id) => `${id} not-applicable`),
  );
});

t.test('each label and path of its profile is a text that its firmware shows', async (t) => {
  const { gui, close } = session();
  const texts = [
    ...Object.values(gui.text),
    ...Object.values(brand.log.entries),
    ...Object.values(brand.log.channels),
  ].map(plain);
  for (const [label, wanted] of Object.entries(profile.labels)) {
    if (ABSENT.includes(label)) continue;
    const found = wanted.some((one) =>
      texts.some((text) => (INSIDE.includes(label) ? text.includes(plain(one)) : text === plain(one))),
    );
    t.ok(found, `${label}: ${wanted.join(', ')}`);
  }
  for (const labels of [...profile.paths.users, ...profile.paths.info])
    t.ok(
      labels.some((one) => texts.includes(plain(one))),
      labels.join(', '),
    );
  close();
});

t.test("its twin shows those labels, and no other maker's, on the way to a reset QR", async (t) => {
  const { act, shown, close } = session();
  const { labels } = profile;
  const shows = (...names: readonly (keyof typeof labels)[]) => {
    for (const one of names) t.match(shown(), labels[one][0] ?? one, one);
  };
  shows('login', 'userName', 'password', 'forgotPassword', 'cancel');
  t.notMatch(shown(), de.login);
  act('forgot');
  shows('resetType', 'byEmail', 'ok');
  act('ok');
  shows('export', 'codeField', 'reservedEmail');
  t.notMatch(shown(), de.verificationCode);
  t.match(shown(), brand.service.mailbox);
  close();
});

t.test('its mails come from a domain that its profile lists', async (t) => {
  t.ok(profile.senderDomains.includes(brand.service.sender.split('@')[1] ?? ''));
  t.equal(profile.threshold, brand.threshold);
  t.equal(profile.hasDisclaimer, brand.disclaimer !== 'none');
  t.equal(language, 'de');
});

t.test('no code knows it', async (t) => {
  const files = globSync('{harness,suites,scripts}/**/*.{ts,mjs,css}', { cwd: ROOT });
  t.ok(files.length > 200);
  const own = [ID, name ?? '', config.profile, config.model];
  for (const file of files.filter((one) => !one.endsWith('.test.ts'))) {
    const text = readFileSync(join(ROOT, file), 'utf8').toLowerCase();
    t.same(
      own.filter((one) => text.includes(one.toLowerCase())),
      [],
      file,
    );
  }
});
