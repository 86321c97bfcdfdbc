import type { Flaw } from '../../../wire/console-text.ts';
import { OPTION, telnetSub } from './telnet.ts';

/** How characters go over the line. */
export interface ComPortSettings {
  /** Bits per second. */
  readonly baudRate: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: 'none' | 'odd' | 'even' | 'mark' | 'space';
  readonly stopBits: 1 | 1.5 | 2;
}

/** Requests of a client (RFC 2217, 3); the server's answer has the number of the request plus 100. */
export const COM_PORT = {
  baudRate: 1,
  dataSize: 2,
  parity: 3,
  stopSize: 4,
  control: 5,
  lineState: 6,
  modemState: 7,
  suspend: 8,
  resume: 9,
  lineStateMask: 10,
  modemStateMask: 11,
  purge: 12,
} as const;
export const COM_PORT_ANSWER = 100;

/** Values of `control`. */
export const CONTROL = { noFlow: 1, breakState: 4, breakOn: 5, breakOff: 6 } as const;
/** Values of `purge`: what the server received from the line, what it has not sent yet, both. */
export const PURGE = { received: 1, toSend: 2, both: 3 } as const;

const PARITY = { none: 1, odd: 2, even: 3, mark: 4, space: 5 } as const;
const STOP_SIZE = new Map<number, number>([
  [1, 1],
  [2, 2],
  [1.5, 3],
]);
/** Bits of the line state. */
const FLAWS = [
  [0x10, 'break'],
  [0x08, 'framing'],
  [0x04, 'parity'],
  [0x02, 'overrun'],
] as const;
/** The bits that this project wants to hear of. */
export const FLAW_MASK = FLAWS.reduce((sum, [bit]) => sum | bit, 0);

/** One request as it goes over the wire. */
export function comPortRequest(code: number, data: Uint8Array): Uint8Array {
  return telnetSub(OPTION.COM_PORT, Uint8Array.of(code, ...data));
}

/** Four bytes, the highest first; 0 asks for the present rate. */
export function baudRateData(baudRate: number): Uint8Array {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, baudRate);
  return data;
}

/** The rate in an answer; undefined where it is too short to hold one. Some servers send four more zeros. */
export function readBaudRate(data: Uint8Array): number | undefined {
  return data.length < 4 ? undefined : new DataView(data.buffer, data.byteOffset).getUint32(0);
}

/** Requests that bring a port to these settings, in the order in which they are sent. */
export function settingRequests(
  settings: Partial<ComPortSettings>,
): readonly { readonly code: number; readonly data: Uint8Array; readonly what: string }[] {
  const { baudRate, dataBits, parity, stopBits } = settings;
  return [
    ...(baudRate === undefined
      ? []
      : [{ code: COM_PORT.baudRate, data: baudRateData(baudRate), what: `${baudRate} baud` }]),
    ...(dataBits === undefined
      ? []
      : [{ code: COM_PORT.dataSize, data: Uint8Array.of(dataBits), what: `${dataBits} data bits` }]),
    ...(parity === undefined
      ? []
      : [{ code: COM_PORT.parity, data: Uint8Array.of(PARITY[parity]), what: `parity ${parity}` }]),
    ...(stopBits === undefined
      ? []
      : [
          {
            code: COM_PORT.stopSize,
            data: Uint8Array.of(STOP_SIZE.get(stopBits) ?? 1),
            what: `${stopBits} stop bits`,
          },
        ]),
  ];
}

/** What a notification of the line state tells. */
export function readLineState(state: number): readonly Flaw[] {
  return FLAWS.flatMap(([bit, flaw]) => ((state & bit) === 0 ? [] : [flaw]));
}
