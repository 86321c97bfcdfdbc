import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import { HarnessError } from '../../../terms/error.ts';
import type { Sadp, SadpAnswer } from '../../ports/sadp.ts';
import { readSadp } from './answer.ts';

/** A question that got lost is asked again after so long, ms. */
const AGAIN_MS = 500;

/**
 * SADP over UDP to one address. Groups and broadcast addresses are refused: neighbours are not to be asked.
 * @param host IPv4 address of the recorder
 * @throws HarnessError CONFIG_INVALID for an address that is not one recorder's
 */
export async function openSadp(options: { readonly host: string; readonly port: number }): Promise<Sadp> {
  const { host, port } = options;
  const first = Number(host.split('.')[0]);
  if (!isIPv4(host) || first === 0 || first >= 224 || host.endsWith('.255'))
    throw new HarnessError('CONFIG_INVALID', `${host} is not the address of one recorder`, {
      port: 'sadp',
      hint: 'name the IPv4 address of the unit itself',
    });
  const closing = new AbortController();
  const closed = (cause?: unknown) =>
    new HarnessError('PORT_CLOSED', 'The sadp port is closed.', { port: 'sadp', cause });
  const unreachable = (cause: unknown) =>
    new HarnessError('PORT_UNREACHABLE', `Nothing can be sent to ${host}:${port}: ${String(cause)}.`, {
      port: 'sadp',
      hint: 'see that this machine has a route to the recorder',
      cause,
    });

  async function ask(socket: Socket, timeoutMs: number): Promise<SadpAnswer | undefined> {
    const uuid = crypto.randomUUID().toUpperCase();
    const probe = `<?xml version="1.0" encoding="utf-8"?><Probe><Uuid>${uuid}</Uuid><Types>inquiry</Types></Probe>`;
    const { promise, resolve, reject } = Promise.withResolvers<SadpAnswer | undefined>();
    socket.on('error', (cause) => reject(unreachable(cause)));
    socket.on('message', (bytes) => {
      const answer = readSadp(bytes.toString('utf8'), uuid);
      if (answer !== undefined) resolve(answer);
    });
    const stop = () => reject(closed());
    closing.signal.addEventListener('abort', stop, { once: true });
    const send = () =>
      socket.send(probe, port, host, (cause) => {
        if (cause !== null) reject(unreachable(cause));
      });
    send();
    const again = setInterval(send, AGAIN_MS);
    const late = setTimeout(() => resolve(undefined), timeoutMs);
    try {
      return await promise;
    } finally {
      clearInterval(again);
      clearTimeout(late);
      closing.signal.removeEventListener('abort', stop);
    }
  }

  return {
    async inquire({ timeoutMs }) {
      if (closing.signal.aborted) throw closed();
      const socket = createSocket('udp4');
      try {
        return await ask(socket, timeoutMs);
      } finally {
        socket.close();
      }
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
    },
  };
}
