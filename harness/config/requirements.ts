import { z } from 'zod';
import { check, inOrder, type Problem, problem } from './problems.ts';
import { parseYaml } from './yaml.ts';

/** When a requirement applies; every named condition must hold. */
export const applies = z.strictObject({
  firmware: z.enum(['at-or-above-threshold', 'below-threshold']).optional(),
  gui: z
    .array(z.enum(['3.0', '4.0', 'lite']))
    .min(1)
    .optional(),
  family: z.array(z.string().min(1)).min(1).optional(),
  disclaimer: z.boolean().optional(),
});

const requirement = z.strictObject({
  id: z.string('expected an id like CR01').regex(/^CR\d{2}$/, 'expected an id like CR01'),
  section: z.string().min(1),
  statement: z.string().min(1),
  source: z.string().min(1),
  kind: z.enum(['documented', 'policy', 'measured']),
  test: z.enum(['positive', 'negative', 'both']),
  channels: z.array(z.enum(['gui', 'http', 'qr', 'mail', 'serial', 'sadp'])).min(1),
  /** The weaknesses that a recorder has which breaks it (https://cwe.mitre.org); absent where security is not touched. */
  security: z
    .array(z.string().regex(/^CWE-[1-9]\d{0,4}$/, 'expected a weakness like CWE-640'))
    .min(1)
    .optional(),
  applies: applies.default({}),
});
const file = z.strictObject({
  version: z.literal(1),
  /** What the keys in `source` stand for. */
  sources: z.record(z.string(), z.strictObject({ title: z.string(), address: z.string() })).default({}),
  requirements: z.array(requirement).min(1),
});
export type Requirement = z.infer<typeof requirement>;

/** Reads `requirements.yaml`; every problem at once. */
export function parseRequirements(
  name: string,
  text: string,
): {
  readonly requirements?: readonly Requirement[];
  /** What the keys in `source` stand for. */
  readonly sources?: Readonly<Record<string, { readonly title: string; readonly address: string }>>;
  readonly problems: readonly Problem[];
} {
  const parsed = parseYaml(name, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const yaml = parsed.yaml;
  const checked = check(yaml, file);
  const ids = idsOf(yaml.value);
  const twice = ids.flatMap((id, index) =>
    id === undefined || ids.indexOf(id) === index
      ? []
      : [problem(yaml, ['requirements', index, 'id'], `expected a unique id, found ${id} again`)],
  );
  const problems = inOrder([...checked.problems, ...twice]);
  if (checked.value === undefined || problems.length > 0) return { problems };
  return { requirements: checked.value.requirements, sources: checked.value.sources, problems };
}

/** The ids, also in a file that the schema refuses; undefined for one that is missing. */
function idsOf(value: unknown): readonly (string | undefined)[] {
  const entries = z.object({ requirements: z.array(z.unknown()) }).safeParse(value).data?.requirements ?? [];
  return entries.map((entry) => z.object({ id: z.string() }).safeParse(entry).data?.id);
}
