import t from 'tap';
import type { RecorderPlan } from '../wire/emulator.ts';
import { newSealKeys, openLetter } from '../wire/seal.ts';
import type { DefectId } from './defects.ts';
import type { Channel } from './recorder/api.ts';
import { Recorder } from './recorder/recorder.ts';

const HOUR = 3_600_000;
const OLD = 'Harbour-77';
const NEW = 'Lantern-48';
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
  adminPassword: OLD,
  reservedEmail: 'owner@lab.example',
  bootMs: 1,
};

function codeOf(core: Recorder): string {
  const letter = openLetter(core.openReset().payload, keys);
  if (!letter) throw new Error('the letter does not open');
  return letter.code;
}
function wrongCode(core: Recorder, times: number, channel: Channel = 'local'): void {
  for (let time = 0; time < times; time++) core.enterCode('ZZZZZZZZ', channel);
}
function wrongLogin(core: Recorder, user: string, times: number): void {
  for (let time = 0; time < times; time++) core.login(user, 'Orchard-95', 'local');
}
function reset(core: Recorder): void {
  core.enterCode(codeOf(core), 'local');
  core.finishReset(NEW, 'local');
}

/** Answers whether the defect shows; in a healthy recorder it never does. */
const entries: Readonly<Partial<Record<DefectId, (core: Recorder) => boolean>>> = {
  'code-right-refused': (core) => !core.enterCode(codeOf(core), 'local').ok,
  'code-second-half-ignored': (core) => core.enterCode(`${codeOf(core).slice(0, 4)}0000`, 'local').ok,
  'code-lock-after-8': (core) => {
    const code = codeOf(core);
    wrongCode(core, 7);
    return core.enterCode(code, 'local').ok;
  },
  'code-lock-ended-by-dialog': (core) => {
    codeOf(core);
    wrongCode(core, 7);
    return core.enterCode(codeOf(core), 'local').ok;
  },
  'wrong-code-counts-as-login': (core) => {
    codeOf(core);
    wrongCode(core, 1);
    return core.lockState('admin', 'local').left === 6;
  },
  'code-reusable-over-http': (core) => {
    const code = codeOf(core);
    core.enterCode(code, 'local');
    core.finishReset(NEW, 'local');
    return !core.enterCode(code, 'local').ok && core.enterCode(code, 'http').ok;
  },
  'code-dies-after-a-day': (core) => {
    const code = codeOf(core);
    core.advance(25 * HOUR);
    return !core.enterCode(code, 'local').ok;
  },
  'code-renewed-by-clock': (core) => {
    const code = codeOf(core);
    core.advance(40 * HOUR);
    core.setClock(core.now + HOUR);
    core.advance(20 * HOUR);
    return core.enterCode(code, 'local').ok;
  },
  'code-survives-password-change-over-http': (core) => {
    const code = codeOf(core);
    core.changePassword('admin', NEW, 'http');
    return core.enterCode(code, 'local').ok;
  },
  'code-alive-after-quick-reopening': (core) => {
    const code = codeOf(core);
    core.openReset();
    return core.enterCode(code, 'local').ok;
  },
  'password-of-any-length-taken': (core) => core.checkPassword('a1').ok,
  'password-of-8-refused': (core) => !core.checkPassword('Lanter-4').ok,
  'new-password-not-at-gui': (core) => {
    reset(core);
    return !core.login('admin', NEW, 'local').ok;
  },
  'operators-get-the-new-password': (core) => {
    core.addUser('watch', 'Orchard-95', 'operator');
    reset(core);
    return core.login('watch', NEW, 'local').ok;
  },
  'log-holds-wrong-codes': (core) => {
    codeOf(core);
    wrongCode(core, 1);
    return JSON.stringify(core.entries).includes('ZZZZZZZZ');
  },
  'log-names-another-channel': (core) => {
    reset(core);
    return core.entries.some(({ minor, channel }) => minor.endsWith('Success') && channel === 'http');
  },
  'code-tries-over-http-counted-apart': (core) => {
    codeOf(core);
    wrongCode(core, 6, 'http');
    wrongCode(core, 1);
    return core.resets.lockSeconds() === 0;
  },
  'operator-lock-after-7': (core) => {
    core.addUser('watch', 'Quarry-61', 'operator');
    wrongLogin(core, 'watch', 6);
    return core.login('watch', 'Quarry-61', 'local').ok;
  },
  'login-lock-refuses-codes': (core) => {
    wrongLogin(core, 'admin', 7);
    return !core.enterCode(codeOf(core), 'local').ok;
  },
  'code-refused-without-network': (core) => {
    core.setNetwork(false);
    return !core.enterCode(codeOf(core), 'local').ok;
  },
  'guid-lock-after-8': (core) => {
    core.exportGuid();
    for (let time = 0; time < 6; time++) core.enterGuid('none');
    const outcome = core.enterGuid('none');
    return !outcome.ok && outcome.why === 'wrong';
  },
  'cut-while-saving-leaves-half': (core) => {
    const secret = () => core.digestSecret('admin', 'MD5', core.facts.realm);
    const before = secret();
    reset(core);
    core.powerOff();
    return secret() === before && core.login('admin', NEW, 'local').ok;
  },
};

for (const [id, shows] of Object.entries(entries)) {
  t.test(`${id}: shows when it is on, not when it is off, and is met both times`, async (t) => {
    for (const defects of [[], [id]]) {
      const core = new Recorder({ ...plan, defects }, { relayKey: keys.publicKey });
      t.teardown(() => core.close());
      t.equal(shows(core), defects.length > 0, defects.length > 0 ? 'on' : 'off');
      t.ok(
        core.defects.met.some((met) => met === id),
        'met',
      );
    }
  });
}
