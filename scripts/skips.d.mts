import type { Parser } from 'tap-parser';

/** Tests of one file that have no tests in them. */
export interface Leaves {
  readonly passed: number;
  /** Of those that were skipped, with their titles. */
  readonly reasons: readonly string[];
}

export function leavesOf(parser: Parser): Leaves;
export function skippedWhole(leaves: Leaves): readonly string[] | undefined;
