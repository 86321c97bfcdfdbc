import type { SerialPort } from 'serialport';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import {
  CH9329,
  CH9329_ANSWER_MS,
  CH9329_DONE,
  CH9329_FAILED,
  CH9329_STATUS,
  type Ch9329Info,
  type Ch9329Read,
  ch9329Reader,
  encodeCh9329,
  readCh9329Config,
  readCh9329Info,
} from '../../../wire/ch9329.ts';
import { closePort, missing, openPort, watchPort } from '../serial/port.ts';

export interface Ch9329Options {
  /** The device, e.g. `/dev/ttyUSB0`, or a pty. */
  readonly path: string;
  /** 9600 as the chip is sold. */
  readonly baudRate: number;
  /** Of the chip. Default 0x00, as it is sold. */
  readonly address?: number;
  readonly clock: Clock;
  /** Longest time for an answer. Default 500 ms, what the maker gives it. */
  readonly answerMs?: number;
}

/**
 * A CH9329 on a serial port. Commands go out one by one, in the order in which they are asked for, and each waits for
 * its answer. An adapter that was unplugged is looked for again at the next command.
 */
export interface Ch9329 extends AsyncDisposable {
  /**
   * Sends a command and answers the data of its answer.
   * @throws HarnessError PORT_CLOSED after close, PORT_UNREACHABLE where adapter or recorder are unplugged,
   * PORT_TIMEOUT without an answer, PORT_PROTOCOL where the answer is damaged, of another chip, or an error
   */
  send(command: number, data?: Uint8Array): Promise<Uint8Array>;
  /** @throws as {@link send} */
  info(): Promise<Ch9329Info>;
}

const CABLE = 'check the cable between adapter and chip, and that nothing else uses the adapter';
const RECORDER = 'plug the USB of the chip into the recorder, and see that the recorder is on';
const MOUSELESS = [1, 3];

/**
 * Opens the adapter, and asks the chip whether it can be used: it answers, the recorder's USB has taken it in, and it
 * is keyboard and mouse.
 * @throws HarnessError PORT_BUSY, PORT_UNREACHABLE, PORT_PROTOCOL, with the cure
 */
export async function openCh9329(options: Ch9329Options): Promise<Ch9329> {
  const line = ch9329Line(options);
  try {
    const info = await line.info().catch((cause: unknown) => {
      if (!(cause instanceof HarnessError) || cause.code !== 'PORT_TIMEOUT') throw cause;
      const { path, baudRate } = options;
      throw fault('PORT_UNREACHABLE', `no CH9329 answers at ${path} with ${baudRate} baud`, {
        cause,
        hint: 'check that the path is that of the adapter, its baud rate (9600 as it is sold), and its cables',
      });
    });
    if (!info.connected)
      throw fault('PORT_UNREACHABLE', `the CH9329 at ${options.path} is not plugged into a recorder`, {
        hint: RECORDER,
      });
    const config = readCh9329Config(await line.send(CH9329.config));
    if (config !== undefined && MOUSELESS.includes(config.workMode))
      throw fault(
        'PORT_PROTOCOL',
        `the CH9329 at ${options.path} is in work mode ${config.workMode}, in which it is not keyboard and mouse`,
        { hint: 'leave its pins MODE0 and MODE1 open (mode 0), and plug it in again' },
      );
    return line;
  } catch (error) {
    await line[Symbol.asyncDispose]();
    throw error;
  }
}

interface Awaited {
  readonly command: number;
  resolve(data: Uint8Array): void;
  reject(error: HarnessError): void;
}

