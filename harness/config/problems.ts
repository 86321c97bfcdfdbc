import type { z } from 'zod';
import { HarnessError } from '../terms/error.ts';
import { expectation, found } from './wording.ts';
import type { Problem, YamlFile } from './yaml.ts';

export type { Problem };

/** A problem as one line of text. */
export function problemText(p: Problem): string {
  return `${p.file}:${p.line}:${p.column} ${p.path === '' ? '(top level)' : short(p.path)}: ${short(p.message)}`;
}

/** Longest piece of what a file holds in a message, characters. */
const LONGEST = 500;

/** One line, and no novel: keys and values are quoted as they stand in the file. */
function short(text: string): string {
  // Cut first: of a long run of spaces the pattern would try each beginning.
  const line = text.slice(0, LONGEST + 1).replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
  return text.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** Checks a file against a schema and answers every problem at once. */
export function check<T>(
  yaml: YamlFile,
  schema: z.ZodType<T>,
): { readonly value?: T; readonly problems: readonly Problem[] } {
  const result = schema.safeParse(yaml.value, { reportInput: true, error: expectation });
  if (result.success) return { value: result.data, problems: [] };
  return { problems: result.error.issues.flatMap((issue) => problemsOf(yaml, issue)) };
}

function problemsOf(yaml: YamlFile, issue: z.core.$ZodIssue): readonly Problem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => problem(yaml, [...path, key], 'unknown key', 'key'));
  if (issue.code === 'invalid_union') {
    const nearest = issue.errors
      .filter((branch) => !branch.some(isOtherKind))
      .sort((a, b) => a.length - b.length)[0];
    if (nearest !== undefined)
      return nearest.flatMap((inner) => problemsOf(yaml, { ...inner, path: [...issue.path, ...inner.path] }));
  }
  return [problem(yaml, path, `${issue.message}${found(issue)}`)];
}

/** Whether a branch of a union is not even of the kind that was found, as a list where a text is. */
function isOtherKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type';
}

/** A problem at a path of a file. */
export function problem(
  yaml: YamlFile,
  path: readonly (string | number)[],
  message: string,
  at: 'key' | 'value' = 'value',
): Problem {
  return { ...yaml.place(path, at), path: path.join('.'), message };
}

/** In the order of the file. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Throws CONFIG_INVALID listing every problem, one a line. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new HarnessError('CONFIG_INVALID', problems.map(problemText).join('\n'), {
    hint: 'mend each place named above; `resetbench plan` checks without touching a recorder',
  });
}
