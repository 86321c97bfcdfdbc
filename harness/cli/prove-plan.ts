import type { Defect } from '../config/defects.ts';
import type { PlannedDut } from '../run/plan.ts';
import { HarnessError } from '../terms/error.ts';
import { globs } from '../terms/globs.ts';
import type { Args } from './args.ts';

/** Longest wait for a mail of a twin whose mails may be lost, s: healthy ones take milliseconds. */
const MAIL_SECONDS = 10;
/** How many cases one defect costs, about. */
const CASES_A_DEFECT = 6;

/**
 * The defects that the arguments choose.
 * @param drawn how many where the arguments choose none; without it all
 * @throws HarnessError USAGE when a pattern matches nothing
 */
export function chosen(all: readonly Defect[], args: Args, drawn?: number): readonly Defect[] {
  const picked = pick(
    pick(all, args.text('defect'), ({ id }) => id),
    args.text('requirement'),
    (one) => one.requirement,
  );
  const isFree = args.text('defect') === undefined && args.text('requirement') === undefined;
  const sample = args.number('sample', 0) ?? (isFree ? drawn : undefined);
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

/** The same recorders, with the cases of some requirements alone. @throws HarnessError USAGE where nothing is left */
export function only(duts: readonly PlannedDut[], list: string | undefined): readonly PlannedDut[] {
  if (list === undefined) return duts;
  const patterns = list.split(',').map((part) => part.trim());
  const left = duts.map((dut) => ({
    ...dut,
    cases: dut.cases.filter(({ requirement }) => patterns.some((pattern) => globs(pattern, requirement.id))),
  }));
  if (left.every(({ cases }) => cases.length === 0))
    throw new HarnessError('USAGE', `no case for "${list}"`, {
      hint: 'name requirements like CR42,CR5*; see `resetbench plan`',
    });
  return left;
}

/**
 * Twins to work on: of each kind that has something to do one, and the rest where there is most to do.
 * @param tasks the defects of each kind; without them every kind has its cases to do
 */
export function stationsFor(
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
