import { type Check, checked, count, type Problem } from './check.ts';
import { DECLARATION, type DeclaredRun, declarationsOf, rangeProblem } from './declaration.ts';
import { differences } from './difference.ts';
import { type Envelope, isEnvelopeOf, isObject, readEnvelopes } from './envelope.ts';
import { type PublicKey, readPublicKey } from './keys.ts';

const CURE = 'take the statement from the vendor, or have it made again';

/** What a declaration says of itself, without which it cannot be made again. */
interface Terms {
  readonly vendor: string;
  readonly range: string;
  readonly declaredAt: string;
  readonly publicKey: string;
}

/**
 * Whether a vendor's statement is of this run: its declarations are made again from the run and compared, and held against
 * the key that signed them.
 * @param text content of the file
 * @param run undefined where the run has no attestation that could be read
 * @param keys of vendors that the reader named
 */
export async function checkStatement(
  text: string,
  run: DeclaredRun | undefined,
  keys: readonly PublicKey[],
): Promise<Check> {
  const broken = (problems: readonly Problem[]) =>
    checked('statement', 'The statement is not one that can be relied on.', problems);
  const problem = (what: string, line = 1): Problem => ({
    place: `statement line ${line}`,
    what,
    cure: CURE,
  });
  const read = readEnvelopes(text);
  if ('problem' in read) return broken([problem(read.problem, read.line)]);
  const { envelopes } = read;
  const terms = termsOf(envelopes);
  if (terms === undefined) return broken([problem(`holds no statement of the type ${DECLARATION}`)]);
  if (run === undefined) return broken([problem('is of a signed run, and this run has no attestation')]);
  const own = await readPublicKey(terms.publicKey);
  if (own === undefined) return broken([problem('names no public key that can be read here')]);
  const trusted = keys.find(({ id }) => id === own.id);
  const problems: Problem[] = [];
  for (const envelope of envelopes)
    if (!(await isEnvelopeOf(envelope, trusted ?? own)))
      problems.push(problem(`is not signed by the key that it names (${own.id})`, envelope.line));
  if (trusted === undefined && keys.length > 0)
    problems.push(
      problem(`is signed by the key ${own.id}; named was ${keys.map(({ id }) => id).join(', ')}`),
    );
  const wrong = rangeProblem(terms.range, run);
  if (wrong !== undefined) problems.push(problem(wrong));
  const signer = { by: 'key', id: own.id, publicKey: own.pem } as const;
  const again = await declarationsOf({ ...terms, signer }, run);
  for (let index = 0; index < Math.max(again.length, envelopes.length); index += 1)
    problems.push(
      // As JSON has it: without what is undefined.
      ...differences(envelopes[index]?.statement, plain(again[index])).map(({ path, there, recomputed }) =>
        problem(`${path}: signed is ${there}, the run comes to ${recomputed}`, index + 1),
      ),
    );
  if (problems.length > 0) return broken(problems);
  const told = `${count(envelopes.length, 'declaration')} of ${terms.vendor} of this run, firmware ${terms.range}, signed by the ${own.kind} key ${own.id}`;
  return trusted === undefined
    ? checked('statement', `${told}, which it names itself: anybody could call himself so.`, [], {
        open: true,
      })
    : checked('statement', `${told}, which was named as trusted.`);
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function termsOf([first]: readonly Envelope[]): Terms | undefined {
  if (first?.statement.predicateType !== DECLARATION || !isObject(first.statement.predicate))
    return undefined;
  const { vendor, declaredAt, firmware, signer } = first.statement.predicate;
  if (!isObject(firmware) || !isObject(signer)) return undefined;
  const { range } = firmware;
  const { publicKey } = signer;
  return typeof vendor === 'string' &&
    typeof declaredAt === 'string' &&
    typeof range === 'string' &&
    typeof publicKey === 'string'
    ? { vendor, declaredAt, range, publicKey }
    : undefined;
}
