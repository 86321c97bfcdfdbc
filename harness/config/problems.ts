import { type Document, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { HarnessError } from '../terms/error.ts';

/** One thing wrong in a configuration file: `file:line:column path: expected, found`. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

/** A problem as one line of text. */
export function problemText(p: Problem): string {
  return `${p.file}:${p.line}:${p.column} ${p.path === '' ? '(top level)' : p.path}: ${p.message}`;
}

/** A YAML file, its plain value, and a way back from a path to a place. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  place(path: readonly (string | number)[]): { readonly line: number; readonly column: number };
}

/** Parses YAML; syntax errors come back as problems, with places. */
export function parseYaml(
  file: string,
  text: string,
): { readonly yaml?: YamlFile; readonly problems: readonly Problem[] } {
  const counter = new LineCounter();
  const doc = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const problems = [...doc.errors, ...doc.warnings].map((error) => {
    const { line, col } = counter.linePos(error.pos[0]);
    return { file, line, column: col, path: '', message: error.message };
  });
  if (problems.length > 0) return { problems };
  return {
    problems,
    yaml: { file, value: doc.toJS() ?? null, place: (path) => placeOf(doc, counter, path) },
  };
}

function placeOf(doc: Document, counter: LineCounter, path: readonly (string | number)[]) {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? doc.contents : doc.getIn(path.slice(0, length), true);
    const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
    if (range?.[0] !== undefined) {
      const { line, col } = counter.linePos(range[0]);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

/** Checks a file against a schema and answers every problem at once. */
export function check<T>(
  yaml: YamlFile,
  schema: z.ZodType<T>,
): { readonly value?: T; readonly problems: readonly Problem[] } {
  const result = schema.safeParse(yaml.value, { reportInput: true });
  if (result.success) return { value: result.data, problems: [] };
  return { problems: result.error.issues.flatMap((issue) => problemsOf(yaml, issue)) };
}

function problemsOf(yaml: YamlFile, issue: z.core.$ZodIssue): readonly Problem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => problem(yaml, [...path, key], 'unknown key'));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
    if (nearest.length > 0) {
      return nearest.flatMap((inner) => problemsOf(yaml, { ...inner, path: [...issue.path, ...inner.path] }));
    }
  }
  return [problem(yaml, path, `${issue.message}${found(issue)}`)];
}

function found(issue: z.core.$ZodIssue): string {
  if (!('input' in issue)) return '';
  const input = issue.input;
  if (input === undefined) return ', found nothing';
  const text = JSON.stringify(input) ?? String(input);
  return `, found ${text.length > 60 ? `${text.slice(0, 57)}...` : text}`;
}

/** A problem at a path of a file. */
export function problem(yaml: YamlFile, path: readonly (string | number)[], message: string): Problem {
  return { file: yaml.file, ...yaml.place(path), path: path.join('.'), message };
}

/** Throws CONFIG_INVALID listing every problem, one a line. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new HarnessError('CONFIG_INVALID', problems.map(problemText).join('\n'), {
    hint: 'mend each place named above; `resetbench plan` checks without touching a recorder',
  });
}
