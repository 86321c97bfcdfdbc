import { z } from 'zod';
import { check, type Problem } from './problems.ts';
import { parseYaml } from './yaml.ts';

const value = z
  .union([z.string().min(1), z.number(), z.boolean()])
  .transform(String)
  .describe('an answer');
const one = z.union([
  value.transform((text) => ({ value: text })),
  z.strictObject({ value, note: z.string().min(1).optional() }),
  z.strictObject({ command: z.tuple([z.string().min(1)], z.string()) }),
]);
const several = z.union([one.transform((only) => [only]), z.array(one).min(1)]);
const file = z.strictObject({
  version: z.literal(1),
  by: z.string().min(1).max(80),
  answers: z.record(
    z.string().regex(/^([a-z0-9][a-z0-9-]*\/)?[a-z0-9][a-z0-9-]*$/, 'expected the id of a prompt, or DUT/id'),
    several,
  ),
});

/** Answers given before a run: who stands for them, and what is answered to which prompt. */
export type Answers = z.infer<typeof file>;

/** Reads a file of answers; every problem at once. */
export function parseAnswers(
  name: string,
  text: string,
): { readonly answers?: Answers; readonly problems: readonly Problem[] } {
  const parsed = parseYaml(name, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const { value: answers, problems } = check(parsed.yaml, file);
  return answers === undefined ? { problems } : { answers, problems };
}
