import type { Socket } from 'node:net';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import {
  baudRateData,
  COM_PORT,
  COM_PORT_ANSWER,
  CONTROL,
  type ComPortSettings,
  comPortRequest,
  FLAW_MASK,
  PURGE,
  readBaudRate,
  readLineState,
  settingRequests,
} from './com-port.ts';
import type { Connect, Line, LineEvents } from './line.ts';
import { connectTcp, placeOf, type TcpPlace } from './tcp.ts';
import { OPTION, telnetData, telnetOption, telnetReader } from './telnet.ts';

/** Longest time until the server begins to speak telnet, and until it takes the option, ms. */
const GREETING_MS = 3_000;
/** Longest time for an answer, ms. */
const ANSWER_MS = 5_000;
/** How often the server is asked whether it is still there, ms. */
const PROBE_MS = 5_000;
/** What this client does, and wants done; anything else is declined. */
const OWN: readonly number[] = [OPTION.BINARY, OPTION.SGA, OPTION.COM_PORT];
const WANTED: readonly number[] = [OPTION.BINARY, OPTION.SGA, OPTION.ECHO];

/** A serial port at the other end of a telnet connection, and its settings. */
export interface ComPort extends Line {
  /** @throws HarnessError PORT_PROTOCOL where the server sets something else, PORT_TIMEOUT, PORT_CLOSED */
  set(settings: Partial<ComPortSettings>): Promise<void>;
  /** Bits per second, as the server has it now. @throws as {@link set} */
  baudRate(): Promise<number>;
  /**
   * Holds the line low. Nothing that reads a recorder's console does this: a kernel may take a break for the begin of a
   * SysRq, a boot loader for a key. It is for adapters and servers that are examined. @throws as {@link set}
   */
  sendBreak(ms: number): Promise<void>;
  /** Drops what the server holds. @throws as {@link set} */
  purge(what: keyof typeof PURGE): Promise<void>;
}

/** A line by RFC 2217 at a speed, 8N1, no flow control. The server is asked every 5 s whether it is there. */
export function rfc2217Line(options: TcpPlace & { readonly baudRate: number }): Connect {
  return async (events) => {
    const port = await openComPort(options, events);
    try {
      await port.set({ baudRate: options.baudRate, dataBits: 8, parity: 'none', stopBits: 1 });
      return port;
    } catch (error) {
      await port.close();
      throw error;
    }
  };
}

/**
 * Connects, and agrees on the option. Nothing is sent before the server has begun to speak telnet: bytes of a
 * negotiation would be typed at a console whose server is none.
 * @throws HarnessError PORT_BUSY, PORT_UNREACHABLE, PORT_PROTOCOL
 */
export async function openComPort(place: TcpPlace, events: LineEvents): Promise<ComPort> {
  const { socket, early } = await connectTcp(place);
  const port = comPortOf(socket, place, events);
  try {
    await port.agree(early);
    return port;
  } catch (error) {
    await port.close();
    throw error;
  }
}

