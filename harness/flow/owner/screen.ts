import type { Box, Item, Reading } from '../../terms/frame.ts';
import type { Gui } from '../gui.ts';
import { fields, find, type Labels, plain } from '../look.ts';
import { isTold, newTexts } from '../told.ts';
import type { TryKind, TryLedger } from '../tries.ts';
import type { Outcome } from './outcome.ts';

/** A message box that was answered: what the screen said, and whether it left a choice of Yes and No. */
export interface Told {
  readonly text: string;
  readonly choice: boolean;
}

/** A way through menus: the record keeps the step, and no frame of every menu on the way. */
export function goBy(gui: Gui) {
  return (title: string, input: () => Promise<void>, waitMs?: number) =>
    gui.poke(title, input, { frame: false, ...(waitMs === undefined ? {} : { waitMs }) });
}

/**
 * Live view or black: nothing that waits for an answer. By eye the windows of a house that a camera shows are tick boxes,
 * but nothing stands beside them.
 */
export function idle(gui: Gui, r: Reading): boolean {
  const waits = ({ kind, text }: Item) =>
    kind === 'checkbox' || kind === 'radio' ? text.trim() !== '' : kind !== 'text' && kind !== 'image';
  return !gui.screens.busy(r) && !r.items.some(waits);
}
/** Something that one can act on: a window, a login, a menu. */
export function anyDialog(r: Reading): boolean {
  return r.items.some(
    (i) => i.kind === 'button' || i.kind === 'field' || i.kind === 'link' || i.kind === 'option',
  );
}

/** Whether each of the fields is where it was. */
export function stands(those: readonly Item[], r: Reading): boolean {
  const isNear = (a: Box, b: Box) => Math.abs(a.x - b.x) <= NEAR_PX && Math.abs(a.y - b.y) <= NEAR_PX;
  return those.length > 0 && those.every(({ box }) => fields(r).some((one) => isNear(one.box, box)));
}
/** By eye an edge is found so far from where it is. */
const NEAR_PX = 4;

/** A message box that lies over the form it came from leaves the form's title visible. */
function stillBehind(before: Reading, after: Reading): boolean {
  const title = before.items.find((i) => i.kind === 'text' && i.text.trim() !== '');
  return (
    title !== undefined &&
    after.items.some((i) => i.text === title.text && i.box.x === title.box.x && i.box.y === title.box.y)
  );
}

/**
 * What the steps at any screen are made of: forms, message boxes, values.
 * @param tries where wrong tries are counted
 */
export function screenSteps(gui: Gui, tries: TryLedger | undefined) {
  const go = goBy(gui);

  const steps = {
    /** A try that the recorder counts when it is wrong. One that breaks off may have been made, and counts as wrong. */
    async counted(kind: TryKind, attempt: () => Promise<Outcome>, user = ''): Promise<Outcome> {
      tries?.ask(kind, user);
      let accepted = false;
      try {
        const outcome = await attempt();
        accepted = outcome.accepted;
        return outcome;
      } finally {
        tries?.note(kind, accepted, user);
      }
    },

    /** Closes message boxes; where a choice is offered, by this answer. */
    async closeMessages(answer: 'yes' | 'no' = 'no'): Promise<readonly Told[]> {
      const told: Told[] = [];
      for (let count = 0; count < 6; count += 1) {
        const message = gui.screens.message(await gui.look());
        if (message === undefined) break;
        told.push({ text: message.text, choice: message.no !== undefined && message.ok !== undefined });
        const item = answer === 'yes' ? message.ok : (message.no ?? message.ok);
        await go(item === undefined ? 'Close the message' : `Answer ${item.text}`, () =>
          item === undefined ? gui.key('Enter') : gui.click(item),
        );
      }
      return told;
    },

    /** Confirms a form: accepted when `done`, refused when a message came; the message is closed. */
    async submit(title: string, done: (r: Reading) => boolean): Promise<Outcome> {
      // A form whose fields stand where they stood is there still, whatever of its writing was not read.
      const leads = (r: Reading, was: Reading) => done(r) && !stands(fields(was), r);
      const { value, before, reading } = await gui.act(
        title,
        () => gui.confirm(gui.label('ok')),
        (r, was) =>
          gui.screens.message(r) !== undefined || isTold(was, r) || leads(r, was)
            ? { done: leads(r, was) }
            : undefined,
      );
      const message = newTexts(before, reading).join(' ');
      const box = gui.screens.message(reading);
      const isDone = value.done;
      const accepted = isDone && (box === undefined || !stillBehind(before, reading));
      if (box !== undefined && !isDone) await steps.closeMessages();
      return { accepted, message: accepted && box === undefined ? '' : message };
    },

    /** Cancels the dialog in front. */
    async cancel(): Promise<Reading> {
      const { after } = await go('Cancel', () => gui.confirm(gui.label('cancel')));
      return after;
    },

    /** Leaves wizards and menus behind until the recorder rests at live view or login. */
    async finishWizard(): Promise<void> {
      for (let count = 0; count < 8; count += 1) {
        const r = await gui.look();
        if (gui.screens.login(r) !== undefined || (idle(gui, r) && !anyDialog(r))) return;
        if (gui.screens.message(r) !== undefined) await steps.closeMessages();
        else if (find(r, gui.label('cancel'), ['button']) !== undefined) await steps.cancel();
        else await go('Back', () => gui.rightClickOn(r));
      }
    },

    /** What one can act on in the row of an item, the one with such a label first. */
    beside(r: Reading, row: Item, labels: Labels): Item | undefined {
      const middle = row.box.y + row.box.height / 2;
      const inRow = r.items.filter(
        (i) =>
          (i.kind === 'button' || i.kind === 'checkbox') &&
          i.box.x > row.box.x &&
          Math.abs(i.box.y + i.box.height / 2 - middle) < row.box.height + 8,
      );
      return inRow.find((i) => labels.some((l) => plain(l) === plain(i.text))) ?? inRow[0];
    },

    /** What stands right of a label, joined, or else right below it (e.g. the masked address, the firmware version). */
    async valueBeside(labels: Labels): Promise<string> {
      const { value } = await gui.until(`"${labels.join('" or "')}" with a value`, (r) => {
        const label = find(r, labels, ['text']);
        if (label === undefined) return undefined;
        const values = r.items.filter((i) => (i.kind === 'text' || i.kind === 'field') && i !== label);
        const middle = label.box.y + label.box.height / 2;
        const right = values.filter(
          (i) =>
            i.box.x >= label.box.x + label.box.width - 4 &&
            Math.abs(i.box.y + i.box.height / 2 - middle) < 10,
        );
        const below = values.filter(
          (i) =>
            Math.abs(i.box.x - label.box.x) < 24 &&
            i.box.y >= label.box.y + label.box.height - 2 &&
            i.box.y < label.box.y + 2.5 * label.box.height,
        );
        const found = right.length > 0 ? right : below.slice(0, 1);
        return found.length === 0 ? undefined : found.map((i) => i.text).join(' ');
      });
      return value;
    },

    /** Every text on the screen, one string. */
    async allText(): Promise<string> {
      return (await gui.look()).items.map((i) => i.text).join('\n');
    },
  };
  return steps;
}

/** Forms, message boxes and values at any screen. */
export type ScreenSteps = ReturnType<typeof screenSteps>;
