import { SerialPort } from 'serialport';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { absentHint, deniedHint } from './adapters.ts';

/** Longest time for opening and for closing, ms. */
const OPEN_MS = 5_000;
const CLOSE_MS = 1_000;
/** How often a port is asked whether it is still there, ms. */
const WATCH_MS = 1000;

export interface PortOptions {
  /** The device, e.g. `/dev/ttyUSB0`, or a pty. */
  readonly path: string;
  /** Bits per second; 8N1, no flow control. */
  readonly baudRate: number;
  readonly clock: Clock;
  /** The port of the bench that it is opened for, as errors name it. */
  readonly port: 'serial' | 'display' | 'power';
}

/**
 * Opens a serial device, locked for this process.
 * @throws HarnessError PORT_BUSY when another program holds the device, PORT_UNREACHABLE when it cannot be opened
 */
export async function openPort({ path, baudRate, clock, port: name }: PortOptions): Promise<SerialPort> {
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
    throw await openError(path, name, cause);
  } finally {
    over.abort();
  }
}

/** serialport hands system errors on as text only. */
async function openError(path: string, port: string, cause: unknown): Promise<HarnessError> {
  // As `Error: No such file or directory, cannot open /dev/ttyUSB0`.
  const told = cause instanceof Error ? cause.message : String(cause);
  const why = told.replace(/^Error: (.)/, (_, first) => first.toLowerCase()).replace(/, cannot open .*$/, '');
  // A relay board and a chip that types are serial devices too.
  const what =
    port === 'serial' ? `The serial port ${path}` : `The serial device ${path} of the port ${port}`;
  if (/cannot lock|busy/i.test(why)) {
    return new HarnessError('PORT_BUSY', `${what} is held by another program.`, {
      port,
      hint: `End the program that holds it ("fuser ${path}" names it).`,
      cause,
    });
  }
  const hint = /no such/i.test(why)
    ? await absentHint(path)
    : /permission/i.test(why)
      ? await deniedHint(path)
      : `Check that ${path} is a serial port.`;
  return new HarnessError('PORT_UNREACHABLE', `${what} cannot be opened: ${why}.`, {
    port,
    hint,
    cause,
  });
}

/**
 * Why the port is no longer there; undefined while it is. Asks for the modem lines, which loses no byte (`flush`
 * would): a live pty has none and says "inappropriate ioctl", a dead one says "input/output error".
 */
export function missing(port: SerialPort): Promise<string | undefined> {
  return new Promise((resolve) => {
    port.get((error) => {
      resolve(error === null || /inappropriate ioctl/i.test(error.message) ? undefined : error.message);
    });
  });
}

/**
 * Asks each second whether the port is still there; answers why it is not, and rejects once the signal has come.
 * @param alive hears of each time that it is
 */
export async function watchPort(
  port: SerialPort,
  clock: Clock,
  signal: AbortSignal,
  alive?: () => void,
): Promise<string> {
  for (;;) {
    await clock.sleep(WATCH_MS, signal);
    const why = await missing(port);
    if (why !== undefined) return why;
    alive?.();
  }
}

/** Closes the port, at the latest after a second. */
export async function closePort(port: SerialPort, clock: Clock): Promise<void> {
  if (!port.isOpen) return;
  const over = new AbortController();
  const late = clock.sleep(CLOSE_MS, over.signal).catch(() => undefined);
  await Promise.race([new Promise<void>((resolve) => port.close(() => resolve())), late]);
  over.abort();
}
