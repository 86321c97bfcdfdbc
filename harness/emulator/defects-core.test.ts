import { readFileSync } from 'node:fs';
import t from 'tap';
import type { RecorderPlan } from '../wire/emulator.ts';
import { newSealKeys, openLetter } from '../wire/seal.ts';
import { type DefectId, isDefectId } from './defects.ts';
import { CORE_DEFECTS } from './defects-core.ts';
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
function reset(core: Recorder, password = NEW): void {
  core.enterCode(codeOf(core), 'local');
  core.finishReset(password, 'local');
}
/** Cuts the power, brings it back, and waits until the recorder is up. */
async function cutPower(core: Recorder): Promise<void> {
  core.powerOff();
  const up = new Promise<void>((resolve) => {
    const stop = core.onChange(() => {
      if (core.phase !== 'ready') return;
      stop();
      resolve();
    });
  });
  core.powerOn();
  await up;
}

/** Answers whether the defect shows; in a healthy recorder it never does. */
type Shows = (core: Recorder) => boolean | Promise<boolean>;

const entries: Readonly<Partial<Record<DefectId, Shows>>> = {
  'code-right-refused': (core) => !core.enterCode(codeOf(core), 'local').ok,
  'code-wrong-accepted': (core) => {
    codeOf(core);
    return core.enterCode('ZZZZZZZZ', 'local').ok;
  },
  'code-last-character-ignored': (core) => {
    const code = codeOf(core);
    return core.enterCode(`${code.slice(0, 7)}${code.endsWith('2') ? '3' : '2'}`, 'local').ok;
  },
  'code-message-counts': (core) => {
    codeOf(core);
    const outcome = core.enterCode('ZZZZZZZZ', 'local');
    return !outcome.ok && outcome.hint !== undefined;
  },
  'code-of-7-accepted': (core) => core.enterCode(codeOf(core).slice(0, 7), 'local').ok,
  'code-of-9-accepted': (core) => core.enterCode(`${codeOf(core)}2`, 'local').ok,
  'code-trailing-blank-accepted': (core) => core.enterCode(`${codeOf(core)}  `, 'local').ok,
  'code-case-changing': (core) => {
    const code = codeOf(core).toLowerCase();
    return !core.enterCode(code, 'local').ok && core.enterCode(code, 'local').ok;
  },
  'code-lock-after-8': (core) => {
    const code = codeOf(core);
    wrongCode(core, 7);
    return core.enterCode(code, 'local').ok;
  },
  'code-lock-after-12': (core) => {
    const code = codeOf(core);
    wrongCode(core, 11);
    return core.enterCode(code, 'local').ok;
  },
  'code-lock-shortened-by-tries': (core) => {
    const code = codeOf(core);
    wrongCode(core, 13);
    return core.enterCode(code, 'local').ok;
  },
  'code-lock-ends-on-reopen': (core) => {
    codeOf(core);
    wrongCode(core, 7);
    return core.enterCode(codeOf(core), 'local').ok;
  },
  'power-cut-renews-tries': async (core) => {
    const code = codeOf(core);
    wrongCode(core, 7);
    await cutPower(core);
    return core.enterCode(code, 'local').ok;
  },
  'code-lock-blocks-login': (core) => {
    codeOf(core);
    wrongCode(core, 7);
    return !core.login('admin', OLD, 'local').ok;
  },
  'wrong-code-counts-as-login': (core) => {
    codeOf(core);
    wrongCode(core, 1);
    return core.lockState('admin', 'local').left === 6;
  },
  'code-reusable': (core) => {
    const code = codeOf(core);
    core.enterCode(code, 'local');
    core.finishReset(NEW, 'local');
    core.openReset();
    return core.enterCode(code, 'local').ok;
  },
  'code-reusable-over-http': (core) => {
    const code = codeOf(core);
    core.enterCode(code, 'local');
    core.finishReset(NEW, 'local');
    return core.enterCode(code, 'http').ok && !core.enterCode(code, 'local').ok;
  },
  'code-dies-at-47-h': (core) => {
    const code = codeOf(core);
    core.advance(47.5 * HOUR);
    return !core.enterCode(code, 'local').ok;
  },
  'code-lives-49-h': (core) => {
    const code = codeOf(core);
    core.advance(48.5 * HOUR);
    return core.enterCode(code, 'local').ok;
  },
  'code-life-by-clock': (core) => {
    const code = codeOf(core);
    core.advance(40 * HOUR);
    core.setClock(core.now - 20 * HOUR);
    core.advance(20 * HOUR);
    return core.enterCode(code, 'local').ok;
  },
  'code-survives-power-cut': async (core) => {
    const code = codeOf(core);
    await cutPower(core);
    core.openReset();
    return core.enterCode(code, 'local').ok;
  },
  'code-survives-change-back': (core) => {
    const code = codeOf(core);
    core.reserve('other@lab.example', 'local');
    const meanwhile = core.enterCode(code, 'local').ok;
    core.reserve('owner@lab.example', 'local');
    core.openReset();
    return core.enterCode(code, 'local').ok && !meanwhile;
  },
  'code-survives-password-change': (core) => {
    const code = codeOf(core);
    core.changePassword('admin', NEW, 'local');
    return core.enterCode(code, 'local').ok;
  },
  'code-survives-quick-newer-qr': (core) => {
    const code = codeOf(core);
    core.openReset();
    return core.enterCode(code, 'local').ok;
  },
  'password-of-17-taken': (core) => core.checkPassword('Lantern-48-Harbou').ok,
  'password-of-16-refused': (core) => !core.checkPassword('Lantern-48-Harbo').ok,
  'password-with-admin-in-capitals-taken': (core) =>
    core.checkPassword('Admin-48-x').ok && !core.checkPassword('admin-48-x').ok,
  'password-with-falling-run-taken': (core) =>
    core.checkPassword('Lant-9876').ok && !core.checkPassword('Lant-6789').ok,
  'new-password-not-for-local': (core) => {
    reset(core);
    return !core.login('admin', NEW, 'local').ok;
  },
  'password-cut-at-15': (core) => {
    reset(core, 'Lantern-48-Harbo');
    return core.login('admin', 'Lantern-48-Harb', 'local').ok;
  },
  'new-password-lost-on-reboot': async (core) => {
    reset(core);
    await cutPower(core);
    return core.login('admin', OLD, 'local').ok;
  },
  'old-password-alive-local': (core) => {
    reset(core);
    return core.login('admin', OLD, 'local').ok && core.login('admin', NEW, 'local').ok;
  },
  'nonce-survives-reset': (core) => {
    const before = core.store.memory.nonceKey;
    reset(core);
    return core.store.memory.nonceKey === before;
  },
  'pattern-survives-reset': (core) => {
    core.setPattern([1, 2, 3, 6]);
    reset(core);
    return core.loginPattern([1, 2, 3, 6]).ok;
  },
  'pattern-back-after-reboot': async (core) => {
    core.setPattern([1, 2, 3, 6]);
    reset(core);
    const before = core.hasPattern;
    await cutPower(core);
    return !before && core.loginPattern([1, 2, 3, 6]).ok;
  },
  'reset-demotes-operators': (core) => {
    core.addUser('watch', 'Orchard-95', 'operator');
    reset(core);
    return core.users[1]?.level === 'guest' && core.login('watch', 'Orchard-95', 'local').ok;
  },
  'reset-sets-operator-passwords': (core) => {
    core.addUser('watch', 'Orchard-95', 'operator');
    reset(core);
    return core.login('watch', NEW, 'local').ok;
  },
  'address-lost-on-reset': (core) => {
    reset(core);
    return core.reservedEmail === undefined;
  },
  'address-unmasked-after-reset': (core) => {
    reset(core);
    return core.maskedEmail === 'owner@lab.example';
  },
  'log-holds-password': (core) => {
    reset(core);
    return JSON.stringify(core.entries).includes(NEW);
  },
  'log-wrong-code-missing': (core) => {
    codeOf(core);
    wrongCode(core, 1);
    return !core.entries.some(({ minor }) => minor === 'Reset Password: Wrong Code');
  },
  'http-codes-counted-apart': (core) => {
    codeOf(core);
    wrongCode(core, 6, 'http');
    const outcome = core.enterCode('ZZZZZZZZ', 'local');
    return !outcome.ok && outcome.why === 'wrong';
  },
  'login-lock-after-8': (core) => {
    for (let time = 0; time < 7; time++) core.login('admin', 'Orchard-95', 'local');
    const free = !core.lockState('admin', 'local').locked;
    core.login('admin', 'Orchard-95', 'local');
    return free && core.lockState('admin', 'local').locked;
  },
  'login-lock-of-30-s': (core) => {
    for (let time = 0; time < 7; time++) core.login('admin', 'Orchard-95', 'local');
    core.advance(31_000);
    return core.login('admin', OLD, 'local').ok;
  },
  'login-lock-refuses-codes': (core) => {
    for (let time = 0; time < 7; time++) core.login('admin', 'Orchard-95', 'local');
    return !core.enterCode(codeOf(core), 'local').ok;
  },
  'cut-kills-both-passwords': async (core) => {
    reset(core);
    await cutPower(core);
    return !core.login('admin', OLD, 'local').ok && !core.login('admin', NEW, 'local').ok;
  },
  'cut-leaves-inactive': async (core) => {
    reset(core);
    await cutPower(core);
    return !core.activated;
  },
};

