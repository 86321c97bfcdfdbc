// The other ends that targets speak to: on loopback, and saying whatever they are given.
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import type { WebSocketServer } from 'ws';
import { type Clock, systemClock } from '../../../harness/terms/clock.ts';

/** A clock on which a second takes ten milliseconds: what waits for an answer that never comes is soon over. */
const FASTER = 100;
export const quickClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * FASTER,
  sleep: (ms, signal) => systemClock.sleep(ms / FASTER, signal),
};

/** Said once what the client has sent so far is as wanted. */
interface Turn {
  readonly when: (heard: Buffer) => boolean;
  readonly say: Uint8Array;
}
export interface TurnServer {
  readonly port: number;
  /** For the next connection; after the last turn it is closed. */
  say(first: Uint8Array, turns?: readonly Turn[]): void;
  /** For the next connection: each line is answered, and it is closed where none comes for a while. */
  answer(first: Uint8Array, lines: (line: string) => Uint8Array): void;
  close(): Promise<void>;
}

/** How long a client that is waited for may be silent, ms. */
const SILENCE_MS = 40;

/** @param tls PEM of key and certificate; without it is spoken in the clear */
export async function serveTurns(tls?: { readonly key: string; readonly cert: string }): Promise<TurnServer> {
  const sockets = new Set<Socket>();
  let talk: (socket: Socket) => void = (socket) => socket.destroy();
  const taken = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    talk(socket);
  };
  const server = tls === undefined ? createServer(taken) : createTls(tls, taken);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    say(first, turns = []) {
      talk = (socket) => {
        const left = [...turns];
        let heard = Buffer.alloc(0);
        const go = () => {
          while (left[0]?.when(heard)) socket.write(left.shift()?.say ?? '');
          if (left.length === 0) socket.end();
        };
        socket.on('data', (data) => {
          heard = Buffer.concat([heard, data]);
          go();
        });
        socket.write(first);
        go();
      };
    },
    answer(first, lines) {
      talk = (socket) => {
        let heard = '';
        let timer = setTimeout(() => socket.end(), SILENCE_MS);
        socket.on('close', () => clearTimeout(timer));
        socket.on('data', (data) => {
          clearTimeout(timer);
          timer = setTimeout(() => socket.end(), SILENCE_MS);
          heard += data.toString('latin1');
          for (let end = heard.indexOf('\r\n'); end >= 0; end = heard.indexOf('\r\n')) {
            socket.write(lines(heard.slice(0, end)));
            heard = heard.slice(end + 2);
          }
        });
        socket.write(first);
      };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Answering = (request: IncomingMessage, response: ServerResponse) => void;
export interface HttpPeer {
  readonly url: string;
  /** @param sockets takes WebSockets, where the peer has any */
  answer(how: Answering, sockets?: WebSocketServer): void;
  close(): Promise<void>;
}

export async function serveHttp(): Promise<HttpPeer> {
  let how: Answering = (_, response) => response.end();
  let sockets: WebSocketServer | undefined;
  const server = createHttp((request, response) => how(request, response));
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    if (sockets === undefined) socket.destroy();
    else sockets.handleUpgrade(request, socket, head, () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer(next, taken) {
      how = next;
      sockets = taken;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
