import type { Clock } from '../../../terms/clock.ts';
import type { Serial } from '../../ports/serial.ts';
import { openConsole } from './console.ts';
import { rfc2217Line } from './rfc2217.ts';
import { placeOf, rawLine } from './tcp.ts';

export interface TcpSerialOptions {
  /** Name or address of the machine with the adapter. */
  readonly host: string;
  readonly port: number;
  /** `raw`: bytes as they are, the speed is set at the server. `rfc2217`: telnet, the speed is set from here. */
  readonly protocol: 'raw' | 'rfc2217';
  /** Bits per second; 8N1, no flow control. */
  readonly baudRate: number;
  readonly clock: Clock;
  /** How long a server that is gone is looked for, ms; 0: not at all. Default 20,000. */
  readonly reopenMs?: number;
}

/**
 * A recorder's console on a serial port that another machine serves over TCP (ser2net), as {@link openConsole} says.
 * A connection whose other end is gone without a word is noticed after 15 s (`raw`) or 10 s (`rfc2217`).
 * @throws HarnessError PORT_BUSY when another client holds the port, PORT_UNREACHABLE, PORT_PROTOCOL when the server
 * speaks another protocol, or does not set the speed
 */
export function openTcpSerial(options: TcpSerialOptions): Promise<Serial> {
  const connect = options.protocol === 'raw' ? rawLine(options) : rfc2217Line(options);
  return openConsole({ ...options, where: placeOf(options), connect });
}
