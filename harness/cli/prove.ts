import { randomBytes, randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { openBenches } from '../bench/open.ts';
import type { Defect } from '../config/defects.ts';
import { randomPassword } from '../kit/fresh.ts';
import { proofHtml } from '../report/proof.ts';
import { proofLines } from '../report/proof-text.ts';
import { writeEach } from '../report/write.ts';
import type { PlannedDut } from '../run/plan.ts';
import { assign, blameOf, notRun, prove as proveAll } from '../run/prove.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { globs } from '../terms/globs.ts';
import { type DefectRecord, type FalseBlame, figuresOf, type ProofRecord } from '../terms/proof.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { loadDefects, planFrom, ROOT, SELECTION } from './load.ts';

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
      help: 'only defects that these must catch, e.g. CR42,CR5*',
    },
    sample: { type: 'string', value: 'N', help: 'only N defects, drawn at random' },
    seed: { type: 'string', value: 'S', help: 'of the drawing (default 1), of healthy twins (default: any)' },
    jobs: { type: 'string', value: 'N', help: 'twins at a time (default: 6 a processor, at most 24)' },
    reports: { type: 'string', value: 'FOLDER', help: 'where proofs are kept (default: reports)' },
    others: { type: 'string', value: 'N', help: 'other cases run with each defect, at most (default 4)' },
    healthy: { type: 'string', value: 'N', help: 'no defects: each case N times on healthy, jittery twins' },
    json: { type: 'boolean', help: 'one object with the figures on the last line' },
  },
  examples: [
    ['resetbench prove', 'the whole matrix of defects and requirements'],
    ['resetbench prove --requirement CR42 --json', 'what must catch a missing lock'],
    ['resetbench prove --sample 12 --seed 7', 'twelve defects, the same ones each time'],
    ['resetbench prove --healthy 10', 'does a healthy recorder get blamed, however slow it is?'],
  ],
  async run(args) {
    const { loaded, plan } = await planFrom(args);
    const rounds = args.number('healthy', 1);
    const seed = args.number('seed', 0) ?? (rounds === undefined ? 1 : randomInt(2 ** 31));
    const defects = rounds === undefined ? chosen(loadDefects(loaded), args) : [];
    const { tasks, homeless } = assign(defects, plan.duts);
    const stations = stationsFor(
      rounds === undefined ? plan.duts : plan.duts.flatMap(jittery),
      rounds === undefined ? tasks : undefined,
      args.number('jobs', 1) ?? Math.min(24, 6 * availableParallelism()),
    );
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
    let healthyCases = 0;
    const drives = await mkdtemp(join(tmpdir(), 'resetbench-'));
    const stop = new AbortController();
    const interrupt = () => {
      if (stop.signal.aborted) process.exit(EXIT.interrupted);
      stop.abort(new HarnessError('INTERRUPTED', 'the proof was interrupted'));
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', interrupt);
    keep({ type: 'proof-start', id, at: startedAt, seed, defects: defects.map((one) => one.id) });
    console.log(
      `proof ${id}: ${rounds === undefined ? `${defects.length} defects` : `${rounds} healthy rounds, seed ${seed},`} on ${stations.length} twins`,
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
        rounds: rounds ?? 1,
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
        onHealthy(result) {
          healthyCases += 1;
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
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
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
    };
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
    : figures;
  if (json) console.log(JSON.stringify(told));
  if (record.ended === 'interrupted') return EXIT.interrupted;
  if (record.blamed.length > 0) return EXIT.bench;
  return healthy || figures.named_rate === 1 ? EXIT.conformant : EXIT.nonConformant;
}

function defectLine({ id, requirement, outcome, facts, collateral, milliseconds }: DefectRecord): string {
  const along = collateral.length === 0 ? '' : `, along with it ${collateral.join(' ')}`;
  const why = outcome === 'killed' ? '' : `: ${facts}`;
  return `${id} ${outcome} ${outcome === 'killed' ? 'by' : '('}${outcome === 'killed' ? ' ' : ''}${requirement}${outcome === 'killed' ? '' : ')'} ${(milliseconds / 1000).toFixed(1)} s${along}${why}`;
}

/** The defects that the arguments choose. @throws HarnessError USAGE when a pattern matches nothing */
function chosen(all: readonly Defect[], args: Args): readonly Defect[] {
  const picked = pick(
    pick(all, args.text('defect'), ({ id }) => id),
    args.text('requirement'),
    (one) => one.requirement,
  );
  const sample = args.number('sample', 1);
  if (sample === undefined) return picked;
  return shuffled(picked, args.number('seed', 0) ?? 1).slice(0, sample);
}

function pick(
  defects: readonly Defect[],
  list: string | undefined,
  by: (defect: Defect) => string,
): readonly Defect[] {
  if (list === undefined) return defects;
  const patterns = list.split(',').map((part) => part.trim());
  for (const pattern of patterns)
    if (!defects.some((defect) => globs(pattern, by(defect))))
      throw new HarnessError('USAGE', `no defect matches "${pattern}"`, { hint: 'see suites/defects.yaml' });
  return defects.filter((defect) => patterns.some((pattern) => globs(pattern, by(defect))));
}

/** In an order that depends on the seed alone (Fisher and Yates, over mulberry32). */
function shuffled<T>(list: readonly T[], seed: number): readonly T[] {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const result = [...list];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [a, b] = [result[at], result[other]];
    if (a !== undefined && b !== undefined) [result[at], result[other]] = [b, a];
  }
  return result;
}

/** Other cases that run with each defect, at most. */
const OTHERS = 4;
/** Longest wait for a mail of a twin whose mails may be lost, s: healthy ones take milliseconds. */
const MAIL_SECONDS = 10;
/** How many cases one defect costs, about. */
const CASES_A_DEFECT = 6;

/** The same twin, with answers, pictures and mails that come late; nothing of a recorder on hardware. */
function jittery(dut: PlannedDut): readonly PlannedDut[] {
  const { config } = dut;
  return config.kind === 'twin' ? [{ ...dut, config: { ...config, pace: 'jittery' } }] : [];
}

/**
 * Twins to work on: of each kind that has something to do one, and the rest where there is most to do.
 * @param tasks the defects of each kind; without them every kind has its cases to do
 */
function stationsFor(
  duts: readonly PlannedDut[],
  tasks: ReadonlyMap<string, readonly Defect[]> | undefined,
  jobs: number,
): readonly { readonly kind: string; readonly dut: PlannedDut }[] {
  const kinds = duts.filter(
    ({ config, cases }) => cases.length > 0 && (tasks === undefined || tasks.has(config.id)),
  );
  const load = (dut: PlannedDut) =>
    dut.cases.length + CASES_A_DEFECT * (tasks?.get(dut.config.id)?.length ?? 0);
  const counts = new Map(kinds.map((dut) => [dut, 1]));
  for (let spare = jobs - kinds.length; spare > 0; spare -= 1) {
    const [busiest] = kinds.toSorted(
      (a, b) => load(b) / (counts.get(b) ?? 1) - load(a) / (counts.get(a) ?? 1),
    );
    if (busiest !== undefined) counts.set(busiest, (counts.get(busiest) ?? 1) + 1);
  }
  return [...counts].flatMap(([dut, count]) =>
    Array.from({ length: count }, (_, at) => ({
      kind: dut.config.id,
      dut: {
        ...dut,
        config: { ...dut.config, id: `${dut.config.id}-${at + 1}` },
        ...(tasks !== undefined && {
          profile: {
            ...dut.profile,
            mailWithinSeconds: Math.min(MAIL_SECONDS, dut.profile.mailWithinSeconds),
          },
        }),
      },
    })),
  );
}
