import type { KeyName } from '../bench/ports/display.ts';
import type { Clock } from '../terms/clock.ts';
import type { Box, Item, Reading } from '../terms/frame.ts';
import { fields } from './look.ts';
import type { Trace } from './trace.ts';

/** Looks and acts for what types into fields; the `Gui` is behind it. */
export interface Hand {
  readonly clock: Clock;
  readonly trace: Trace;
  /** What is visible now. */
  look(): Promise<Reading>;
  /** What stands at one place once it has changed, at rest or not, or after a moment; of the rest nothing is known. */
  changedAt(box: Box): Promise<Reading>;
  /** Waits until `wanted` answers something on a picture that stands still. @throws HarnessError SCREEN_NOT_REACHED */
  until(
    what: string,
    wanted: (r: Reading) => unknown,
    options?: { readonly timeoutMs?: number },
  ): Promise<unknown>;
  click(item: Item): Promise<void>;
  press(key: KeyName, times: number): Promise<void>;
  type(text: string): Promise<void>;
  /** How long to wait for an effect: at least `ms`, and longer on a display that has been slow. */
  patience(ms: number): number;
  /** The display took so long to show what an input did, ms. */
  answered(ms: number): void;
}

/** How long a field that was clicked on is watched alone, ms. */
const FOCUS_MS = 600;
/** How long a field may take to show the next character typed into it, ms. */
const TYPED_MS = 600;
/** The same once it shows as many as were typed, which the eye reads otherwise. */
const MISREAD_MS = 100;
/** So many characters more are deleted than a field shows: nobody sees blanks at an end. */
const UNSEEN = 4;
/** How often what a field shows is deleted until it shows nothing: 128 characters in a field for 30. */
const EMPTYING = 8;
/** How far a field may seem to have moved, px, across and down together. */
const MOVED = 12;

/** Empties a field, types into it, and reads it back. One that is empty and has the focus is typed into at once. */
export async function fillField(hand: Hand, target: Item, text: string): Promise<void> {
  const isReady = target.focused === true && target.text === '';
  if (!isReady) await focus(hand, target);
  if (target.text !== '') await empty(hand, target);
  await hand.type(text);
  let { shown, arrived } = await typed(hand, target, text);
  if (isReady && shown === '' && text.trim() !== '' && same(await hand.look(), target)?.text === '') {
    // It only looked as if it had the focus; or the display is late, and what was typed is still to come.
    await focus(hand, target);
    await hand.press('Backspace', text.length + UNSEEN);
    await hand.type(text);
    ({ shown, arrived } = await typed(hand, target, text));
  }
  hand.trace.effect('settled');
  if (!arrived) {
    // A field may cut what is too long: what it took is what counts. A letter may be misread. Keep the fact.
    const how = shown.length < text.length ? 'took less' : 'reads otherwise';
    await hand.trace.text(
      'export',
      `field ${how} than was typed`,
      `typed ${text.length} characters, shown ${shown.length}`,
    );
  }
}

async function focus(hand: Hand, target: Item): Promise<void> {
  await hand.click(target);
  const { clock } = hand;
  for (const until = clock.monotonic() + hand.patience(FOCUS_MS); clock.monotonic() < until; )
    if (same(await hand.changedAt(target.box), target)?.focused === true) return;
  await hand.until('the field to take the focus', (r) => same(r, target)?.focused === true || undefined);
}

/** Deletes what stands in a field, from its end. Pixels show a part of a long text, and what they hide comes after. */
async function empty(hand: Hand, target: Item): Promise<void> {
  const left = (r: Reading) => same(r, target)?.text.length ?? 0;
  const isEmpty = (r: Reading) => left(r) === 0 || undefined;
  // The pointer that clicked may still cover what stands there.
  await hand
    .until('the field as it was', (r) => left(r) >= target.text.length || undefined, {
      timeoutMs: hand.patience(TYPED_MS),
    })
    .catch(() => undefined);
  for (let tries = 0; tries < EMPTYING && !isEmpty(await hand.look()); tries += 1) {
    const length = left(await hand.look());
    await hand.press('Backspace', length + UNSEEN);
    await hand
      .until('the field to be empty', isEmpty, { timeoutMs: hand.patience(TYPED_MS) })
      .catch(() => undefined);
  }
  await hand.until('the field to be empty', isEmpty);
}

/** What a field shows once the typing has arrived; a field that takes no more is given up on after a while. */
async function typed(
  hand: Hand,
  target: Item,
  text: string,
): Promise<{ readonly shown: string; readonly arrived: boolean }> {
  const { clock } = hand;
  let shown: Item | undefined;
  let changedAt = clock.monotonic();
  const begun = changedAt;
  const arrived = () =>
    shown?.concealed === true ? shown.text.length === text.length : (shown?.text ?? '') === text;
  const longest = () => hand.patience(shown?.text.length === text.length ? MISREAD_MS : TYPED_MS);
  // The last look begins when there was time enough, however long it takes.
  for (let asked = begun; !arrived() && asked - changedAt < longest(); ) {
    asked = clock.monotonic();
    const now = same(await hand.changedAt(target.box), target);
    if (now?.text !== shown?.text) changedAt = clock.monotonic();
    shown = now;
  }
  if (arrived()) hand.answered(clock.monotonic() - begun);
  return { shown: shown?.text ?? '', arrived: arrived() || target.concealed === true };
}

/** The field that stands where another reading showed it. */
function same(reading: Reading, target: Item): Item | undefined {
  return fields(reading)
    .map((f) => ({ f, d: Math.abs(f.box.x - target.box.x) + Math.abs(f.box.y - target.box.y) }))
    .filter(({ d }) => d < MOVED)
    .sort((a, b) => a.d - b.d)[0]?.f;
}
