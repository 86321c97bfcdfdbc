/** Commands of the telnet protocol (RFC 854) that this project speaks. */
export const TELNET = { SE: 240, SB: 250, WILL: 251, WONT: 252, DO: 253, DONT: 254, IAC: 255 } as const;
/** Telnet options: RFC 856, 857, 858, 2217. */
export const OPTION = { BINARY: 0, ECHO: 1, SGA: 3, COM_PORT: 44 } as const;

const VERBS = ['WILL', 'WONT', 'DO', 'DONT'] as const;
export type TelnetVerb = (typeof VERBS)[number];

/** What was read from a telnet connection, in the order in which it came. */
export type TelnetEvent =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'option'; readonly verb: TelnetVerb; readonly option: number }
  | { readonly kind: 'sub'; readonly option: number; readonly data: Uint8Array }
  /** Any other command: NOP, AYT, GA ... */
  | { readonly kind: 'command'; readonly code: number };

/** Longest subnegotiation that is kept, bytes; of a longer one the rest is left out. RFC 2217 knows none over 255. */
const SUB_MAX = 1024;

/**
 * Reads a telnet connection in binary mode, cut anywhere: data with doubled IACs undone, and everything that is no
 * data. A subnegotiation that another command interrupts is dropped.
 */
export function telnetReader(): (bytes: Uint8Array) => readonly TelnetEvent[] {
  let state: 'data' | 'iac' | 'option' | 'sub' | 'sub-iac' = 'data';
  let verb: TelnetVerb = 'WILL';
  let sub: number[] = [];

  return (bytes) => {
    const events: TelnetEvent[] = [];
    let data: number[] = [];
    const flush = () => {
      if (data.length > 0) events.push({ kind: 'data', bytes: Uint8Array.from(data) });
      data = [];
    };
    const command = (code: number) => {
      const named = VERBS.find((one) => TELNET[one] === code);
      flush();
      if (named !== undefined) {
        verb = named;
        state = 'option';
      } else if (code === TELNET.SB) {
        sub = [];
        state = 'sub';
      } else {
        events.push({ kind: 'command', code });
        state = 'data';
      }
    };
    for (const byte of bytes) {
      switch (state) {
        case 'data':
          if (byte === TELNET.IAC) state = 'iac';
          else data.push(byte);
          break;
        case 'iac':
          if (byte === TELNET.IAC) {
            data.push(byte);
            state = 'data';
          } else command(byte);
          break;
        case 'option':
          events.push({ kind: 'option', verb, option: byte });
          state = 'data';
          break;
        case 'sub':
          if (byte === TELNET.IAC) state = 'sub-iac';
          else if (sub.length < SUB_MAX) sub.push(byte);
          break;
        case 'sub-iac':
          if (byte === TELNET.IAC) {
            if (sub.length < SUB_MAX) sub.push(byte);
            state = 'sub';
          } else if (byte === TELNET.SE) {
            const [option, ...rest] = sub;
            if (option !== undefined) events.push({ kind: 'sub', option, data: Uint8Array.from(rest) });
            state = 'data';
          } else command(byte);
          break;
      }
    }
    flush();
    return events;
  };
}

/** Data as it goes over a telnet connection in binary mode: each byte 255 is doubled (RFC 854). */
export function telnetData(bytes: Uint8Array): Uint8Array {
  return bytes.includes(TELNET.IAC)
    ? Uint8Array.from([...bytes].flatMap((byte) => (byte === TELNET.IAC ? [byte, byte] : [byte])))
    : bytes;
}

/** One step of a negotiation: `IAC WILL option`. */
export function telnetOption(verb: TelnetVerb, option: number): Uint8Array {
  return Uint8Array.of(TELNET.IAC, TELNET[verb], option);
}

/** `IAC SB option data IAC SE`, IACs in the data doubled. */
export function telnetSub(option: number, data: Uint8Array): Uint8Array {
  return Uint8Array.of(TELNET.IAC, TELNET.SB, option, ...telnetData(data), TELNET.IAC, TELNET.SE);
}
