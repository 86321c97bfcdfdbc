import { z } from 'zod';
import { check, type Problem } from './problems.ts';
import { parseYaml } from './yaml.ts';

const pattern = z
  .string()
  .regex(/^CR(\d\d(\.\.CR\d\d)?|\d\*|\*)$/, 'expected an id like CR01, CR4* or CR31..CR35');
const file = z.strictObject({
  version: z.literal(1),
  sets: z.record(
    z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected a lower-case name'),
    z.array(pattern).min(1),
  ),
});

/** Reads `sets.yaml`: names, and the patterns of requirements behind them; every problem at once. */
export function parseSets(
  name: string,
  text: string,
): {
  readonly sets?: Readonly<Record<string, readonly string[]>>;
  readonly problems: readonly Problem[];
} {
  const parsed = parseYaml(name, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const { value, problems } = check(parsed.yaml, file);
  return value === undefined ? { problems } : { sets: value.sets, problems };
}
