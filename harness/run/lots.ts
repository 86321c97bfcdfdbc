import type { SequenceRecord } from '../terms/proof.ts';
import type { SequenceTask } from './sequences.ts';

/** Sequences of one task that one twin plays in a row, at most, where others may play the rest. */
const LOT = 10;
/** So far apart are the seeds of the lots of one task. */
const APART = 10_000;

/** A part of a task for one twin. */
export interface Lot extends SequenceTask {
  /** Whether the others of its task have left nothing to do. */
  readonly enough: () => boolean;
  /** @returns what all lots of the task came to, once that is known; undefined before, and after */
  done(record: SequenceRecord): SequenceRecord | undefined;
}

/**
 * Deals tasks out to several twins: what is drawn until a defect is found is drawn by several at once. The first lots of
 * all tasks come first: most find what they look for.
 */
export function lotsOf(tasks: readonly SequenceTask[]): readonly Lot[] {
  const dealt = tasks.map((task) => {
    const isDivisible = task.defect !== undefined && task.moves === undefined;
    const count = isDivisible ? Math.ceil(task.runs / LOT) : 1;
    const records: SequenceRecord[] = [];
    const hasFound = () => records.some(({ violation }) => violation !== undefined);
    return Array.from({ length: count }, (_, at): Lot => {
      const runs = count === 1 ? task.runs : Math.min(LOT, task.runs - at * LOT);
      return {
        ...task,
        runs,
        seed: task.seed + at * APART,
        enough: hasFound,
        done(record) {
          const isKnown = hasFound();
          records.push(record);
          return !isKnown && (hasFound() || records.length === count) ? together(records) : undefined;
        },
      };
    });
  });
  const most = Math.max(0, ...dealt.map((lots) => lots.length));
  return Array.from({ length: most }, (_, at) => dealt.flatMap((lots) => lots[at] ?? [])).flat();
}

/** Several records of one task as one: that of the lot that found it, or of the last. */
function together(records: readonly SequenceRecord[]): SequenceRecord | undefined {
  const one = records.find(({ violation }) => violation !== undefined) ?? records.at(-1);
  if (one === undefined) return undefined;
  const sum = (of: (record: SequenceRecord) => number) => records.reduce((all, next) => all + of(next), 0);
  return {
    ...one,
    drawn: sum(({ drawn }) => drawn),
    played: sum(({ played }) => played),
    moves: sum(({ moves }) => moves),
    undecided: records.flatMap(({ undecided }) => undecided),
    milliseconds: sum(({ milliseconds }) => milliseconds),
  };
}
