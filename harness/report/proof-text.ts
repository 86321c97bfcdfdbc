import { type DefectRecord, figuresOf, type ProofRecord } from '../terms/proof.ts';
import { counted, durationText, oneLine } from './text.ts';

/** The kill matrix for a terminal: a line a requirement, then all that was not killed, and the figures. */
export function proofLines(record: ProofRecord): readonly string[] {
  const { defects } = record;
  const figures = figuresOf(record);
  const byRequirement = Map.groupBy(defects, ({ requirement }) => requirement);
  const left = defects.filter(({ outcome }) => outcome !== 'killed');
  return [
    `Proof ${record.id}: ${counted(defects.length, 'defect')}, ${durationText(record.endedAt - record.startedAt)}${record.ended === 'complete' ? '' : `, ${record.ended}`}`,
    ...[...byRequirement].map(([id, all]) => requirementLine(id, all)),
    `  ${percent(figures.named_rate)} caught by the named requirement, ${percent(figures.kill_rate)} by any; ${figures.collateral_mean} others fail along on average`,
    `  ${counted(record.healthyCases, 'healthy case')}, ${record.blamed.length} blamed without cause`,
    ...(left.length === 0 ? [] : ['', `Not caught (${left.length}):`]),
    ...left.map((one) => `  ${one.id}  ${one.requirement} ${one.outcome}: ${oneLine(one.facts)}`),
    ...(record.blamed.length === 0 ? [] : ['', `Blamed without cause (${record.blamed.length}):`]),
    ...record.blamed.map((one) => `  ${one.dut} ${one.requirement} ${one.verdict}: ${oneLine(one.facts)}`),
  ];
}

function requirementLine(id: string, all: readonly DefectRecord[]): string {
  const killed = all.filter(({ outcome }) => outcome === 'killed').length;
  const along = [...new Set(all.flatMap(({ collateral }) => collateral))];
  return `  ${id}  ${killed} of ${all.length} killed${along.length === 0 ? '' : `  (along: ${along.join(' ')})`}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
