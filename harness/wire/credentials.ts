/**
 * How passwords travel over the HTTP face: the session login and the activation of {@link ISAPI}. Both are this
 * project's concrete choices where the public guide leaves room; both ends use these functions.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';

/** Rounds that the twin's `SessionLoginCap.iterations` says. */
export const SESSION_ITERATIONS = 100;

/**
 * What a recorder keeps of a password: `k0 = SHA256(user ':' salt ':' password)`, then `iterations - 1` times
 * `k = SHA256(k)`; every hash as 64 lower-case hex digits, hashed as text (UTF-8).
 */
export function sessionKey(input: {
  readonly user: string;
  readonly password: string;
  readonly salt: string;
  readonly iterations: number;
}): string {
  let key = sha256(`${input.user}:${input.salt}:${input.password}`);
  for (let round = 1; round < input.iterations; round++) key = sha256(key);
  return key;
}

/** The `<password>` of `POST sessionLogin`: `SHA256(sessionKey ':' challenge)`, hex. The challenge serves one try. */
export function sessionProof(key: string, challenge: string): string {
  return sha256(`${key}:${challenge}`);
}

/**
 * Activation, step 1, client: `<PublicKey><key>` is the Base64 of the DER SubjectPublicKeyInfo of an RSA-1024 key.
 * The recorder answers `<Challenge><key>`: Base64 of 32 lower-case hex characters (16 random bytes), encrypted with
 * PKCS#1 v1.5 padding.
 */
export function exportActivationKey(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}

/** Step 1, recorder. @throws Error when the key is none, or not RSA of 1024 to 4096 bits. */
export function sealChallenge(clientKey: string, challenge: string): string {
  const key = createPublicKey({ key: Buffer.from(clientKey, 'base64'), format: 'der', type: 'spki' });
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < 1024 || bits > 4096) throw new Error('not a fitting RSA key');
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(challenge)).toString(
    'base64',
  );
}

/** Step 2, client: the 32 hex characters. @throws Error when the answer is not for this key. */
export function openChallenge(sealed: string, privateKey: KeyObject): string {
  const bytes = Buffer.from(sealed, 'base64');
  return privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, bytes).toString('latin1');
}

/**
 * Step 3, client: the `<ActivateInfo><password>`: AES-128-CBC, key = the 16 bytes that the challenge spells in hex,
 * IV of 16 zero bytes, PKCS#7 padding, over the challenge's first 16 characters followed by the password; Base64.
 */
export function sealPassword(password: string, challenge: string): string {
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(challenge, 'hex'), Buffer.alloc(16));
  return cipher.update(challenge.slice(0, 16) + password, 'utf8', 'base64') + cipher.final('base64');
}

/** Step 3, recorder: the password, or undefined when it was not sealed with this challenge. */
export function openPassword(sealed: string, challenge: string): string | undefined {
  try {
    const decipher = createDecipheriv('aes-128-cbc', Buffer.from(challenge, 'hex'), Buffer.alloc(16));
    const plain = decipher.update(sealed, 'base64', 'utf8') + decipher.final('utf8');
    return plain.startsWith(challenge.slice(0, 16)) ? plain.slice(16) : undefined;
  } catch {
    return undefined;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
