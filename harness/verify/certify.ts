import type { RunRecord } from '../terms/record.ts';
import { type Check, checked, type Problem } from './check.ts';
import { FILES } from './folder.ts';
import type { Attestation } from './signature.ts';

/**
 * Whether a run may stand for a certificate: hardware alone, all verified by a key that the reader named, complete, and
 * every planned case passed. A twin is refused whatever else holds.
 * @param others the other checks
 * @param suite Merkle root of the files of the suite that the reader trusts (docs/attestation.md); undefined: any
 */
export function checkCertification(
  record: RunRecord | undefined,
  attestation: Attestation,
  { others, suite }: { readonly others: readonly Check[]; readonly suite: string | undefined },
): Check {
  const problems = [
    ...twinProblems(record, attestation),
    ...others
      .filter(({ state }) => state !== 'holds')
      .map(
        ({ title, told }): Problem => ({ place: title, what: told.replace(/\.$/, ''), cure: 'see there' }),
      ),
    ...(record === undefined ? [] : runProblems(record, suite)),
  ];
  const told =
    problems.length > 0
      ? 'This run yields no certificate.'
      : 'This run can stand for a certificate of the recorders that it names.';
  return checked('certification', told, problems);
}

/** What is signed, what the record says, and what the subject says: any of them is enough to be a twin. */
function twinProblems(
  record: RunRecord | undefined,
  { conformance, envelopes }: Attestation,
): readonly Problem[] {
  const twins = new Set<string>();
  const look = (id: unknown, kind: unknown, serialNumber?: unknown) => {
    if (kind !== 'hardware' || serialNumber === 'twin') twins.add(String(id));
  };
  for (const { id, kind, serialNumber } of record?.duts ?? []) look(id, kind, serialNumber);
  for (const { id, kind, serialNumber } of conformance?.predicate.recorders ?? [])
    look(id, kind, serialNumber);
  for (const { statement } of envelopes)
    for (const { name, annotations } of statement.subject)
      look(name, annotations?.kind, annotations?.serialNumber);
  return [...twins].map((id) => ({
    place: id,
    what: 'is a twin, and a twin can never yield a certificate',
    cure: 'run the suite on hardware, and on hardware alone',
  }));
}

function runProblems(record: RunRecord, suite: string | undefined): readonly Problem[] {
  const problems: Problem[] = [];
  const because = (what: string, cure: string, place: string = FILES.record) =>
    problems.push({ place, what, cure });
  if (record.duts.length === 0) because('names no recorder', 'make a run with one');
  if (record.ended !== 'complete') because(`the run was ${record.ended}`, 'make a run that goes to its end');
  for (const { id, fault } of record.duts)
    if (fault !== undefined) because(`${id}: ${fault.rule}: ${fault.facts}`, 'mend the bench, and run again');
  for (const { dut, requirement, verdict } of record.cases)
    if (verdict !== 'pass')
      because(`${requirement} on ${dut}: ${verdict}`, 'only what passed can be certified');
  for (const why of ['not-selected', 'not-reached'] as const) {
    const left = record.notRun.filter((one) => one.why === why);
    if (left.length === 0) continue;
    const what = `${left.length} ${why === 'not-selected' ? 'were not selected' : 'were not reached'}, ${left[0]?.requirement} on ${left[0]?.dut} among them`;
    because(what, 'run every requirement that has a case');
  }
  for (const { dut, requirement, reason, lacks } of record.notRun)
    if (lacks !== undefined)
      because(`${requirement} on ${dut} was left out: ${reason}`, 'complete the bench, and run again');
  for (const { id } of record.duts)
    if (!record.cases.some(({ dut, verdict }) => dut === id && verdict === 'pass'))
      because(`nothing that passed was tested on ${id}`, 'leave it out of the run, or test it');
  const { commit, digests } = record.harness;
  if (digests === undefined)
    because('the files of the suite are not in it', 'run again with a harness that tells their digests');
  else if (suite !== undefined && digests.suites !== suite)
    because(
      `the suite was ${digests.suites}, not the one it is held against (${suite})`,
      'check out the commit of the run and look at what is tested, or name the suite that you trust: --suite DIGEST',
    );
  if (commit === undefined || commit.endsWith('-dirty'))
    because(
      `the suite was at ${commit ?? 'no commit that is known'}`,
      'run from a clean work tree, so that others can have the same suite',
    );
  return problems;
}
