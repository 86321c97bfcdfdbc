import type { Benches } from '../bench/open.ts';
import type { Defect } from '../config/defects.ts';
import type { Model } from '../kit/model.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { DefectRecord, FalseBlame, SequenceRecord } from '../terms/proof.ts';
import { mutex } from './execute.ts';
import { judge } from './judge.ts';
import { lotsOf } from './lots.ts';
import { type PlannedDut, whyNot } from './plan.ts';
import { canPlay, playSequences, type SequenceTask } from './sequences.ts';
import { Station, type Tried } from './station.ts';

export interface ProveOptions {
  /** Twins, several of each kind; those that differ by id alone are of one kind. */
  readonly stations: readonly { readonly kind: string; readonly dut: PlannedDut }[];
  readonly tasks: ReadonlyMap<string, readonly Defect[]>;
  /** How often every case runs on the healthy recorder. Default 1. */
  readonly rounds?: number;
  /** How many of the other cases that come by a defect are run with it, evenly spread. Default: all. */
  readonly others?: number;
  /** Sequences of the model, played by the twins that have nothing else left to do. */
  readonly model?: Model;
  readonly sequences?: readonly SequenceTask[];
  readonly onSequences?: (record: SequenceRecord) => void;
  readonly benches: Benches;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onDefect: (record: DefectRecord) => void;
  readonly onHealthy: (result: { readonly dut: string; readonly requirement: string } & Tried) => void;
  readonly onStep: (station: string, title: string) => void;
  /** Takes the evidence of each named case before its verdict is told; where this is undefined, none is kept. */
  readonly onEvidence?: (of: CaseTried, evidence: Tried['evidence']) => void;
}

/** A case on a twin of a kind, healthy or with a defect. */
export interface CaseTried {
  readonly dut: string;
  readonly requirement: string;
  readonly defect: string | undefined;
}

/** How long a sequence that breaks the model is made shorter, ms. */
const SHRINK_MS = 60_000;

type Planned = PlannedDut['cases'][number];
/** Which cases a kind of recorder runs, and at which defects' places each of them comes by. */
interface Kind {
  readonly probe: Planned[];
  readonly met: Map<string, ReadonlySet<string>>;
  readonly left: Defect[];
  /** Stations of it that work. */
  stations: number;
  probing: number;
  readonly probed: PromiseWithResolvers<void>;
}

/**
 * Finds out what the suite catches. First each case runs once on the healthy recorder, which tells by which places it
 * comes; then each defect is switched on, and the cases run that come by its place, and the named one.
 */
export async function prove(options: ProveOptions): Promise<void> {
  const kinds = new Map<string, Kind>();
  for (const { kind, dut } of options.stations) {
    const known = kinds.get(kind);
    if (known !== undefined) {
      known.stations += 1;
      continue;
    }
    const left = [...(options.tasks.get(kind) ?? [])];
    // Where no other case runs with a defect, nobody needs to know by which places they come.
    const needed =
      options.others === 0 && left.length > 0
        ? dut.cases.filter(({ requirement }) => left.some((defect) => defect.requirement === requirement.id))
        : dut.cases;
    const probe = Array.from({ length: options.rounds ?? 1 }, () => needed).flat();
    kinds.set(kind, {
      probe,
      left,
      met: new Map(),
      stations: 1,
      probing: probe.length,
      probed: Promise.withResolvers(),
    });
    if (probe.length === 0) kinds.get(kind)?.probed.resolve();
  }
  const lots = [...lotsOf(options.sequences ?? [])];
  const withPartner = mutex();
  let number = 0;
  const nextNumber = () => (number += 1);
  await Promise.all(
    options.stations.map(async ({ kind: name, dut }) => {
      const kind = kinds.get(name);
      if (kind === undefined || options.signal.aborted) return;
      await using held = new AsyncDisposableStack();
      const { clock, signal } = options;
      const begin = async () => {
        const bench = held.use(await options.benches.open(dut.config.id));
        const keep = options.onEvidence !== undefined;
        const onStep = (title: string) => options.onStep(dut.config.id, title);
        const station = new Station({ dut, bench, clock, signal, onStep, withPartner, nextNumber, keep });
        await station.warmUp();
        return station;
      };
      const station = await begin().catch((error: unknown) => withdraw(error, name, kind, options));
      if (station === undefined) return;
      await probe(station, name, kind, options);
      await kind.probed.promise;
      for (let one = kind.left.shift(); one !== undefined && !signal.aborted; one = kind.left.shift())
        options.onDefect(await tryDefect(station, name, kind, one, dut, options));
      const { model } = options;
      if (model === undefined || !canPlay(model, dut)) return;
      for (let lot = lots.shift(); lot !== undefined && !signal.aborted; lot = lots.shift()) {
        const { enough } = lot;
        if (enough()) continue;
        const playing = { station, dut: name, model, clock, signal, shrinkMs: SHRINK_MS, enough };
        const record = lot.done(await playSequences(lot, playing));
        if (record !== undefined) options.onSequences?.(record);
      }
    }),
  );
}

