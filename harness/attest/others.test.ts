import { spawnSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AllOf, Identity, OIDCIssuer, SigstoreVerifier } from '@freedomofpress/sigstore-browser';
import { bundleFromJSON } from '@sigstore/bundle';
import { PublicKeyDetails, TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import t from 'tap';
import { type Verification, verifyRun } from '../verify/verify.ts';
import { attestRun } from './attest.ts';
import { diskFolder } from './disk.ts';
import { keylessNotary, verifyBundles } from './keyless.ts';
import { type KeyKind, newKey, readSigningKey } from './keys.ts';
import { writeRun } from './run.fixture.ts';
import { keyNotary } from './sign.ts';
import { fakeSigstore, tokenOf } from './sigstore.fixture.ts';

const NOW = Date.UTC(2026, 10, 26, 6, 0, 0);
const WHO = 'https://forge.example/lab/recorders/.workflow@main';
const ISSUER = 'https://issuer.example';
const base = t.testdir({});
const plain = join(base, 'plain');
await writeRun(plain);
const complaints = ({ checks }: Verification) =>
  checks.flatMap(({ problems }) => problems.map(({ place, what }) => `${place}: ${what}`)).join('\n');

/** A run signed by a new key. */
async function signedBy(kind: KeyKind) {
  const folder = join(base, kind);
  const file = join(base, `${kind}.key`);
  const publicKey = await newKey(file, kind);
  await cp(plain, folder, { recursive: true });
  await attestRun(folder, keyNotary(await readSigningKey(file)), NOW);
  const lines = (await readFile(join(folder, 'attestation.intoto.jsonl'), 'utf8')).trimEnd().split('\n');
  return { publicKey, lines };
}

/** Debian's python3-securesystemslib: the library of in-toto's and TUF's reference implementations. */
const PYTHON = '/usr/bin/python3';
const missing =
  spawnSync(PYTHON, ['-c', 'import securesystemslib.keys, cryptography']).status === 0
    ? false
    : 'no python3-securesystemslib (apt-get install python3-securesystemslib python3-cryptography)';
const skip = process.env.CI === undefined && missing;

/** Takes an envelope apart by itself, and has the library verify the signature over what DSSE says is signed. */
const PROGRAM = `
import base64, json, sys
from securesystemslib import keys
envelope, pem, kind = json.load(sys.stdin)
payload = base64.b64decode(envelope['payload'])
of = envelope['payloadType'].encode()
signed = b'DSSEv1 %d %s %d %s' % (len(of), of, len(payload), payload)
[signature] = envelope['signatures']
sig = base64.b64decode(signature['sig']).hex()
if kind == 'Ed25519':
    raw = base64.b64decode(''.join(pem.splitlines()[1:-1]))[-32:].hex()
    key = keys.format_metadata_to_key({'keytype': 'ed25519', 'scheme': 'ed25519', 'keyval': {'public': raw}})[0]
else:
    key = keys.format_metadata_to_key({'keytype': 'ecdsa', 'scheme': 'ecdsa-sha2-nistp256', 'keyval': {'public': pem}})[0]
for data in (signed, signed + b' '):
    print(keys.verify_signature(key, {'keyid': key['keyid'], 'sig': sig}, data))
statement = json.loads(payload)
print(statement['_type'], statement['predicateType'])
`;

for (const kind of ['ed25519', 'p256'] as const) {
  t.test(`securesystemslib accepts what a key of ${kind} signed, and nothing else`, { skip }, async (t) => {
    const { publicKey, lines } = await signedBy(kind);
    const predicates = ['urn:resetbench:conformance:v1', 'https://in-toto.io/attestation/test-result/v0.1'];
    t.equal(lines.length, predicates.length);
    for (const [index, line] of lines.entries()) {
      const input = JSON.stringify([JSON.parse(line), publicKey.pem, publicKey.kind]);
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', PROGRAM], { input, encoding: 'utf8' });
      t.equal(stdout, `True\nFalse\nhttps://in-toto.io/Statement/v1 ${predicates[index]}\n`, stderr);
    }
  });
}

t.test("Sigstore's own verifier accepts an envelope of a key", async (t) => {
  const file = join(base, 'own.key');
  const publicKey = await newKey(file, 'ed25519');
  const folder = join(base, 'own');
  await cp(plain, folder, { recursive: true });
  await attestRun(folder, keyNotary(await readSigningKey(file)), NOW);
  const [line = ''] = (await readFile(join(folder, 'attestation.intoto.jsonl'), 'utf8')).split('\n');
  const bundle = (dsseEnvelope: unknown) =>
    bundleFromJSON({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: { publicKey: { hint: publicKey.id }, tlogEntries: [] },
      dsseEnvelope,
    });
  const der = Buffer.from(publicKey.pem.split('\n').slice(1, -2).join(''), 'base64');
  const keys = { [publicKey.id]: { rawBytes: der, keyDetails: PublicKeyDetails.PKIX_ED25519 } };
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON({}), keys), {
    tlogThreshold: 0,
    ctlogThreshold: 0,
    timestampThreshold: 0,
  });
  t.ok(verifier.verify(toSignedEntity(bundle(JSON.parse(line)))));
  const changed = JSON.parse(line) as { payload: string };
  changed.payload = `${changed.payload.slice(0, -8)}AAAAAAA=`;
  t.throws(() => verifier.verify(toSignedEntity(bundle(changed))));
});

