import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import type { Item } from '../terms/frame.ts';
import { Gui } from './gui.ts';
import { Owner } from './owner.ts';
import { passing } from './pass.fixture.ts';
import { silentTrace } from './trace.fixture.ts';

const SIZE = { width: 640, height: 480 };
const LABELS = {
  login: ['Login'],
  password: ['Password'],
  forgotPassword: ['Forgot Password'],
  cancel: ['Cancel'],
  ok: ['OK'],
  attention: ['Attention'],
  byEmail: ['Verify by Reserved Email'],
  resetType: ['Reset Type'],
  patternLogin: ['Unlock Pattern'],
  adminPassword: ['Admin Password'],
  newPassword: ['New Password'],
  confirmPassword: ['Confirm'],
  resetPassword: ['Reset Password'],
  settings: ['Settings'],
  edit: ['Edit'],
};
const WAYS = { users: [], info: [], reserveEmail: 'direct', hasDisclaimer: true } as const;

function item(kind: Item['kind'], text: string, x: number, y: number, more: Partial<Item> = {}): Item {
  return { kind, text, box: { x, y, width: 100, height: 20 }, ...more };
}
const LIVE = { items: [item('text', 'Camera 1', 10, 10)] };
const LOGIN = {
  items: [
    item('text', 'Password', 200, 200),
    item('field', '', 310, 200, { concealed: true }),
    item('link', 'Forgot Password', 310, 230),
    item('button', 'Login', 310, 260),
  ],
};
const METHODS = {
  items: [
    item('text', 'Reset Type', 200, 100),
    item('radio', 'Verify by Reserved Email', 200, 140),
    item('button', 'OK', 310, 260),
  ],
};

/** An owner before a display with a script, where time passes by itself as long as something is waited for. */
function before() {
  const clock = handClock();
  const display = fakeDisplay({ clock, ...SIZE });
  const trace = silentTrace();
  const gui = new Gui({ display, labels: LABELS, clock, trace, patienceMs: 8000 });
  const owner = new Owner(gui, WAYS);
  const pass = <T>(act: Promise<T>) => passing(clock, act);
  const clicks = () =>
    display.inputs().flatMap((one) => (one.kind === 'click' ? [`${one.button} ${one.x},${one.y}`] : []));
  return { clock, display, owner, pass, clicks };
}

t.test('a login that went away under the click on Forgot Password is gone back to', async (t) => {
  const { display, owner, pass, clicks } = before();
  display.show(LOGIN);
  display.expectInput('click', LIVE);
  display.expectInput('click', LOGIN);
  display.expectInput('click', METHODS);
  const reading = await pass(owner.forgotPassword());
  t.equal(owner.offersEmail(reading), true);
  t.same(clicks(), ['left 360,240', 'right 320,240', 'left 360,240']);
  await display[Symbol.asyncDispose]();
});

t.test('a live view between the login and the methods is waited out', async (t) => {
  const { clock, display, owner, pass, clicks } = before();
  display.show(LOGIN);
  display.expectInput('click', LIVE);
  const asked = owner.forgotPassword();
  const later = clock.sleep(900).then(() => display.show(METHODS));
  const reading = await pass(asked);
  await later;
  t.equal(owner.offersEmail(reading), true);
  t.same(clicks(), ['left 360,240']);
});

t.test('a recorder whose Forgot Password always leaves the live view is told of', async (t) => {
  const { display, owner, pass, clicks } = before();
  display.show(LOGIN);
  for (let count = 0; count < 3; count += 1) {
    display.expectInput('click', LIVE);
    if (count < 2) display.expectInput('click', LOGIN);
  }
  await t.rejects(pass(owner.forgotPassword()), {
    code: 'SCREEN_NOT_REACHED',
    message: /Forgot Password; saw "Camera 1"/,
  });
  t.equal(clicks().filter((one) => one.startsWith('left')).length, 3);
  await display[Symbol.asyncDispose]();
});

t.test('after a boot the screen that comes by itself is waited for, and nothing clicked', async (t) => {
  const { clock, display, owner, pass, clicks } = before();
  display.show(LIVE);
  const later = clock.sleep(1500).then(() => display.show(LOGIN));
  await pass(owner.started(60_000));
  await later;
  const reading = await pass(owner.toLogin());
  t.match(reading.items[3], { text: 'Login' });
  t.same(clicks(), []);
});

t.test('a recorder that starts with its live view is taken as it is', async (t) => {
  const { clock, display, owner, pass } = before();
  display.show(LIVE);
  await pass(owner.started(60_000));
  t.ok(clock.monotonic() >= 3000);
});

t.test('Cancel is clicked where it was seen', async (t) => {
  const { display, owner, pass, clicks } = before();
  display.show({ items: [item('text', 'Some settings', 10, 10), item('button', 'Cancel', 400, 400)] });
  display.expectInput('click', LOGIN);
  await pass(owner.toLogin());
  t.same(clicks(), ['left 450,410']);
  await display[Symbol.asyncDispose]();
});

t.test('a form whose fields stand is there still, whatever of it was read', async (t) => {
  const { display, owner, pass } = before();
  const form = (title: string, ...more: readonly Item[]) => ({
    items: [
      item('text', title, 200, 100),
      item('text', 'New Password', 200, 200),
      item('field', '••••', 310, 200, { concealed: true }),
      item('text', 'Confirm', 200, 240),
      item('field', '••••', 310, 240, { concealed: true }),
      item('button', 'OK', 310, 300),
      ...more,
    ],
  });
  const save = () => pass(owner.submit('Save', (r) => owner.gui.screens.newPassword(r) === undefined));
  display.show(form('Reset Password'));
  display.expectInput('click', form('Rcsct Pnssvord', item('text', 'Use two kinds of characters', 200, 270)));
  t.same(await save(), { accepted: false, message: 'Rcsct Pnssvord Use two kinds of characters' });
  display.show(form('Reset Password'));
  display.expectInput('click', LOGIN);
  t.same(await save(), { accepted: true, message: '' });
  await display[Symbol.asyncDispose]();
});

t.test('what a recorder says of a pattern is waited for and closed', async (t) => {
  const dots = Array.from({ length: 9 }, (_, n) => ({
    kind: 'button' as const,
    text: '',
    box: { x: 200 + 60 * (n % 3), y: 200 + 60 * Math.floor(n / 3), width: 30, height: 30 },
  }));
  const { clock, display, owner, pass, clicks } = before();
  const row = [item('text', 'Unlock Pattern', 100, 100), item('button', 'Settings', 300, 100)];
  display.show({ items: row });
  display.expectInput('click', { items: dots });
  const second = { items: [...dots, item('text', 'Draw it again', 100, 60)] };
  display.expectInput('drag', second);
  display.expectInput('drag', LIVE);
  display.expectInput('click', LIVE);
  const set = owner.setPattern('abc', [1, 2, 3]);
  const late = (async () => {
    while (display.inputs().filter(({ kind }) => kind === 'drag').length < 2) await clock.sleep(50);
    await clock.sleep(2000);
    display.show({
      items: [
        item('text', 'Attention', 200, 200),
        item('text', 'Saved', 200, 230),
        item('button', 'OK', 310, 260),
      ],
    });
  })();
  await pass(set);
  await late;
  t.equal(clicks().at(-1), 'left 360,270');
  await display[Symbol.asyncDispose]();
});
