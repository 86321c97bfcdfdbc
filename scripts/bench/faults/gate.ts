// A door between a driver and its peer, on loopback, that can be made to fail as networks and servers do.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of connections, those that are open included. */
export type Manner =
  /** To another peer where a port is given. */
  | { readonly kind: 'passes'; readonly to?: number }
  /** Nobody listens, and what was open is reset. */
  | { readonly kind: 'gone' }
  /** Half open: whatever is sent is taken, and nothing ever comes back. */
  | { readonly kind: 'silent' }
  /** The first bytes end the connection. */
  | { readonly kind: 'cuts' }
  /** This instead of the peer's words, at once or when something was sent; then the end. */
  | { readonly kind: 'says'; readonly text: string; readonly greets?: true };

export interface Gate extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  set(manner: Manner): Promise<void>;
}

/** @param to port of the peer, on 127.0.0.1 */
export async function openGate(to: number): Promise<Gate> {
  let manner: Manner = { kind: 'passes' };
  const open = new Set<Socket>();
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (manner.kind === 'says' && manner.greets === true) near.end(manner.text);
    const far = connect((manner.kind === 'passes' ? manner.to : undefined) ?? to, '127.0.0.1');
    keep(far);
    near.on('data', (bytes) => {
      if (manner.kind === 'passes') far.write(bytes);
      else if (manner.kind === 'cuts') near.destroy();
      else if (manner.kind === 'says') near.end(manner.text);
    });
    far.on('data', (bytes) => {
      if (manner.kind === 'passes' && near.writable) near.write(bytes);
    });
    near.on('close', () => far.destroy());
    far.on('close', () => {
      if (manner.kind !== 'silent') near.end();
    });
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
  const vanish = () => {
    for (const socket of open) socket.destroy();
    return new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async set(next) {
      manner = next;
      // What is open leads to the peer of before.
      if (next.kind === 'passes' && next.to !== undefined) for (const socket of open) socket.destroy();
      if (next.kind === 'gone') await vanish();
      else if (!server.listening) await listen(port);
    },
    [Symbol.asyncDispose]: vanish,
  };
}

/** An answer of HTTP, as {@link Manner} `says` it. */
export function httpAnswer(status: number, body: string, type = 'text/html'): Manner {
  const length = Buffer.byteLength(body);
  const head = `HTTP/1.1 ${status} X\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\nConnection: close`;
  return { kind: 'says', text: `${head}\r\n\r\n${body}` };
}
