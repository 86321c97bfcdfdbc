import { connect, type Socket } from 'node:net';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Connect } from './line.ts';
import { TELNET } from './telnet.ts';

/** Where a serial port is served over TCP. */
export interface TcpPlace {
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
}

/** Longest time for a connection, ms. */
const CONNECT_MS = 5_000;
/**
 * ser2net takes every connection, and then says in a line of text why it closes it: the port is held by another, or the
 * device is gone. It does so within milliseconds; so long it is waited for, ms.
 */
const REFUSAL_MS = 250;
/**
 * After so long without a byte the kernel begins to probe, ms; Linux then asks ten times, a second apart. So a
 * connection whose other end vanished without a word is lost after 15 s.
 */
const KEEPALIVE_MS = 5_000;

/** How a place is named in messages. */
export function placeOf({ host, port }: Pick<TcpPlace, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * A TCP connection with keepalive, and what came over it in its first moments.
 * @throws HarnessError PORT_BUSY where the server says that another client holds the port, PORT_UNREACHABLE
 */
export async function connectTcp(
  place: TcpPlace,
): Promise<{ readonly socket: Socket; readonly early: Uint8Array }> {
  const { host, port, clock } = place;
  const over = new AbortController();
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS });
  const early: Buffer[] = [];
  const keep = (bytes: Buffer) => void early.push(bytes);
  // Stays: without any listener an error that comes between two owners would end the process.
  socket.on('error', () => undefined);
  try {
    const opened = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const late = clock.sleep(CONNECT_MS, over.signal).then(
      () => Promise.reject(new Error(`no connection within ${CONNECT_MS} ms`)),
      () => new Promise<never>(() => undefined),
    );
    await Promise.race([opened, late]);
    socket.on('data', keep);
    const closed = new Promise<'closed'>((resolve) => {
      socket.once('close', () => resolve('closed'));
      socket.once('end', () => resolve('closed'));
    });
    const settled = clock.sleep(REFUSAL_MS, over.signal).then(
      () => 'open' as const,
      () => 'open' as const,
    );
    if ((await Promise.race([closed, settled])) === 'closed')
      throw refused(place, Buffer.concat(early).toString('latin1'));
    socket.pause();
    socket.off('data', keep);
    return { socket, early: Buffer.concat(early) };
  } catch (cause) {
    socket.destroy();
    throw cause instanceof HarnessError ? cause : unreachable(place, cause);
  } finally {
    over.abort();
  }
}

/** What the server said before it closed the connection, without the telnet in it. */
function refused(place: TcpPlace, text: string): HarnessError {
  const words = text
    .replace(/\xff[\xfb-\xfe].|\xff\xfa[\s\S]*?\xff\xf0/g, '')
    .replace(/[^ -~]+/g, ' ')
    .trim()
    .slice(0, 200);
  const where = placeOf(place);
  const said = words === '' ? 'closes the connection at once' : `closes the connection: "${words}"`;
  if (/in use|busy/i.test(words))
    return new HarnessError(
      'PORT_BUSY',
      `The serial port at ${where} is held by another client: it ${said}.`,
      {
        port: 'serial',
        hint: 'End the other client, or let the newest one win ("kickolduser: true" in ser2net.yaml).',
      },
    );
  return new HarnessError('PORT_UNREACHABLE', `The serial port at ${where} cannot be used: it ${said}.`, {
    port: 'serial',
    hint: `Check that the adapter is plugged into ${place.host} and that its path in ser2net.yaml is right.`,
  });
}

function unreachable(place: TcpPlace, cause: unknown): HarnessError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const hint = /ENOTFOUND|EAI_AGAIN/.test(why)
    ? `Correct the host ${place.host}, or give its address: no name server knows it now.`
    : /ECONNREFUSED/.test(why)
      ? `Check that ser2net runs on ${place.host} and listens on port ${place.port}.`
      : `Check that ${place.host} is on and that nothing between it and this machine holds port ${place.port} back.`;
  return new HarnessError('PORT_UNREACHABLE', `No connection to the console at ${placeOf(place)}: ${why}.`, {
    port: 'serial',
    hint,
    cause,
  });
}

/**
 * A serial port whose bytes are served over TCP as they are (ser2net's `tcp` accepter). Its speed is set at the server
 * alone. Where the other end speaks telnet this is told, since its negotiation would stand in the transcript.
 */
export function rawLine(place: TcpPlace): Connect {
  return async (events) => {
    const { socket, early } = await connectTcp(place);
    const where = placeOf(place);
    if (speaksTelnet(early)) {
      socket.destroy();
      throw new HarnessError('PORT_PROTOCOL', `The server at ${where} speaks telnet, not raw bytes.`, {
        port: 'serial',
        hint: 'Write "protocol: rfc2217" in devices.yaml, or "accepter: tcp,..." in ser2net.yaml.',
      });
    }
    let over = false;
    const lost = (why: string) => {
      if (over) return;
      over = true;
      socket.destroy();
      events.lost(`the connection to ${where} was lost: ${why}`);
    };
    const hear = (bytes: Uint8Array) => {
      if (!over) events.bytes(bytes);
    };
    socket.on('error', (error) => lost(error.message));
    socket.on('end', () => lost('the server closed it'));
    socket.on('close', () => lost('it was closed'));
    if (socket.destroyed) throw unreachable(place, new Error('the connection was lost at once'));
    if (early.length > 0) queueMicrotask(() => hear(early));
    socket.on('data', hear);
    socket.resume();
    return {
      write: (bytes) => void socket.write(bytes),
      doubt: lost,
      async close() {
        over = true;
        socket.destroy();
      },
    };
  };
}

/** No console begins with `IAC WILL` or the like. */
function speaksTelnet(early: Uint8Array): boolean {
  const [first, second = 0] = early;
  return first === TELNET.IAC && second >= TELNET.SB && second < TELNET.IAC;
}