for (const [id, shows] of Object.entries(entries)) {
  t.test(`${id}: shows when it is on, not when it is off, and is met both times`, async (t) => {
    if (!isDefectId(id)) return t.fail('no such defect');
    for (const defects of [[], [id]]) {
      const core = new Recorder({ ...plan, defects }, { relayKey: keys.publicKey });
      t.teardown(() => core.close());
      t.equal(await shows(core), defects.length > 0, defects.length > 0 ? 'on' : 'off');
      t.ok(core.defects.met.includes(id), 'met');
    }
  });
}

t.test('a code of another unit is taken only by a recorder with that defect', async (t) => {
  const drawn = new Map();
  const make = (id: string, defects: readonly string[]) =>
    new Recorder({ ...plan, id, defects }, { relayKey: keys.publicKey, drawn });
  const [other, healthy, flawed] = [
    make('a', []),
    make('b', []),
    make('c', ['code-of-same-address-accepted']),
  ];
  t.teardown(() => {
    for (const core of [other, healthy, flawed]) core.close();
  });
  const code = codeOf(other);
  for (const core of [healthy, flawed]) core.openReset();
  t.equal(healthy.enterCode(code, 'local').ok, false);
  t.equal(flawed.enterCode(code, 'local').ok, true);
});

t.test('every defect is told once in the list beside the suites', async (t) => {
  const text = readFileSync(new URL('../../suites/defects-core.yaml', import.meta.url), 'utf8');
  const told = [...text.matchAll(/^- id: (\S+)$/gm)].map(([, id]) => id);
  t.same(told, [...CORE_DEFECTS]);
});
