import { createCipheriv } from 'node:crypto';
import type { Socket } from 'node:net';
import { HarnessError } from '../../../terms/error.ts';
import type { ByteStream } from './bytes.ts';

/** Security types (RFC 6143, 7.1.2). */
const NONE = 1;
const VNC_PASSWORD = 2;
/** Longest reason that is read, bytes. */
const REASON = 4_096;
/** Longest name of a desktop, bytes. */
const NAME = 4_096;

export interface ServerInit {
  readonly width: number;
  readonly height: number;
  readonly name: string;
}

/**
 * Says hello and who asks, by RFB 3.8 (RFC 6143, 7.1 to 7.3). Other clients may stay: the desktop is shared.
 * @throws HarnessError PORT_PROTOCOL where no RFB 3.8 is spoken, CREDENTIALS_REFUSED
 */
export async function shakeHands(
  socket: Socket,
  bytes: ByteStream,
  password: string | undefined,
): Promise<ServerInit> {
  const greeting = (await bytes.take(12)).toString('latin1');
  const version = /^RFB (\d{3})\.(\d{3})\n$/.exec(greeting);
  if (version === null)
    throw protocol(
      `${JSON.stringify(greeting)} is no greeting of a VNC server`,
      'see that host and port are those of VNC',
    );
  const [, major, minor] = version;
  if (Number(major) < 3 || (Number(major) === 3 && Number(minor) < 8))
    throw protocol(
      `the VNC server speaks RFB ${major}.${minor} only`,
      'use a server that speaks RFB 3.8 (2007 or newer)',
    );
  socket.write('RFB 003.008\n');
  await authenticate(socket, bytes, password);
  socket.write(Uint8Array.of(1));
  const init = await bytes.take(24);
  const length = init.readUInt32BE(20);
  if (length > NAME)
    throw protocol(`the VNC server has a name of ${length} bytes`, 'see that host and port are those of VNC');
  const name = await bytes.take(length);
  return { width: init.readUInt16BE(0), height: init.readUInt16BE(2), name: name.toString('utf8') };
}

async function authenticate(socket: Socket, bytes: ByteStream, password: string | undefined): Promise<void> {
  const count = (await bytes.take(1))[0] ?? 0;
  if (count === 0)
    throw protocol(`the VNC server refuses: ${await reason(bytes)}`, 'see the log of the VNC server');
  const types = [...(await bytes.take(count))];
  if (types.includes(NONE)) socket.write(Uint8Array.of(NONE));
  else if (!types.includes(VNC_PASSWORD))
    throw protocol(
      `the VNC server offers the security types ${types.join(', ')}`,
      'let it offer "None" or "VncAuth" (1 or 2)',
    );
  else {
    if (password === undefined)
      throw refused('the VNC server wants a password', 'set display.password in devices.yaml');
    socket.write(Uint8Array.of(VNC_PASSWORD));
    socket.write(passwordResponse(await bytes.take(16), password));
  }
  if ((await bytes.take(4)).readUInt32BE(0) !== 0)
    throw refused(`the VNC server refuses the password: ${await reason(bytes)}`, 'correct display.password');
}

async function reason(bytes: ByteStream): Promise<string> {
  const length = Math.min(REASON, (await bytes.take(4)).readUInt32BE(0));
  return (await bytes.take(length)).toString('utf8');
}

/**
 * The answer to a challenge of VNC authentication (RFC 6143, 7.2.2): DES with the first 8 bytes of the password, the bits
 * of each turned around. Triple DES with three times the same key is DES, which OpenSSL 3 does not give any more.
 */
export function passwordResponse(challenge: Uint8Array, password: string): Buffer {
  const key = Buffer.alloc(8);
  Buffer.from(password, 'latin1').copy(key, 0, 0, 8);
  for (const [at, byte] of key.entries()) key[at] = turned(byte);
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

/** The bits of a byte in the opposite order. */
function turned(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) if ((byte & (1 << bit)) !== 0) result |= 128 >> bit;
  return result;
}

function protocol(message: string, hint: string): HarnessError {
  return new HarnessError('PORT_PROTOCOL', message, { port: 'display', hint });
}
function refused(message: string, hint: string): HarnessError {
  return new HarnessError('CREDENTIALS_REFUSED', message, { port: 'display', hint });
}
