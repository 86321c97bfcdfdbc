import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { HarnessError } from '../terms/error.ts';
import { type PublicKey, readPublicKey } from '../verify/keys.ts';

export type KeyKind = 'ed25519' | 'p256';

/** A private key that signs runs. */
export interface SigningKey {
  readonly publicKey: PublicKey;
  /** Ed25519 as in RFC 8032; ECDSA over SHA-256, in DER. */
  sign(data: Uint8Array): Buffer;
}

/** Where the public half of a key lies: beside it. */
export function publicFile(file: string): string {
  return `${file}.pub`;
}

/**
 * Draws a key, and writes it (PKCS #8 in PEM, readable by its owner alone) with its public half beside it.
 * @throws HarnessError USAGE where either file is there already: a key that is overwritten is lost
 */
export async function newKey(file: string, kind: KeyKind): Promise<PublicKey> {
  const pair =
    kind === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const publicKey = await publicHalf(pair.publicKey, file);
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
  for (const [path, text, mode] of [
    [file, pem, 0o600],
    [publicFile(file), publicKey.pem, 0o644],
  ] as const) {
    try {
      writeFileSync(path, text, { flag: 'wx', mode });
    } catch (cause) {
      // Half a pair is nobody's: the private half was drawn just now.
      if (path !== file) rmSync(file, { force: true });
      throw new HarnessError('USAGE', `${path} could not be made`, {
        hint: 'name a file that is not there yet, in a folder that is',
        cause,
      });
    }
  }
  return publicKey;
}

/**
 * Reads a private key.
 * @throws HarnessError CONFIG_MISSING where there is none; CONFIG_INVALID where it is not one to sign with, or others may read it
 */
export async function readSigningKey(file: string): Promise<SigningKey> {
  const pem = textOf(file);
  // Windows knows no such modes.
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
    throw new HarnessError('CONFIG_INVALID', `${file} may be read by others than its owner`, {
      hint: `chmod 600 ${file}; if others may have had it, make a new key`,
    });
  const key = privateKey(pem, file);
  const publicKey = await publicHalf(createPublicKey(key), file);
  const hash = publicKey.kind === 'Ed25519' ? null : 'sha256';
  return { publicKey, sign: (data) => sign(hash, data, key) };
}

/** Reads the public key of who signs. @throws HarnessError CONFIG_MISSING; CONFIG_INVALID where it is none */
export async function readTrustedKey(file: string): Promise<PublicKey> {
  const text = textOf(file);
  if (text.includes('PRIVATE KEY'))
    throw new HarnessError('CONFIG_INVALID', `${file} is a private key`, {
      hint: `name its public half, ${publicFile(file)}`,
    });
  const key = await readPublicKey(text);
  if (key === undefined)
    throw new HarnessError('CONFIG_INVALID', `${file} is no public key of Ed25519 or ECDSA P-256`, {
      hint: 'it must be PEM, and begin with -----BEGIN PUBLIC KEY-----',
    });
  return key;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('CONFIG_MISSING', `there is no key ${file} that could be read`, {
      hint: 'make one with `resetbench attest --new-key FILE`',
      cause,
    });
  }
}

function privateKey(pem: string, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new HarnessError('CONFIG_INVALID', `${file} is no private key that could be read`, {
      hint: 'it must be PKCS #8 in PEM, without a passphrase; `resetbench attest --new-key FILE` makes one',
      cause,
    });
  }
}

async function publicHalf(key: KeyObject, file: string): Promise<PublicKey> {
  const read = await readPublicKey(String(key.export({ type: 'spki', format: 'pem' })));
  if (read === undefined)
    throw new HarnessError('CONFIG_INVALID', `${file} is no key of Ed25519 or ECDSA P-256`, {
      hint: 'make one with `resetbench attest --new-key FILE`',
    });
  return read;
}
