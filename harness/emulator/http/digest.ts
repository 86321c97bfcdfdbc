import { createHash, createHmac } from 'node:crypto';
import type { DigestAlgorithm } from '../../wire/emulator.ts';
import { sameText } from '../recorder/accounts.ts';
import type { Recorder } from '../recorder/recorder.ts';

/** A nonce serves two minutes of uptime; then the client is told `stale`. */
const NONCE_LIFE_MS = 120_000;
const HASHES: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

/** What an Authorization header proves. `stale`: right password, dead nonce. */
export type DigestFinding =
  | { readonly kind: 'none' }
  | { readonly kind: 'right' | 'wrong' | 'stale'; readonly user: string };

/** The WWW-Authenticate headers of a 401, one per offered algorithm (layout as recorded from recorders). */
export function digestChallenges(recorder: Recorder, stale: boolean): readonly string[] {
  const { realm, digest } = recorder.facts;
  const nonce = makeNonce(recorder, Math.floor(recorder.uptime));
  return digest.map(
    (algorithm) =>
      `Digest realm="${realm}", domain="::", qop="auth", nonce="${nonce}", opaque="", algorithm="${algorithm}", stale="${stale ? 'TRUE' : 'FALSE'}"`,
  );
}

/** Checks an Authorization header (RFC 7616, qop auth only). */
export function checkDigest(
  recorder: Recorder,
  request: { readonly method: string; readonly url: string; readonly authorization: string | undefined },
): DigestFinding {
  const fields = parseDigest(request.authorization);
  const user = fields?.get('username');
  if (!fields || user === undefined) return { kind: 'none' };
  const algorithm = offered(recorder, fields.get('algorithm') ?? 'MD5');
  const ha1 = algorithm && recorder.digestSecret(user, algorithm, fields.get('realm') ?? '');
  if (!algorithm || !ha1 || fields.get('uri') !== request.url || fields.get('qop') !== 'auth') {
    return { kind: 'wrong', user };
  }
  const hash = (text: string) => createHash(HASHES[algorithm]).update(text).digest('hex');
  const part = (name: string) => fields.get(name) ?? '';
  const middle = [part('nonce'), part('nc'), part('cnonce'), 'auth'].join(':');
  const target = hash(`${request.method}:${request.url}`);
  const fits = (secret: string) =>
    sameText(part('response').toLowerCase(), hash(`${secret}:${middle}:${target}`));
  if (!/^[0-9a-f]{8}$/i.test(part('nc'))) return { kind: 'wrong', user };
  if (!fits(ha1) && !recorder.accounts.fitsFormer(user, algorithm, fits)) return { kind: 'wrong', user };
  return { kind: aliveNonce(recorder, part('nonce')) ? 'right' : 'stale', user };
}

function offered(recorder: Recorder, name: string): DigestAlgorithm | undefined {
  return recorder.facts.digest.find((algorithm) => algorithm.toLowerCase() === name.toLowerCase());
}

function makeNonce(recorder: Recorder, at: number): string {
  const mac = createHmac('sha256', recorder.store.memory.nonceKey).update(String(at)).digest('hex');
  return `${mac.slice(0, 32)}:${at}`;
}

function aliveNonce(recorder: Recorder, nonce: string): boolean {
  const at = Number(nonce.split(':')[1]);
  if (!Number.isSafeInteger(at) || recorder.uptime - at > NONCE_LIFE_MS) return false;
  return sameText(nonce, makeNonce(recorder, at));
}

function parseDigest(header: string | undefined): ReadonlyMap<string, string> | undefined {
  const list = /^Digest\s+(.*)$/is.exec(header ?? '')?.[1];
  if (list === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const [, name, quoted, plain] of list.matchAll(/([a-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)) {
    fields.set((name ?? '').toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  return fields;
}
