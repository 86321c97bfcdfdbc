import {
  CH9329,
  CH9329_BROADCAST,
  CH9329_DONE,
  CH9329_FAILED,
  type Ch9329Frame,
  ch9329Reader,
  encodeCh9329,
} from '../../wire/ch9329.ts';

/** What the chip is plugged into: it takes reports as a USB host does. What it rejects is answered by E6. */
export interface UsbHost {
  /** What is held down from now on: bits of modifiers, and usage IDs. */
  keyboard(modifiers: number, keys: readonly number[]): Promise<void>;
  /** Where the mouse is, 0..4095 over the whole screen, and which buttons are held down from now on. */
  mouse(buttons: number, x: number, y: number): Promise<void>;
  /** How far the mouse goes, and which buttons are held down from now on. */
  mouseMove(buttons: number, dx: number, dy: number): Promise<void>;
}

export interface ChipOptions {
  readonly host: UsbHost;
  /** 0x00, as it is sold: it takes what is for any address. */
  readonly address?: number;
  /** Default 0x80: keyboard and mouse, by its pins. */
  readonly workMode?: number;
}

/** A CH9329 of version 1.8. What the cable and its USB do is set from outside. */
export interface Chip {
  /** Whether the host has taken it in. */
  connected: boolean;
  /** The lamp, as the host sets it. */
  capsLock: boolean;
  /** Takes bytes; answers what it says to them, in order. */
  receive(bytes: Uint8Array): Promise<readonly Uint8Array[]>;
}

const OK = 0x00;
const WRONG_COMMAND = 0xe3;
const WRONG_SUM = 0xe4;
const WRONG_PARAMETER = 0xe5;
const NOT_DONE = 0xe6;
const VERSION = 0x38;
const CONFIG_LENGTH = 50;

/** A chip that has just been plugged in. Frames cut off by silence (E1) are not told apart from those that go on. */
export function ch9329Chip({ host, address = 0, workMode = 0x80 }: ChipOptions): Chip {
  const read = ch9329Reader();
  const chip: Chip = {
    connected: true,
    capsLock: false,
    async receive(bytes) {
      const answers: Uint8Array[] = [];
      for (const one of read(bytes)) {
        if (address !== 0 && one.address !== address && one.address !== CH9329_BROADCAST) continue;
        const answer = one.kind === 'frame' ? await obey(one) : failed(one.command, WRONG_SUM);
        if (one.address !== CH9329_BROADCAST) answers.push(encodeCh9329(answer));
      }
      return answers;
    },
  };
  const done = (command: number, ...data: readonly number[]): Ch9329Frame => ({
    address,
    command: command + CH9329_DONE,
    data: Uint8Array.from(data),
  });
  const failed = (command: number, status: number): Ch9329Frame => ({
    address,
    command: command + CH9329_FAILED,
    data: Uint8Array.of(status),
  });

  /** Hands a report to the host, and says how that went. */
  async function report(command: number, fits: boolean, handOver: () => Promise<void>): Promise<Ch9329Frame> {
    if (!fits) return failed(command, WRONG_PARAMETER);
    if (!chip.connected) return failed(command, NOT_DONE);
    try {
      await handOver();
      return done(command, OK);
    } catch {
      return failed(command, NOT_DONE);
    }
  }

  async function obey({ command, data }: Ch9329Frame): Promise<Ch9329Frame> {
    const [kind = 0, buttons = 0, ...rest] = data;
    switch (command) {
      case CH9329.info: {
        const lamps = chip.capsLock ? 0x02 : 0x00;
        return done(command, VERSION, chip.connected ? 0x01 : 0x00, lamps, 0, 0, 0, 0, 0);
      }
      case CH9329.keyboard: {
        const keys = [...data.subarray(2)].filter((usage) => usage !== 0);
        return report(command, data.length === 8, () => host.keyboard(kind, keys));
      }
      case CH9329.mouseAbsolute: {
        const [xLow = 0, xHigh = 0, yLow = 0, yHigh = 0] = rest;
        const x = xLow + xHigh * 256;
        const y = yLow + yHigh * 256;
        const fits = data.length === 7 && kind === 0x02 && x < 4096 && y < 4096;
        return report(command, fits, () => host.mouse(buttons, x, y));
      }
      case CH9329.mouseRelative: {
        const [dx = 0, dy = 0] = Int8Array.from(rest);
        return report(command, data.length === 5 && kind === 0x01, () => host.mouseMove(buttons, dx, dy));
      }
      case CH9329.config: {
        const config = [workMode, 0x80, address, 0x00, 0x00, 0x25, 0x80];
        return done(command, ...config, ...new Uint8Array(CONFIG_LENGTH - config.length));
      }
      case CH9329.reset:
        return done(command, OK);
      default:
        return failed(command, WRONG_COMMAND);
    }
  }
  return chip;
}
