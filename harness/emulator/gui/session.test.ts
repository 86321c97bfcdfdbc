import t from 'tap';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { newSealKeys, openLetter } from '../../wire/seal.ts';
import { Recorder } from '../recorder/recorder.ts';
import { html } from './html.ts';
import type { Paint } from './protocol.ts';
import { readEvent } from './protocol.ts';
import { GuiSession } from './session.ts';
import { de } from './text/de.ts';
import { en } from './text/en.ts';
import { fill, textsOf } from './text/texts.ts';
import { type Scheduler, USUAL_TIMING } from './timing.ts';
import { clear, edit, insert } from './typing.ts';
import { field } from './ui.ts';

const PASSWORD = 'Harbour-77';
const keys = newSealKeys();

/** Delays that pass only when the test says so. */
function handScheduler(): Scheduler & { pass(ms: number): void } {
  let now = 0;
  let waiting: { readonly at: number; readonly run: () => void }[] = [];
  return {
    random: () => 0.5,
    after(ms, run) {
      const entry = { at: now + ms, run };
      waiting.push(entry);
      return () => {
        waiting = waiting.filter((other) => other !== entry);
      };
    },
    pass(ms) {
      const until = now + ms;
      for (;;) {
        const next = waiting.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        waiting = waiting.filter((other) => other !== next);
        now = next.at;
        next.run();
      }
      now = until;
    },
  };
}

