import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';

/** Sigstore's services on loopback, with keys of their own. */
export interface FakeSigstore extends AsyncDisposable {
  readonly url: string;
  /** Text of the `trusted_root.json` that trusts these services. */
  readonly trustedRoot: string;
}

/** What Fulcio is sent as the identity of whoever signs: it takes the token's word for it. */
export function tokenOf(identity: string, issuer: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: issuer, sub: identity, aud: 'sigstore' };
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.${Buffer.from('none').toString('base64url')}`;
}

/** An authority and two logs by the makers of Sigstore's client (`@sigstore/mock`), behind a web server. */
export async function fakeSigstore(): Promise<FakeSigstore> {
  const keys = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const ctLog = await initializeCTLog(keys());
  const authority = await initializeCA(keys(), ctLog);
  const fulcio = fulcioHandler(authority, { strict: true });
  const logKeys = keys();
  const rekor = await initializeTLog('http://rekor.example', logKeys);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString();
    const { statusCode, text } =
      request.url === fulcio.path
        ? await fulcio.fn(body).then((answer) => ({ ...answer, text: String(answer.response) }))
        : {
            statusCode: 201,
            text: JSON.stringify(
              withProof((await rekor.log(logged(JSON.parse(body)))) as Entries, logKeys.privateKey),
            ),
          };
    response.writeHead(statusCode, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trustedRoot: JSON.stringify(
      rootOf({ authority: authority.rootCertificate, ct: ctLog.publicKey, log: rekor.publicKey }),
    ),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Proposal {
  readonly spec: {
    readonly proposedContent: { readonly envelope: string; readonly verifiers: readonly string[] };
  };
}
interface SignedText {
  readonly payload: string;
  readonly signatures: readonly { readonly sig: string }[];
}

/** What Rekor logs of a proposal of the kind `dsse` 0.0.1: hashes and signatures, and not the envelope. */
function logged({ spec: { proposedContent } }: Proposal): object {
  const { envelope, verifiers } = proposedContent;
  const { payload, signatures } = JSON.parse(envelope) as SignedText;
  const hash = (bytes: string | Buffer) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: hash(envelope),
      payloadHash: hash(Buffer.from(payload, 'base64')),
      signatures: signatures.map(({ sig }, index) => ({ signature: sig, verifier: verifiers[index] })),
    },
  };
}

/** What Rekor answers: the entry by its id. */
type Entries = Readonly<
  Record<string, { readonly body: string; readonly logID: string; readonly verification: object }>
>;

/**
 * The entry as the second of two, with its proof and a signed checkpoint. `@sigstore/mock` has it as the only one of its log,
 * at 0, which bundles leave out; no log that is in use has such an entry, and not every reader takes it.
 */
function withProof(entries: Entries, key: KeyObject): Entries {
  const hash = (...parts: readonly Uint8Array[]) =>
    createHash('sha256').update(Buffer.concat(parts)).digest();
  return Object.fromEntries(
    Object.entries(entries).map(([id, entry]) => {
      const before = hash(Uint8Array.of(0), Buffer.from('another entry'));
      const own = hash(Uint8Array.of(0), Buffer.from(entry.body, 'base64'));
      const root = hash(Uint8Array.of(1), before, own);
      const note = `rekor.example - 1\n2\n${root.toString('base64')}\n`;
      const hint = Buffer.from(entry.logID, 'hex').subarray(0, 4);
      const signature = Buffer.concat([hint, sign('sha256', Buffer.from(note), key)]).toString('base64');
      const inclusionProof = {
        logIndex: 1,
        treeSize: 2,
        hashes: [before.toString('hex')],
        rootHash: root.toString('hex'),
        checkpoint: `${note}\n\u2014 rekor.example ${signature}\n`,
      };
      return [id, { ...entry, verification: { ...entry.verification, inclusionProof } }];
    }),
  );
}

function rootOf({
  authority,
  ct,
  log,
}: Readonly<Record<'authority' | 'ct' | 'log', ArrayBufferView>>): object {
  const base64 = (view: ArrayBufferView) =>
    Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64');
  const validFor = { start: '2020-01-01T00:00:00.000Z' };
  const logOf = (key: ArrayBufferView, baseUrl: string) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: base64(key), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: {
      keyId: createHash('sha256')
        .update(Buffer.from(base64(key), 'base64'))
        .digest('base64'),
    },
  });
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [logOf(log, 'http://rekor.example')],
    certificateAuthorities: [
      {
        subject: { organization: 'sigstore.mock', commonName: 'sigstore' },
        uri: 'http://fulcio.example',
        certChain: { certificates: [{ rawBytes: base64(authority) }] },
        validFor,
      },
    ],
    ctlogs: [logOf(ct, 'http://ct.example')],
    timestampAuthorities: [],
  };
}
