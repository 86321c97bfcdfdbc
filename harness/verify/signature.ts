import type { RunRecord } from '../terms/record.ts';
import type { Chain } from './chain.ts';
import { type Check, checked, count, type Problem } from './check.ts';
import { differences } from './difference.ts';
import { type Envelope, isEnvelopeOf, isObject, lineOf, readEnvelopes } from './envelope.ts';
import { type Digests, FILES } from './folder.ts';
import { type PublicKey, readPublicKey } from './keys.ts';
import { statementsOf } from './make.ts';
import { CONFORMANCE, type Conformance, type SignerFacts, type Statement } from './statement.ts';

/** The attestation of a run, as far as it could be read. */
export interface Attestation {
  readonly envelopes: readonly Envelope[];
  /** The conformance statement, which comes first. */
  readonly conformance?: Statement<Conformance>;
  /** The key that signed it. */
  readonly key?: PublicKey;
  /** It is one that the reader named. */
  readonly isTrusted: boolean;
  readonly check: Check;
}

const CURE = 'take the attestation from who signed it, or have the run attested again';
const NAME_KEY = 'name the public key of who signed it, which you have from elsewhere: --key FILE';

/**
 * What bundles of Sigstore were found to be, by whoever can verify them (`harness/attest/keyless.ts`): who signed, and
 * the envelope of each as a line; or why they do not hold.
 */
export type BundleFindings =
  | { readonly identity: string; readonly envelopes: readonly string[] }
  | { readonly problem: string };

/** Whom a reader trusts. */
export interface Trust {
  readonly keys: readonly PublicKey[];
  readonly bundles?: BundleFindings;
}

/** Reads an attestation, and checks who signed it. @param text undefined where there is none */
export async function readAttestation(text: string | undefined, trust: Trust): Promise<Attestation> {
  if (text === undefined) return unsigned();
  const read = readEnvelopes(text);
  if ('problem' in read) return broken([], [problemIn(read.line, read.problem)]);
  const { envelopes } = read;
  const conformance = conformanceIn(envelopes);
  if (conformance === undefined)
    return broken(envelopes, [problemIn(1, `holds no statement of the type ${CONFORMANCE}`)]);
  const { signer } = conformance.predicate;
  return signer.by === 'sigstore'
    ? byIdentity(envelopes, conformance, trust)
    : byKey(envelopes, conformance, { signer, trust });
}

function unsigned(): Attestation {
  const told = `There is no ${FILES.attestation}: what stands here may hold together, but nobody vouches for it.`;
  return { envelopes: [], isTrusted: false, check: checked('signature', told, [], { open: true }) };
}

function broken(envelopes: readonly Envelope[], problems: readonly Problem[]): Attestation {
  const told = 'The attestation is not one that can be relied on.';
  return { envelopes, isTrusted: false, check: checked('signature', told, problems) };
}

function problemIn(line: number, what: string): Problem {
  return { place: `${FILES.attestation} line ${line}`, what, cure: CURE };
}

/** The first statement, where it is one of conformance with what is read of it here. */
export function conformanceIn(envelopes: readonly Envelope[]): Statement<Conformance> | undefined {
  const statement = envelopes[0]?.statement;
  if (statement?.predicateType !== CONFORMANCE || !isObject(statement.predicate)) return undefined;
  const { signer, run, recorders, record, evidence, attestedAt } = statement.predicate;
  const isSigner =
    isObject(signer) &&
    (signer.by === 'sigstore' || (signer.by === 'key' && typeof signer.publicKey === 'string'));
  const isWhole = isObject(run) && isObject(record) && isObject(evidence) && isTime(attestedAt);
  return isSigner && isWhole && Array.isArray(recorders) && recorders.every(isObject)
    ? (statement as unknown as Statement<Conformance>)
    : undefined;
}

/** ISO 8601 in UTC, with milliseconds. */
function isTime(value: unknown): value is string {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  return !Number.isNaN(date.getTime()) && date.toISOString() === value;
}

