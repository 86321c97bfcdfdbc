/**
 * The serial protocol of WCH's CH9329, a chip that is a USB keyboard and mouse to whoever it is plugged into, as its
 * maker's "CH9329 serial communication protocol" (V1.0 to V1.3) tells it.
 *
 * Who commands sends a frame, and the chip answers each with one: 57 AB, address, command, length, data, sum. A frame
 * goes out in one piece: after 3 ms without a byte the chip takes it for ended. No answer within 500 ms is a failure.
 */

/** Commands. The answer has {@link CH9329_DONE} added, or {@link CH9329_FAILED} and a status. */
export const CH9329 = {
  /** No data; the answer is {@link Ch9329Info}. */
  info: 0x01,
  /** A keyboard's report: {@link ch9329Keyboard}. */
  keyboard: 0x02,
  /** A mouse's place on the screen: {@link ch9329Mouse}. */
  mouseAbsolute: 0x04,
  /** A mouse's way: {@link ch9329MouseMove}. */
  mouseRelative: 0x05,
  /** No data; the answer is the 50 bytes of {@link readCh9329Config}. */
  config: 0x08,
  /** No data; the chip starts anew, its USB too. */
  reset: 0x0f,
} as const;
export const CH9329_DONE = 0x80;
export const CH9329_FAILED = 0xc0;

/** To every chip, which then does not answer. */
export const CH9329_BROADCAST = 0xff;
/** Longest time for an answer, ms. */
export const CH9329_ANSWER_MS = 500;

/** What the one byte of an answer says. */
export const CH9329_STATUS: Readonly<Record<number, string>> = {
  0: 'done',
  225: 'the rest of a frame did not come in time',
  226: 'a frame has a wrong head',
  227: 'it does not know the command',
  228: 'a frame has a wrong sum',
  229: 'a parameter is wrong',
  230: 'it could not do it',
};

export interface Ch9329Frame {
  /** 0x00: any chip, and of a chip as it is sold; 0x01 to 0xFE: the chip of that address. */
  readonly address: number;
  readonly command: number;
  /** At most 64 bytes. */
  readonly data: Uint8Array;
}

const HEAD = [0x57, 0xab] as const;
/** Head, address, command, length; and the sum behind the data. */
const BEFORE = 5;
const LONGEST = 64;

/** The bytes of a frame. */
export function encodeCh9329({ address, command, data }: Ch9329Frame): Uint8Array {
  const bytes = Uint8Array.of(...HEAD, address, command, data.length, ...data, 0);
  bytes[bytes.length - 1] = sumOf(bytes.subarray(0, -1));
  return bytes;
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
}

/** What came: a frame, or one whose sum is wrong. */
export type Ch9329Read =
  | ({ readonly kind: 'frame' } & Ch9329Frame)
  | { readonly kind: 'wrong sum'; readonly address: number; readonly command: number };

/**
 * Reads frames from bytes as they come, in whatever pieces. Bytes outside frames are passed over; so is the head of a
 * frame that announces more than 64 bytes, or whose sum is wrong: what stands in it may be a frame.
 */
export function ch9329Reader(): (bytes: Uint8Array) => readonly Ch9329Read[] {
  let held = new Uint8Array(0);
  return (bytes) => {
    const all = new Uint8Array(held.length + bytes.length);
    all.set(held);
    all.set(bytes, held.length);
    const read: Ch9329Read[] = [];
    let at = 0;
    for (;;) {
      while (at < all.length && !headAt(all, at)) at += 1;
      const [address = 0, command = 0, length = 0] = all.subarray(at + 2, at + BEFORE);
      if (all.length < at + BEFORE) break;
      if (length > LONGEST) {
        at += 1;
        continue;
      }
      const end = at + BEFORE + length;
      if (all.length <= end) break;
      if (all[end] === sumOf(all.subarray(at, end))) {
        read.push({ kind: 'frame', address, command, data: all.slice(at + BEFORE, end) });
        at = end + 1;
      } else {
        read.push({ kind: 'wrong sum', address, command });
        at += 1;
      }
    }
    held = all.slice(at);
    return read;
  };
}

/** Whether a head begins there, as far as the bytes go. */
function headAt(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === HEAD[0] && (at + 1 === bytes.length || bytes[at + 1] === HEAD[1]);
}

/**
 * A keyboard's report: what is held down from now on.
 * @param modifiers bits, see hid.ts
 * @param keys usage IDs of at most six keys; none: all are let go
 */
export function ch9329Keyboard(modifiers: number, keys: readonly number[]): Uint8Array {
  const data = new Uint8Array(8);
  data[0] = modifiers;
  data.set(keys.slice(0, 6), 2);
  return data;
}

/**
 * A mouse's report: where it is, and which buttons are held down from now on.
 * @param buttons bits, see hid.ts
 * @param x 0..4095 over the whole width of the screen, see {@link ch9329Point}; y likewise
 */
export function ch9329Mouse(buttons: number, x: number, y: number): Uint8Array {
  return Uint8Array.of(0x02, buttons, x & 0xff, x >> 8, y & 0xff, y >> 8, 0);
}

/** A mouse's report: how far it goes, -127..127, and which buttons are held down from now on. */
export function ch9329MouseMove(buttons: number, dx: number, dy: number): Uint8Array {
  return Uint8Array.of(0x01, buttons, dx & 0xff, dy & 0xff, 0);
}

/** The chip divides each direction of the screen into so many parts. */
const PARTS = 4096;

/**
 * A pixel of a picture `size` px wide (or high) as the chip names it: the first point that hits this very pixel, up to
 * 2048 px, whether the recorder takes point * size / 4096 (as the maker's text has it), rounded down or to the nearest,
 * or point * (size - 1) / 4095 to the nearest. Where it rounds the last down, the pixel before may be hit.
 */
export function ch9329Point(px: number, size: number): number {
  const byParts = (px * PARTS) / size;
  const byLast = ((px - 0.5) * (PARTS - 1)) / Math.max(1, size - 1);
  return Math.min(PARTS - 1, Math.max(0, Math.ceil(Math.max(byParts, byLast))));
}

/** What the chip tells of itself. */
export interface Ch9329Info {
  /** E.g. `1.0`. */
  readonly version: string;
  /** Whether the recorder's USB has taken it in. */
  readonly connected: boolean;
  /** Lamps of the keyboard, which the recorder sets. */
  readonly capsLock: boolean;
}

/** Reads the answer to `info`: 8 bytes, of which the first three say something; undefined where there are fewer. */
export function readCh9329Info(data: Uint8Array): Ch9329Info | undefined {
  const [version, connected, lamps] = data;
  if (version === undefined || connected === undefined || lamps === undefined) return undefined;
  // 0x30 is version 1.0, 0x31 is 1.1.
  return {
    version: `1.${version - 0x30}`,
    connected: connected === 0x01,
    capsLock: (lamps & 0x02) !== 0,
  };
}

/** The part of its configuration that decides whether a bench can use it. */
export interface Ch9329Config {
  /** 1: a keyboard without a mouse; 3: neither. Others have both; makers of boards do not agree on 2. */
  readonly workMode: number;
  readonly address: number;
}

/** Reads the answer to `config`; undefined where it is too short. Modes that pins decide have 0x80 added. */
export function readCh9329Config(data: Uint8Array): Ch9329Config | undefined {
  const [workMode, , address] = data;
  if (workMode === undefined || address === undefined) return undefined;
  return { workMode: workMode & 0x7f, address };
}
