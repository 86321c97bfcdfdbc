import type { Verdict } from '../terms/verdict.ts';
import { type CaseTried, type ProveOptions, prove } from './prove.ts';
import type { Tried } from './station.ts';

/** How a display is seen: with the help of a document, or as pixels alone. */
export type Sight = 'document' | 'pixels';

/** One case that came to another verdict when it was seen another way. */
export interface Disagreement extends CaseTried {
  readonly verdicts: Readonly<Record<Sight, Verdict | undefined>>;
  readonly facts: Readonly<Record<Sight, string>>;
}

/** What both ways came to. */
export interface Parity {
  /** Cases that were run both ways. */
  readonly cases: number;
  readonly disagreements: readonly Disagreement[];
  /** Of the others those that neither way came to pass or fail: they agree, and show nothing. */
  readonly undecided: readonly Judged[];
}

/** What a case came to, seen one way. */
export interface Judged extends CaseTried {
  readonly verdict: Verdict | undefined;
  readonly facts: string;
}

/** Runs the cases of healthy twins, and those that must catch the defects given, one way. */
export async function judgedBy(
  options: Omit<ProveOptions, 'onDefect' | 'onHealthy' | 'onStep' | 'onEvidence'>,
  {
    onCase,
    keep = false,
  }: {
    readonly onCase: (case_: Judged, evidence: Tried['evidence']) => void;
    /** Whether evidence is kept until `onCase` has it. */
    readonly keep?: boolean;
  },
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  const kept = new Map<string, Tried['evidence']>();
  const take = (one: Judged) => {
    judged.push(one);
    onCase(one, kept.get(keyOf(one)) ?? []);
    kept.delete(keyOf(one));
  };
  await prove({
    ...options,
    // The named case alone: what else fails with a defect is not the question here.
    others: 0,
    ...(keep ? { onEvidence: (of, evidence) => void kept.set(keyOf(of), evidence) } : {}),
    onStep: () => undefined,
    onHealthy: ({ dut, requirement, verdict, fault, reason }) =>
      take({ dut, requirement, defect: undefined, verdict, facts: fault?.facts ?? reason ?? '' }),
    onDefect: ({ id, dut, requirement, verdict, facts }) =>
      take({ dut: dut ?? '', requirement, defect: id, verdict, facts }),
  });
  return judged;
}

/** Compares what two ways of seeing came to. A case that one of them never ran disagrees. */
export function compareSights(document: readonly Judged[], pixels: readonly Judged[]): Parity {
  const byKey = new Map(pixels.map((one) => [keyOf(one), one]));
  const known = new Set(document.map(keyOf));
  const pairs = [
    ...document.map((one) => ({ one, document: one, pixels: byKey.get(keyOf(one)) })),
    ...pixels
      .filter((one) => !known.has(keyOf(one)))
      .map((one) => ({ one, document: undefined, pixels: one })),
  ];
  const agrees = (pair: (typeof pairs)[number]) => pair.document?.verdict === pair.pixels?.verdict;
  return {
    cases: pairs.length,
    undecided: pairs
      .filter((pair) => agrees(pair) && pair.one.verdict !== 'pass' && pair.one.verdict !== 'fail')
      .map(({ one }) => one),
    disagreements: pairs
      .filter((pair) => !agrees(pair))
      .map(({ one, document: byDocument, pixels: byPixels }) => ({
        dut: one.dut,
        requirement: one.requirement,
        defect: one.defect,
        verdicts: { document: byDocument?.verdict, pixels: byPixels?.verdict },
        facts: { document: byDocument?.facts ?? 'not run', pixels: byPixels?.facts ?? 'not run' },
      })),
  };
}

/** What both ways came to a verdict on: all that an interrupted comparison has. */
export function judgedBoth(
  document: readonly Judged[],
  pixels: readonly Judged[],
): readonly [readonly Judged[], readonly Judged[]] {
  const isDone = ({ verdict }: Judged) => verdict !== undefined && verdict !== 'none';
  const doneOf = (list: readonly Judged[], other: readonly Judged[]) =>
    list.filter((one) => isDone(one) && other.some((it) => isDone(it) && isSameCase(one)(it)));
  return [doneOf(document, pixels), doneOf(pixels, document)];
}

/** Whether another is the same case on the same twin. */
export function isSameCase(one: Judged): (other: Judged) => boolean {
  return (other) => keyOf(other) === keyOf(one);
}

function keyOf({ dut, requirement, defect }: CaseTried): string {
  return `${dut} ${requirement} ${defect ?? ''}`;
}