async function byKey(
  envelopes: readonly Envelope[],
  conformance: Statement<Conformance>,
  { signer, trust }: { readonly signer: Extract<SignerFacts, { by: 'key' }>; readonly trust: Trust },
): Promise<Attestation> {
  const own = await readPublicKey(signer.publicKey);
  if (own === undefined)
    return broken(envelopes, [
      problemIn(
        1,
        'names no public key that can be read here: of Ed25519 (in browsers since 2025) or ECDSA P-256',
      ),
    ]);
  const trusted = trust.keys.find(({ id }) => id === own.id);
  const problems: Problem[] = [];
  if (differences(signer, { by: 'key', id: own.id, publicKey: own.pem }).length > 0)
    problems.push(problemIn(1, 'does not name its key as attestations do'));
  for (const envelope of envelopes)
    if (!(await isEnvelopeOf(envelope, trusted ?? own)))
      problems.push(problemIn(envelope.line, `is not signed by the key that it names (${own.id})`));
  const named = trust.keys.map(({ id }) => id).join(', ');
  if (problems.length === 0 && trusted === undefined && trust.keys.length > 0)
    problems.push({
      place: FILES.attestation,
      what: `is signed by the key ${own.id}; the key that was named is ${named}`,
      cure: NAME_KEY,
    });
  if (problems.length > 0) return { ...broken(envelopes, problems), conformance, key: own };
  const who = `${count(envelopes.length, 'statement')} signed by the ${own.kind} key ${own.id}`;
  const isTrusted = trusted !== undefined;
  const check = isTrusted
    ? checked('signature', `${who}, which was named as trusted.`)
    : checked('signature', `${who}, which it names itself: whoever altered all of it could do so too.`, [], {
        open: true,
        notes: [`To know who that is, ${NAME_KEY}`],
      });
  return { envelopes, conformance, key: own, isTrusted, check };
}

/** The same statements stand in the bundles beside it, which were verified elsewhere. */
function byIdentity(
  envelopes: readonly Envelope[],
  conformance: Statement<Conformance>,
  { bundles, keys }: Trust,
): Attestation {
  if (bundles === undefined && keys.length > 0) {
    const what = `says that it was signed by way of Sigstore, not by the key that was named (${keys.map(({ id }) => id).join(', ')})`;
    return { ...broken(envelopes, [problemIn(1, what)]), conformance };
  }
  if (bundles === undefined) {
    const told = `It says that it was signed by way of Sigstore; its bundles (${FILES.bundles}) were not verified here.`;
    const notes = ['resetbench verify RUN --trusted-root FILE --identity NAME --issuer URL verifies them'];
    const check = checked('signature', told, [], { open: true, notes });
    return { envelopes, conformance, isTrusted: false, check };
  }
  if ('problem' in bundles)
    return broken(envelopes, [{ place: FILES.bundles, what: bundles.problem, cure: CURE }]);
  const problems = envelopes.flatMap((one, index) =>
    bundles.envelopes[index] === lineOf(one) ? [] : [problemIn(one.line, 'is not what its bundle holds')],
  );
  if (bundles.envelopes.length !== envelopes.length)
    problems.push(
      problemIn(
        envelopes.length,
        `is the last of ${envelopes.length}; there are ${bundles.envelopes.length} bundles`,
      ),
    );
  if (problems.length > 0) return broken(envelopes, problems);
  const told = `${count(envelopes.length, 'statement')} signed by ${bundles.identity}, by way of Sigstore.`;
  return { envelopes, conformance, isTrusted: true, check: checked('signature', told) };
}

/** Makes the statements again from the folder, and says where they differ from those that were signed. */
export async function checkDigests(
  { envelopes, conformance }: Attestation,
  sources: { readonly record: RunRecord; readonly digests: Digests; readonly chain: Chain },
): Promise<Check> {
  const { all, others } = sources.digests;
  if (conformance === undefined)
    return checked('digests', 'Nothing was signed that files could be held against.', [], { open: true });
  const { signer, attestedAt, files } = conformance.predicate;
  const { lines: events, head } = sources.chain;
  const again = await statementsOf({ ...sources, chain: { events, head }, signer, attestedAt });
  // Files that came later are told of, and are no reason to refuse.
  const signed = new Set((Array.isArray(files) ? files : []).map(({ path }) => path));
  const later = others.map(({ path }) => path).filter((path) => !signed.has(path));
  const expected = again.map((one, index) =>
    index === 0
      ? { ...one, predicate: { ...again[0].predicate, files: others.filter(({ path }) => signed.has(path)) } }
      : one,
  );
  const problems = expected.flatMap((one, index) => {
    const there = envelopes[index];
    // As JSON has it: without what is undefined.
    const plain: unknown = JSON.parse(JSON.stringify(one));
    return differences(there?.statement, plain).map(
      ({ path, there: told, recomputed }): Problem => ({
        place: `${FILES.attestation} line ${index + 1}`,
        what: `${path}: signed is ${told}, the folder comes to ${recomputed}`,
        cure: path.includes('files')
          ? 'make the report again with the harness that made it, or have the run attested again'
          : 'take the folder from where the run was made, or from a copy',
      }),
    );
  });
  if (envelopes.length > expected.length)
    problems.push(problemIn(expected.length + 1, 'is more than a run of these recorders has'));
  const told =
    problems.length > 0
      ? 'The folder is not the one that was signed.'
      : `${count(all.size - later.length, 'file')} and the whole matrix are those that were signed, on ${attestedAt}.`;
  const notes = later.map((path) => `${path} was not there when it was signed.`);
  return checked('digests', told, problems, { notes });
}
