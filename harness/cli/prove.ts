import { randomBytes, randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openBenches } from '../bench/open.ts';
import type { Defect } from '../config/defects.ts';
import { randomPassword } from '../kit/fresh.ts';
import type { Model } from '../kit/model.ts';
import { proofHtml } from '../report/proof.ts';
import { proofLines } from '../report/proof-text.ts';
import { writeEach } from '../report/write.ts';
import type { PlannedDut } from '../run/plan.ts';
import { assign, blameOf, notRun, prove as proveAll } from '../run/prove.ts';
import { canPlay, type SequenceTask } from '../run/sequences.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import {
  type DefectRecord,
  type FalseBlame,
  figuresOf,
  type ProofRecord,
  type SequenceRecord,
  sequenceFiguresOf,
} from '../terms/proof.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { interruptible } from './interrupt.ts';
import { loadDefects, loadModel, planFrom, SELECTION } from './load.ts';
import { proveParity } from './parity.ts';
import { chosen, only, stationsFor } from './prove-plan.ts';
import { ROOT } from './root.ts';

/** `resetbench prove`: what the suite catches, shown on twins that are made defective. */
export const prove: Command = {
  name: 'prove',
  summary: 'Show what the suite catches: run it against each defect of suites/defects.yaml.',
  positionals: '[DUT...]',
  options: {
    devices: SELECTION.devices,
    defect: { type: 'string', value: 'LIST', help: 'only these, e.g. code-reusable,code-lock-*' },
    requirement: {
      type: 'string',
      value: 'LIST',
      help: 'only defects that these must catch, e.g. CR42,CR5*; with --healthy: only their cases',
    },
    sample: {
      type: 'string',
      value: 'N',
      help: 'only N defects, drawn at random; 0: none (default: all; 60 with --parity)',
    },
    seed: { type: 'string', value: 'S', help: 'of the drawing (default 1), of healthy twins (default: any)' },
    jobs: { type: 'string', value: 'N', help: 'twins at a time (default: 6 a processor, at most 24)' },
    reports: { type: 'string', value: 'FOLDER', help: 'where proofs are kept (default: reports)' },
    others: { type: 'string', value: 'N', help: 'other cases run with each defect, at most (default 4)' },
    healthy: { type: 'string', value: 'N', help: 'no defects: each case N times on healthy, jittery twins' },
    sequences: {
      type: 'string',
      value: 'N',
      help: 'sequences of the model on healthy twins (default 24 in a whole proof, else 0)',
    },
    moves: {
      type: 'string',
      value: 'LIST',
      help: 'play these moves of the model, with --defect or on a healthy twin, and nothing else',
    },
    parity: {
      type: 'boolean',
      help: 'every case, and a sample of defects, by a document and by pixels alone: do the verdicts agree?',
    },
    json: { type: 'boolean', help: 'one object with the figures on the last line' },
  },
  examples: [
    ['resetbench prove', 'the whole matrix of defects and requirements'],
    ['resetbench prove --requirement CR42 --json', 'what must catch a missing lock'],
    ['resetbench prove --sample 12 --seed 7', 'twelve defects, the same ones each time'],
    ['resetbench prove --moves obtain,cut-power,key-code', 'one sequence of the model, as a report shows it'],
    ['resetbench prove --parity', 'are pixels alone as good as a document?'],
    ['resetbench prove --healthy 10', 'does a healthy recorder get blamed, however slow it is?'],
  ],
  async run(args) {
    const { loaded, plan } = await planFrom(args);
    if (args.flag('parity')) return proveParity(args, { loaded, plan });
    const rounds = args.number('healthy', 1);
    const seed = args.number('seed', 0) ?? (rounds === undefined ? 1 : randomInt(2 ** 31));
    const catalogue = loadDefects(loaded);
    const picked = rounds === undefined ? chosen(catalogue, args) : [];
    const model = await loadModel('life', catalogue);
    const sequences = sequencesOf(args, model, { picked, whole: picked.length === catalogue.length, seed });
    const defects = args.text('moves') === undefined ? picked : [];
    const { tasks, homeless } = assign(defects, plan.duts);
    const playOnly = rounds === undefined && defects.length === 0;
    const players = plan.duts.filter((dut) => canPlay(model, dut));
    const stations = stationsFor(
      playOnly
        ? players
        : rounds === undefined
          ? plan.duts
          : only(plan.duts.flatMap(jittery), args.text('requirement')),
      playOnly || rounds !== undefined ? undefined : tasks,
      Math.min(
        args.number('jobs', 1) ?? Math.min(24, 6 * availableParallelism()),
        playOnly ? Math.max(1, sequences.length) : Number.POSITIVE_INFINITY,
      ),
    ).slice(0, playOnly ? sequences.length : undefined);
    if (stations.length === 0)
      throw new HarnessError('USAGE', 'nothing to prove: no defect, no healthy round and no sequence', {
        hint: 'see `resetbench prove --help`',
      });
    const clock = systemClock;
    const startedAt = clock.now();
    const id = `${new Date(startedAt).toISOString().slice(0, 19).replaceAll(':', '')}Z-${randomBytes(2).toString('hex')}-proof`;
    const folder = join(args.text('reports') ?? join(ROOT, 'reports'), id);
    await mkdir(folder, { recursive: true });
    const keep = (fact: object) => appendFileSync(join(folder, 'proof.jsonl'), `${JSON.stringify(fact)}\n`);
    const results: DefectRecord[] = homeless.map((defect) =>
      notRun(defect, `no twin of the inventory has a case for ${defect.requirement} on which it can show`),
    );
    const blamed: FalseBlame[] = [];
    const played: SequenceRecord[] = [];
    let healthyCases = 0;
    const kinds = new Map(stations.map(({ kind, dut }) => [kind, dut.cases.length]));
    const expectedCases = (rounds ?? 1) * [...kinds.values()].reduce((sum, count) => sum + count, 0);
    const drives = await mkdtemp(join(tmpdir(), 'resetbench-'));
    using stop = interruptible('the proof');
    keep({ type: 'proof-start', id, at: startedAt, seed, defects: defects.map((one) => one.id) });
    console.log(
      `proof ${id}: ${rounds === undefined ? `${defects.length} defects, ${sequences.length} lots of sequences` : `${rounds} healthy rounds, seed ${seed},`} on ${stations.length} twins`,
    );
    const benches = openBenches({
      devices: loaded.devices,
      duts: stations.map(({ dut }) => dut),
      secret: () => undefined,
      folder: drives,
      clock,
      freshPassword: () => randomPassword(12),
      seed,
    });
    try {
      await proveAll({
        stations,
        tasks,
        rounds: rounds ?? (playOnly ? 0 : 1),
        model,
        sequences,
        others: args.number('others', 0) ?? OTHERS,
        benches,
        clock,
        signal: stop.signal,
        onStep: () => undefined,
        onDefect(record) {
          keep({ type: 'defect', ...record });
          results.push(record);
          console.log(defectLine(record));
        },
        onSequences(record) {
          keep({ type: 'sequences', ...record });
          played.push(record);
          console.log(sequencesLine(record));
        },
        onHealthy(result) {
          healthyCases += 1;
          if (rounds !== undefined && healthyCases % TOLD_EVERY === 0)
            console.log(`${healthyCases} of ${expectedCases} healthy cases, ${blamed.length} blamed`);
          const blame = blameOf(result);
          if (blame === undefined) return;
          keep({ type: 'blamed', ...blame });
          blamed.push(blame);
          console.log(`healthy ${blame.dut} ${blame.requirement} ${blame.verdict}: ${blame.facts}`);
        },
      });
    } finally {
      await benches[Symbol.asyncDispose]();
      await rm(drives, { recursive: true, force: true });
    }
    const done = new Set(results.map((one) => one.id));
    const record: ProofRecord = {
      schema: 1,
      id,
      startedAt,
      endedAt: clock.now(),
      ended: stop.signal.aborted ? 'interrupted' : 'complete',
      requirements: loaded.requirements.map(({ id: name, statement }) => ({ id: name, statement })),
      defects: [
        ...results,
        ...defects
          .filter((one) => !done.has(one.id))
          .map((one) => notRun(one, 'the proof was interrupted before')),
      ].sort((a, b) => a.requirement.localeCompare(b.requirement) || a.id.localeCompare(b.id)),
      healthyCases,
      blamed,
      ...(sequences.length === 0 ? {} : { sequences: played }),
    };
    if (played.length < sequences.length && record.ended === 'complete')
      console.error(
        `notice: ${sequences.length - played.length} lots of sequences were not played: no twin of this choice has ${model.about}`,
      );
    keep({ type: 'proof-end', ended: record.ended });
    return finish(folder, record, { json: args.flag('json'), healthy: rounds !== undefined });
  },
};

