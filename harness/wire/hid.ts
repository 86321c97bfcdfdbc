/**
 * The keys of a USB keyboard of US layout, by their W3C UI Events `code`: usage IDs of the usage page Keyboard/Keypad
 * (0x07), as the USB-IF's "HID Usage Tables" 1.5, chapter 10, lists them.
 */
const USAGES: Readonly<Record<string, number>> = {
  ...inOrder(0x04, [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'], 'Key'),
  ...inOrder(0x1e, [...'1234567890'], 'Digit'),
  ...inOrder(0x28, ['Enter', 'Escape', 'Backspace', 'Tab', 'Space', 'Minus', 'Equal']),
  ...inOrder(0x2f, ['BracketLeft', 'BracketRight', 'Backslash']),
  // 0x32 is the key beside Enter of other layouts.
  ...inOrder(0x33, ['Semicolon', 'Quote', 'Backquote', 'Comma', 'Period', 'Slash', 'CapsLock']),
  Delete: 0x4c,
  ...inOrder(0x4f, ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp']),
};

/** Bits of the first byte of a keyboard's report (HID 1.11, appendix B.1). */
export const HID_SHIFT = 0x02;

/** Bits of the first byte of a mouse's report (HID 1.11, appendix B.2). */
export const HID_BUTTONS = { left: 0x01, right: 0x02 } as const;

/** The usage ID of a key by its `code`; undefined where it is none of a US keyboard that writes, moves or deletes. */
export function usageOf(code: string): number | undefined {
  return Object.hasOwn(USAGES, code) ? USAGES[code] : undefined;
}

function inOrder(first: number, names: readonly string[], prefix = ''): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name, at) => [`${prefix}${name}`, first + at]));
}
