import type { Clock } from '../../../terms/clock.ts';
import type { Serial } from '../../ports/serial.ts';
import { openConsole } from './console.ts';
import { ttyLine } from './line.ts';

export interface SerialOptions {
  /** The device, e.g. `/dev/ttyUSB0`, or a pty. */
  readonly path: string;
  /** 115200 for the recorders of this field; 8N1, no flow control. */
  readonly baudRate: number;
  readonly clock: Clock;
  /** How long an adapter that was unplugged is looked for, ms; 0: not at all. Default 20,000. */
  readonly reopenMs?: number;
}

/**
 * A recorder's console on a tty, locked for this process, as {@link openConsole} says. An adapter that is unplugged, or
 * a pty whose other end is gone, is noticed at the latest after a second.
 * @throws HarnessError PORT_BUSY when another program holds the device, PORT_UNREACHABLE when it cannot be opened
 */
export function openSerial(options: SerialOptions): Promise<Serial> {
  return openConsole({ ...options, where: options.path, connect: ttyLine(options) });
}
