import type { CDPSession } from 'playwright';
import { type PikvmHid, pixelOf } from '../../wire/pikvm.ts';
import type { Size } from './chain.ts';
import { KEYS, type Keycap, type KeyEvent, MODIFIERS } from './keys.ts';

/** Names of kvmd's buttons (BTN_BACK, BTN_FORWARD are `up`, `down`) in the browser's words, with its bits. */
export const BUTTONS = {
  left: { name: 'left', bit: 1 },
  right: { name: 'right', bit: 2 },
  middle: { name: 'middle', bit: 4 },
  up: { name: 'back', bit: 8 },
  down: { name: 'forward', bit: 16 },
} as const;
export type Button = keyof typeof BUTTONS;

/** Longest the page is waited for before the next event is sent. */
const TIMEOUT_MS = 5000;

/**
 * USB keyboard and mouse of a KVM, plugged into a recorder. Events reach it in the order in which they came; each
 * resolves when it was sent, whatever the recorder makes of it. Without power nobody hears them.
 */
export class Hid {
  readonly #page: CDPSession;
  readonly #size: Size;
  readonly #hasPower: () => boolean;
  readonly #keys = new Set<string>();
  readonly #buttons = new Set<Button>();
  #caps = false;
  #at = { x: 0, y: 0 };
  #kind: 'mouse' | 'key' = 'mouse';
  /** The last event was sent. */
  #sent: Promise<void> = Promise.resolve();
  /** All events were taken. */
  #taken: Promise<void> = Promise.resolve();

  constructor(page: CDPSession, size: Size, hasPower: () => boolean) {
    this.#page = page;
    this.#size = size;
    this.#hasPower = hasPower;
  }

  /** As kvmd's OTG keyboard and mouse tell it. */
  state(): PikvmHid {
    const online = this.#hasPower();
    const keyboard = { online, leds: { caps: this.#caps, num: false, scroll: false } };
    const outputs = { active: 'usb', available: ['usb', 'usb_rel'] };
    return { online: true, busy: false, keyboard, mouse: { online, absolute: true, outputs } };
  }

  /** To an absolute position of the API, -32768..32767 each way. */
  move(toX: number, toY: number): Promise<void> {
    return this.#send('mouse', () => {
      this.#at = { x: pixelOf(toX, this.#size.width), y: pixelOf(toY, this.#size.height) };
      return this.#mouse('mouseMoved', 'none');
    });
  }

  /** Pressing a button that is down lets go of it first. */
  async button(button: Button, down: boolean): Promise<void> {
    if (down) await this.button(button, false);
    await this.#send('mouse', () => {
      if (this.#buttons.has(button) === down) return undefined;
      if (down) this.#buttons.add(button);
      else this.#buttons.delete(button);
      return this.#mouse(down ? 'mousePressed' : 'mouseReleased', BUTTONS[button].name);
    });
  }

  /** Pressing a key that is down lets go of it first; unknown codes do nothing. */
  async key({ code, down }: KeyEvent): Promise<void> {
    const cap = KEYS.get(code);
    if (cap === undefined) return;
    if (down) await this.key({ code, down: false });
    await this.#send('key', () => {
      if (this.#keys.has(code) === down) return undefined;
      if (down) this.#keys.add(code);
      else this.#keys.delete(code);
      if (down && code === 'CapsLock') this.#caps = !this.#caps;
      return this.#page.send('Input.dispatchKeyEvent', this.#described(cap, down));
    });
  }

  /** Lets go of everything. */
  async reset(): Promise<void> {
    for (const code of [...this.#keys]) await this.key({ code, down: false });
    for (const button of [...this.#buttons]) await this.button(button, false);
  }

  /**
   * Sends an event after those before it; resolves when it was sent. The browser keeps keys in order by itself; moves
   * and buttons it may take up later than a key that came after them.
   */
  #send(kind: 'mouse' | 'key', event: () => Promise<unknown> | undefined): Promise<void> {
    const before = kind === 'key' && this.#kind === 'key' ? this.#sent : this.#taken;
    this.#kind = kind;
    const sending = before.then(() => ({ answer: this.#hasPower() ? event() : undefined }));
    const taken = sending.then(({ answer }) => answer && within(answer));
    this.#sent = sending.then(() => undefined);
    this.#taken = Promise.all([this.#taken, taken]).then(() => undefined);
    return this.#sent;
  }

  #mouse(
    type: 'mouseMoved' | 'mousePressed' | 'mouseReleased',
    button: 'none' | 'left' | 'right' | 'middle' | 'back' | 'forward',
  ) {
    const buttons = [...this.#buttons].reduce((bits, one) => bits | BUTTONS[one].bit, 0);
    const clickCount = type === 'mouseMoved' ? 0 : 1;
    return this.#page.send('Input.dispatchMouseEvent', {
      type,
      ...this.#at,
      button,
      buttons,
      clickCount,
      modifiers: this.#modifiers(),
    });
  }

  #modifiers(): number {
    return [...this.#keys].reduce((bits, code) => bits | (MODIFIERS[KEYS.get(code)?.key ?? ''] ?? 0), 0);
  }

  #described(cap: Keycap, down: boolean) {
    const modifiers = this.#modifiers();
    const shift = (modifiers & 8) !== 0;
    const letter = /^Key[A-Z]$/.test(cap.code);
    const key = shift !== (letter && this.#caps) ? cap.shifted : cap.key;
    const writes = (modifiers & ~8) === 0 && (key.length === 1 || key === 'Enter');
    const text = key === 'Enter' ? '\r' : key;
    return {
      type: down ? (writes ? 'keyDown' : 'rawKeyDown') : 'keyUp',
      modifiers,
      code: cap.code,
      key,
      windowsVirtualKeyCode: cap.windowsVirtualKeyCode,
      location: cap.location,
      isKeypad: cap.location === 3,
      ...(down && writes ? { text, unmodifiedText: text } : {}),
    } as const;
  }
}

/** Waits for what was sent to be taken, but not for ever; a page that is gone takes nothing. */
async function within(done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, TIMEOUT_MS);
  });
  await Promise.race([done.catch(() => undefined), late]);
  clearTimeout(timer);
}
