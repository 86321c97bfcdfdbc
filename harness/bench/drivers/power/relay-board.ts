import type { SerialPort } from 'serialport';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Power } from '../../ports/power.ts';
import { closePort, missing, openPort } from '../serial/port.ts';
import { LCUS_BAUD_RATE, LCUS_QUERY, lcusFrame, readLcusState } from './lcus.ts';

export interface RelayBoardOptions {
  /** The device, e.g. `/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0`. */
  readonly path: string;
  /** Of the relay, from 1. */
  readonly channel: number;
  /**
   * The contact that the recorder's supply runs through. `normally-closed`: it has power while the relay is released,
   * also when the board has none or this machine is dead. `normally-open`: it has power while the relay is energised.
   */
  readonly contact: 'normally-closed' | 'normally-open';
  readonly clock: Clock;
  /** Longest time for an answer, ms. Default 500. */
  readonly answerMs?: number;
}

const ANSWER_MS = 500;
/** A board needs so long for a frame, and loses one that comes sooner, ms (public code waits as long). */
const REST_MS = 100;
const WRITE_MS = 1_000;

/**
 * A recorder's supply through one relay of a serial relay board. Opening switches it on, since a board does not tell, or
 * not truly, how it was left. A board that answers queries is asked what its relay does, and an order that it does not
 * follow is PORT_PROTOCOL; what a board answers is its order to the coil, so only the recorder itself can prove a cut.
 * A board that was unplugged has released its relays: it is opened again at the next call, and told its last order again.
 * @throws HarnessError PORT_BUSY when another program holds the device, PORT_UNREACHABLE
 */
