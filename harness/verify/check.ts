/** Something that does not hold. */
export interface Problem {
  /** The file, and the place in it where that is known. */
  readonly place: string;
  readonly what: string;
  readonly cure: string;
}
export const CHECKS = [
  'signature',
  'digests',
  'chain',
  'completeness',
  'evidence',
  'record',
  'adjudication',
  'certification',
  'statement',
] as const;
export type CheckId = (typeof CHECKS)[number];

/** What one part of the verification came to. `open`: it holds as far as could be seen, which is not far enough. */
export interface Check {
  readonly id: CheckId;
  readonly title: string;
  readonly state: 'holds' | 'open' | 'broken';
  /** One sentence: what was looked at, and what came of it. */
  readonly told: string;
  readonly problems: readonly Problem[];
  /** What could not be looked at, and what else a reader should know. */
  readonly notes: readonly string[];
}

const TITLES: Readonly<Record<CheckId, string>> = {
  signature: 'Signature',
  digests: 'Digests',
  chain: 'Chain of events',
  completeness: 'Completeness',
  evidence: 'Evidence',
  record: 'Record',
  adjudication: 'Verdicts',
  certification: 'Certification',
  statement: 'Statement',
};

/** A check with its state: broken by any problem; else as given. */
export function checked(
  id: CheckId,
  told: string,
  problems: readonly Problem[] = [],
  { notes = [], open = false }: { readonly notes?: readonly string[]; readonly open?: boolean } = {},
): Check {
  const state = problems.length > 0 ? 'broken' : open ? 'open' : 'holds';
  return { id, title: TITLES[id], state, told, problems, notes };
}

/** `1 file`, `2 files`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