async function finish(
  folder: string,
  record: ProofRecord,
  { json, healthy }: { readonly json: boolean; readonly healthy: boolean },
): Promise<number> {
  const written = await writeEach(folder, [
    ['proof.json', () => `${JSON.stringify(record, undefined, 1)}\n`],
    ['proof.html', () => proofHtml(record)],
  ]);
  console.log(
    `\n${proofLines(record).join('\n')}\n\nproof: ${relative(process.cwd(), join(folder, 'proof.html'))}`,
  );
  for (const { file, error } of written) if (error !== undefined) console.error(`${file}: ${error.message}`);
  const figures = figuresOf(record);
  const told = healthy
    ? { healthy_cases: record.healthyCases, healthy_false: record.blamed.length }
    : { ...figures, ...(record.sequences === undefined ? {} : sequenceFiguresOf(record)) };
  if (json) console.log(JSON.stringify(told));
  if (record.ended === 'interrupted') return EXIT.interrupted;
  const model = sequenceFiguresOf(record);
  if (record.blamed.length + model.sequence_violations + model.sequence_undecided > 0) return EXIT.bench;
  const named = healthy || record.defects.length === 0 || figures.named_rate === 1;
  return named && model.sequence_found === model.sequence_defects ? EXIT.conformant : EXIT.nonConformant;
}