t.test('without a key: an identity signs by way of Sigstore, as far as loopback goes', async (t) => {
  await using sigstore = await fakeSigstore();
  const { url, trustedRoot } = sigstore;
  const folder = join(base, 'keyless');
  await cp(plain, folder, { recursive: true });
  const notary = keylessNotary({ fulcio: url, rekor: url, token: tokenOf(WHO, ISSUER) });
  await attestRun(folder, notary, NOW);
  const bundles = await readFile(join(folder, 'attestation.sigstore.jsonl'), 'utf8');
  const trust = { trustedRoot, identity: WHO, issuer: ISSUER };

  await t.test('the run is verified by its bundles, offline', async (t) => {
    const found = verifyBundles(bundles, trust);
    const result = await verifyRun(diskFolder(folder), { keys: [], bundles: found });
    t.equal(result.outcome, 'verified', complaints(result));
    t.match(result.attestation.check.told, WHO);
    const alone = await verifyRun(diskFolder(folder), { keys: [] });
    t.equal(alone.outcome, 'unproven', 'without them nothing is proved');
  });

  await t.test('a library of other makers accepts the bundles', async (t) => {
    const verifier = new SigstoreVerifier();
    await verifier.loadSigstoreRoot(JSON.parse(trustedRoot));
    for (const line of bundles.trimEnd().split('\n')) {
      const policy = new AllOf([new Identity({ identity: WHO }), new OIDCIssuer(ISSUER)]);
      const { payloadType, payload } = await verifier.verifyDsse(JSON.parse(line), policy);
      t.equal(payloadType, 'application/vnd.in-toto+json');
      t.match(JSON.parse(Buffer.from(payload).toString()), { _type: 'https://in-toto.io/Statement/v1' });
      const stranger = new Identity({ identity: 'somebody@else.example' });
      await t.rejects(verifier.verifyDsse(JSON.parse(line), stranger));
    }
  });

  await t.test('another identity, another authority, another envelope are refused', async (t) => {
    const problem = (found: ReturnType<typeof verifyBundles>) => ('problem' in found ? found.problem : '');
    t.match(problem(verifyBundles(bundles, { ...trust, identity: 'somebody@else.example' })), /line 1: /);
    for (const identity of [WHO.slice(1), WHO.slice(0, -1), '.*'])
      t.match(problem(verifyBundles(bundles, { ...trust, identity })), /is signed by/, `not ${identity}`);
    await using other = await fakeSigstore();
    t.match(problem(verifyBundles(bundles, { ...trust, trustedRoot: other.trustedRoot })), /line 1: /);
    t.match(
      problem(verifyBundles(bundles.replace('{"mediaType"', '{ "mediaType"'), trust)),
      /not written as/,
    );
    t.throws(() => verifyBundles(bundles, { ...trust, trustedRoot: 'none' }), { code: 'CONFIG_INVALID' });
    const [, second = ''] = bundles.split('\n');
    const swapped = verifyBundles(`${second}\n${bundles.split('\n')[0]}\n`, trust);
    const result = await verifyRun(diskFolder(folder), { keys: [], bundles: swapped });
    t.match(complaints(result), /line 1: is not what its bundle holds/);
  });

  await t.test('a later signature by a key takes the bundles away', async (t) => {
    const file = join(base, 'later.key');
    const publicKey = await newKey(file, 'ed25519');
    await attestRun(folder, keyNotary(await readSigningKey(file)), NOW);
    await t.rejects(readFile(join(folder, 'attestation.sigstore.jsonl')), { code: 'ENOENT' });
    t.equal((await verifyRun(diskFolder(folder), { keys: [publicKey] })).outcome, 'verified');
  });
});

t.test('where Sigstore cannot be reached nothing is written, and what was there stays', async (t) => {
  const folder = join(base, 'unreached');
  await cp(plain, folder, { recursive: true });
  await writeFile(join(folder, 'attestation.intoto.jsonl'), 'older\n');
  let url: string;
  {
    await using gone = await fakeSigstore();
    url = gone.url;
  }
  const notary = keylessNotary({ fulcio: url, rekor: url, token: tokenOf(WHO, ISSUER) });
  await t.rejects(attestRun(folder, notary, NOW), {
    code: 'PORT_UNREACHABLE',
    message: /Sigstore did not sign/,
  });
  t.equal(await readFile(join(folder, 'attestation.intoto.jsonl'), 'utf8'), 'older\n');
});
