import type { UsbHost } from '../../../emulator/ch9329/chip.ts';
import { HID_BUTTONS, HID_SHIFT, usageOf } from '../../../wire/hid.ts';
import type { KeyName } from '../../ports/display.ts';
import type { RfbClient } from '../rfb/client.ts';
import { keysymFor, keysymNamed, SHIFT } from '../rfb/keysyms.ts';
import { keyFor, keyNamed } from './keys.ts';

const NAMES: readonly KeyName[] = [
  ...(['Enter', 'Escape', 'Tab', 'Backspace', 'Delete'] as const),
  ...(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] as const),
];
/** A button of the mouse as a report has it, and as X has it. */
const BUTTONS = [
  [HID_BUTTONS.left, 1],
  [HID_BUTTONS.right, 4],
] as const;

/**
 * A computer with an X screen and a keyboard of US layout: reports of the chip move the screen's own pointer and press
 * its keys. A report is done when the X server has taken it.
 */
export function xHost(
  client: RfbClient,
  { width, height }: { readonly width: number; readonly height: number },
): UsbHost {
  const keysyms = keysymsOfUsages();
  let held = { shift: false, keys: [] as readonly { usage: number; keysym: number }[] };
  return {
    async keyboard(modifiers, keys) {
      const shift = (modifiers & HID_SHIFT) !== 0;
      for (const { usage, keysym } of held.keys) if (!keys.includes(usage)) client.key(keysym, false);
      if (shift !== held.shift) client.key(SHIFT, shift);
      const still = held.keys.filter(({ usage }) => keys.includes(usage));
      const pressed = keys
        .filter((usage) => !still.some((one) => one.usage === usage))
        .map((usage) => ({ usage, keysym: keysyms.get(nameOf(usage, shift)) ?? 0 }));
      for (const { keysym } of pressed) client.key(keysym, true);
      held = { shift, keys: [...still, ...pressed] };
      await client.sync();
    },
    async mouse(buttons, x, y) {
      let mask = 0;
      for (const [bit, own] of BUTTONS) if ((buttons & bit) !== 0) mask |= own;
      client.pointer(mask, Math.floor((x * width) / 4096), Math.floor((y * height) / 4096));
      await client.sync();
    },
    mouseMove: async () => undefined,
  };
}

/** What X calls the key of each usage ID, without Shift and with it. */
function keysymsOfUsages(): ReadonlyMap<string, number> {
  const keysyms = new Map<string, number>();
  for (let code = 32; code < 127; code += 1) {
    const key = keyFor(String.fromCharCode(code));
    const usage = key && usageOf(key.code);
    if (key !== undefined && usage !== undefined) keysyms.set(nameOf(usage, key.shift), keysymFor(key));
  }
  for (const name of NAMES) {
    const usage = usageOf(keyNamed(name).code);
    if (usage === undefined) continue;
    for (const shift of [false, true]) keysyms.set(nameOf(usage, shift), keysymNamed(name));
  }
  return keysyms;
}

function nameOf(usage: number, shift: boolean): string {
  return `${usage}${shift ? ' with Shift' : ''}`;
}