/** What the model is to play: lots of sequences on healthy twins, and one on each defect that it must find. */
function sequencesOf(
  args: Args,
  model: Model,
  {
    picked,
    whole,
    seed,
  }: { readonly picked: readonly Defect[]; readonly whole: boolean; readonly seed: number },
): readonly SequenceTask[] {
  const moves = args
    .text('moves')
    ?.split(',')
    .map((name) => name.trim());
  const unknown = moves?.find((name) => !model.moves.some((move) => move.name === name));
  if (unknown !== undefined)
    throw new HarnessError('USAGE', `no move "${unknown}"`, {
      hint: `there are: ${model.moves.map(({ name }) => name).join(', ')}`,
    });
  if (moves !== undefined) {
    const defects = args.text('defect') === undefined ? [undefined] : picked.map(({ id }) => id);
    return defects.map((defect) => ({
      ...(defect === undefined ? {} : { defect }),
      runs: 1,
      seed,
      moves,
    }));
  }
  const healthy = args.number('sequences', 0) ?? (whole ? SEQUENCES : 0);
  const finds = healthy === 0 ? [] : model.finds.filter((id) => picked.some((defect) => defect.id === id));
  return [
    ...finds.map((defect, at) => ({ defect, runs: MOST_DRAWN, seed: seed + at })),
    ...Array.from({ length: Math.ceil(healthy / LOT) }, (_, at) => ({
      runs: Math.min(LOT, healthy - at * LOT),
      seed: seed + 1000 + at,
    })),
  ];
}

function sequencesLine({ defect, dut, drawn, violation, undecided }: SequenceRecord): string {
  const where = `${defect === undefined ? 'healthy' : `with ${defect}`} on ${dut}`;
  const open = undecided.length === 0 ? '' : `, ${undecided.length} undecided: ${undecided[0]?.facts}`;
  const said =
    violation === undefined
      ? 'nothing forbidden'
      : `${violation.facts}, after ${violation.moves.map(({ name }) => name).join(',')}`;
  return `sequences ${where}: ${drawn} drawn, ${said}${open}`;
}

function defectLine({ id, requirement, outcome, facts, collateral, milliseconds }: DefectRecord): string {
  const along = collateral.length === 0 ? '' : `, along with it ${collateral.join(' ')}`;
  const why = outcome === 'killed' ? '' : `: ${facts}`;
  return `${id} ${outcome} ${outcome === 'killed' ? 'by' : '('}${outcome === 'killed' ? ' ' : ''}${requirement}${outcome === 'killed' ? '' : ')'} ${(milliseconds / 1000).toFixed(1)} s${along}${why}`;
}

/** Sequences on healthy twins in a whole proof. */
const SEQUENCES = 24;
/** Sequences that one twin plays in a row. */
const LOT = 4;
/** Sequences that are drawn to find a defect, at most. */
const MOST_DRAWN = 80;
/** How many healthy cases pass between two lines about them. */
const TOLD_EVERY = 100;
/** Other cases that run with each defect, at most. */
const OTHERS = 4;
/** The same twin, with answers, pictures and mails that come late; nothing of a recorder on hardware. */
function jittery(dut: PlannedDut): readonly PlannedDut[] {
  const { config } = dut;
  return config.kind === 'twin' ? [{ ...dut, config: { ...config, pace: 'jittery' } }] : [];
}
