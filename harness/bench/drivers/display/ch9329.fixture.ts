import type { Page } from 'playwright';
import { type Chip, type ChipOptions, ch9329Chip, type UsbHost } from '../../../emulator/ch9329/chip.ts';
import { openPty } from '../../../emulator/serial/pty.ts';
import { systemClock as clock } from '../../../terms/clock.ts';

/** What became of reports. */
export type Report =
  | { readonly kind: 'keyboard'; readonly modifiers: number; readonly keys: readonly number[] }
  | { readonly kind: 'mouse'; readonly buttons: number; readonly x: number; readonly y: number }
  | { readonly kind: 'mouse move'; readonly buttons: number; readonly dx: number; readonly dy: number };

/** A host that only writes down what comes. */
export function notingHost(): UsbHost & { readonly reports: readonly Report[] } {
  const reports: Report[] = [];
  return {
    reports,
    keyboard: async (modifiers, keys) => void reports.push({ kind: 'keyboard', modifiers, keys }),
    mouse: async (buttons, x, y) => void reports.push({ kind: 'mouse', buttons, x, y }),
    mouseMove: async (buttons, dx, dy) => void reports.push({ kind: 'mouse move', buttons, dx, dy }),
  };
}

/** The keys of a US keyboard from usage ID 0x04 on, as the USB tables list them; `-` where this host has none. */
const CODES = [
  ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `Key${letter}`),
  ...[...'1234567890'].map((digit) => `Digit${digit}`),
  ...'Enter Escape Backspace Tab Space Minus Equal BracketLeft BracketRight Backslash -'.split(' '),
  ...'Semicolon Quote Backquote Comma Period Slash CapsLock'.split(' '),
  ...'F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 - - - Insert Home PageUp Delete End PageDown'.split(' '),
  ...'ArrowRight ArrowLeft ArrowDown ArrowUp'.split(' '),
];
const SHIFT = 0x02;
const BUTTONS = [
  [0x01, 'left'],
  [0x02, 'right'],
] as const;

/** A page whose mouse and keyboard are moved as a computer of US layout moves its own. */
export function pageHost(page: Page, { width, height }: { width: number; height: number }): UsbHost {
  let held = { shift: false, keys: [] as readonly number[], buttons: 0 };
  const code = (usage: number) => CODES[usage - 4] ?? '-';
  return {
    async keyboard(modifiers, keys) {
      const shift = (modifiers & SHIFT) !== 0;
      const before = held;
      held = { ...held, shift, keys };
      if (shift !== before.shift) await page.keyboard[shift ? 'down' : 'up']('ShiftLeft');
      for (const usage of before.keys) if (!keys.includes(usage)) await page.keyboard.up(code(usage));
      for (const usage of keys) if (!before.keys.includes(usage)) await page.keyboard.down(code(usage));
    },
    async mouse(buttons, x, y) {
      await page.mouse.move(Math.floor((x * width) / 4096), Math.floor((y * height) / 4096));
      for (const [bit, button] of BUTTONS) {
        const down = (buttons & bit) !== 0;
        if (down !== ((held.buttons & bit) !== 0)) await page.mouse[down ? 'down' : 'up']({ button });
      }
      held = { ...held, buttons };
    },
    mouseMove: async () => undefined,
  };
}

/** A chip behind a serial cable that can be cut, and what it says be changed. */
export interface CabledChip extends AsyncDisposable {
  readonly path: string;
  readonly chip: Chip;
  /** Changes what goes to the bench; undefined: nothing goes. */
  spoil(change: ((answer: Uint8Array) => Uint8Array | undefined) | undefined): void;
  /** Frames that came so far. */
  frames(): number;
  /** The adapter is pulled out, without a word. */
  unplug(): void;
}

/** @param baudRate where given, bytes take their time on the line */
export async function openCabledChip(options: ChipOptions, baudRate?: number): Promise<CabledChip> {
  const chip = ch9329Chip(options);
  const pty = openPty();
  let change: ((answer: Uint8Array) => Uint8Array | undefined) | undefined;
  let count = 0;
  let plugged = true;
  const line = (bytes: number) =>
    baudRate === undefined ? Promise.resolve() : clock.sleep((bytes * 10_000) / baudRate);
  let last: Promise<void> = Promise.resolve();
  const hear = async (bytes: Uint8Array) => {
    await line(bytes.length);
    for (const answer of await chip.receive(bytes)) {
      count += 1;
      await line(answer.length);
      const said = change === undefined ? answer : change(answer);
      if (said !== undefined && plugged) pty.write(said);
    }
  };
  pty.onBytes((bytes) => {
    last = last.then(() => hear(bytes));
  });
  const unplug = () => {
    if (plugged) pty.close();
    plugged = false;
  };
  return {
    path: pty.path,
    chip,
    spoil: (next) => {
      change = next;
    },
    frames: () => count,
    unplug,
    async [Symbol.asyncDispose]() {
      unplug();
      await last;
    },
  };
}