/** The healthy run of one kind, shared by its stations. */
async function probe(station: Station, name: string, kind: Kind, options: ProveOptions): Promise<void> {
  for (let one = kind.probe.shift(); one !== undefined; one = kind.probe.shift()) {
    if (!options.signal.aborted) {
      const tried = await station.run(one.definition, []);
      kind.met.set(one.requirement.id, new Set(tried.met));
      options.onEvidence?.({ dut: name, requirement: one.requirement.id, defect: undefined }, tried.evidence);
      options.onHealthy({ dut: name, requirement: one.requirement.id, ...tried });
    }
    kind.probing -= 1;
    if (kind.probing === 0) kind.probed.resolve();
  }
}

/**
 * A station that never came to its states leaves its share to the others of its kind. With the last of them goes the
 * kind: nothing is known of its cases then, which is told of each.
 * @throws what is no HarnessError, as it is
 */
function withdraw(problem: unknown, name: string, kind: Kind, options: ProveOptions): undefined {
  if (!(problem instanceof HarnessError)) throw problem;
  kind.stations -= 1;
  if (kind.stations > 0 || options.signal.aborted) return;
  const judged = judge({ thrown: problem, expectations: 0, evidence: 0 });
  for (const { requirement } of kind.probe.splice(0))
    options.onHealthy({ dut: name, requirement: requirement.id, ...judged, met: [], evidence: [] });
  for (const defect of kind.left.splice(0))
    options.onDefect({ ...notRun(defect, problem.message), dut: name });
  kind.probing = 0;
  kind.probed.resolve();
}

async function tryDefect(
  station: Station,
  name: string,
  kind: Kind,
  defect: Defect,
  dut: PlannedDut,
  options: ProveOptions,
): Promise<DefectRecord> {
  const { clock } = options;
  const started = clock.monotonic();
  const others = dut.cases.filter(
    ({ requirement: { id } }) => id !== defect.requirement && kind.met.get(id)?.has(defect.id) === true,
  );
  const named = dut.cases.filter(({ requirement: { id } }) => id === defect.requirement);
  const affected = [...named, ...spread(others, options.others ?? others.length)];
  const tried = new Map<string, Tried>();
  for (const { requirement, definition } of affected) {
    if (options.signal.aborted) break;
    tried.set(requirement.id, await station.run(definition, [defect.id]));
  }
  const verdictOfNamed = tried.get(defect.requirement);
  options.onEvidence?.(
    { dut: name, requirement: defect.requirement, defect: defect.id },
    verdictOfNamed?.evidence ?? [],
  );
  const along = [...tried].filter(([id]) => id !== defect.requirement);
  return {
    ...told(defect),
    dut: name,
    ...outcomeOf(verdictOfNamed, defect),
    collateral: along.filter(([, { verdict }]) => verdict === 'fail').map(([id]) => id),
    disturbed: along
      .filter(([, { verdict }]) => verdict === 'inconc' || verdict === 'error')
      .map(([id]) => id),
    cases: tried.size,
    milliseconds: Math.round(clock.monotonic() - started),
  };
}

