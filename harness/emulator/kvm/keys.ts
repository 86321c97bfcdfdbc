/** A key of a USB keyboard with US labels, as the browser is told of it. */
export interface Keycap {
  /** Name of the W3C UI Events specification, by which the API knows it. */
  readonly code: string;
  /** What it means without Shift, and with it. */
  readonly key: string;
  readonly shifted: string;
  readonly windowsVirtualKeyCode: number;
  /** 1 left, 2 right, 3 keypad. */
  readonly location: 0 | 1 | 2 | 3;
}

/** Bits of the browser's `modifiers`. */
export const MODIFIERS: Readonly<Record<string, number>> = { Alt: 1, Control: 2, Meta: 4, Shift: 8 };

/** Signs: without Shift, with it, the name of the key, its number. */
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

/** Keys that only act: their name is what they mean. */
const NAMED: Readonly<Record<string, number>> = {
  Backspace: 8,
  Tab: 9,
  Enter: 13,
  Pause: 19,
  CapsLock: 20,
  Escape: 27,
  PageUp: 33,
  PageDown: 34,
  End: 35,
  Home: 36,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
  PrintScreen: 44,
  Insert: 45,
  Delete: 46,
  ContextMenu: 93,
  NumLock: 144,
  ScrollLock: 145,
  AudioVolumeMute: 173,
  AudioVolumeDown: 174,
  AudioVolumeUp: 175,
  ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 20].map((n) => [`F${n}`, 111 + n])),
};
/** Keys that the API knows and a US keyboard lacks. */
const FOREIGN = ['Convert', 'IntlBackslash', 'IntlRo', 'IntlYen', 'KanaMode', 'NonConvert', 'Power'];
const KEYPAD = [
  ['Add', '+', 107],
  ['Decimal', '.', 110],
  ['Divide', '/', 111],
  ['Multiply', '*', 106],
  ['Subtract', '-', 109],
  ['Enter', 'Enter', 13],
] as const;
const SIDES = [
  ['Alt', 18],
  ['Control', 17],
  ['Meta', 91],
  ['Shift', 16],
] as const;

function cap(
  code: string,
  key: string,
  shifted: string,
  windowsVirtualKeyCode: number,
  location: Keycap['location'] = 0,
): Keycap {
  return { code, key, shifted, windowsVirtualKeyCode, location };
}

const CAPS: readonly Keycap[] = [
  ...[...'abcdefghijklmnopqrstuvwxyz'].map((letter) => {
    const upper = letter.toUpperCase();
    return cap(`Key${upper}`, letter, upper, upper.charCodeAt(0));
  }),
  ...[...ABOVE_DIGITS].map((above, digit) => cap(`Digit${digit}`, String(digit), above, 48 + digit)),
  ...SIGNS.map(([plain, shifted, code, number]) => cap(code, plain, shifted, number)),
  ...Object.entries(NAMED).map(([name, number]) => cap(name, name, name, number)),
  ...FOREIGN.map((name) => cap(name, 'Unidentified', 'Unidentified', 0)),
  ...Array.from({ length: 10 }, (_, digit) =>
    cap(`Numpad${digit}`, String(digit), String(digit), 96 + digit, 3),
  ),
  ...KEYPAD.map(([name, key, number]) => cap(`Numpad${name}`, key, key, number, 3)),
  ...SIDES.flatMap(([name, number]) => [
    cap(`${name}Left`, name, name, number, 1),
    cap(`${name}Right`, name, name, number, 2),
  ]),
];

/** All keys that kvmd knows (`WEB_TO_EVDEV`), by code. */
export const KEYS: ReadonlyMap<string, Keycap> = new Map(CAPS.map((one) => [one.code, one]));

/** A key that goes down or up. */
export interface KeyEvent {
  readonly code: string;
  readonly down: boolean;
}

interface Writer {
  readonly code: string;
  /** Whether Shift is held. */
  readonly shift: boolean;
}
/** What writes each character. */
const WRITERS: ReadonlyMap<string, Writer> = new Map<string, Writer>([
  ...CAPS.filter(({ location, key }) => location === 0 && key.length === 1).flatMap(
    ({ code, key, shifted }) =>
      [
        [shifted, { code, shift: true }],
        [key, { code, shift: false }],
      ] as const,
  ),
  ['\n', { code: 'Enter', shift: false }],
  ['\t', { code: 'Tab', shift: false }],
]);
/** Signs that kvmd takes for plain ones. */
const PLAIN: Readonly<Record<string, string>> = {
  '‚': "'",
  '‘': "'",
  '’': "'",
  '„': '"',
  '“': '"',
  '”': '"',
  '–': '-',
};

/** The keys that write a text, on a US keyboard, as kvmd presses them; what it lacks is left out. */
export function keysOf(text: string): readonly KeyEvent[] {
  const events: KeyEvent[] = [];
  let shifted = false;
  const shift = (down: boolean) => {
    if (shifted !== down) events.push({ code: 'ShiftLeft', down });
    shifted = down;
  };
  for (const character of text) {
    const writer = WRITERS.get(PLAIN[character] ?? character);
    if (writer === undefined) continue;
    shift(writer.shift);
    events.push({ code: writer.code, down: true }, { code: writer.code, down: false });
  }
  shift(false);
  return events;
}
