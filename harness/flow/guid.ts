import { HarnessError } from '../terms/error.ts';
import type { Item, Reading } from '../terms/frame.ts';
import { textSimilarity } from '../vision/needle/match.ts';
import { find, plain, seen } from './look.ts';
import { notReached, type Outcome } from './owner/outcome.ts';
import type { Owner } from './owner/owner.ts';
import { isTold, newTexts } from './told.ts';

/** What an entry of a list of files may be. */
const ENTRIES = ['option', 'radio', 'text', 'button'] as const;
/** How like a name the text read of an entry must be, 0 to 1: a character or two of a long name may be misread. */
const ALIKE = 0.9;
/** How long a list may take to show a file, ms. */
const LISTED_MS = 3_000;
/** How far behind every other entry must stay. */
const AHEAD = 0.03;

/**
 * The entry of a list that shows a file's name.
 * @param byEye The texts were read from a picture: where none is the name, the one that comes nearest is taken, as no
 * eye tells every figure of a long name from every other.
 * @returns undefined where none is like it
 * @throws HarnessError LOCATOR_NOT_FOUND where several are alike: what cannot be told apart is not refused either
 */
export function entryOf(reading: Reading, file: string, byEye: boolean): Item | undefined {
  const exact = find(reading, [file], ENTRIES);
  if (exact !== undefined || !byEye) return exact;
  const [best, next] = reading.items
    .filter(({ kind }) => ENTRIES.some((one) => one === kind))
    .map((item) => ({ item, alike: textSimilarity(unspaced(file), unspaced(item.text)) }))
    .sort((a, b) => b.alike - a.alike);
  if (best === undefined || best.alike < ALIKE) return undefined;
  if (next !== undefined && best.alike - next.alike < AHEAD)
    throw new HarnessError(
      'LOCATOR_NOT_FOUND',
      `no eye tells which entry is ${file}: "${best.item.text}" or "${next.item.text}"`,
      { port: 'display', hint: 'Let the bench see finer: resetbench doctor --display rates its picture.' },
    );
  return best.item;
}

/** A name as it is compared by eye: figures that stand far apart look like two words. */
function unspaced(text: string): string {
  return plain(text).replaceAll(' ', '');
}

/** What became of a file that was to open the reset. */
export interface FileOutcome extends Outcome {
  /** Whether the recorder was given the file; a refusal without that says nothing of the file. */
  readonly tried: boolean;
}

/** The other documented way back: a file that was exported to a USB drive before. */
export class GuidFiles {
  readonly #owner: Owner;
  constructor(owner: Owner) {
    this.#owner = owner;
  }

  /** Exports a GUID file to the drive that is plugged in, as admin, from the login screen. */
  async export(adminPassword: string): Promise<Outcome> {
    const owner = this.#owner;
    const { gui } = owner;
    await owner.toMenu('admin', adminPassword);
    const before = await owner.toEditAdmin(adminPassword);
    const row = find(before, gui.label('exportGuid'), ['text', 'button']);
    const opener = row?.kind === 'button' ? row : row && owner.beside(before, row, gui.label('export'));
    if (opener === undefined)
      throw new HarnessError(
        'SCREEN_NOT_REACHED',
        `the user menu has no "${gui.label('exportGuid').join('" or "')}"; saw ${seen(before)}`,
        { port: 'display' },
      );
    const { value: asked } = await gui.act(
      'Export the GUID file',
      () => gui.click(opener),
      (r, was) => (isTold(was, r) ? { told: gui.screens.message(r) } : undefined),
    );
    if (asked.told !== undefined) return this.#refusal();
    await owner.typeAdminPassword(adminPassword);
    const answered = await gui.act(
      'Confirm the export',
      () => gui.confirm(gui.label('ok')),
      (r, was) => gui.screens.message(r) ?? (isTold(was, r) ? { text: '' } : undefined),
    );
    const message = newTexts(answered.before, answered.reading).join(' ');
    const told = await owner.closeMessages();
    return { accepted: told.length > 0, message };
  }

  async #refusal(): Promise<Outcome> {
    const told = await this.#owner.closeMessages();
    return { accepted: false, message: told.map(({ text }) => text).join(' ') };
  }

  /**
   * Chooses a file of the drive in the reset dialog, from the login screen. Accepted = the new password is asked for;
   * not accepted either where this way, or this file, is not offered.
   */
  async verify(file: string): Promise<FileOutcome> {
    const owner = this.#owner;
    const { gui } = owner;
    const methods = await owner.forgotPassword();
    const radio = find(methods, gui.label('byGuid'), ['radio', 'option']);
    if (radio === undefined) {
      await owner.closeMessages();
      return { accepted: false, message: 'no reset by GUID file is offered', tried: false };
    }
    if (radio.checked !== true)
      await gui.poke('Choose Verify by GUID File', () => gui.click(radio), { frame: false });
    const { after } = await gui.poke('Confirm the method', () => gui.confirm(gui.label('ok')));
    if (gui.screens.message(after) !== undefined) return { ...(await this.#refusal()), tried: false };
    const item = await this.#listed(after, file);
    if (item === undefined) return { accepted: false, message: 'the file is not listed', tried: false };
    if (item.checked !== true) await gui.poke(`Choose ${file}`, () => gui.click(item), { frame: false });
    const outcome = await owner.counted('file', () =>
      owner.submit('Verify by the file', (r) => gui.screens.newPassword(r) !== undefined),
    );
    return { ...outcome, tried: true };
  }

  /** The file in the dialog's list; a list that is closed is opened. */
  async #listed(shown: Reading, file: string) {
    const { gui } = this.#owner;
    const byEye = gui.calibration !== undefined;
    // Dialogs come in parts, and lists are read from a slow drive.
    const found = await gui
      .until('the file in the list', (r) => entryOf(r, file, byEye), { timeoutMs: LISTED_MS })
      .catch(notReached);
    if (found !== undefined) return found.value;
    const list = shown.items.find((i) => i.kind === 'option');
    if (list === undefined) return undefined;
    const { after } = await gui.poke('Open the list of files', () => gui.click(list), { frame: false });
    return entryOf(after, file, byEye);
  }
}
