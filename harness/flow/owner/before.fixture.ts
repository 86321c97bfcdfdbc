import { handClock } from '../../bench/fakes/clock.ts';
import { fakeDisplay } from '../../bench/fakes/display.ts';
import type { Item } from '../../terms/frame.ts';
import type { PasswordKeeper } from '../../terms/passwords.ts';
import { Gui } from '../gui.ts';
import { passing } from '../pass.fixture.ts';
import { silentTrace } from '../trace.fixture.ts';
import { ownerOf } from './owner.ts';

const SIZE = { width: 640, height: 480 };
const LABELS = {
  login: ['Login'],
  password: ['Password'],
  userName: ['User Name'],
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
const WAYS = { users: [], info: [], reserveEmail: 'direct' } as const;

/** None of these acts keys a new password in. */
const NOT_KEPT: PasswordKeeper = {
  intend: () => ({ keyed: () => undefined, confirmed: () => undefined, abandoned: () => undefined }),
  holds: () => undefined,
};

/** Something on a screen, 100 px wide and 20 px high. */
export function item(kind: Item['kind'], text: string, x: number, y: number, more: Partial<Item> = {}): Item {
  return { kind, text, box: { x, y, width: 100, height: 20 }, ...more };
}
export const LIVE = { items: [item('text', 'Camera 1', 10, 10)] };
export const LOGIN = {
  items: [
    item('text', 'Password', 200, 200),
    item('field', '', 310, 200, { concealed: true }),
    item('link', 'Forgot Password', 310, 230),
    item('button', 'Login', 310, 260),
  ],
};
export const METHODS = {
  items: [
    item('text', 'Reset Type', 200, 100),
    item('radio', 'Verify by Reserved Email', 200, 140),
    item('button', 'OK', 310, 260),
  ],
};

/** An owner before a display with a script, where time passes by itself as long as something is waited for. */
export function before() {
  const clock = handClock();
  const display = fakeDisplay({ clock, ...SIZE });
  const trace = silentTrace();
  const gui = new Gui({ display, labels: LABELS, clock, trace, patienceMs: 8000 });
  const owner = ownerOf(gui, WAYS, { passwords: NOT_KEPT });
  const pass = <T>(act: Promise<T>) => passing(clock, act);
  const clicks = () =>
    display.inputs().flatMap((one) => (one.kind === 'click' ? [`${one.button} ${one.x},${one.y}`] : []));
  return { clock, display, owner, pass, clicks };
}
