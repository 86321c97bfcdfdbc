import type { Display } from '../bench/ports/display.ts';
import type { Clock } from '../terms/clock.ts';
import type { Item, Reading } from '../terms/frame.ts';
import { Gui } from './gui.ts';
import { fields, find, seen } from './look.ts';
import { anyDialog, idle } from './owner/screen.ts';
import type { LabelBook } from './screens.ts';
import type { Trace } from './trace.ts';

/** What came of a text that was typed into a field. */
export type TypingProbe =
  /** The field shows what is typed: all of it stands there, or something else. */
  | { readonly state: 'shown'; readonly typed: string; readonly shown: string }
  /** The field is masked: it says how many characters came, not which. */
  | { readonly state: 'counted'; readonly typed: string; readonly dots: number }
  /** Nothing was typed. */
  | { readonly state: 'not-tried'; readonly why: string; readonly cure: string };
/** The same, and what is left of it where the field could not be emptied again, characters. */
export type Typed = TypingProbe & { readonly left?: number };

/**
 * What is typed: capitals, digits and signs, and of each the keys that lie elsewhere on another layout than the US one
 * (`z` and `y`, `q` and `a`, `@`, `#`, `-`). Nothing that looks like something else, and not more than a short field takes.
 */
export const PROBE_TEXT = 'Qa4#Zy7@Mk9-';
/** So many characters more are deleted than a field shows, and so often. */
const UNSEEN = 4;
const EMPTYING = 4;
/** Windows between a live view and what it was found under. */
const LEAVING = 4;
/** How long a screen may take to show something, ms. */
const PATIENCE_MS = 10_000;
/** How far a field may seem to have moved, px, across and down together. */
const MOVED = 12;

/** Nothing of it is kept: it is no case. */
const NO_TRACE: Trace = {
  step: (_, body) => body(),
  effect: () => undefined,
  frame: (_, frame) => void Promise.resolve(frame).catch(() => undefined),
  picture: () => undefined,
  screen: () => undefined,
  text: () => undefined,
  measure: () => undefined,
  secret: () => undefined,
};

/**
 * Types {@link PROBE_TEXT} into an empty field of the login or the activation and reads it back: into one that shows what
 * is typed where there is one, else into one that is masked. From the live view the login is brought up, and cancelled
 * again. Nothing is confirmed, so that no try is spent; the field is emptied again.
 * @param display one that can be read
 * @throws HarnessError of the display, or SCREEN_NOT_REACHED where the field does not take the focus
 */
export async function probeTyping(
  display: Display,
  clock: Clock,
  { labels }: { readonly labels: LabelBook },
): Promise<Typed> {
  const gui = new Gui({ display, labels, clock, trace: NO_TRACE, patienceMs: PATIENCE_MS });
  const first = await gui.look();
  const isThere = (r: Reading) =>
    gui.screens.login(r) !== undefined || gui.screens.activation(r) !== undefined;
  const found = isThere(first) ? first : await broughtUp(gui, first, isThere);
  if (found === undefined) {
    await back(gui, first);
    return {
      state: 'not-tried',
      why: `neither a login nor an activation is there, and the live view leads to none; saw ${seen(first)}`,
      cure: 'log out at the recorder, bring it to its login, and call this again',
    };
  }
  try {
    return await typedInto(gui, display, found);
  } finally {
    // As it was found: a login that was brought up goes away again.
    if (found !== first) await back(gui, first);
  }
}

/** The login, from a live view: by a right click, and by the menu where that comes first. */
async function broughtUp(
  gui: Gui,
  live: Reading,
  isThere: (r: Reading) => boolean,
): Promise<Reading | undefined> {
  if (anyDialog(live)) return undefined;
  const { after } = await gui.poke('Right click on the live view', () => gui.rightClickOn(live));
  if (isThere(after)) return after;
  const menu = find(after, [...gui.label('login'), ...gui.label('menu')]);
  if (menu === undefined) return undefined;
  const opened = await gui.poke(`Choose ${menu.text}`, () => gui.click(menu));
  return isThere(opened.after) ? opened.after : undefined;
}

/** Back to the live view that was there first, without a key: Enter would confirm. */
async function back(gui: Gui, first: Reading): Promise<void> {
  if (anyDialog(first)) return;
  for (let tries = 0; tries < LEAVING; tries += 1) {
    const now = await gui.look();
    if (idle(gui, now) && !anyDialog(now)) return;
    const cancel = find(now, gui.label('cancel'), ['button']);
    await gui.poke('Go back', () => (cancel === undefined ? gui.rightClickOn(now) : gui.click(cancel)));
  }
}

async function typedInto(gui: Gui, display: Display, screen: Reading): Promise<Typed> {
  const empty = fields(screen).filter(({ text }) => text === '');
  const target = empty.find(({ concealed }) => concealed !== true) ?? empty[0];
  if (target === undefined)
    return {
      state: 'not-tried',
      why: `no field of the screen is empty, and what stands in one is left alone; saw ${seen(screen)}`,
      cure: 'empty a field of the login, and call this again',
    };
  try {
    await gui.fill('Type a text', target, PROBE_TEXT);
  } catch (error) {
    await emptied(gui, display, target);
    throw error;
  }
  const shown = same(await gui.look(), target);
  const text = shown?.text ?? '';
  const left = await emptied(gui, display, target);
  const rest = left === 0 ? {} : { left };
  if (shown?.concealed === true || (shown === undefined && target.concealed === true))
    return { state: 'counted', typed: PROBE_TEXT, dots: text.length, ...rest };
  return { state: 'shown', typed: PROBE_TEXT, shown: text, ...rest };
}

/** Deletes what was typed, by keys alone: a click would bring up a keyboard on the screen. @returns what is left, characters */
async function emptied(gui: Gui, display: Display, target: Item): Promise<number> {
  const left = (r: Reading) => same(r, target)?.text.length ?? 0;
  for (let tries = 0; tries < EMPTYING; tries += 1) {
    const length = left(await gui.look());
    if (length === 0) break;
    await gui.begin('Empty the field', () => display.press('Backspace', length + UNSEEN), 'seen');
    await gui
      .until('the field to be empty', (r) => left(r) === 0 || undefined, { timeoutMs: PATIENCE_MS / 4 })
      .catch(() => undefined);
  }
  return left(await gui.look());
}

/** The field that stands where another reading showed it. */
function same(reading: Reading, { box }: Item): Item | undefined {
  const distance = (one: Item) => Math.abs(one.box.x - box.x) + Math.abs(one.box.y - box.y);
  return fields(reading)
    .filter((one) => distance(one) < MOVED)
    .sort((a, b) => distance(a) - distance(b))[0];
}
