import { oneLine } from '../terms/printable.ts';
import { type Check, count, type Problem } from './check.ts';
import type { Verification } from './verify.ts';

/** Most problems of one check that are told, and most notes. */
const MOST = 12;

const MARKS: Readonly<Record<Check['state'], string>> = { holds: 'ok', open: 'open', broken: 'BROKEN' };

/** What a verification came to: a word, and one sentence. */
export function outcomeText({
  outcome,
  checks,
}: Pick<Verification, 'outcome' | 'checks'>): readonly [word: string, sentence: string] {
  const broken = checks.filter(({ state }) => state === 'broken').length;
  switch (outcome) {
    case 'verified':
      return [
        'Verified',
        checks.some(({ state }) => state === 'open')
          ? 'What was looked at holds, and one who was named as trusted signed it.'
          : 'All holds, and one who was named as trusted signed it.',
      ];
    case 'unproven':
      return ['Unproven', 'What was looked at holds, but nobody who was named as trusted vouches for it.'];
    case 'refused':
      return [
        'Refused',
        `${broken} of ${count(checks.length, 'check')} ${broken === 1 ? 'does' : 'do'} not hold.`,
      ];
    default:
      return outcome satisfies never;
  }
}

/** Whom an attestation is about: a line a recorder. */
export function subjectLines({ attestation, record }: Verification): readonly string[] {
  const duts = attestation.conformance?.predicate.recorders ?? record?.duts ?? [];
  return duts.map(({ id, kind, model, firmware, serialNumber }) =>
    oneLine(
      `${kind} ${id}: ${model}, firmware ${firmware}${kind === 'hardware' ? `, serial number ${serialNumber}` : ''}`,
    ),
  );
}

/** By which suite the run was made, as far as it says: whoever trusts its verdicts trusts that. */
export function suiteLine({ attestation, record }: Verification): string | undefined {
  const { commit, digests } = attestation.conformance?.predicate.harness ?? record?.harness ?? {};
  if (commit === undefined && digests === undefined) return undefined;
  const requirements = record === undefined ? '' : `, ${count(record.requirements.length, 'requirement')}`;
  return oneLine(`suite ${digests?.suites ?? 'unknown'}, commit ${commit ?? 'unknown'}${requirements}`);
}

/** A verification for a terminal. */
export function verificationLines(verification: Verification): readonly string[] {
  const suite = suiteLine(verification);
  return [
    ...subjectLines(verification),
    ...(suite === undefined ? [] : [suite]),
    '',
    ...verification.checks.flatMap(({ title, state, told, problems, notes }) => [
      `${MARKS[state].padEnd(7)} ${title.padEnd(16)} ${oneLine(told)}`,
      ...shortened(problems.map(problemText)),
      ...shortened(notes.map(oneLine)),
    ]),
    '',
    outcomeText(verification).join(': '),
  ];
}

/** Where, what and the cure, on two lines; what the folder of a run says must not look like an answer of this program. */
export function problemText({ place, what, cure }: Problem): string {
  return `${oneLine(`${place}: ${what}`)}\n            => ${oneLine(cure)}`;
}

function shortened(lines: readonly string[]): readonly string[] {
  const rest = lines.length - MOST;
  return [...lines.slice(0, MOST), ...(rest > 0 ? [`and ${rest} more`] : [])].map(
    (line) => `          ${line}`,
  );
}
