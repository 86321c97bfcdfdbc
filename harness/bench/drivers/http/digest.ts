import { createHash, randomBytes } from 'node:crypto';

/** One Digest challenge of a `WWW-Authenticate` header (RFC 7616, 3.3). */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  readonly algorithm: 'MD5' | 'SHA-256';
  /** The server offers qop="auth"; without it the RFC 2069 form is used. */
  readonly auth: boolean;
  readonly stale: boolean;
}

/**
 * Reads every Digest challenge of a header, strongest algorithm first. Tolerates what recorders send: several
 * challenges in one header, `SHA256` for `SHA-256`, upper-case `stale="TRUE"`, algorithms it does not know (left out).
 */
export function digestChallenges(header: string): readonly DigestChallenge[] {
  const parts = challengeParts(header).filter((part) => /^\s*Digest\b/i.test(part));
  const found = parts.flatMap((part): DigestChallenge[] => {
    const values = new Map<string, string>();
    for (const match of part
      .replace(/^\s*Digest\s+/i, '')
      .matchAll(/([a-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/gi)) {
      values.set((match[1] ?? '').toLowerCase(), (match[2] ?? match[3] ?? '').replace(/\\(.)/g, '$1'));
    }
    const algorithm = algorithmOf(values.get('algorithm'));
    const nonce = values.get('nonce');
    if (algorithm === undefined || nonce === undefined) return [];
    const qop = values.get('qop');
    return [
      {
        realm: values.get('realm') ?? '',
        nonce,
        opaque: values.get('opaque'),
        algorithm,
        auth: qop?.split(',').some((value) => value.trim().toLowerCase() === 'auth') ?? false,
        stale: values.get('stale')?.toLowerCase() === 'true',
      },
    ];
  });
  return found.sort((a, b) => Number(b.algorithm === 'SHA-256') - Number(a.algorithm === 'SHA-256'));
}

function algorithmOf(text: string | undefined): 'MD5' | 'SHA-256' | undefined {
  const plain = (text ?? 'MD5').toUpperCase().replace('-', '');
  return plain === 'MD5' ? 'MD5' : plain === 'SHA256' ? 'SHA-256' : undefined;
}

/**
 * All that a header offers, in its own words and order (`SHA-256`, `MD5-sess`, `Basic`), and the challenge that is
 * answered: the strongest.
 */
export function digestOffers(header: string): {
  readonly offers: readonly string[];
  readonly chosen: DigestChallenge | undefined;
} {
  const offers = challengeParts(header).map((part) => {
    const scheme = /^\s*([a-z]+)/i.exec(part)?.[1] ?? '';
    if (!/^digest$/i.test(scheme)) return scheme;
    return /\balgorithm\s*=\s*"?([^\s",]+)/i.exec(part)?.[1] ?? 'MD5';
  });
  return { offers, chosen: digestChallenges(header)[0] };
}

/** So much of a header is read, characters; recorders send a twentieth. */
const LONGEST = 4_096;

/** One text for each challenge of a header, beginning with its scheme. */
function challengeParts(header: string): readonly string[] {
  return header
    .slice(0, LONGEST)
    .split(/(?:^|,)\s*(?=(?:Digest|Basic|Bearer|Negotiate)\b)/i)
    .filter((part) => /^\s*(?:Digest|Basic|Bearer|Negotiate)\b/i.test(part));
}

/** The `Authorization` header for a challenge (RFC 7616, 3.4). `count` is the use of this nonce, from 1. */
export function digestAuthorization(
  challenge: DigestChallenge,
  request: {
    readonly user: string;
    readonly password: string;
    readonly method: string;
    readonly uri: string;
    readonly count: number;
    readonly cnonce?: string;
  },
): string {
  const hash = (text: string) =>
    createHash(challenge.algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const cnonce = request.cnonce ?? randomBytes(12).toString('hex');
  const nc = request.count.toString(16).padStart(8, '0');
  const a1 = hash(`${request.user}:${challenge.realm}:${request.password}`);
  const a2 = hash(`${request.method}:${request.uri}`);
  const response = challenge.auth
    ? hash(`${a1}:${challenge.nonce}:${nc}:${cnonce}:auth:${a2}`)
    : hash(`${a1}:${challenge.nonce}:${a2}`);
  const quote = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`;
  return [
    `Digest username=${quote(request.user)}`,
    `realm=${quote(challenge.realm)}`,
    `nonce=${quote(challenge.nonce)}`,
    `uri=${quote(request.uri)}`,
    `algorithm=${challenge.algorithm}`,
    `response="${response}"`,
    ...(challenge.auth ? ['qop=auth', `nc=${nc}`, `cnonce=${quote(cnonce)}`] : []),
    ...(challenge.opaque === undefined ? [] : [`opaque=${quote(challenge.opaque)}`]),
  ].join(', ');
}
