import { foldEvents } from '../terms/fold.ts';
import type { JournalEvent } from '../terms/journal.ts';
import type { RunRecord } from '../terms/record.ts';
import { checkVerdicts } from './adjudicate.ts';
import { type Bytes, textOf, utf8 } from './bytes.ts';
import { checkCertification } from './certify.ts';
import { checkChain, readChain } from './chain.ts';
import { CHECKS, type Check, type CheckId, checked, type Problem } from './check.ts';
import { checkCompleteness } from './complete.ts';
import { differences } from './difference.ts';
import { checkEvidence } from './evidence.ts';
import { digestsOf, FILES, type RunFolder } from './folder.ts';
import { type Attestation, checkDigests, readAttestation, type Trust } from './signature.ts';
import { strangers } from './together.ts';

/** What a verification came to. */
export interface Verification {
  /**
   * `verified`: all holds, and a trusted key signed it; `unproven`: all holds, and nobody known vouches for it; `refused`:
   * something does not hold.
   */
  readonly outcome: 'verified' | 'unproven' | 'refused';
  readonly checks: readonly Check[];
  /** As the events make it; undefined where they make none. */
  readonly record: RunRecord | undefined;
  readonly attestation: Attestation;
}
export interface VerifyOptions extends Trust {
  /** Whether the run may stand for a certificate is looked at as well. */
  readonly certification?: boolean;
  /** Merkle root of the files of the suite that a certificate may be of (docs/attestation.md); without it any. */
  readonly suite?: string;
  /** Further checks that only some places can make, as reading QRs from pictures. */
  readonly reread?: (folder: RunFolder, record: RunRecord) => Promise<readonly string[]>;
}

const NO_RECORD = 'There is no record to look at: the events make none.';

/** Verifies the folder of a run, offline, by nothing but what lies in it and the keys that are named. */
export async function verifyRun(folder: RunFolder, options: VerifyOptions): Promise<Verification> {
  const paths = new Set(await folder.list());
  const attestation = await readAttestation(
    paths.has(FILES.attestation) ? textOf(await folder.read(FILES.attestation)) : undefined,
    options,
  );
  const missing = [FILES.events, FILES.record].filter((path) => !paths.has(path));
  const digests = await digestsOf(folder);
  const chain = await readChain(paths.has(FILES.events) ? await folder.read(FILES.events) : utf8(''));
  const folded = fold(chain.events);
  const checks = [attestation.check, checkChain(chain)];
  if (typeof folded === 'string') {
    const problem = { place: FILES.events, what: folded, cure: 'name the folder of a run' };
    checks.push(checked('record', NO_RECORD, [problem]));
  } else {
    const guard = guarded(checks);
    await guard('digests', () => checkDigests(attestation, { record: folded, digests, chain }));
    await guard('completeness', async () => checkCompleteness(chain.events, folded));
    await guard('evidence', () => checkEvidence(folder, digests, folded));
    await guard('record', () => checkRecord(folder, paths, folded));
    await guard('adjudication', async () =>
      withNotes(checkVerdicts(folded), await options.reread?.(folder, folded)),
    );
  }
  const record = typeof folded === 'string' || missing.includes(FILES.events) ? undefined : folded;
  if (options.certification === true)
    await guarded(checks)('certification', async () =>
      checkCertification(record, attestation, { others: [...checks], suite: options.suite }),
    );
  return { outcome: outcomeOf(checks), checks: inOrder(checks), record, attestation };
}

/** Verifies an attestation alone: who signed it and what it says; the folder is not at hand. */
export async function verifyAttestation(bytes: Bytes, options: VerifyOptions): Promise<Verification> {
  const attestation = await readAttestation(textOf(bytes), options);
  const told = 'The folder of the run was not looked at: only the attestation was named.';
  const { conformance, envelopes } = attestation;
  const problems = conformance === undefined ? [] : strangersIn(envelopes, conformance);
  const checks = [attestation.check, checked('digests', told, problems, { open: true })];
  if (options.certification === true)
    checks.push(checkCertification(undefined, attestation, { others: checks, suite: options.suite }));
  const { state } = attestation.check;
  const refused = checks.some((one) => one.state === 'broken');
  const outcome = refused ? 'refused' : state === 'holds' ? 'verified' : 'unproven';
  return { outcome, checks, record: undefined, attestation };
}

/** A statement that is not of its form is one of nobody's run. */
function strangersIn(...[envelopes, conformance]: Parameters<typeof strangers>): readonly Problem[] {
  try {
    return strangers(envelopes, conformance);
  } catch (error) {
    const what = `is not of the form of an attestation: ${error instanceof Error ? error.message : String(error)}`;
    return [{ place: FILES.attestation, what, cure: 'have the run attested by the harness that made it' }];
  }
}

function outcomeOf(checks: readonly Check[]): Verification['outcome'] {
  if (checks.some(({ state }) => state === 'broken')) return 'refused';
  return checks.every(({ state }) => state === 'holds') ? 'verified' : 'unproven';
}

function inOrder(checks: readonly Check[]): readonly Check[] {
  return checks.toSorted((a, b) => CHECKS.indexOf(a.id) - CHECKS.indexOf(b.id));
}

/** A record that is not of its form, as only whoever signed it can have made it, makes a check stumble: that is told. */
function guarded(checks: Check[]): (id: CheckId, check: () => Promise<Check>) => Promise<void> {
  return async (id, check) => {
    try {
      checks.push(await check());
    } catch (error) {
      const what = `is not of the form of a record: ${error instanceof Error ? error.message : String(error)}`;
      const cure = 'have the run attested by the harness that made it';
      checks.push(checked(id, 'This could not be looked at.', [{ place: FILES.events, what, cure }]));
    }
  };
}

function fold(events: readonly JournalEvent[]): RunRecord | string {
  try {
    return foldEvents(events);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Makes the record again from the events, and says where `run.json` differs. */
async function checkRecord(folder: RunFolder, paths: ReadonlySet<string>, record: RunRecord): Promise<Check> {
  const cure = 'resetbench report RUN makes it again from the events';
  const problem = (what: string) =>
    checked('record', `${FILES.record} is not what the events come to.`, [
      { place: FILES.record, what, cure },
    ]);
  if (!paths.has(FILES.record)) return problem('is not there');
  let there: unknown;
  try {
    there = JSON.parse(textOf(await folder.read(FILES.record)));
  } catch {
    return problem('is no JSON');
  }
  // As JSON has it: without what is undefined.
  const again: unknown = JSON.parse(JSON.stringify(record));
  const found = differences(there, again).map(({ path, there: told, recomputed }) => ({
    place: FILES.record,
    what: `${path} is ${told}; the events come to ${recomputed}`,
    cure,
  }));
  const told =
    found.length > 0
      ? `${FILES.record} is not what the events come to.`
      : `${FILES.record} is what the events come to.`;
  return checked('record', told, found);
}

function withNotes(check: Check, more: readonly string[] = []): Check {
  return { ...check, notes: [...check.notes, ...more] };
}
