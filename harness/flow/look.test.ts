import t from 'tap';
import type { Box, Frame, Item, Reading } from '../terms/frame.ts';
import { fieldFor, fields, find, findLink, fingerprint, grid, mentions, plain, says, seen } from './look.ts';
import { screensOf } from './screens.ts';

const box = (x: number, y: number, width = 80, height = 20): Box => ({ x, y, width, height });
const item = (kind: Item['kind'], text: string, at: Box, more: Partial<Item> = {}): Item => ({
  kind,
  text,
  box: at,
  ...more,
});
const reading = (...items: readonly Item[]): Reading => ({ items, width: 800, height: 600 });

t.test('case, blanks, and what stands behind a label do not count', async (t) => {
  t.equal(plain('  User  Name: '), 'user name');
  t.ok(says('Password *', ['password']));
  t.ok(says('Export…', ['Export']));
  t.notOk(says('New Password', ['password']));
});

t.test('what can be acted on comes before mere text, and earlier labels before later ones', async (t) => {
  const title = item('text', 'Login', box(0, 0));
  const button = item('button', 'Login', box(0, 50));
  const ok = item('button', 'OK', box(0, 80));
  t.equal(find(reading(title, button), ['Login']), button);
  t.equal(find(reading(ok, title), ['Login', 'OK']), title);
  t.equal(find(reading(title, button), ['Login'], ['text']), title);
  t.equal(find(reading(title), ['Export']), undefined);
});

t.test('by eye a link may be mere text of its colour, where no link says its label', async (t) => {
  const text = item('text', 'Login by Password', box(0, 0));
  const link = item('link', 'Login by Password', box(0, 50));
  const byEye = (...items: readonly Item[]) => ({ ...reading(...items), frame: {} as Frame });
  t.equal(findLink(reading(text), ['Login by Password']), undefined);
  t.equal(findLink(byEye(text), ['Login by Password']), text);
  t.equal(findLink(byEye(text, link), ['Login by Password']), link);
  t.equal(findLink(byEye(item('field', 'Login by Password', box(0, 0))), ['Login by Password']), undefined);
});

t.test('a field belongs to the label left of it, or above it', async (t) => {
  const left = item('text', 'Password', box(10, 100));
  const right = item('field', '', box(120, 98, 200, 24));
  const other = item('field', '', box(120, 160, 200, 24));
  t.equal(fieldFor(reading(left, other, right), ['Password']), right);
  const above = item('text', 'Verification Code', box(120, 300, 140));
  const under = item('field', '', box(120, 324, 200, 24));
  t.equal(fieldFor(reading(above, other, under), ['Verification Code']), under);
  t.equal(fieldFor(reading(item('text', 'Password', box(500, 500)), right), ['Password']), undefined);
  t.same(fields(reading(under, right, other)), [right, other, under]);
});

t.test('nine things of one size in three rows are a grid of dots, eight are none', async (t) => {
  const dots = Array.from({ length: 9 }, (_, at) =>
    item('button', '', box(100 + 60 * (at % 3), 100 + 60 * Math.floor(at / 3), 40, 40)),
  );
  t.same(grid(reading(...[...dots].reverse(), item('button', 'OK', box(0, 0)))), dots);
  t.equal(grid(reading(...dots.slice(1))), undefined);
});

t.test('a fingerprint changes with what a person could see, and with nothing else', async (t) => {
  const field = item('field', 'a', box(0, 0), { focused: false });
  const of = (one: Item) => fingerprint(reading(one));
  t.equal(of(field), of({ ...field, focused: true }));
  t.not(of(field), of({ ...field, text: 'ab' }));
  t.not(of(field), of({ ...field, enabled: false }));
  t.not(of(field), of({ ...field, box: box(1, 0) }));
});

t.test('what a screen mentions and shows is told', async (t) => {
  const after = reading(item('text', 'Login', box(0, 0)), item('text', 'Wrong password', box(0, 40)));
  t.ok(mentions(after, ['wrong']));
  t.match(seen(after), /^"Login" "Wrong password"$/);
  t.equal(seen(reading()), 'a screen without any text');
});

const BOOK = {
  password: ['Password', 'Passwort'],
  newPassword: ['New Password'],
  confirmPassword: ['Confirm'],
  login: ['Login', 'OK'],
  ok: ['OK'],
  close: ['Close'],
  yes: ['Yes'],
  no: ['No'],
  cancel: ['Cancel'],
  next: ['Next'],
  export: ['Export'],
  forgotPassword: ['Forgot Password'],
  activation: ['Activation'],
  reservedEmailSettings: ['Reserved Email Settings'],
  emailAddress: ['E-mail Address'],
  byEmail: ['Verify by Reserved Email'],
  byQuestion: ['Verify by Security Question'],
  byApp: ['Verify by Hik-Connect'],
  byGuid: ['Verify by GUID'],
  resetType: ['Password Reset Type'],
  resetPassword: ['Reset Password'],
  disclaimer: ['disclaimer'],
  codeField: ['Verification Code'],
  attention: ['Attention'],
  busy: ['Please wait'],
};
const screens = screensOf(BOOK);
const NAMES = [
  'login',
  'activation',
  'email',
  'resetType',
  'disclaimer',
  'resetQr',
  'newPassword',
  'message',
] as const;
const secret = (y: number) => item('field', '', box(200, y, 200, 24), { concealed: true });

