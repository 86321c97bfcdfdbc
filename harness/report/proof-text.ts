import { oneLine } from '../terms/printable.ts';
import { type DefectRecord, figuresOf, type ProofRecord, sequenceFiguresOf } from '../terms/proof.ts';
import { counted, durationText } from './text.ts';

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
    ...sequenceLines(record),
    ...(left.length === 0 ? [] : ['', `Not caught (${left.length}):`]),
    ...left.map((one) => `  ${one.id}  ${one.requirement} ${one.outcome}: ${oneLine(one.facts)}`),
    ...(record.blamed.length === 0 ? [] : ['', `Blamed without cause (${record.blamed.length}):`]),
    ...record.blamed.map((one) => `  ${one.dut} ${one.requirement} ${one.verdict}: ${oneLine(one.facts)}`),
  ];
}

/** What sequences of the model found, and each violation as a script that a person can follow. */
function sequenceLines(record: ProofRecord): readonly string[] {
  const { sequences } = record;
  if (sequences === undefined) return [];
  const figures = sequenceFiguresOf(record);
  const scripts = sequences.flatMap(({ defect, dut, violation }) =>
    violation === undefined
      ? []
      : [
          '',
          `Sequence ${defect === undefined ? `on the healthy ${dut}` : `that finds ${defect} on ${dut}`}:`,
          ...violation.moves.map(({ tells }, at) => `  ${at + 1}. ${tells}`),
          `  => ${oneLine(violation.facts)}`,
          `  again: resetbench prove ${dut}${defect === undefined ? '' : ` --defect ${defect}`} --moves ${violation.moves.map(({ name }) => name).join(',')}`,
        ],
  );
  return [
    `  ${counted(figures.sequences, 'sequence')} of the model on healthy twins: ${figures.sequence_violations} forbidden, ${figures.sequence_undecided} undecided; ${figures.sequence_found} of ${counted(figures.sequence_defects, 'defect')} found by sequences`,
    ...sequences.flatMap(({ dut, undecided }) =>
      undecided.map(({ facts }) => `  undecided on ${dut}: ${oneLine(facts)}`),
    ),
    ...scripts,
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
