import { readdirSync } from 'node:fs';
import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys } from '../../wire/seal.ts';
import { Defects } from '../defects.ts';
import { pageOf } from '../gui/page.ts';
import { GuiSession } from '../gui/session.ts';
import { arranged } from '../gui/skins/entries.ts';
import { gui40 } from '../gui/skins/gui40.ts';
import { de } from '../gui/text/de.ts';
import { textsOf } from '../gui/text/texts.ts';
import { USUAL_TIMING } from '../gui/timing.ts';
import { readPlan } from '../plan.ts';
import { Recorder } from '../recorder/recorder.ts';
import { faultyMails } from '../relay/faults.ts';
import { type Brand, HOUSE_BRAND } from './brand.ts';
import { parseBrand, readBrand } from './read.ts';

const SMALL = {
  service: { name: 'Own Service', sender: 'codes@own.example', mailbox: 'qr@own.example' },
  app: { name: 'Own App' },
};
const plan: RecorderPlan = {
  id: 'unit',
  family: 'nvr',
  model: 'OWN-2108N',
  firmware: 'V4.30.097',
  build: 'build 240401',
  gui: '4.0',
  language: 'de',
  resolution: '1280x720',
  adminPassword: 'Harbour-77',
  reservedEmail: 'owner@lab.example',
};

function problems(value: unknown): readonly string[] {
  const read = parseBrand('own.json', JSON.stringify(value));
  return 'problems' in read ? read.problems : [];
}
function brandOf(value: object): Brand {
  const read = parseBrand('own.json', JSON.stringify({ ...SMALL, ...value }));
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.brand;
}
function unit(value: object, change: Partial<RecorderPlan> = {}) {
  const brand = brandOf(value);
  return new Recorder({ ...plan, ...change }, { relayKey: newSealKeys().publicKey, brand });
}

t.test('every problem of a brand is told with its place and what was expected', async (t) => {
  t.same(
    problems({
      ...SMALL,
      service: { ...SMALL.service, sender: 'codes@maker.com' },
      threshold: '4.30',
      disclaimer: 'none at all',
      colours: { accent: 'red' },
      menus: { main: ['gear', 'wheel'] },
      log: { entries: { 'Reset Password': 'x' } },
      texts: { de: { codeLokced: 'Gesperrt', codeLocked: 'Gesperrt für {1} min', login: '' } },
      mail: { de: { subjekt: 'Ihr Code' } },
    }).map((one) => one.replace(/: expected one of.*|: Invalid option.*/, ': one of')),
    [
      'own.json: threshold: expected a version like V4.21.000',
      'own.json: disclaimer: one of',
      "own.json: service.sender: expected an address in a domain under .example, which is nobody's",
      'own.json: menus.main.1: one of',
      'own.json: colours.accent: expected a colour like #26796e',
      'own.json: log.entries.Reset Password: no such name; see harness/emulator/brand/read.ts',
      'own.json: texts.de.login: expected a text that is not empty',
      'own.json: texts.de.codeLokced: no such name; see harness/emulator/gui/text/en.ts',
      'own.json: texts.de.codeLocked: expected no {1}: this text may hold {app}, {0}',
      'own.json: mail.de.subjekt: no such name; see harness/emulator/brand/read.ts',
    ],
  );
  t.match(parseBrand('own.json', '{ "app"'), { problems: [/^own\.json: not JSON: /] });
});

t.test('a plan with a brand that is not there is refused, with its place', async (t) => {
  const text = JSON.stringify({
    smtp: { host: '127.0.0.1', port: 25 },
    recorders: [{ ...plan, brand: 'no-such' }],
  });
  t.match(readPlan(text, 'plan'), {
    problems: [
      /^plan: recorders\[0\]\.brand: harness\/emulator\/brands\/no-such\.json: expected a file, found none/,
    ],
  });
});