/** Screens as different makers lay them out. */
const SHOWN: Readonly<Record<(typeof NAMES)[number], Reading>> = {
  login: reading(
    item('text', 'Login', box(200, 50)),
    item('text', 'Passwort', box(100, 120)),
    secret(118),
    item('link', 'Forgot Password', box(300, 160)),
    item('button', 'OK', box(200, 200)),
  ),
  activation: reading(
    item('text', 'Activation', box(200, 50)),
    item('text', 'New Password', box(100, 120)),
    secret(118),
    item('text', 'Confirm', box(100, 160)),
    secret(158),
    item('checkbox', 'Reserved Email Settings', box(100, 200), { checked: false }),
    item('button', 'OK', box(200, 300)),
  ),
  email: reading(
    item('text', 'E-mail Address', box(100, 96)),
    item('field', '', box(100, 120, 200, 24)),
    item('button', 'OK', box(200, 300)),
  ),
  resetType: reading(
    item('text', 'Password Reset Type', box(100, 50)),
    item('radio', 'Verify by GUID', box(100, 100)),
    item('radio', 'Verify by Reserved Email', box(100, 130), { checked: true }),
    item('button', 'OK', box(200, 300)),
  ),
  disclaimer: reading(
    item('text', 'Read the disclaimer by scanning the code.', box(100, 50, 300)),
    item('image', '', box(100, 100, 200, 200)),
    item('button', 'Next', box(200, 400)),
  ),
  resetQr: reading(
    item('text', 'Verify by Reserved Email', box(100, 50)),
    item('image', '', box(100, 100, 200, 200)),
    item('text', 'Verification Code', box(320, 96)),
    item('field', '', box(320, 120, 200, 24)),
    item('button', 'Export', box(320, 200)),
    item('button', 'OK', box(200, 400)),
  ),
  newPassword: reading(
    item('text', 'Reset Password', box(200, 50)),
    item('text', 'New Password', box(100, 120)),
    secret(118),
    item('text', 'Confirm', box(100, 160)),
    secret(158),
    item('button', 'OK', box(200, 300)),
  ),
  message: reading(
    item('text', 'Attention', box(200, 50)),
    item('text', 'The verification code is wrong.', box(200, 90, 300)),
    item('button', 'OK', box(200, 200)),
  ),
};

for (const shown of NAMES)
  t.test(`the screen ${shown} is known by its labels, and taken for no other`, async (t) => {
    for (const name of NAMES) t.equal(screens[name](SHOWN[shown]) !== undefined, name === shown, name);
    t.equal(screens.busy(SHOWN[shown]), false);
  });

t.test('a screen of something else is none of them', async (t) => {
  const foreign = reading(item('text', 'Network', box(0, 0)), item('field', '192.0.2.1', box(200, 0)));
  for (const name of NAMES) t.equal(screens[name](foreign), undefined, name);
  t.ok(screens.busy(reading(item('text', 'Please wait...', box(0, 0)))));
});

t.test('the login is known by two of its signs, where one is covered or misread', async (t) => {
  const { login } = SHOWN;
  const without = (...texts: readonly string[]) => ({
    ...login,
    items: login.items.filter((one) => !texts.includes(one.text)),
  });
  for (const text of ['OK', 'Login', 'Forgot Password'])
    t.ok(screens.login(without(text)) !== undefined, `without ${text}`);
  t.equal(screens.login(without('OK', 'Login')), undefined, 'one sign is too little');
  t.equal(screens.login(without('OK', 'Forgot Password')), undefined);
  const named = reading(secret(118), item('button', 'Login', box(200, 200)));
  t.ok(screens.login(named) !== undefined, 'but a button of its name is enough');
});

t.test('by eye a letter of a long label may be misread', async (t) => {
  const shown = reading(item('link', 'Foraot Password', box(0, 0)), item('button', 'Cencel', box(0, 40)));
  const byEye = { ...shown, frame: {} as Frame };
  t.equal(find(byEye, ['Forgot Password'])?.text, 'Foraot Password');
  t.equal(find(shown, ['Forgot Password']), undefined, 'a document is taken by its word');
  t.equal(find(byEye, ['Cancel']), undefined, 'a short one may be another label');
  t.equal(find(byEye, ['Export Password']), undefined, 'several letters are another text');
  const both = { ...byEye, items: [...byEye.items, item('text', 'Forgot Password', box(0, 80))] };
  t.equal(find(both, ['Forgot Password'])?.text, 'Forgot Password', 'what says it as it is comes first');
});
