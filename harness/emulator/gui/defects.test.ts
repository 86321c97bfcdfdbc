import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys, openLetter } from '../../wire/seal.ts';
import type { DefectId } from '../defects.ts';
import { Recorder } from '../recorder/recorder.ts';
import { GuiSession } from './session.ts';
import { USUAL_TIMING } from './timing.ts';

const NEW = 'Lantern-48';
const keys = newSealKeys();
const plan: RecorderPlan = {
  id: 'unit',
  family: 'nvr',
  model: 'DS-7616NI-K2',
  firmware: 'V4.30.085',
  build: 'build 200922',
  gui: '4.0',
  language: 'en',
  resolution: '1280x720',
  adminPassword: 'Harbour-77',
  reservedEmail: 'owner@lab.example',
  bootMs: 1,
};

/** A GUI whose delays pass at once when something was done. */
function setUp(change: Partial<RecorderPlan>) {
  const clock = { now: () => Date.UTC(2026, 0, 1), monotonic: () => 0 };
  const core = new Recorder({ ...plan, ...change }, { relayKey: keys.publicKey, clock });
  const waiting = new Set<() => void>();
  const after = (_: number, run: () => void) => {
    waiting.add(run);
    return () => waiting.delete(run);
  };
  const session = new GuiSession(core, {
    timing: USUAL_TIMING,
    scheduler: { after, random: () => 0.5 },
    onPaint: () => {},
  });
  t.teardown(() => {
    session.close();
    core.close();
  });
  const settle = () => {
    for (const run of [...waiting]) {
      waiting.delete(run);
      run();
    }
  };
  const on = () => session.paint().on;
  return {
    core,
    session,
    act(action: string) {
      session.handle({ type: 'act', on: on(), action });
      settle();
    },
    fill(name: string, text: string, mouse = false) {
      session.handle({ type: 'focus', on: on(), field: name, mouse });
      session.handle({ type: 'text', on: on(), text, replace: true });
    },
    markup: () => session.paint().markup,
    code: () => openLetter(core.openPayload ?? '', keys)?.code ?? '',
  };
}
type Rig = ReturnType<typeof setUp>;

function toVerify(rig: Rig): void {
  for (const action of ['forgot', 'ok', 'next']) rig.act(action);
}
function toNewPassword(rig: Rig): void {
  toVerify(rig);
  rig.fill('code', rig.code());
  rig.act('ok');
}
function setPassword(rig: Rig, password: string, confirm: string): void {
  toNewPassword(rig);
  rig.fill('password', password);
  rig.fill('confirm', confirm);
  rig.act('ok');
}

/** Answers whether the defect shows; in a healthy recorder it never does. */
const entries: Readonly<Partial<Record<DefectId, (rig: Rig) => boolean>>> = {
  'confirmation-without-case': (rig) => {
    setPassword(rig, NEW, 'lantern-48');
    return rig.core.login('admin', NEW, 'local').ok;
  },
  'confirmation-in-clear': (rig) => {
    toNewPassword(rig);
    rig.fill('confirm', NEW);
    return rig.markup().includes(NEW);
  },
  'right-click-at-new-password-logs-in': (rig) => {
    toNewPassword(rig);
    rig.session.handle({ type: 'back', on: rig.session.paint().on, x: 9, y: 9 });
    return rig.session.user !== undefined;
  },
  'right-click-accepts-disclaimer': (rig) => {
    for (const action of ['forgot', 'ok']) rig.act(action);
    rig.session.handle({ type: 'back', on: rig.session.paint().on, x: 9, y: 9 });
    return rig.core.openPayload !== undefined;
  },
  'method-listed-twice': (rig) => {
    rig.act('forgot');
    return rig.markup().split('choose:email').length > 2;
  },
  'keyboard-shows-password': (rig) => {
    rig.fill('password', NEW, true);
    return rig.markup().includes(NEW);
  },
};

for (const [id, shows] of Object.entries(entries)) {
  t.test(`${id}: shows when it is on, not when it is off, and is met both times`, async (t) => {
    for (const defects of [[], [id]]) {
      const rig = setUp({ defects });
      t.equal(shows(rig), defects.length > 0, defects.length > 0 ? 'on' : 'off');
      t.ok(
        rig.core.defects.met.some((met) => met === id),
        'met',
      );
    }
  });
}

t.test('without a reset method only a defective recorder logs in by itself', async (t) => {
  for (const defects of [[], ['no-method-logs-in-after-ok']]) {
    const rig = setUp({ defects });
    rig.core.store.commit({ reservedEmail: undefined });
    rig.act('forgot');
    rig.act('ok');
    t.equal(rig.session.user?.name, defects.length > 0 ? 'admin' : undefined);
  }
});

t.test(
  'only a defective recorder shows the reset QR beside the disclaimer, and goes on with it',
  async (t) => {
    for (const defects of [[], ['disclaimer-qr-is-the-reset-qr']]) {
      const rig = setUp({ defects });
      for (const action of ['forgot', 'ok']) rig.act(action);
      const shown = rig.core.openPayload;
      rig.act('next');
      t.equal(shown !== undefined && shown === rig.core.openPayload, defects.length > 0);
    }
  },
);
