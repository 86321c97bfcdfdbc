import { SerialPort } from 'serialport';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Serial } from '../../ports/serial.ts';
import { answerOf, answerWithoutEcho, ENTER, SERIAL_COMMANDS } from './command.ts';
import { newTranscript } from './transcript.ts';

/** Longest time for opening and for closing, ms. */
const OPEN_MS = 5_000;
const CLOSE_MS = 1_000;
/** How often the port is asked whether it is still there, ms. */
const WATCH_MS = 1000;

export interface SerialOptions {
  /** The device, e.g. `/dev/ttyUSB0`, or a pty. */
  readonly path: string;
  /** 115200 for the recorders of this field; 8N1, no flow control. */
  readonly baudRate: number;
  readonly clock: Clock;
}

/**
 * A recorder's console on a tty, locked for this process, transcribed from open to close (4 MB; then the oldest goes).
 * When the cable is pulled, or a pty's other end is gone, what waits and every later call gets PORT_CLOSED, at the
 * latest after 200 ms. The transcript stays readable after close.
 * @throws HarnessError PORT_BUSY when another program holds the device, PORT_UNREACHABLE when it cannot be opened
 */
export async function openSerial(options: SerialOptions): Promise<Serial> {
  const { path, clock } = options;
  const port = await openPort(options);
  const transcript = newTranscript({ clock });
  const watching = new AbortController();
  let closed: HarnessError | undefined;
  let closing: Promise<void> | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  function shut(error: HarnessError): Promise<void> {
    closed ??= error;
    transcript.end(closed);
    watching.abort();
    closing ??= closePort(port, clock);
    return closing;
  }
  const unplugged = (why: string) =>
    void shut(
      new HarnessError('PORT_CLOSED', `The serial port ${path} was unplugged: ${why}.`, {
        port: 'serial',
        hint: `Check the adapter and the cable at ${path}, or whether the twin still runs.`,
      }),
    );

  port.on('data', (bytes: Uint8Array) => transcript.add(bytes));
  port.on('error', (error) => unplugged(error.message));
  port.on('close', (error: Error | null) => unplugged(error?.message ?? 'it was closed'));
  // An unplugged port does not always say so (and then keeps a core busy): it is asked.
  const watch = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(WATCH_MS, watching.signal);
      const why = await missing(port);
      if (why !== undefined) return unplugged(why);
    }
  };
  watch().catch(() => undefined);

  async function run(name: (typeof SERIAL_COMMANDS)[number], timeoutMs: number): Promise<string> {
    if (closed !== undefined) throw closed;
    const from = transcript.chunks().length;
    const answer = transcript.until((text) => answerOf(name, text), {
      timeoutMs,
      what: `an answer to "${name}" and its prompt`,
      hint: 'Check that the recorder has booted, and that its console is at the prompt "# ".',
    });
    port.write(`${name}${ENTER}`, 'ascii', (error) => {
      if (error) unplugged(error.message);
    });
    return answer.catch((error: unknown) => {
      const printed = transcript.chunks().slice(from);
      const unechoed = answerWithoutEcho(printed.map(({ text }) => text).join(''));
      if (closed === undefined && unechoed !== undefined) return unechoed;
      throw error;
    });
  }

  return {
    transcript: transcript.chunks,
    async waitFor(pattern, { timeoutMs, since }) {
      if (closed !== undefined) throw closed;
      const plain = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
      return transcript.until((text) => plain.exec(text)?.[0], {
        timeoutMs,
        ...(since === undefined ? {} : { since }),
        what: `text that matches ${plain}`,
        hint: `Check the cable and the baud rate (${options.baudRate}) if the transcript is empty or garbled.`,
      });
    },
    async command(name, { timeoutMs }) {
      if (closed !== undefined) throw closed;
      if (!SERIAL_COMMANDS.includes(name)) {
        throw new HarnessError('CONFIG_INVALID', `"${name}" is not on the allow-list of serial commands.`, {
          port: 'serial',
          hint: `Use one of ${SERIAL_COMMANDS.join(', ')}.`,
        });
      }
      const mine = queue.then(() => run(name, timeoutMs));
      queue = mine.catch(() => undefined);
      return mine;
    },
    [Symbol.asyncDispose]: () =>
      shut(new HarnessError('PORT_CLOSED', `The serial port ${path} is closed.`, { port: 'serial' })),
  };
}

async function openPort({ path, baudRate, clock }: SerialOptions): Promise<SerialPort> {
  const over = new AbortController();
  const opening = new Promise<SerialPort>((resolve, reject) => {
    const port = new SerialPort({
      path,
      baudRate,
      dataBits: 8,
      parity: 'none',
      stopBits: 1,
      lock: true,
      autoOpen: false,
    });
    port.open((error) => {
      if (error) reject(error);
      else if (over.signal.aborted) port.close(() => undefined);
      else resolve(port);
    });
  });
  const late = clock.sleep(OPEN_MS, over.signal).then(
    () => Promise.reject(new Error(`it did not open within ${OPEN_MS} ms`)),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([opening, late]);
  } catch (cause) {
    throw openError(path, cause);
  } finally {
    over.abort();
  }
}

/** serialport hands system errors on as text only. */
function openError(path: string, cause: unknown): HarnessError {
  const why = cause instanceof Error ? cause.message : String(cause);
  if (/cannot lock|busy/i.test(why)) {
    return new HarnessError('PORT_BUSY', `The serial port ${path} is held by another program.`, {
      port: 'serial',
      hint: `End the program that holds it ("fuser ${path}" names it).`,
      cause,
    });
  }
  const hint = /no such/i.test(why)
    ? `Plug the adapter in, or correct the path ${path} ("ls /dev/serial/by-id" lists adapters).`
    : /permission/i.test(why)
      ? `Let this user open ${path}: add it to the group of the device (often dialout) and sign in again.`
      : `Check that ${path} is a serial port.`;
  return new HarnessError('PORT_UNREACHABLE', `The serial port ${path} cannot be opened: ${why}.`, {
    port: 'serial',
    hint,
    cause,
  });
}

/**
 * Why the port is no longer there; undefined while it is. Asks for the modem lines, which loses no byte (`flush`
 * would): a live pty has none and says "inappropriate ioctl", a dead one says "input/output error".
 */
function missing(port: SerialPort): Promise<string | undefined> {
  return new Promise((resolve) => {
    port.get((error) => {
      resolve(error === null || /inappropriate ioctl/i.test(error.message) ? undefined : error.message);
    });
  });
}

async function closePort(port: SerialPort, clock: Clock): Promise<void> {
  if (!port.isOpen) return;
  const over = new AbortController();
  const late = clock.sleep(CLOSE_MS, over.signal).catch(() => undefined);
  await Promise.race([new Promise<void>((resolve) => port.close(() => resolve())), late]);
  over.abort();
}
