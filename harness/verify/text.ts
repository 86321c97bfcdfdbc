import { type Check, count } from './check.ts';
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
  return duts.map(
    ({ id, kind, model, firmware, serialNumber }) =>
      `${kind} ${id}: ${model}, firmware ${firmware}${kind === 'hardware' ? `, serial number ${serialNumber}` : ''}`,
  );
}

/** A verification for a terminal. */
export function verificationLines(verification: Verification): readonly string[] {
  return [
    ...subjectLines(verification),
    '',
    ...verification.checks.flatMap(({ title, state, told, problems, notes }) => [
      `${MARKS[state].padEnd(7)} ${title.padEnd(16)} ${told}`,
      ...shortened(problems.map(({ place, what, cure }) => `${place}: ${what}\n            => ${cure}`)),
      ...shortened(notes),
    ]),
    '',
    outcomeText(verification).join(': '),
  ];
}

function shortened(lines: readonly string[]): readonly string[] {
  const rest = lines.length - MOST;
  return [...lines.slice(0, MOST), ...(rest > 0 ? [`and ${rest} more`] : [])].map(
    (line) => `          ${line}`,
  );
}