function comPortOf(
  socket: Socket,
  place: TcpPlace,
  events: LineEvents,
): ComPort & { agree(early: Uint8Array): Promise<void> } {
  const { clock } = place;
  const where = placeOf(place);
  const read = telnetReader();
  const over = new AbortController();
  const greeted = Promise.withResolvers<void>();
  const agreed = Promise.withResolvers<boolean>();
  const awaited = new Map<number, (data: Uint8Array) => void>();
  /** Options that were announced, or answered: an answer to an answer would go on for ever. */
  const settled = new Set<string>();
  let queue: Promise<unknown> = Promise.resolve();
  let open = false;

  function lost(why: string): void {
    if (over.signal.aborted) return;
    over.abort(closedError(where, why));
    socket.destroy();
    if (open) events.lost(`the connection to ${where} was lost: ${why}`);
  }
  const send = (bytes: Uint8Array) => void socket.write(bytes);

  function negotiate(verb: 'WILL' | 'WONT' | 'DO' | 'DONT', option: number): void {
    if (option === OPTION.COM_PORT && (verb === 'DO' || verb === 'DONT')) agreed.resolve(verb === 'DO');
    const [yes, no, known] =
      verb === 'WILL' || verb === 'WONT'
        ? (['DO', 'DONT', WANTED] as const)
        : (['WILL', 'WONT', OWN] as const);
    const positive = verb === 'WILL' || verb === 'DO';
    const answer = positive && known.includes(option) ? yes : no;
    // Where we announced the same ourselves, this was the answer; a refusal of what we never did needs none.
    if (settled.has(`${answer} ${option}`) || (!positive && !settled.has(`${yes} ${option}`))) return;
    settled.add(`${answer} ${option}`);
    send(telnetOption(answer, option));
  }
  function announce(verb: 'WILL' | 'DO', option: number): void {
    if (settled.has(`${verb} ${option}`)) return;
    settled.add(`${verb} ${option}`);
    send(telnetOption(verb, option));
  }

  function take(bytes: Uint8Array): void {
    for (const event of read(bytes)) {
      if (over.signal.aborted) return;
      if (event.kind !== 'data') greeted.resolve();
      if (event.kind === 'data') events.bytes(event.bytes);
      else if (event.kind === 'option') negotiate(event.verb, event.option);
      else if (event.kind === 'sub' && event.option === OPTION.COM_PORT) answer(event.data);
    }
  }
  function answer([code = 0, ...rest]: Uint8Array): void {
    const request = code - COM_PORT_ANSWER;
    if (request === COM_PORT.lineState) for (const flaw of readLineState(rest[0] ?? 0)) events.flaw(flaw);
    else awaited.get(request)?.(Uint8Array.from(rest));
  }

  /** One request after the other: two of a kind could not be told apart. */
  function ask(code: number, data: Uint8Array, what: string): Promise<Uint8Array> {
    const mine = queue.then(async () => {
      over.signal.throwIfAborted();
      const heard = Promise.withResolvers<Uint8Array>();
      awaited.set(code, heard.resolve);
      send(comPortRequest(code, data));
      try {
        return await within(clock, ANSWER_MS, over.signal, heard.promise, () =>
          fault(
            'PORT_TIMEOUT',
            `The server at ${where} did not answer to "${what}" within ${ANSWER_MS} ms.`,
            {
              hint: 'Check the network between, and that nothing has stopped the server.',
            },
          ),
        );
      } finally {
        awaited.delete(code);
      }
    });
    queue = mine.catch(() => undefined);
    return mine;
  }
  async function baudRate(): Promise<number> {
    const rate = readBaudRate(await ask(COM_PORT.baudRate, baudRateData(0), 'which baud rate?'));
    if (rate !== undefined) return rate;
    throw fault('PORT_PROTOCOL', `The server at ${where} tells no baud rate.`, { hint: SERVER });
  }

  async function probe(): Promise<void> {
    for (;;) {
      await clock.sleep(PROBE_MS, over.signal);
      await baudRate();
      events.alive();
    }
  }

  socket.on('error', (error) => lost(error.message));
  socket.on('end', () => lost('the server closed it'));
  socket.on('close', () => lost('it was closed'));
  socket.on('data', take);

  return {
    async agree(early) {
      take(early);
      socket.resume();
      await within(clock, GREETING_MS, over.signal, greeted.promise, () =>
        fault(
          'PORT_PROTOCOL',
          `The server at ${where} does not begin to speak telnet within ${GREETING_MS} ms.`,
          {
            hint: 'Write "accepter: telnet(rfc2217),tcp,..." in ser2net.yaml, or "protocol: raw" in devices.yaml.',
          },
        ),
      );
      for (const option of OWN) announce('WILL', option);
      for (const option of [OPTION.BINARY, OPTION.SGA]) announce('DO', option);
      const told = await within(clock, GREETING_MS, over.signal, agreed.promise, () => undefined);
      if (told !== true)
        throw fault(
          'PORT_PROTOCOL',
          `The server at ${where} speaks telnet, but takes no settings of the serial port (RFC 2217).`,
          { hint: 'Write "accepter: telnet(rfc2217),tcp,..." in ser2net.yaml.' },
        );
      // Answers to these two are not waited for: servers differ in them, and nothing hangs on them.
      send(comPortRequest(COM_PORT.control, Uint8Array.of(CONTROL.noFlow)));
      send(comPortRequest(COM_PORT.lineStateMask, Uint8Array.of(FLAW_MASK)));
      open = true;
      probe().catch((error: unknown) => lost(error instanceof Error ? error.message : String(error)));
    },
    async set(settings) {
      for (const { code, data, what } of settingRequests(settings)) {
        const told = await ask(code, data, what);
        if (!data.every((byte, at) => told[at] === byte))
          throw fault(
            'PORT_PROTOCOL',
            `The server at ${where} does not set ${what}: it answers ${hex(told)}.`,
            {
              hint: 'Choose settings that its adapter has; some know no rate above 115200.',
            },
          );
      }
    },
    baudRate,
    async sendBreak(ms) {
      await ask(COM_PORT.control, Uint8Array.of(CONTROL.breakOn), 'break on');
      try {
        await clock.sleep(ms, over.signal);
      } finally {
        await ask(COM_PORT.control, Uint8Array.of(CONTROL.breakOff), 'break off');
      }
    },
    async purge(what) {
      await ask(COM_PORT.purge, Uint8Array.of(PURGE[what]), `purge ${what}`);
    },
    write: (bytes) => send(telnetData(bytes)),
    async close() {
      open = false;
      over.abort(closedError(where, 'it was closed'));
      socket.destroy();
    },
  };
}

const SERVER = 'Check that the server is ser2net 4 or another that speaks RFC 2217.';

/** The promise, or what `late` makes of the time that is over: an error is thrown, anything else is the answer. */
async function within<T, L>(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  promise: Promise<T>,
  late: () => L,
): Promise<T | Exclude<L, Error>> {
  const done = new AbortController();
  const sleep = clock.sleep(ms, AbortSignal.any([done.signal, signal])).then(() => {
    const made = late();
    if (made instanceof Error) throw made;
    return made as Exclude<L, Error>;
  });
  try {
    return await Promise.race([promise, sleep]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    done.abort();
    sleep.catch(() => undefined);
  }
}

function closedError(where: string, why: string): HarnessError {
  return fault('PORT_CLOSED', `The connection to ${where} is over: ${why}.`, {
    hint: 'Check the server and the network between.',
  });
}

function fault(
  code: 'PORT_CLOSED' | 'PORT_TIMEOUT' | 'PORT_PROTOCOL',
  message: string,
  detail: { readonly hint: string },
): HarnessError {
  return new HarnessError(code, message, { port: 'serial', ...detail });
}

function hex(bytes: Uint8Array): string {
  return bytes.length === 0 ? 'nothing' : Buffer.from(bytes).toString('hex');
}
