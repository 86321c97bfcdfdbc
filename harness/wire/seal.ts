/**
 * The sealed letter inside a reset QR: this project's own scheme, X25519 + HKDF-SHA256 + AES-256-GCM. Text form:
 * `RB1.` and the base64url of (32 bytes ephemeral public key, ciphertext, 16 bytes tag). The plaintext is a JSON
 * array [serial, address, code, sealedAt, language, model]. Only the holder of the private key can read it.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';

/** What the recorder tells the mail service. */
export interface Letter {
  readonly serialNumber: string;
  readonly address: string;
  readonly code: string;
  /** Recorder's clock, ms since the epoch. */
  readonly sealedAt: number;
  /** Two letters. */
  readonly language: string;
  readonly model: string;
}

/** Every sealed letter begins so. */
export const LETTER_PREFIX = 'RB1.';
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const LANGUAGE = /^[a-z]{2}$/;

/** The relay's key pair, raw 32-byte keys in base64url. */
export interface SealKeys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Draws a key pair. */
export function newSealKeys(): SealKeys {
  const pair = generateKeyPairSync('x25519');
  const jwk = pair.privateKey.export({ format: 'jwk' });
  return { publicKey: jwk.x ?? '', privateKey: jwk.d ?? '' };
}

/**
 * Seals a letter for the holder of `publicKey` (base64url).
 * @param ephemeral only for golden vectors; drawn afresh otherwise.
 */
export function sealLetter(letter: Letter, publicKey: string, ephemeral: SealKeys = newSealKeys()): string {
  const plain = JSON.stringify([
    letter.serialNumber,
    letter.address,
    letter.code,
    letter.sealedAt,
    letter.language,
    letter.model,
  ]);
  const cipher = createCipheriv('aes-256-gcm', ...keyAndNonce(ephemeral, publicKey, ephemeral.publicKey));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return (
    LETTER_PREFIX + Buffer.concat([Buffer.from(ephemeral.publicKey, 'base64url'), body]).toString('base64url')
  );
}

/** Opens a letter; undefined when it isn't one, was changed, or is for somebody else. */
export function openLetter(payload: string, keys: SealKeys): Letter | undefined {
  if (!/^RB1\.[A-Za-z0-9_-]+$/.test(payload)) return undefined;
  const bytes = Buffer.from(payload.slice(LETTER_PREFIX.length), 'base64url');
  if (bytes.length <= KEY_BYTES + TAG_BYTES) return undefined;
  const sender = bytes.subarray(0, KEY_BYTES).toString('base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', ...keyAndNonce(keys, sender, sender));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(KEY_BYTES, -TAG_BYTES)), decipher.final()]);
    return parseLetter(JSON.parse(plain.toString('utf8')));
  } catch {
    return undefined;
  }
}

/** Key and nonce come from the shared secret; each ephemeral key is used once, so a derived nonce is safe. */
function keyAndNonce(own: SealKeys, other: string, ephemeralPublic: string): [Buffer, Buffer] {
  const secret = diffieHellman({ privateKey: importPrivate(own), publicKey: importPublic(other) });
  const derived = Buffer.from(
    hkdfSync('sha256', secret, Buffer.from(ephemeralPublic, 'base64url'), 'RB1', 44),
  );
  return [derived.subarray(0, 32), derived.subarray(32)];
}

function importPrivate(keys: SealKeys): KeyObject {
  const key = { kty: 'OKP', crv: 'X25519', x: keys.publicKey, d: keys.privateKey };
  return createPrivateKey({ key, format: 'jwk' });
}

function importPublic(x: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x }, format: 'jwk' });
}

function parseLetter(value: unknown): Letter | undefined {
  if (!Array.isArray(value)) return undefined;
  const [serialNumber, address, code, sealedAt, language, model]: readonly unknown[] = value;
  const texts = [serialNumber, address, code, model];
  if (!texts.every((text) => typeof text === 'string') || typeof sealedAt !== 'number') return undefined;
  if (typeof language !== 'string' || !LANGUAGE.test(language)) return undefined;
  return {
    serialNumber: String(serialNumber),
    address: String(address),
    code: String(code),
    sealedAt,
    language,
    model: String(model),
  };
}
