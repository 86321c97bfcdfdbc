import { type Bytes, base64Of, bytesOfBase64, sha256Hex } from './bytes.ts';

/** A public key that signatures are held against. */
export interface PublicKey {
  /** sha256 of its DER (SubjectPublicKeyInfo, RFC 5280), in hex: the `keyid` of an envelope. */
  readonly id: string;
  readonly kind: 'Ed25519' | 'ECDSA P-256';
  /** In the usual form: lines of 64, a line end behind. */
  readonly pem: string;
  readonly key: CryptoKey;
}

const ED25519 = '302a300506032b6570032100';
const P256 = '3059301306072a8648ce3d020106082a8648ce3d030107034200';

/** Reads a public key in PEM; undefined where it is none, or of a kind that is not known here. */
export async function readPublicKey(text: string): Promise<PublicKey | undefined> {
  const match = /-----BEGIN PUBLIC KEY-----([\sA-Za-z0-9+/=]+)-----END PUBLIC KEY-----/.exec(text);
  const der = bytesOfBase64((match?.[1] ?? '').replace(/\s+/g, ''));
  if (der === undefined || der.length === 0) return undefined;
  const begin = Array.from(der.subarray(0, 26), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const kind = begin.startsWith(ED25519) ? 'Ed25519' : begin.startsWith(P256) ? 'ECDSA P-256' : undefined;
  if (kind === undefined) return undefined;
  const algorithm = kind === 'Ed25519' ? { name: 'Ed25519' } : { name: 'ECDSA', namedCurve: 'P-256' };
  try {
    const key = await crypto.subtle.importKey('spki', der, algorithm, true, ['verify']);
    return { id: await sha256Hex(der), kind, pem: pemOf(der), key };
  } catch {
    return undefined;
  }
}

function pemOf(der: Bytes): string {
  const lines = base64Of(der).match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

/** Whether a signature of these bytes is that of the key. ECDSA signatures are DER, as DSSE libraries write them. */
export async function isSignedBy({ key, kind }: PublicKey, signature: Bytes, data: Bytes): Promise<boolean> {
  if (kind === 'Ed25519') return crypto.subtle.verify({ name: 'Ed25519' }, key, signature, data);
  const plain = plainSignature(signature);
  return plain !== undefined && crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, plain, data);
}

/** Two numbers of 32 bytes each, as WebCrypto takes them, of `SEQUENCE { INTEGER, INTEGER }`. */
function plainSignature(der: Bytes): Bytes | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined;
  const plain = new Uint8Array(64);
  let at = 2;
  for (const to of [32, 64]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    // DER allows one zero in front, and only where the number would be negative without it.
    const lead = number[0] === 0 && (number[1] ?? 0) > 0x7f ? 1 : 0;
    const size = number.length - lead;
    if (der[at] !== 0x02 || number.length !== length || length === 0 || size > 32) return undefined;
    if ((number[0] ?? 0) > 0x7f || (lead === 0 && number[0] === 0 && length > 1)) return undefined;
    plain.set(number.subarray(lead), to - size);
    at += 2 + length;
  }
  return at === der.length ? plain : undefined;
}
