import fc from 'fast-check';
import type { CaseContext, CaseDefinition } from '../kit/case.ts';
import type { Model, Move, Walk } from '../kit/model.ts';
import type { Clock } from '../terms/clock.ts';
import type { PlayedMove, SequenceRecord } from '../terms/proof.ts';
import { extrasOf, type PlannedDut } from './plan.ts';
import type { Station, Tried } from './station.ts';

/** Moves that are drawn for one sequence, at most; those that cannot be made where they come are left out. */
const DRAWN = 120;
/** Moves that are made in one sequence, at most. */
const MADE = 14;

/** Sequences to draw and play. */
export interface SequenceTask {
  /** On a twin with this defect: drawing ends when it is found. */
  readonly defect?: string;
  readonly runs: number;
  readonly seed: number;
  /** Instead of drawing: these. */
  readonly moves?: readonly string[];
}
export interface SequenceOptions {
  readonly station: Pick<Station, 'run'>;
  readonly dut: string;
  readonly model: Model;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long a violation may be made shorter, ms. */
  readonly shrinkMs: number;
  /** Whether nothing more needs to be drawn: somebody else has found it. */
  readonly enough?: () => boolean;
}

/** Whether a recorder has what the model is about, and its bench the ports. */
export function canPlay({ about, with: extras = [] }: Model, { config, cases }: PlannedDut): boolean {
  const there = extrasOf(config);
  return (
    cases.some(({ requirement }) => requirement.id === about) && extras.every((extra) => there.has(extra))
  );
}

/**
 * Draws sequences from the seed and plays each from the same state, until one is found after which the recorder does
 * what the model forbids; that one is made shorter as long as it still does.
 */
export async function playSequences(task: SequenceTask, options: SequenceOptions): Promise<SequenceRecord> {
  if (task.moves !== undefined) return playMoves(task.moves, options, task.defect);
  const { station, model, clock, signal, shrinkMs, enough = () => false } = options;
  const started = clock.monotonic();
  const defects = task.defect === undefined ? [] : [task.defect];
  let played = 0;
  let moves = 0;
  let drawn = 0;
  let found: SequenceRecord['violation'];
  let foundAt: number | undefined;
  const undecided: { facts: string; moves: readonly PlayedMove[] }[] = [];
  const commands = fc.commands(
    model.moves.flatMap((move) => Array.from({ length: move.weight }, () => fc.constant(new Command(move)))),
    { maxCommands: DRAWN, size: 'max' },
  );
  const property = fc.asyncProperty(commands, async (sequence) => {
    const late = foundAt !== undefined && clock.monotonic() - foundAt > shrinkMs;
    if (signal.aborted || late || (foundAt === undefined && enough())) throw new fc.PreconditionFailure(true);
    const { tried, made } = await play(station, model, defects, MADE, (walk, context) =>
      fc.asyncModelRun(() => ({ model: walk, real: context }), sequence),
    );
    played += 1;
    moves += made.length;
    if (foundAt === undefined) drawn += 1;
    if (tried.verdict === 'fail' && bites(tried, task.defect)) {
      foundAt ??= clock.monotonic();
      found = { moves: made, facts: factsOf(tried) };
      throw new Error(found.facts);
    }
    if (tried.verdict !== 'pass') undecided.push({ facts: factsOf(tried), moves: made });
  });
  await fc.check(property, { numRuns: task.runs, seed: task.seed });
  return {
    ...(task.defect === undefined ? {} : { defect: task.defect }),
    dut: options.dut,
    seed: task.seed,
    drawn,
    played,
    moves,
    ...(found === undefined ? {} : { violation: found }),
    undecided,
    milliseconds: Math.round(clock.monotonic() - started),
  };
}

/** Plays moves that are named, as a person does who follows a script. A move that cannot be made makes it undecided. */
async function playMoves(
  names: readonly string[],
  options: Pick<SequenceOptions, 'station' | 'dut' | 'model' | 'clock'>,
  defect?: string,
): Promise<SequenceRecord> {
  const { station, model, clock, dut } = options;
  const started = clock.monotonic();
  const { tried, made } = await play(
    station,
    model,
    defect === undefined ? [] : [defect],
    names.length,
    async (walk, context) => {
      for (const [index, name] of names.entries()) {
        const move = model.moves.find((one) => one.name === name);
        if (move === undefined || !walk.can(name))
          throw new Error(`move ${index + 1}, ${name}, cannot be made here`);
        await new Command(move).run(walk, context);
      }
    },
  );
  const told = { moves: made, facts: factsOf(tried) };
  return {
    ...(defect === undefined ? {} : { defect }),
    dut,
    seed: 0,
    drawn: 1,
    played: 1,
    moves: made.length,
    ...(tried.verdict === 'fail' ? { violation: told } : {}),
    undecided: tried.verdict === 'fail' || tried.verdict === 'pass' ? [] : [told],
    milliseconds: Math.round(clock.monotonic() - started),
  };
}

async function play(
  station: Pick<Station, 'run'>,
  model: Model,
  defects: readonly string[],
  most: number,
  body: (walk: Walk, context: CaseContext) => Promise<void>,
): Promise<{ readonly tried: Tried; readonly made: readonly PlayedMove[] }> {
  const made: PlayedMove[] = [];
  const { id, title, needs, locks = [], with: extras = [] } = model;
  const definition: CaseDefinition = {
    id,
    title,
    needs,
    locks,
    with: extras,
    async test(context) {
      const { gui, http, admin, expect } = context;
      await gui.photograph('As it begins');
      expect(await http.accepts(admin), 'the password over HTTP as it begins').toBe(true);
      const walk = model.begin(context);
      const noting: Walk = {
        can: (move) => made.length < most && walk.can(move),
        make(move) {
          const { name, tells } = known(model, move);
          made.push({ name, tells });
          return walk.make(move);
        },
      };
      await body(noting, context);
    },
  };
  return { tried: await station.run(definition, defects), made };
}

function known({ moves }: Model, name: string): Move {
  const found = moves.find((move) => move.name === name);
  if (found === undefined) throw new Error(`no move ${name}`);
  return found;
}

/** A failure counts as found only where the recorder came by the defect's place. */
function bites({ met }: Tried, defect: string | undefined): boolean {
  return defect === undefined || met.includes(defect);
}

function factsOf({ fault, reason, verdict }: Tried): string {
  return fault?.facts ?? reason ?? verdict;
}

/** A move, as the library draws it, asks whether it can be made, and makes it. */
class Command implements fc.AsyncCommand<Walk, CaseContext> {
  readonly #move: Move;
  constructor(move: Move) {
    this.#move = move;
  }
  check(walk: Readonly<Walk>): boolean {
    return walk.can(this.#move.name);
  }
  async run(walk: Walk, context: CaseContext): Promise<void> {
    await context.step(this.#move.tells, () => walk.make(this.#move.name));
  }
  toString(): string {
    return this.#move.name;
  }
}
