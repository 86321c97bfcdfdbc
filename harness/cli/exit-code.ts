import { blocks } from '../terms/expected.ts';
import type { RunRecord } from '../terms/record.ts';
import { EXIT } from './args.ts';

/**
 * What a run's record means for whoever called. A failure that was expected, and in time, is none to stop for; one that
 * was expected and did not happen is.
 */
export function exitCode(record: RunRecord): number {
  if (record.ended === 'interrupted') return EXIT.interrupted;
  if (record.cases.some(blocks)) return EXIT.nonConformant;
  const faults = record.duts.some(({ fault }) => fault !== undefined);
  const decided = record.cases.every(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  return !faults && record.ended === 'complete' && decided ? EXIT.conformant : EXIT.bench;
}
