import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Serial } from '../../ports/serial.ts';
import { answerOf, answerWithoutEcho, ENTER, SERIAL_COMMANDS } from './command.ts';
import { closePort, openPort, watchPort } from './port.ts';
import { newTranscript } from './transcript.ts';

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
  const port = await openPort({ ...options, port: 'serial' });
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
  watchPort(port, clock, watching.signal).then(unplugged, () => undefined);

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