t.test("a family and a language that are not the house's are a brand's, or refused", async (t) => {
  const text = JSON.stringify({
    smtp: { host: '127.0.0.1', port: 25 },
    recorders: [{ ...plan, family: 'own', language: 'it' }],
  });
  t.same(readPlan(text, 'plan'), {
    problems: [
      'plan: recorders[0].family: expected dvr-k, hghi-f, nvr, or a brand with the threshold of own',
      'plan: recorders[0].language: expected en, de, fr, es, pl, or a brand with the texts of it',
    ],
  });
  const own = { threshold: 'V1.0.000', deviceType: 'DVR', texts: { it: { login: 'Accesso' } } };
  const core = unit(own, { family: 'own', language: 'it', firmware: 'V1.0.000' });
  t.equal(core.supportsReservedEmail, true);
  t.equal(core.facts.deviceType, 'DVR');
  const { login, cancel } = textsOf('it', core.brand.texts.it);
  t.same({ login, cancel }, { login: 'Accesso', cancel: 'Cancel' });
});

t.test('every brand that comes with it is right', async (t) => {
  const names = readdirSync(new URL('../brands/', import.meta.url));
  for (const name of names) t.match(readBrand(name.replace(/\.json$/, '')), { brand: Object }, name);
});

t.test('without a brand nothing is changed', async (t) => {
  t.same(readBrand(undefined), { brand: HOUSE_BRAND });
  t.same(textsOf('de', HOUSE_BRAND.texts.de), de);
  t.same(arranged(gui40.menu({ text: de } as never), HOUSE_BRAND.menus), gui40.menu({ text: de } as never));
});

t.test("texts, the step before the QR, menus and colours are the maker's", async (t) => {
  const core = unit({
    disclaimer: 'none',
    colours: { accent: '#1b6fa8' },
    menus: { main: ['gear', 'live'], system: ['user', 'gear'] },
    texts: { de: { login: 'Einloggen', byHikConnect: 'Prüfung per {app}' } },
  });
  const painted: string[] = [];
  const session = new GuiSession(core, {
    timing: USUAL_TIMING,
    scheduler: { after: () => () => {}, random: () => 0 },
    onPaint: ({ markup }) => painted.push(markup),
  });
  t.equal(session.text.login, 'Einloggen');
  t.equal(session.text.byHikConnect, 'Prüfung per Own App');
  t.equal(session.text.cancel, de.cancel, 'what the maker does not name stays');
  t.match(pageOf(session), /<html lang="de" style="font-size:15px;--accent:#1b6fa8">/);
  const menu = arranged(gui40.menu(session), core.brand.menus);
  t.same(
    menu.map(({ icon }) => icon),
    ['gear', 'live'],
  );
  t.same(
    menu[0]?.entries?.map(({ icon }) => icon),
    ['user', 'gear'],
  );
  const act = (action: string) => session.handle({ type: 'act', on: session.paint().on, action } as never);
  t.match(session.paint().markup, /Einloggen/);
  act('forgot');
  act('ok');
  t.match(session.paint().markup, /qr@own\.example/, 'the reset QR comes at once');
  session.close();
});

t.test("the threshold, the device name and the log are the maker's", async (t) => {
  t.equal(unit({ threshold: 'V4.40.000' }).supportsReservedEmail, false);
  t.equal(unit({ threshold: 'V4.20.000' }, { firmware: 'V4.20.500' }).supportsReservedEmail, true);
  const core = unit({
    deviceName: 'Rekorder',
    log: { entries: { 'Reset Password: Start': 'Kennwort: Beginn' } },
  });
  t.equal(core.store.flash.settings.deviceName, 'Rekorder');
  core.openReset();
  t.equal(core.entries.at(-1)?.minor, 'Kennwort: Beginn');
  core.reboot();
  t.equal(core.entries.at(-1)?.minor, 'Reboot', 'what the maker does not name stays');
  core.close();
});

t.test("the mail comes from the maker's own service, in its words", async (t) => {
  const brand = brandOf({ mail: { de: { subject: 'Kennwortcode ({app})' } } });
  const letter = {
    serialNumber: 'OWN-2108N20240401CCRR000000001WCVU',
    address: 'owner@lab.example',
    code: 'K7MPQ2XW',
    sealedAt: 0,
    language: 'de',
    model: 'OWN-2108N',
  } as const;
  const [mail] = faultyMails(letter, { id: 'x', date: new Date(0) }, { defects: new Defects(), brand });
  t.same(mail?.from, { name: 'Own Service', address: 'codes@own.example' });
  t.equal(mail?.subject, 'Kennwortcode (Own App)');
  t.equal(mail?.messageId, '<x@mail.own.example>');
  t.match(String(mail?.text), /\nOwn Service\n/);
});
