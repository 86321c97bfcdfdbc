import type { RecorderCore, UserLevel } from '../recorder/api.ts';
import type { Html } from './html.ts';
import type { Skin } from './skins/skin.ts';
import type { Texts } from './text/en.ts';
import type { GuiTiming } from './timing.ts';

/** One text field of a screen: what stands in it, and where the caret is. */
export interface Field {
  readonly kind: 'text' | 'password';
  /** Longest text it takes, characters. */
  readonly max: number;
  value: string;
  caret: number;
}

/** A field, empty unless a value is given. */
export function field(kind: Field['kind'], max: number, value = ''): Field {
  return { kind, max, value, caret: value.length };
}

/** One window or page. It owns its state; the session paints it again after each input. */
export interface Screen {
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** The field that has the caret at first. */
  readonly first?: string;
  /** Action of Enter. */
  readonly submit?: string;
  /** Action of Esc and of the right mouse button; without one they do nothing. */
  readonly cancel?: string;
  /** Without input for so long (uptime, ms): `expire`, or logged out. */
  readonly idleMs?: number;
  readonly expire?: () => void;
  /** Hides the live view wholly, so that it need not be drawn. */
  readonly opaque?: boolean;
  /** Shows something that runs by itself (a countdown): painted with every tick. */
  readonly alive?: () => boolean;
  render(): Html;
  /** `argument` is what stands behind a colon in the name of the action. */
  act(action: string, argument: string): void;
  /** A field was entered or changed: what was said about it no longer holds. */
  touched?(): void;
  /** Dots joined by dragging, 1 to 9 from the top left. */
  draw?(dots: readonly number[]): void;
}

/** What {@link RecorderCore.openReset} answered. */
export type OpenReset = ReturnType<RecorderCore['openReset']>;

/** What a screen may ask of the session it is shown in. */
export interface Ui {
  readonly core: RecorderCore;
  readonly text: Texts;
  readonly skin: Skin;
  readonly timing: GuiTiming;
  readonly width: number;
  readonly height: number;
  /** Size of the usual text, px. */
  readonly fontPx: number;
  /** Who is logged in at the recorder itself. */
  readonly user: { readonly name: string; readonly level: UserLevel } | undefined;
  /** A reset whose dialog was closed for idleness. */
  kept: OpenReset | undefined;
  signIn(user: string, level: UserLevel): void;
  signOut(): void;
  /** Shows a screen on top of the others. */
  push(screen: Screen): void;
  /** Shows a screen in the place of the topmost. */
  swap(screen: Screen): void;
  /** Closes the topmost. */
  pop(): void;
  /** Closes all; shows only these, if any: the live view lies under them. */
  only(...screens: readonly Screen[]): void;
  /** Where the recorder goes by itself: the activation, the login, or what its GUI shows after a login. */
  home(): void;
  /** An attention box with OK. */
  tell(message: string, then?: () => void): void;
  /** An attention box with Yes and No. */
  ask(message: string, answer: (yes: boolean) => void): void;
  /** Shows 'please wait' as long as flash is written, then goes on. */
  writing(then: () => void): void;
}
