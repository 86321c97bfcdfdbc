import { HarnessError } from '../../../terms/error.ts';
import type { KeyName } from '../../ports/display.ts';

/** A key of a keyboard, in the terms of the W3C UI Events specification, and of Windows for its number. */
export interface Key {
  readonly key: string;
  readonly code: string;
  readonly windowsVirtualKeyCode: number;
  /** What it writes; none for keys that only act. */
  readonly text?: string;
  /** Whether Shift is held. */
  readonly shift: boolean;
}

const NAMED: Readonly<Record<KeyName, Omit<Key, 'key' | 'shift'>>> = {
  Enter: { code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Escape: { code: 'Escape', windowsVirtualKeyCode: 27 },
  Tab: { code: 'Tab', windowsVirtualKeyCode: 9 },
  Backspace: { code: 'Backspace', windowsVirtualKeyCode: 8 },
  Delete: { code: 'Delete', windowsVirtualKeyCode: 46 },
  ArrowUp: { code: 'ArrowUp', windowsVirtualKeyCode: 38 },
  ArrowDown: { code: 'ArrowDown', windowsVirtualKeyCode: 40 },
  ArrowLeft: { code: 'ArrowLeft', windowsVirtualKeyCode: 37 },
  ArrowRight: { code: 'ArrowRight', windowsVirtualKeyCode: 39 },
};

/** Signs of a US keyboard: without Shift, with it, the name of the key, its number. */
const SIGNS = [
  ['`', '~', 'Backquote', 192],
  ['-', '_', 'Minus', 189],
  ['=', '+', 'Equal', 187],
  ['[', '{', 'BracketLeft', 219],
  [']', '}', 'BracketRight', 221],
  ['\\', '|', 'Backslash', 220],
  [';', ':', 'Semicolon', 186],
  ["'", '"', 'Quote', 222],
  [',', '<', 'Comma', 188],
  ['.', '>', 'Period', 190],
  ['/', '?', 'Slash', 191],
  [' ', ' ', 'Space', 32],
] as const;
const ABOVE_DIGITS = ')!@#$%^&*(';

/** The key with a name. */
export function keyNamed(name: KeyName): Key {
  return { key: name, shift: false, ...NAMED[name] };
}

/** The key of a US keyboard that writes a character; undefined where it has none. */
export function keyFor(character: string): Key | undefined {
  const written = { key: character, text: character };
  if (/^[a-z]$/i.test(character)) {
    const upper = character.toUpperCase();
    return {
      ...written,
      code: `Key${upper}`,
      windowsVirtualKeyCode: upper.charCodeAt(0),
      shift: character === upper,
    };
  }
  const shifted = ABOVE_DIGITS.indexOf(character);
  const digit = /^\d$/.test(character) ? Number(character) : shifted;
  if (digit >= 0 && character.length === 1)
    return { ...written, code: `Digit${digit}`, windowsVirtualKeyCode: 48 + digit, shift: shifted >= 0 };
  const sign = SIGNS.find(([plain, shift]) => plain === character || shift === character);
  if (sign === undefined) return undefined;
  const [plain, , code, windowsVirtualKeyCode] = sign;
  return { ...written, code, windowsVirtualKeyCode, shift: character !== plain };
}

/**
 * The keys of a US keyboard that write a text.
 * @throws HarnessError USAGE where it has none for a character: what is typed in part is worse than what is not typed
 */
export function keysFor(text: string): readonly Key[] {
  return [...text].map((character) => {
    const key = keyFor(character);
    if (key !== undefined) return key;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    throw new HarnessError(
      'USAGE',
      `a keyboard of US layout has no key for ${JSON.stringify(character)} (U+${code}): nothing was typed`,
      { port: 'display', hint: 'use text of ASCII alone, or type it at the on-screen keyboard' },
    );
  });
}