function outcomeOf(
  named: Tried | undefined,
  defect: Defect,
): Pick<DefectRecord, 'outcome' | 'verdict' | 'facts'> {
  if (named === undefined || named.verdict === 'none')
    return { outcome: 'not-run', verdict: named?.verdict, facts: 'the named case was not run' };
  const facts = named.fault?.facts ?? named.reason ?? '';
  const met = named.met.includes(defect.id);
  if (named.verdict === 'fail' && met) return { outcome: 'killed', verdict: 'fail', facts };
  if (!met)
    return {
      outcome: 'not-met',
      verdict: named.verdict,
      facts: facts === '' ? `the case of ${defect.requirement} never came by the defect's place` : facts,
    };
  return {
    outcome: 'survived',
    verdict: named.verdict,
    facts: facts === '' ? `${defect.requirement} passed all the same` : facts,
  };
}

/** At most `count` of a list, evenly spread over it. */
function spread<T>(list: readonly T[], count: number): readonly T[] {
  if (list.length <= count) return list;
  return Array.from({ length: count }, (_, at) => list[Math.floor((at * list.length) / count)]).filter(
    (one) => one !== undefined,
  );
}

/** A defect that no recorder of the inventory can show. */
export function notRun(defect: Defect, facts: string): DefectRecord {
  return {
    ...told(defect),
    dut: undefined,
    outcome: 'not-run',
    verdict: undefined,
    facts,
    collateral: [],
    disturbed: [],
    cases: 0,
    milliseconds: 0,
  };
}

function told({ id, what, requirement, channel, subtle }: Defect) {
  return { id, what, requirement, channel, subtle };
}

/** The result of a healthy case that is none to be proud of; undefined for a pass. */
export function blameOf(
  result: { readonly dut: string; readonly requirement: string } & Tried,
): FalseBlame | undefined {
  const { dut, requirement, verdict } = result;
  if (verdict === 'pass' || verdict === 'none') return undefined;
  return { dut, requirement, verdict, facts: result.fault?.facts ?? result.reason ?? '' };
}

/**
 * Chooses the recorder on which each defect is tried: one whose plan has the named case and on which the defect can
 * show; few different ones, since each is run healthy first.
 */
export function assign(
  defects: readonly Defect[],
  duts: readonly PlannedDut[],
): { readonly tasks: ReadonlyMap<string, readonly Defect[]>; readonly homeless: readonly Defect[] } {
  const fits = new Map(defects.map((defect) => [defect, duts.filter((dut) => canShow(defect, dut))]));
  const demand = (dut: PlannedDut) => [...fits.values()].filter((fitting) => fitting.includes(dut)).length;
  const byDemand = new Map(duts.map((dut) => [dut, demand(dut)]));
  const tasks = new Map<string, Defect[]>();
  const homeless: Defect[] = [];
  for (const [defect, fitting] of fits) {
    const [best] = fitting.toSorted((a, b) => (byDemand.get(b) ?? 0) - (byDemand.get(a) ?? 0));
    if (best === undefined) homeless.push(defect);
    else tasks.set(best.config.id, [...(tasks.get(best.config.id) ?? []), defect]);
  }
  return { tasks, homeless };
}

function canShow(defect: Defect, { config, profile, cases }: PlannedDut): boolean {
  const { resolution, at, start, digest, ...applies } = defect.dut;
  return (
    config.kind === 'twin' &&
    cases.some(({ requirement }) => requirement.id === defect.requirement) &&
    whyNot({ applies }, config, profile) === undefined &&
    resolution?.includes(config.resolution) !== false &&
    (start === undefined || config.start === start) &&
    (digest === undefined || config.digest.includes(digest)) &&
    (at === undefined || config.firmware === profile.threshold)
  );
}
