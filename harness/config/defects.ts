import { z } from 'zod';
import { check, inOrder, type Problem, problem } from './problems.ts';
import { applies } from './requirements.ts';
import { parseYaml } from './yaml.ts';

const defect = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words joined by hyphens'),
  /** What is wrong with the recorder, one sentence. */
  what: z.string().min(1),
  /** The one that must catch it. */
  requirement: z.string().regex(/^CR\d{2}$/, 'expected an id like CR01'),
  channel: z.enum(['gui', 'http', 'qr', 'mail', 'serial', 'sadp']),
  subtle: z.boolean(),
  /** The recorders on which it can show; the requirement's own conditions hold besides. */
  dut: applies
    .extend({
      resolution: z
        .array(z.enum(['1024x768', '1280x720', '1920x1080']))
        .min(1)
        .optional(),
      /** Exactly the first firmware that has the function. */
      at: z.literal('threshold').optional(),
      start: z.enum(['active', 'inactive']).optional(),
      /** One of the algorithms that the recorder offers for HTTP digest. */
      digest: z.enum(['MD5', 'SHA-256']).optional(),
    })
    .default({}),
});
const file = z.strictObject({ version: z.literal(1), defects: z.array(defect).min(1) });
export type Defect = z.infer<typeof defect>;

/** Reads `defects.yaml`; every problem at once. */
export function parseDefects(
  name: string,
  text: string,
): { readonly defects?: readonly Defect[]; readonly problems: readonly Problem[] } {
  const parsed = parseYaml(name, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const yaml = parsed.yaml;
  const checked = check(yaml, file);
  const entries = z.object({ defects: z.array(z.unknown()) }).safeParse(yaml.value).data?.defects ?? [];
  const ids = entries.map((entry) => z.object({ id: z.string() }).safeParse(entry).data?.id);
  const twice = ids.flatMap((id, index) =>
    id === undefined || ids.indexOf(id) === index
      ? []
      : [problem(yaml, ['defects', index, 'id'], `expected a unique id, found ${id} again`)],
  );
  const problems = inOrder([...checked.problems, ...twice]);
  if (checked.value === undefined || problems.length > 0) return { problems };
  return { defects: checked.value.defects, problems };
}
