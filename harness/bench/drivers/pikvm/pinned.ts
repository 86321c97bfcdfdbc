import type { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { HarnessError } from '../../../terms/error.ts';

/** How a device proves with its certificate that it is itself. Without either: as any web server does. */
export interface TlsTrust {
  /** SHA-256 of the certificate: 64 hexadecimal digits, with colons or without. */
  readonly fingerprint?: string;
  /** Text of a PEM file with the authority, or the device's own certificate, that is trusted beside no other. */
  readonly ca?: string;
}

/** Idle connections are left after so long, ms: before the other end does it, which would lose a request. */
const IDLE_MS = 4_000;
/** Longest time from the connection to its security, ms: nobody else would close what answers nothing. */
const HANDSHAKE_MS = 10_000;

/**
 * Keeps TLS connections alive, and opens none to a device that is not the one it should be: whoever is refused has
 * seen neither a request nor a password. Refusals reach the request's `error` as
 * HarnessError CONFIG_MISSING (not trusted; the hint says how to pin it) or WRONG_DEVICE (another certificate).
 */
export function pinnedAgent(trust: TlsTrust, port: string): Agent {
  return new PinnedAgent(trust, port);
}

/** The fingerprint of a certificate as this project writes it: lower case, without colons. */
function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

class PinnedAgent extends Agent {
  readonly #trust: TlsTrust;
  readonly #port: string;
  /** Sockets that nobody has yet: the agent knows nothing of them. */
  readonly #pending = new Set<TLSSocket>();

  constructor(trust: TlsTrust, port: string) {
    super({ keepAlive: true, maxSockets: 4, timeout: IDLE_MS });
    this.#trust = trust;
    this.#port = port;
  }

  override createConnection(
    ...[options, done]: Parameters<HttpAgent['createConnection']>
  ): ReturnType<HttpAgent['createConnection']> {
    const host = options.host ?? 'localhost';
    const { ca } = this.#trust;
    const socket = connect({
      ...(options as ConnectionOptions),
      // Judged below, when it is there: a self-signed certificate is no mistake where it is the one that was named.
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : { servername: '' }),
      ...(ca === undefined ? {} : { ca }),
    });
    this.#pending.add(socket);
    const timer = setTimeout(() => socket.destroy(new Error('no TLS handshake')), HANDSHAKE_MS);
    const settle = (error: Error | null) => {
      this.#pending.delete(socket);
      clearTimeout(timer);
      socket.off('error', settle);
      socket.off('close', early);
      socket.off('secureConnect', judge);
      done?.(error, socket as Duplex);
    };
    const early = () => settle(new Error('the connection was closed before it was secure'));
    const judge = () => {
      const wrong = this.#wrong(socket, `${host}:${options.port ?? 443}`);
      settle(wrong ?? null);
      if (wrong !== undefined) socket.destroy();
    };
    socket.once('error', settle);
    socket.once('close', early);
    socket.once('secureConnect', judge);
    return undefined;
  }

  override destroy(): void {
    super.destroy();
    for (const socket of this.#pending) socket.destroy();
  }

  /** Why the device behind a socket is not the right one. */
  #wrong(socket: TLSSocket, where: string): HarnessError | undefined {
    const port = this.#port;
    const seen = plain(socket.getPeerX509Certificate()?.fingerprint256 ?? '');
    const { fingerprint } = this.#trust;
    if (fingerprint !== undefined) {
      if (seen !== '' && seen === plain(fingerprint)) return undefined;
      return new HarnessError(
        'WRONG_DEVICE',
        `the certificate of ${where} (port ${port}) has the fingerprint ${seen}, not ${plain(fingerprint)} as configured`,
        { port, hint: `if the device got a new certificate, set tls: { fingerprint: "${seen}" }` },
      );
    }
    if (socket.authorized) return undefined;
    return new HarnessError(
      'CONFIG_MISSING',
      `the certificate of ${where} (port ${port}) is not trusted (${socket.authorizationError}); its fingerprint is ${seen}`,
      {
        port,
        hint: `compare it with the one that the device itself shows, and set tls: { fingerprint: "${seen}" }`,
      },
    );
  }
}