export async function openRelayBoard(options: RelayBoardOptions): Promise<Power> {
  const { path, channel, clock, answerMs = ANSWER_MS } = options;
  const energisedIsOn = options.contact === 'normally-open';
  let port: SerialPort | undefined;
  let heard: Uint8Array = new Uint8Array();
  let told: () => void = () => undefined;
  let answers = false;
  let wanted: 'on' | 'off' = 'on';
  let closing: Promise<void> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const fault = (
    code: 'PORT_UNREACHABLE' | 'PORT_PROTOCOL',
    message: string,
    hint: string,
    cause?: unknown,
  ) => new HarnessError(code, message, { port: 'power', hint, ...(cause === undefined ? {} : { cause }) });
  const unplugged = (why: string) =>
    fault(
      'PORT_UNREACHABLE',
      `the relay board at ${path} is gone: ${why}`,
      `plug it in, and check the path ${path}`,
    );

  /** The open port; opened again where it was lost, and then the relay is where it was wanted. */
  async function connected(): Promise<SerialPort> {
    if (port !== undefined) {
      const why = await missing(port);
      if (why === undefined) return port;
      await forget();
      throw unplugged(why);
    }
    const fresh = await openPort({ path, baudRate: LCUS_BAUD_RATE, clock, port: 'power' });
    fresh.on('data', (bytes: Uint8Array) => {
      heard = Buffer.concat([heard, bytes]).subarray(-256);
      told();
    });
    const lost = () => {
      if (port === fresh) forget().catch(() => undefined);
    };
    fresh.on('error', lost);
    fresh.on('close', lost);
    port = fresh;
    await order(fresh, wanted);
    return fresh;
  }
  async function forget(): Promise<void> {
    const left = port;
    port = undefined;
    if (left !== undefined) await closePort(left, clock);
  }

  async function write(line: SerialPort, bytes: Uint8Array): Promise<void> {
    const written = Promise.withResolvers<void>();
    const over = new AbortController();
    line.write(Buffer.from(bytes), (error) => {
      if (error) written.reject(error);
    });
    line.drain((error) => {
      if (error) written.reject(error);
      else written.resolve();
    });
    const late = clock.sleep(WRITE_MS, over.signal).then(
      () => Promise.reject(new Error(`it took nothing within ${WRITE_MS} ms`)),
      () => new Promise<never>(() => undefined),
    );
    try {
      await Promise.race([written.promise, late]);
    } catch (cause) {
      await forget();
      throw unplugged(cause instanceof Error ? cause.message : String(cause));
    } finally {
      over.abort();
    }
    await clock.sleep(REST_MS);
  }
  const order = (line: SerialPort, to: 'on' | 'off') =>
    write(line, lcusFrame(channel, (to === 'on') === energisedIsOn));

  /** What the board says of its relay; undefined where it answers nothing in time. */
  async function ask(line: SerialPort): Promise<'on' | 'off' | undefined> {
    heard = new Uint8Array();
    const over = new AbortController();
    const answered = new Promise<void>((resolve) => {
      told = () => {
        if (readLcusState(heard, channel) !== undefined) resolve();
      };
    });
    await write(line, LCUS_QUERY);
    await Promise.race([answered, clock.sleep(answerMs, over.signal).catch(() => undefined)]);
    over.abort();
    told = () => undefined;
    const energised = readLcusState(heard, channel);
    if (energised === undefined) return undefined;
    return energised === energisedIsOn ? 'on' : 'off';
  }
  async function read(line: SerialPort): Promise<'on' | 'off'> {
    if (!answers) return wanted;
    const state = await ask(line);
    if (state !== undefined) return state;
    const why = await missing(line);
    if (why !== undefined) await forget();
    throw why === undefined
      ? fault(
          'PORT_UNREACHABLE',
          `the relay board at ${path} answered before, and does not within ${answerMs} ms`,
          'unplug the board and plug it in again',
        )
      : unplugged(why);
  }
  async function turn(to: 'on' | 'off'): Promise<void> {
    wanted = to;
    const line = await connected();
    await order(line, to);
    const state = await read(line);
    if (state === to) return;
    throw fault(
      'PORT_PROTOCOL',
      `relay ${channel} of the board at ${path} stays as it was: ordered ${to}, the board says ${state}`,
      'check the channel, and the supply of the board: a relay that gets too little current does not pull',
    );
  }

  /** One thing after the other, none after close. */
  function next<T>(work: () => Promise<T>): Promise<T> {
    if (closing !== undefined)
      return Promise.reject(new HarnessError('PORT_CLOSED', 'the power port is closed', { port: 'power' }));
    const mine = queue.then(work);
    queue = mine.catch(() => undefined);
    return mine;
  }

  async function end(): Promise<void> {
    const cut = wanted === 'off';
    try {
      await turn('on');
    } catch (error) {
      // With a normally closed contact a board that is gone, and a relay with it, gives the power back by itself.
      if (cut) throw error;
    } finally {
      await forget();
    }
  }

  try {
    const line = await connected();
    const state = await ask(line);
    answers = state !== undefined;
    await turn('on');
  } catch (error) {
    await forget();
    throw error;
  }
  return {
    cuts: true,
    safeState: 'on',
    off: () => next(() => turn('off')),
    on: () => next(() => turn('on')),
    state: () => next(async () => read(await connected())),
    [Symbol.asyncDispose]() {
      closing ??= queue.then(end);
      return closing;
    },
  };
}

/**
 * How the relay stands by what the board says, `untold` where it answers nothing; nothing is switched.
 * @throws HarnessError as {@link openRelayBoard}
 */
export async function lookAtRelayBoard(options: RelayBoardOptions): Promise<'on' | 'off' | 'untold'> {
  const { path, channel, clock, answerMs = ANSWER_MS } = options;
  const port = await openPort({ path, baudRate: LCUS_BAUD_RATE, clock, port: 'power' });
  const over = new AbortController();
  let heard: Uint8Array = new Uint8Array();
  try {
    const answered = new Promise<boolean>((resolve, reject) => {
      port.on('data', (bytes: Uint8Array) => {
        heard = Buffer.concat([heard, bytes]).subarray(-256);
        const energised = readLcusState(heard, channel);
        if (energised !== undefined) resolve(energised);
      });
      port.write(Buffer.from(LCUS_QUERY), (error) => {
        if (error) reject(error);
      });
    });
    const silence = clock.sleep(answerMs, over.signal).then(() => undefined);
    silence.catch(() => undefined);
    const energised = await Promise.race([answered, silence]);
    if (energised === undefined) return 'untold';
    return energised === (options.contact === 'normally-open') ? 'on' : 'off';
  } finally {
    over.abort();
    await closePort(port, clock);
  }
}
