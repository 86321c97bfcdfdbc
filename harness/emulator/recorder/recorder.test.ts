import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys, openLetter } from '../../wire/seal.ts';
import { compareVersions, supportsReservedEmail } from './firmware.ts';
import { Recorder } from './recorder.ts';
import { localTime } from './time.ts';

const HOUR = 3_600_000;
const keys = newSealKeys();
const base: RecorderPlan = {
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

/** A recorder on a clock that only the test moves. */
function recorder(change: Partial<RecorderPlan> = {}) {
  const clock = { wall: Date.UTC(2026, 0, 1), mono: 0 };
  const core = new Recorder(
    { ...base, ...change },
    { relayKey: keys.publicKey, clock: { now: () => clock.wall, monotonic: () => clock.mono } },
  );
  return core;
}
/** What the mail service would send. */
function codeOf(core: Recorder): string {
  const letter = openLetter(core.openReset().payload, keys);
  if (!letter) throw new Error('the letter does not open');
  return letter.code;
}
/** Another code of the same shape. */
const other = (code: string) => (code.startsWith('A') ? 'B' : 'A') + code.slice(1);
const ready = (core: Recorder) =>
  new Promise<void>((resolve) => {
    core.onChange(() => core.phase === 'ready' && resolve());
  });

t.test('passwords', async (t) => {
  const core = recorder();
  const cases: readonly (readonly [string, string])[] = [
    ['Abcd-77', 'too-short'],
    ['Harbour-7712345xy', 'too-long'],
    ['harbourside', 'one-class'],
    ['Harbour-123', 'common'],
    ['xxAdMiN-77', 'common'],
    ['Hab-4567x', 'run'],
    ['Hab-dcbax', 'run'],
    ['Hab-zzzzx', 'run'],
    ['Harbour 77', 'characters'],
    ['Hafenstraße7', 'characters'],
  ];
  for (const [password, why] of cases) t.match(core.checkPassword(password), { ok: false, why }, password);
  t.match(core.checkPassword('xoperatorx-7', 'operator'), { ok: false, why: 'user-name' });
  t.match(core.checkPassword('Harb-779'), { ok: true, strength: 3 }, 'eight characters are enough');
  t.match(core.checkPassword('Harb-779Harb-779'), { ok: true }, 'sixteen are not too many');
  t.match(core.checkPassword('harbour77'), { ok: true, strength: 1 });
  t.match(core.checkPassword('harbour-side'), { ok: true, strength: 2 });
});

t.test('addresses', async (t) => {
  const core = recorder();
  const long = `${'a'.repeat(128 - '@lab.example'.length)}@lab.example`;
  t.same(core.checkEmail(long), { ok: true });
  t.match(core.checkEmail(`a${long}`), { why: 'too-long' });
  t.match(core.checkEmail('owner lab@lab.example'), { why: 'characters' });
  t.match(core.checkEmail('owner\u0007@lab.example'), { why: 'characters' });
  for (const bad of ['', 'owner', '@lab.example', 'owner@', 'a@b@lab.example', 'a..b@lab.example', 'a@lab'])
    t.match(core.checkEmail(bad), { why: 'malformed' }, bad);
  t.same(core.checkEmail('owner+nvr@lab.example'), { ok: true });
  t.equal(core.maskedEmail, 'o***@lab.example');
});

t.test('thresholds are compared part by part, as numbers, per family', async (t) => {
  t.equal(supportsReservedEmail('dvr-k', 'V4.2.00'), true);
  t.equal(supportsReservedEmail('dvr-k', 'V4.10.000'), true);
  t.equal(supportsReservedEmail('dvr-k', 'V4.1.99'), false);
  t.equal(supportsReservedEmail('hghi-f', 'V3.4.89'), true);
  t.equal(supportsReservedEmail('hghi-f', 'V3.4.88'), false);
  t.equal(supportsReservedEmail('nvr', 'V4.20.999'), false);
  t.equal(supportsReservedEmail('nvr', 'V4.21.000'), true);
  t.ok(compareVersions('V4.9.0', 'V4.30.097') < 0);
  t.same(
    recorder({ firmware: 'V4.20.000' }).resetMethods(),
    [],
    'below the threshold the method is not offered',
  );
  t.same(recorder().resetMethods(), ['email']);
});

t.test('activation makes admin once, with a password that obeys the rules', async (t) => {
  const { adminPassword: _, reservedEmail: __, ...inactive } = base;
  const core = new Recorder(inactive, { relayKey: keys.publicKey });
  t.equal(core.activated, false);
  t.same(core.resetMethods(), []);
  t.match(core.activate('short', 'local'), { why: 'too-short' });
  t.match(core.activate('Harbour-77', 'local'), { ok: true });
  t.match(core.activate('Harbour-78', 'local'), { why: 'already' });
  t.same(core.resetMethods(), [], 'without an address there is no method');
  core.reserveAtActivation('owner@lab.example');
  t.same(core.resetMethods(), ['email']);
});

t.test('login locks', async (t) => {
  const core = recorder();
  core.addUser('otto', 'Bridge-66', 'operator');
  const wrong = (user: string) => core.login(user, 'Wrong-99', 'local');
  for (let left = 6; left > 0; left--) t.match(wrong('admin'), { locked: false, left });
  t.match(wrong('admin'), { locked: true, lockSeconds: 60 }, 'the seventh wrong password locks admin');
  t.match(
    core.login('admin', 'Harbour-77', 'local'),
    { ok: false, locked: true },
    'the right one is refused then',
  );
  t.match(core.login('admin', 'Harbour-77', 'http'), { ok: true }, 'the other channel is not locked');
  core.advance(59_000);
  t.same(core.lockState('admin', 'local'), { locked: true, left: 0, seconds: 1 });
  core.advance(1_000);
  t.match(core.login('admin', 'Harbour-77', 'local'), { ok: true, level: 'admin' });
  for (let left = 4; left > 0; left--) t.match(wrong('otto'), { locked: false, left });
  t.match(wrong('otto'), { locked: true }, 'the fifth locks an operator');
  core.setClock(core.now + 10 * HOUR);
  t.match(core.lockState('otto', 'local'), { locked: true }, 'setting the clock does not end a lock');
});

t.test('a right code sets the new password, and ends all that hung on the old one', async (t) => {
  const core = recorder();
  core.setPattern([1, 2, 3, 6]);
  const nonceKey = core.store.memory.nonceKey;
  t.match(core.loginPattern([1, 2, 3, 6]), { ok: true, user: 'admin' });
  const code = codeOf(core);
  t.match(core.finishReset('Lantern-88', 'local'), { why: 'no-code' }, 'not before the code');
  t.same(core.enterCode(code, 'local'), { ok: true });
  t.match(core.finishReset('Lantern-88', 'http'), { why: 'no-code' }, 'not on another channel');
  t.match(core.finishReset('weak', 'local'), { why: 'too-short' });
  t.match(core.finishReset('Lantern-88', 'local'), { ok: true });
  t.match(core.finishReset('Lantern-99', 'local'), { why: 'no-code' }, 'once');
  t.match(core.enterCode(code, 'local'), { why: 'wrong' }, 'a code serves once');
  t.match(core.login('admin', 'Lantern-88', 'local'), { ok: true });
  t.match(core.login('admin', 'Harbour-77', 'local'), { ok: false });
  t.equal(core.hasPattern, false);
  t.match(core.loginPattern([1, 2, 3, 6]), { ok: false });
  t.not(core.store.memory.nonceKey, nonceKey);
  t.equal(core.maskedEmail, 'o***@lab.example', 'the address stays');
});

t.test('an accepted code that is given up, or not used in ten minutes, is void', async (t) => {
  const core = recorder();
  const first = codeOf(core);
  core.enterCode(first, 'local');
  core.abandonReset();
  t.match(core.finishReset('Lantern-88', 'local'), { why: 'no-code' });
  t.match(core.enterCode(first, 'local'), { why: 'wrong' });
  core.enterCode(codeOf(core), 'local');
  core.advance(10 * 60_000 + 1);
  t.match(core.finishReset('Lantern-88', 'local'), { why: 'no-code' });
});

t.test('life of a code', async (t) => {
  const core = recorder();
  const code = codeOf(core);
  core.advance(48 * HOUR - 300_000);
  const young = core.snapshot();
  t.same(core.enterCode(code, 'local'), { ok: true }, 'accepted at 47 h 55 min');
  core.restore(young);
  core.advance(600_000);
  t.match(core.enterCode(code, 'local'), { why: 'wrong' }, 'refused at 48 h 05 min');
  core.restore(young);
  core.setClock(core.now + 100 * HOUR);
  t.same(core.enterCode(code, 'local'), { ok: true }, 'a clock set forth does not end it');
  core.restore(young);
  core.setClock(core.now - 100 * HOUR);
  core.advance(600_000);
  t.match(core.enterCode(code, 'local'), { why: 'wrong' }, 'a clock set back does not lengthen it');
});

t.test('what makes a code void', async (t) => {
  const ways: Readonly<Record<string, (core: Recorder) => unknown>> = {
    'a change of address': (core) => core.reserve('second@lab.example', 'local'),
    'the same address again': (core) => core.reserve('owner@lab.example', 'local'),
    'a newer reset': (core) => core.openReset(),
    'another password': (core) => core.changePassword('admin', 'Lantern-88', 'local'),
    'a power cut': async (core) => {
      core.powerOff();
      const up = ready(core);
      core.powerOn();
      await up;
    },
    'a reboot': async (core) => {
      const up = ready(core);
      core.reboot();
      await up;
    },
    'a basic restore': async (core) => {
      const up = ready(core);
      core.factoryReset('basic');
      await up;
    },
  };
  for (const [name, way] of Object.entries(ways)) {
    const core = recorder();
    const code = codeOf(core);
    await way(core);
    t.match(core.enterCode(code, 'local'), { ok: false, why: 'wrong' }, name);
  }
  t.match(
    recorder({ id: 'unit-2' }).enterCode(codeOf(recorder()), 'local'),
    { why: 'wrong' },
    'another device',
  );
});

t.test('seven wrong codes lock the reset for half an hour, whatever the channel', async (t) => {
  const core = recorder();
  const code = codeOf(core);
  for (let n = 0; n < 6; n++)
    t.match(core.enterCode(other(code), n % 2 ? 'http' : 'local'), { why: 'wrong' });
  for (const bad of ['', code.slice(1), `${code}A`, ` ${code}`, 'ÄÖÜäöüß1'])
    t.match(core.enterCode(bad, 'local'), { why: 'wrong' }, 'what is no code costs no try');
  t.same(core.enterCode(other(code), 'local'), { ok: false, why: 'locked', lockSeconds: 1800 });
  t.match(core.enterCode(code, 'local'), { why: 'locked' }, 'the right code is refused');
  core.advance(10 * 60_000);
  t.same(
    core.enterCode(other(code), 'http'),
    { ok: false, why: 'locked', lockSeconds: 1200 },
    'no longer for trying',
  );
  t.match(core.login('admin', 'Harbour-77', 'local'), { ok: true }, 'logins are not hindered');
  const up = ready(core);
  core.reboot();
  await up;
  t.same(
    core.enterCode(code, 'local'),
    { ok: false, why: 'locked', lockSeconds: 1200 },
    'a reboot gains nothing',
  );
  const fresh = codeOf(core);
  t.match(core.enterCode(fresh, 'local'), { why: 'locked' }, 'nor does a newer QR');
  core.advance(20 * 60_000);
  t.same(core.enterCode(fresh, 'local'), { ok: true });
});

t.test('the lock of the reset is not shortened by cutting the power of a recorder that is off', async (t) => {
  const clock = { wall: 0, mono: 0 };
  const hands = { now: () => clock.wall, monotonic: () => clock.mono };
  const core = new Recorder(base, { relayKey: keys.publicKey, clock: hands });
  const code = codeOf(core);
  for (let tries = 0; tries < 7; tries++) core.enterCode(other(code), 'local');
  core.powerOff();
  clock.mono += HOUR;
  core.powerOff();
  core.powerOn();
  t.match(core.enterCode(codeOf(core), 'local'), { why: 'locked', lockSeconds: 1800 });
  core.close();
});

t.test('wrong codes are remembered through a reboot', async (t) => {
  const core = recorder();
  for (let n = 0; n < 6; n++) core.enterCode(other(codeOf(core)), 'local');
  const up = ready(core);
  core.reboot();
  await up;
  t.match(core.enterCode(other(codeOf(core)), 'local'), { why: 'locked' });
});

t.test('flash survives a power cut, memory does not', async (t) => {
  const core = recorder();
  core.reserve('second+nvr@lab.example', 'local');
  core.enterCode('AAAAAAAA', 'local');
  const booted = core.facts.bootTime;
  const lines: string[] = [];
  core.onConsole((line) => lines.push(line));
  core.powerOff();
  t.equal(core.phase, 'off');
  core.advance(5000);
  const up = ready(core);
  core.powerOn();
  t.equal(core.phase, 'booting');
  await up;
  t.equal(core.reservedEmail, 'second+nvr@lab.example');
  t.equal(core.uptime, 0);
  t.not(core.facts.bootTime, booted);
  t.match(lines.join('\n'), /U-Boot[\s\S]*Protect Shell \(psh\)[\s\S]*Enter 'help'/);
});

t.test('factory resets', async (t) => {
  const core = recorder();
  core.store.changeSettings({ deviceName: 'Cellar' });
  let up = ready(core);
  core.factoryReset('basic');
  await up;
  t.equal(core.store.flash.settings.deviceName, 'Network Video Recorder');
  t.match(core.login('admin', 'Harbour-77', 'local'), { ok: true });
  up = ready(core);
  core.factoryReset('full');
  await up;
  t.equal(core.activated, false);
  t.equal(core.reservedEmail, undefined);
});

t.test('a snapshot brings memory, flash and log back', async (t) => {
  const core = recorder();
  const code = codeOf(core);
  const entries = core.entries.length;
  const before = core.snapshot();
  core.reserve('second@lab.example', 'local');
  const heard: string[] = [];
  core.onChange((what) => heard.push(what));
  core.restore(before);
  t.equal(core.reservedEmail, 'owner@lab.example');
  t.equal(core.entries.length, entries);
  t.ok(heard.includes('restored'));
  t.same(core.enterCode(code, 'local'), { ok: true });
});

t.test('a snapshot between the halves of a reboot boots again, one without mains stays dark', async (t) => {
  const core = recorder();
  core.reboot();
  t.same([core.phase, core.powered], ['off', true], 'a reboot is no power cut');
  const rebooting = core.snapshot();
  core.powerOff();
  const dark = core.snapshot();
  core.restore(rebooting);
  t.same([core.phase, core.powered], ['booting', true]);
  core.restore(dark);
  t.same([core.phase, core.powered], ['off', false]);
});

t.test('log and console tell of the reset and hold no secret', async (t) => {
  const core = recorder();
  const lines: string[] = [];
  core.onConsole((line) => lines.push(line));
  const code = codeOf(core);
  const payload = core.openPayload ?? '';
  core.enterCode(other(code), 'local');
  core.enterCode(code, 'local');
  core.finishReset('Lantern-88', 'local');
  core.login('Lantern-88', 'admin', 'local');
  const minors = core.entries.map((entry) => entry.minor).join('|');
  t.match(minors, /Start\|.*Wrong Code\|.*Accepted\|.*Success/);
  const all = JSON.stringify(core.entries) + lines.join('\n');
  for (const secret of [code, other(code), 'Lantern-88', 'owner@', payload])
    t.notOk(all.includes(secret), secret);
  t.match(lines.join('\n'), /Wrong Code/);
});

t.test('time', async (t) => {
  const noon = Date.UTC(2026, 4, 1, 12);
  t.equal(localTime(noon, 'CST-8:00:00'), '2026-05-01T20:00:00+08:00');
  t.equal(localTime(noon, 'CST+5:30:00'), '2026-05-01T06:30:00-05:30');
});