function ch9329Line(options: Ch9329Options): Ch9329 {
  const { path, baudRate, clock, address = 0, answerMs = CH9329_ANSWER_MS } = options;
  let port: SerialPort | undefined;
  let watching = new AbortController();
  let read = ch9329Reader();
  let awaited: Awaited | undefined;
  /** An answer that was given up may still come: nothing is taken for an answer before `info` was answered. */
  let astray = false;
  let closed: Promise<void> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  /** The port is not used any more; what waits gets the reason. */
  function leave(why: HarnessError): Promise<void> {
    const left = port;
    port = undefined;
    watching.abort();
    awaited?.reject(why);
    return left === undefined ? Promise.resolve() : closePort(left, clock);
  }
  const unplugged = (why: string) =>
    fault('PORT_UNREACHABLE', `the adapter of the CH9329 at ${path} was unplugged: ${why}`, {
      hint: `check the adapter and its cable at ${path}`,
    });

  async function connected(): Promise<SerialPort> {
    if (port !== undefined) return port;
    const fresh = await openPort({ path, baudRate, clock, port: 'display' });
    if (closed !== undefined) {
      await closePort(fresh, clock);
      throw closedError(path);
    }
    const lost = (why: string) => {
      if (port === fresh) leave(unplugged(why)).catch(() => undefined);
    };
    fresh.on('data', (bytes: Uint8Array) => {
      for (const one of read(bytes)) take(one);
    });
    fresh.on('error', (error) => lost(error.message));
    fresh.on('close', (error: Error | null) => lost(error?.message ?? 'it was closed'));
    port = fresh;
    watching = new AbortController();
    astray = true;
    // An unplugged port does not always say so (and then keeps a core busy): it is asked.
    watchPort(fresh, clock, watching.signal).then(lost, () => undefined);
    return fresh;
  }

  /** What came, if it is the answer that is awaited. Answers to other commands come late: nobody waits for them. */
  function take(one: Ch9329Read): void {
    if (awaited === undefined) return;
    const { command, resolve, reject } = awaited;
    if (one.command !== command + CH9329_DONE && one.command !== command + CH9329_FAILED) return;
    const data = dataOf(one, command);
    if (data instanceof HarnessError) reject(data);
    else resolve(data);
  }

  /** The data of an answer to a command, or what is wrong with it. */
  function dataOf(answer: Ch9329Read, command: number): Uint8Array | HarnessError {
    if (answer.kind === 'wrong sum')
      return fault('PORT_PROTOCOL', `an answer of the CH9329 at ${path} has a wrong sum`, { hint: CABLE });
    if (answer.address !== address)
      return fault('PORT_PROTOCOL', `the chip at ${path} has address ${answer.address}, not ${address}`, {
        hint: 'see that one chip alone is at this adapter, and that it has the address it is sold with (0)',
      });
    const [status = 0] = answer.data;
    const done = answer.command === command + CH9329_DONE && (answer.data.length !== 1 || status === 0);
    return done ? answer.data : refusal(path, command, status);
  }

  async function exchange(command: number, data: Uint8Array): Promise<Uint8Array> {
    const line = await connected();
    const over = new AbortController();
    const answer = Promise.withResolvers<Uint8Array>();
    awaited = { command, resolve: answer.resolve, reject: answer.reject };
    line.write(encodeCh9329({ address, command, data }), (error) => {
      if (error && port === line) leave(unplugged(error.message)).catch(() => undefined);
    });
    const late = clock.sleep(answerMs, over.signal).then(
      async () => {
        const why = port === line ? await missing(line) : undefined;
        if (why !== undefined) await leave(unplugged(why));
        answer.reject(
          fault('PORT_TIMEOUT', `the CH9329 at ${path} did not answer within ${answerMs} ms`, {
            hint: 'check that the chip has power, and its cable and baud rate',
          }),
        );
      },
      () => undefined,
    );
    try {
      return await answer.promise;
    } catch (error) {
      astray = true;
      read = ch9329Reader();
      throw error;
    } finally {
      awaited = undefined;
      over.abort();
      await late;
    }
  }

  async function run(command: number, data: Uint8Array): Promise<Uint8Array> {
    if (closed !== undefined) throw closedError(path);
    await connected();
    if (astray && command !== CH9329.info) await exchange(CH9329.info, new Uint8Array());
    astray = false;
    return exchange(command, data);
  }

  function send(command: number, data = new Uint8Array()): Promise<Uint8Array> {
    const mine = queue.then(() => run(command, data));
    queue = mine.catch(() => undefined);
    return mine;
  }
  return {
    send,
    async info() {
      const info = readCh9329Info(await send(CH9329.info));
      if (info !== undefined) return info;
      throw fault('PORT_PROTOCOL', `the CH9329 at ${path} says too little of itself`, { hint: CABLE });
    },
    [Symbol.asyncDispose]() {
      closed ??= leave(closedError(path));
      return closed;
    },
  };
}

function refusal(path: string, command: number, status: number): HarnessError {
  const name = Object.entries(CH9329).find(([, code]) => code === command)?.[0] ?? command;
  const why = CH9329_STATUS[status] ?? `status ${status}`;
  return fault(
    status === 0xe6 ? 'PORT_UNREACHABLE' : 'PORT_PROTOCOL',
    `the CH9329 at ${path} refuses ${name}: ${why}`,
    { hint: status === 0xe6 ? RECORDER : CABLE },
  );
}

function closedError(path: string): HarnessError {
  return fault('PORT_CLOSED', `the adapter at ${path} was closed`);
}

function fault(
  code: 'PORT_CLOSED' | 'PORT_UNREACHABLE' | 'PORT_TIMEOUT' | 'PORT_PROTOCOL',
  message: string,
  detail: { readonly hint?: string; readonly cause?: unknown } = {},
): HarnessError {
  return new HarnessError(code, message, { port: 'display', ...detail });
}
