import { z } from 'zod';
import { condition } from './condition.ts';
import { check, inOrder, type Problem, problem } from './problems.ts';
import { parseYaml } from './yaml.ts';

const entry = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words joined by hyphens'),
  requirements: z.array(z.string().regex(/^CR\d{2}$/, 'expected an id like CR01')).min(1),
  when: condition,
  reason: z.string().trim().min(1),
  owner: z.string().trim().min(1),
  until: z.iso.date('expected a day like 2027-03-31'),
  link: z.url('expected an address like https://tracker.example/123').optional(),
});
const file = z.strictObject({ version: z.literal(1), expectations: z.array(entry) });
/** One entry of `expectations.yaml`: which requirements a recorder is known to fail, why, who sees to it, until when. */
export type Expectation = z.infer<typeof entry>;

/** Reads `expectations.yaml`; every problem at once. */
export function parseExpectations(
  name: string,
  text: string,
  /** Ids of the requirements that there are. */
  requirements: ReadonlySet<string>,
): { readonly expectations?: readonly Expectation[]; readonly problems: readonly Problem[] } {
  const parsed = parseYaml(name, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const yaml = parsed.yaml;
  const checked = check(yaml, file);
  const entries =
    z.object({ expectations: z.array(z.unknown()) }).safeParse(yaml.value).data?.expectations ?? [];
  const ids = entries.map((one) => z.object({ id: z.string() }).safeParse(one).data?.id);
  const twice = ids.flatMap((id, index) =>
    id === undefined || ids.indexOf(id) === index
      ? []
      : [problem(yaml, ['expectations', index, 'id'], `expected a unique id, found ${id} again`)],
  );
  const strays = (checked.value?.expectations ?? []).flatMap((one, index) =>
    one.requirements.flatMap((id, at) =>
      requirements.has(id)
        ? []
        : [
            problem(
              yaml,
              ['expectations', index, 'requirements', at],
              `expected a requirement of suites/requirements.yaml, found ${id}`,
            ),
          ],
    ),
  );
  const problems = inOrder([...checked.problems, ...twice, ...strays]);
  if (checked.value === undefined || problems.length > 0) return { problems };
  return { expectations: checked.value.expectations, problems };
}
