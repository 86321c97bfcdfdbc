import type { Clock } from '../../../terms/clock.ts';
import type { Flaw } from '../../../wire/console-text.ts';
import { closePort, openPort, watchPort } from './port.ts';

/** Who hears of a line. */
export interface LineEvents {
  bytes(bytes: Uint8Array): void;
  flaw(flaw: Flaw): void;
  /** The line is known to be there, though nothing was printed. */
  alive(): void;
  /** The line is gone, and tells nothing more. Comes once, and not after `close`. */
  lost(why: string): void;
}

/** Bytes to and from a console, by whatever way. */
export interface Line {
  /** Sends; what cannot be sent ends in `lost`. */
  write(bytes: Uint8Array): void;
  /** Nothing answered what was written: a line that cannot tell whether it is half open gives itself up. */
  doubt?(why: string): void;
  /** At the latest after a second. */
  close(): Promise<void>;
}

/**
 * Opens a line, and again when it was lost.
 * @throws HarnessError PORT_BUSY, PORT_UNREACHABLE, PORT_PROTOCOL
 */
export type Connect = (events: LineEvents) => Promise<Line>;

/** A device of this machine, 8N1 without flow control, locked for this process. */
export function ttyLine(options: {
  readonly path: string;
  readonly baudRate: number;
  readonly clock: Clock;
}): Connect {
  const { path, clock } = options;
  return async (events) => {
    const port = await openPort({ ...options, port: 'serial' });
    const watching = new AbortController();
    const lost = (why: string) => {
      if (watching.signal.aborted) return;
      watching.abort();
      events.lost(`${path} was unplugged: ${why}`);
    };
    port.on('data', (bytes: Uint8Array) => {
      if (!watching.signal.aborted) events.bytes(bytes);
    });
    port.on('error', (error) => lost(error.message));
    port.on('close', (error: Error | null) => lost(error?.message ?? 'it was closed'));
    // An unplugged port does not always say so (and then keeps a core busy): it is asked.
    watchPort(port, clock, watching.signal, events.alive).then(lost, () => undefined);
    return {
      write(bytes) {
        port.write(Buffer.from(bytes), (error) => {
          if (error) lost(error.message);
        });
      },
      close() {
        watching.abort();
        return closePort(port, clock);
      },
    };
  };
}
