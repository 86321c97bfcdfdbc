import type { Html } from '../html.ts';
import type { Screen, Ui } from '../ui.ts';

/** A dialog, before a GUI generation gives it its frame. */
export interface DialogView {
  readonly title: string;
  readonly body: Html;
  /** From left to right. */
  readonly buttons: readonly Html[];
  /** `wide` holds a QR. Default `form`. */
  readonly size?: 'box' | 'form' | 'wide';
}

/** A place in the menus. */
export interface MenuEntry {
  readonly icon: string;
  readonly label: string;
  /** Names a page (see menu.ts); absent where the entry leads further down. */
  readonly page?: string;
  readonly entries?: readonly MenuEntry[];
  /** Something other than a page. */
  readonly does?: 'live' | 'power';
}

/** What makes one GUI generation different from the others. */
export interface Skin {
  /** Name of its style sheet, and class of the page. */
  readonly name: 'gui30' | 'gui40' | 'lite';
  /** The title of the page before the reset QR. */
  readonly disclaimer: 'legalDisclaimer' | 'privacyPolicy';
  /** Where the address of the reserved email is set. */
  readonly reserve: 'edit-gear' | 'edit-user' | 'direct';
  dialog(view: DialogView): Html;
  /** Main menu, by its entries. */
  menu(ui: Ui): readonly MenuEntry[];
  /** The menu's pages; `at` is the path of indexes, empty at the root. */
  menuFrame(ui: Ui, frame: MenuFrame): Html;
  /** After a login: the screens over the live view. */
  afterLogin(ui: Ui, menu: () => Screen): readonly Screen[];
}

/** What a skin needs to paint the menu. */
export interface MenuFrame {
  readonly entries: readonly MenuEntry[];
  /** Chosen entry of the first and second level; undefined at the root. */
  readonly top: number | undefined;
  readonly sub: number | undefined;
  readonly title: string;
  /** The page's content and its buttons. */
  readonly body: Html;
  readonly buttons: readonly Html[];
}
