import { z } from 'zod';
import { condition, firmwareBounds } from './condition.ts';
import { check, inOrder, type Problem, problem } from './problems.ts';
import { parseYaml } from './yaml.ts';

const patterns = z.array(z.string().min(1)).min(1);
const waiver = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words joined by hyphens'),
  requirements: z.array(z.string().regex(/^CR\d{2}$/, 'expected an id like CR01')).min(1),
  when: condition.optional(),
  reason: z.string().trim().min(1),
  owner: z.string().trim().min(1),
  /** Last day on which it counts, UTC. */
  until: z.iso.date('expected a day like 2027-03-31'),
  link: z.url('expected an address like https://tracker.example/123').optional(),
});
const effect = z.enum(['block', 'not-judged', 'pass']);
const share = z.union([
  z.number().int().min(0),
  z.string().regex(/^\d{1,3}(\.\d+)?%$/, 'expected a number of cases, or a share like 2%'),
]);
const file = z.strictObject({
  version: z.literal(1),
  name: z.string().trim().min(1),
  /** Failures of which requirements block; those of others are told. */
  block: z
    .strictObject({
      kinds: z
        .array(z.enum(['documented', 'policy', 'measured']))
        .min(1)
        .default(['documented', 'policy', 'measured']),
      sections: patterns.default(['*']),
    })
    .prefault({}),
  /** Failures that the run of `--against` had, too. */
  known: z.enum(['block', 'pass']).default('block'),
  /** What became of the failures of `suites/expectations.yaml`. */
  expected: z
    .strictObject({
      happened: z.enum(['block', 'pass']).default('pass'),
      absent: z.enum(['block', 'pass']).default('block'),
    })
    .prefault({}),
  /** Cases that needed another attempt: most that may be, of all that passed. */
  flaky: z.strictObject({ most: share }).prefault({ most: 0 }),
  /** Cases that came to no verdict on the recorder: more than that many, and the run is not judged. */
  undecided: z.strictObject({ most: share }).prefault({ most: 0 }),
  require: z
    .strictObject({
      /** At least one recorder for each pattern. */
      duts: patterns.optional(),
      /** Each recorder that a pattern names must have such a firmware, and there must be one. */
      firmwares: z
        .array(z.strictObject({ dut: z.string().min(1), firmware: firmwareBounds }))
        .min(1)
        .optional(),
      /** The run must have ended at most so many hours ago: else the one that was meant did not take place. */
      withinHours: z.number().positive().optional(),
      /** Each of these must be decided on a recorder at least. */
      requirements: patterns.optional(),
    })
    .prefault({}),
  /** Pairs of requirement and recorder that have no verdict, by why. */
  missing: z
    .strictObject({
      'not-reached': effect.default('not-judged'),
      'not-selected': effect.default('not-judged'),
      'no-case': effect.default('pass'),
      'not-applicable': effect.default('pass'),
    })
    .prefault({}),
  waivers: z.array(waiver).default([]),
});
/** What may pass a gate, as a laboratory writes it down. */
export type GatePolicy = z.infer<typeof file>;
/** A failure that is let by until a day: who answers for it, and why. */
export type Waiver = z.infer<typeof waiver>;

/** Reads a policy; every problem at once. */
export function parseGatePolicy(
  name: string,
  text: string,
): { readonly policy?: GatePolicy; readonly problems: readonly Problem[] } {
  const parsed = parseYaml(name, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const { yaml } = parsed;
  const checked = check(yaml, file);
  const ids = (checked.value?.waivers ?? []).map(({ id }) => id);
  const twice = ids.flatMap((id, index) =>
    ids.indexOf(id) === index
      ? []
      : [problem(yaml, ['waivers', index, 'id'], `expected a unique id, found ${id} again`)],
  );
  const problems = inOrder([...checked.problems, ...twice]);
  return checked.value === undefined || problems.length > 0
    ? { problems }
    : { policy: checked.value, problems };
}