function setUp(change: Partial<RecorderPlan> = {}) {
  const plan: RecorderPlan = {
    id: 'unit',
    family: 'nvr',
    model: 'DS-7616NI-K2',
    firmware: 'V4.30.085',
    build: 'build 200922',
    gui: '4.0',
    language: 'en',
    resolution: '1280x720',
    adminPassword: PASSWORD,
    reservedEmail: 'owner@lab.example',
    bootMs: 1,
    ...change,
  };
  const clock = { now: () => Date.UTC(2026, 0, 1), monotonic: () => 0 };
  const core = new Recorder(plan, { relayKey: keys.publicKey, clock });
  const scheduler = handScheduler();
  const paints: Paint[] = [];
  const session = new GuiSession(core, {
    timing: USUAL_TIMING,
    scheduler,
    onPaint: (paint) => paints.push(paint),
  });
  t.teardown(() => {
    session.close();
    core.close();
  });
  const on = () => session.paint().on;
  const shown = () =>
    session
      .paint()
      .markup.replace(/<[^>]+>/g, '|')
      .replace(/&#39;/g, "'");
  return {
    core,
    session,
    scheduler,
    paints,
    shown,
    /** As a user would: does it, then waits for the picture. */
    act(action: string) {
      session.handle({ type: 'act', on: on(), action });
      scheduler.pass(700);
    },
    type(text: string) {
      for (const key of text) session.handle({ type: 'key', on: on(), key });
    },
    press(key: string) {
      session.handle({ type: 'key', on: on(), key });
      scheduler.pass(700);
    },
    focus(name: string, mouse = false) {
      session.handle({ type: 'focus', on: on(), field: name, mouse });
    },
    back() {
      session.handle({ type: 'back', on: on(), x: 5, y: 5 });
      scheduler.pass(700);
    },
    draw(...dots: number[]) {
      session.handle({ type: 'draw', on: on(), dots });
      scheduler.pass(700);
    },
  };
}
type Rig = ReturnType<typeof setUp>;

function toVerify(rig: Rig) {
  rig.act('forgot');
  rig.act('ok');
  rig.act('next');
}
function codeOf(rig: Rig): string {
  const letter = openLetter(rig.core.openPayload ?? '', keys);
  if (!letter) throw new Error('no reset is open');
  return letter.code;
}

t.test('html escapes what is put in, and nothing twice', (t) => {
  const evil = `<b a="1">&'`;
  t.equal(html`<i>${evil}</i>`.markup, '<i>&lt;b a=&quot;1&quot;&gt;&amp;&#39;</i>');
  t.equal(
    html`<p>${html`<i>${'<'}</i>`}${[html`a`, html`b`]}${false}${undefined}${3}</p>`.markup,
    '<p><i>&lt;</i>ab3</p>',
  );
  t.end();
});

t.test('fields: text goes in at the caret, keys of the editing block work, what is too long is lost', (t) => {
  const text = field('text', 6);
  insert(text, 'abde');
  edit(text, 'ArrowLeft');
  edit(text, 'ArrowLeft');
  insert(text, 'c');
  t.equal(text.value, 'abcde');
  edit(text, 'Backspace');
  edit(text, 'Delete');
  t.equal(text.value, 'abe');
  insert(text, 'x\u0007\nyzwww');
  t.equal(text.value, 'abxyze');
  t.notOk(edit(text, 'PageUp'));
  clear(text);
  t.same([text.value, text.caret], ['', 0]);
  t.end();
});

t.test('texts: every table has the placeholders of the English one, and what is missing is English', (t) => {
  for (const [key, english] of Object.entries(en)) {
    const marks = (text: string) => [...text.matchAll(/\{\d\}/g)].map(String).sort();
    for (const language of ['de', 'fr', 'es', 'pl'] as const) {
      const own = new Map(Object.entries(textsOf(language))).get(key);
      t.same(marks(own ?? ''), marks(english), `${language} ${key}`);
    }
  }
  t.equal(textsOf('de').login, de.login);
  t.equal(fill('{0} of {1}, {2}', 1, 'two'), '1 of two, {2}');
  t.end();
});

t.test('what is no event is not taken', (t) => {
  for (const data of [
    '',
    '[',
    '1',
    'null',
    '{}',
    '{"type":"act"}',
    '{"type":"act","on":1}',
    '{"type":"x","on":1}',
  ]) {
    t.equal(readEvent(data), undefined, data);
  }
  t.same(readEvent('{"type":"draw","on":1,"dots":[1,"2",3]}'), { type: 'draw', on: 1, dots: [1, 3] });
  t.end();
});

for (const gui of ['3.0', '4.0', 'lite'] as const) {
  t.test(
    `GUI ${gui}: forgot password, disclaimer, code and new password end at the login, which takes the new one`,
    (t) => {
      const rig = setUp({ gui });
      t.match(rig.shown(), 'Forgot Password');
      rig.act('forgot');
      t.match(rig.shown(), 'Verify by Reserved Email');
      t.notMatch(rig.shown(), /Security Question|Hik-Connect|GUID/);
      rig.act('ok');
      t.match(rig.shown(), gui === 'lite' ? 'Privacy Policy' : 'Legal Disclaimer');
      t.equal(rig.core.openPayload, undefined, 'no code is drawn before the disclaimer is accepted');
      rig.act('next');
      t.match(rig.shown(), 'o***@lab.example');
      t.notMatch(rig.shown(), 'owner@');
      rig.type('AAAAAAAA');
      rig.act('ok');
      t.match(rig.shown(), en.codeWrong);
      for (let left = 8; left > 0; left -= 1) rig.press('Backspace');
      t.notMatch(rig.shown(), en.codeWrong);
      rig.type(codeOf(rig));
      rig.act('ok');
      t.match(rig.shown(), 'Reset Password');
      rig.type('Lantern-88');
      rig.focus('confirm');
      rig.type('Lantern-89');
      rig.act('ok');
      t.match(rig.shown(), en.passwordMismatch);
      rig.press('Backspace');
      rig.type('8');
      rig.press('Enter');
      t.match(rig.shown(), en.resetDone);
      rig.press('Enter');
      t.match(rig.shown(), en.duplicate);
      rig.act('no');
      rig.type('Lantern-88');
      rig.press('Enter');
      t.equal(rig.session.user?.name, 'admin');
      t.end();
    },
  );
}

t.test('a DVR does not ask about IP cameras', (t) => {
  const rig = setUp({ family: 'dvr-k', model: 'DS-7208HUHI-K1' });
  toVerify(rig);
  rig.type(codeOf(rig));
  rig.act('ok');
  rig.type('Lantern-88');
  rig.focus('confirm');
  rig.type('Lantern-88');
  rig.press('Enter');
  rig.press('Enter');
  t.notMatch(rig.shown(), en.duplicate);
  t.match(rig.shown(), en.forgotPassword);
  t.end();
});

t.test(
  'activation: below the threshold no box for the email; above, ticking it leads to the address',
  (t) => {
    const below = setUpInactive({ firmware: 'V4.9.150' });
    t.notMatch(below.shown(), en.reservedEmailSettings);
    t.match(below.shown(), en.exportGuid);
    t.notMatch(below.shown(), en.forgotPassword);
    const above = setUpInactive({});
    above.act('tick:email');
    above.type('short');
    above.press('Enter');
    t.match(above.shown(), en.passwordTooShort);
    t.notOk(above.core.activated);
    for (let left = 5; left > 0; left -= 1) above.press('Backspace');
    above.type(PASSWORD);
    above.focus('confirm');
    above.type(PASSWORD);
    above.press('Enter');
    t.ok(above.core.activated);
    above.type('nobody');
    above.press('Enter');
    t.match(above.shown(), en.emailMalformed);
    above.type('@lab.example');
    above.press('Enter');
    t.equal(above.core.maskedEmail, 'n***@lab.example');
    t.match(above.shown(), en.skip);
    above.act('cancel');
    t.equal(above.session.user?.name, 'admin');
    t.end();
  },
);

function setUpInactive(change: Partial<RecorderPlan>): Rig {
  const rig = setUp(change);
  rig.core.factoryReset('full');
  rig.core.powerOff();
  rig.core.powerOn();
  return boot(rig);
}
/** Boots at once instead of after the boot's real time. */
function boot(rig: Rig): Rig {
  const snapshot = { ...rig.core.snapshot(), phase: 'ready' as const };
  rig.core.restore(snapshot);
  rig.scheduler.pass(200);
  return rig;
}

t.test('with no method set, Forgot Password says so and logs nobody in', (t) => {
  const rig = setUp({ firmware: 'V4.9.150' });
  rig.act('forgot');
  t.match(rig.shown(), en.noMethod);
  rig.act('ok');
  t.match(rig.shown(), en.forgotPassword);
  t.equal(rig.session.user, undefined);
  t.end();
});

t.test('leaving the disclaimer by Cancel, Esc or the right button shows no reset QR', (t) => {
  for (const leave of [
    (rig: Rig) => rig.act('cancel'),
    (rig: Rig) => rig.press('Escape'),
    (rig: Rig) => rig.back(),
  ]) {
    const rig = setUp();
    rig.act('forgot');
    rig.act('ok');
    leave(rig);
    t.match(rig.shown(), en.forgotPassword);
    t.equal(rig.core.openPayload, undefined);
  }
  t.end();
});

t.test('opened again, the dialog has a fresh code', (t) => {
  const rig = setUp();
  toVerify(rig);
  const old = codeOf(rig);
  rig.act('cancel');
  toVerify(rig);
  t.not(codeOf(rig), old);
  rig.type(old);
  rig.act('ok');
  t.match(rig.shown(), en.codeWrong);
  t.end();
});

t.test('left alone, the reset dialogs give way to the login; the code that was asked for stays good', (t) => {
  const rig = setUp();
  toVerify(rig);
  const code = codeOf(rig);
  rig.core.advance(299_000);
  rig.scheduler.pass(1000);
  t.match(rig.shown(), en.verificationCode);
  rig.core.advance(2000);
  rig.scheduler.pass(1000);
  t.match(rig.shown(), en.forgotPassword);
  t.notMatch(rig.shown(), en.verificationCode);
  toVerify(rig);
  t.equal(codeOf(rig), code);
  t.end();
});

t.test('an accepted code without a new password logs nobody in, and is given up when left', (t) => {
  const rig = setUp();
  toVerify(rig);
  rig.type(codeOf(rig));
  rig.act('ok');
  rig.act('cancel');
  t.match(rig.shown(), en.forgotPassword);
  t.equal(rig.session.user, undefined);
  t.equal(rig.core.finishReset('Lantern-88', 'local').ok, false);
  t.end();
});

t.test('the seventh wrong password locks; the message counts the seconds down', (t) => {
  const rig = setUp();
  for (let tries = 0; tries < 7; tries += 1) {
    rig.type('wrong');
    rig.press('Enter');
  }
  t.match(rig.shown(), fill(en.loginLocked, 60));
  rig.core.advance(25_000);
  t.match(rig.shown(), fill(en.loginLocked, 35));
  rig.core.advance(36_000);
  t.notMatch(rig.shown(), 'locked');
  t.end();
});

t.test('seven wrong codes lock the dialog, in minutes', (t) => {
  const rig = setUp();
  toVerify(rig);
  rig.type('AAAAAAAA');
  for (let tries = 0; tries < 7; tries += 1) rig.act('ok');
  t.match(rig.shown(), fill(en.codeLocked, 30));
  t.end();
});

t.test('passwords never stand in the picture', (t) => {
  const rig = setUp();
  rig.type(PASSWORD);
  t.notMatch(rig.session.paint().markup, PASSWORD);
  t.match(rig.session.paint().markup, '•'.repeat(PASSWORD.length));
  t.end();
});

t.test('an input for a picture that is gone is not taken, nor one while flash is written', (t) => {
  const rig = setUp();
  const before = rig.session.paint().on;
  rig.act('forgot');
  rig.session.handle({ type: 'act', on: before, action: 'cancel' });
  t.match(rig.shown(), en.resetType);
  rig.act('ok');
  rig.act('next');
  rig.type(codeOf(rig));
  rig.act('ok');
  rig.type('Lantern-88');
  rig.focus('confirm');
  rig.type('Lantern-88');
  rig.session.handle({ type: 'key', on: rig.session.paint().on, key: 'Enter' });
  t.match(rig.shown(), en.pleaseWait);
  rig.session.handle({ type: 'key', on: rig.session.paint().on, key: 'Escape' });
  rig.scheduler.pass(700);
  t.match(rig.shown(), en.resetDone);
  t.end();
});

t.test('many inputs, one picture: it comes when the machine gets to it', (t) => {
  const rig = setUp();
  const before = rig.paints.length;
  rig.type(PASSWORD);
  t.equal(rig.paints.length, before);
  rig.scheduler.pass(USUAL_TIMING.paintMs[1]);
  t.equal(rig.paints.length, before + 1);
  t.end();
});

t.test(
  'the keyboard on the screen comes with the mouse, types, and goes with Esc before the dialog does',
  (t) => {
    const rig = setUp();
    t.notMatch(rig.session.paint().markup, 'class="keyboard"');
    rig.focus('password', true);
    for (const key of ['osk:shift', 'osk:H', 'osk:shift', 'osk:a', 'osk:symbols', 'osk:-', 'osk:erase'])
      rig.press(key);
    t.match(rig.session.paint().markup, 'value="••"');
    rig.press('Escape');
    t.notMatch(rig.session.paint().markup, 'class="keyboard"');
    t.match(rig.shown(), en.forgotPassword);
    t.end();
  },
);

t.test('pattern: drawn twice it is set; it logs in; the way by password stays', (t) => {
  const rig = setUp({ gui: 'lite' });
  rig.type(PASSWORD);
  rig.press('Enter');
  rig.act('top:2');
  rig.act('sub:2');
  rig.act('pattern');
  rig.type(PASSWORD);
  rig.press('Enter');
  rig.draw(1, 2, 3);
  t.match(rig.shown(), en.patternShort);
  rig.draw(1, 2, 3, 6);
  rig.draw(1, 2, 3, 5);
  t.match(rig.shown(), en.patternDiffers);
  rig.draw(1, 2, 3, 6);
  rig.draw(1, 2, 3, 6);
  t.ok(rig.core.hasPattern);
  rig.press('Enter');
  rig.session.signOut();
  t.match(rig.shown(), en.patternLogin);
  t.match(rig.shown(), en.forgotPassword);
  rig.draw(3, 2, 1, 4);
  t.match(rig.shown(), fill(en.patternWrong, 6));
  rig.draw(1, 2, 3, 6);
  t.equal(rig.session.user?.name, 'admin');
  t.end();
});

t.test('an operator sees no reserved email in any GUI, and may not change a user', (t) => {
  for (const gui of ['3.0', '4.0', 'lite'] as const) {
    const rig = setUp({ gui });
    rig.core.addUser('porter', 'Doorway-55', 'operator');
    rig.act('choose:porter');
    rig.type('Doorway-55');
    rig.press('Enter');
    t.equal(rig.session.user?.level, 'operator', gui);
    if (gui === '3.0') {
      rig.back();
      rig.act('menu');
    }
    rig.act({ '3.0': 'top:5', '4.0': 'top:6', lite: 'top:2' }[gui]);
    rig.act('sub:2');
    t.match(rig.shown(), 'porter');
    t.notMatch(rig.shown(), /lab\.example|Resetting|Reserved/);
    rig.act('edit');
    t.match(rig.shown(), en.noPermission);
    rig.act('ok');
    rig.act('email');
    t.match(rig.shown(), en.noPermission);
  }
  t.end();
});

t.test('the reserved email changes only with the admin password, by the way of each GUI', (t) => {
  const ways = {
    '3.0': (rig: Rig, password: string) => {
      rig.back();
      rig.act('menu');
      rig.act('top:5');
      rig.act('sub:2');
      rig.act('edit');
      rig.type(password);
      rig.act('email');
    },
    '4.0': (rig: Rig, password: string) => {
      rig.act('top:6');
      rig.act('sub:2');
      rig.act('edit');
      rig.type(password);
      rig.act('ok');
      rig.act('email');
    },
    lite: (rig: Rig, password: string) => {
      rig.act('top:2');
      rig.act('sub:2');
      rig.act('email');
      rig.type(password);
      rig.act('ok');
    },
  };
  for (const gui of ['3.0', '4.0', 'lite'] as const) {
    for (const password of ['Wrong-5555', PASSWORD]) {
      const rig = setUp({ gui });
      rig.type(PASSWORD);
      rig.press('Enter');
      ways[gui](rig, password);
      t.equal(rig.shown().includes(en.emailHint), password === PASSWORD, `${gui} ${password}`);
      rig.type('new@lab.example');
      rig.press('Enter');
      t.equal(rig.core.reservedEmail, password === PASSWORD ? 'new@lab.example' : 'owner@lab.example');
    }
  }
  t.end();
});

t.test('the picture goes dark with the power, and comes back as a boot', (t) => {
  const rig = setUp();
  rig.core.powerOff();
  t.match(rig.paints.at(-1)?.markup, en.noSignal);
  t.equal(rig.paints.at(-1)?.live, false);
  rig.core.powerOn();
  t.match(rig.shown(), en.bootSystem);
  boot(rig);
  t.match(rig.shown(), en.forgotPassword);
  t.end();
});

t.test('activated by the network, the wizard gives way to the login', (t) => {
  const rig = setUpInactive({});
  t.match(rig.shown(), en.activation);
  rig.core.activate(PASSWORD, 'http');
  rig.scheduler.pass(200);
  t.match(rig.shown(), en.forgotPassword);
  t.end();
});
