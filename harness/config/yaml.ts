import { type Alias, type Document, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';

/** Where something stands; lines and columns from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong in a configuration file: `file:line:column path: expected, found`. */
export interface Problem extends Place {
  readonly path: string;
  readonly message: string;
}

/** A YAML file, its plain value, and a way back from a path to a place. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** Where a value stands, or its key; of what is missing, the place of what should hold it. */
  place(path: readonly (string | number)[], at?: 'key' | 'value'): Place;
}

/** Longest file, characters: the longest of this project has a thirtieth. */
const LONGEST = 1024 * 1024;
/** Of what a parser complains of, the first so many are told: the rest mostly follows from them. */
const MOST_TOLD = 100;
/** Most levels that a file may have. */
const DEEPEST = 64;

/** Why the parser must not have it: it calls itself for each level. Seen without parsing, so by what opens levels. */
function tooDeep(text: string): string | undefined {
  const message = `more than ${DEEPEST} levels, one in another`;
  let open = 0;
  for (const character of text.matchAll(/[[\]{}]/g)) {
    open += character[0] === '[' || character[0] === '{' ? 1 : -1;
    if (open < 0) open = 0;
    if (open > DEEPEST) return message;
  }
  return new RegExp(`(?:[-?:][ \\t]+){${DEEPEST}}`).test(text) ? message : undefined;
}

/** Parses YAML; syntax errors come back as problems, with places. They quote nothing of the file: it could be a secret. */
export function parseYaml(
  file: string,
  text: string,
): { readonly yaml?: YamlFile; readonly problems: readonly Problem[] } {
  const counter = new LineCounter();
  const why = text.length > LONGEST ? `longer than ${LONGEST} characters` : tooDeep(text);
  if (why !== undefined) return { problems: [{ file, line: 1, column: 1, path: '', message: why }] };
  const doc = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { file, line, column: col };
  };
  const problems = [...doc.errors, ...doc.warnings].slice(0, MOST_TOLD).map((error) => {
    const message = error.code === 'TAG_RESOLVE_FAILED' ? inQuotes('!') : error.message;
    return { ...placeAt(error.pos[0]), path: '', message };
  });
  for (const alias of danglingAliases(doc))
    problems.push({ ...placeAt(alias.range?.[0] ?? 0), path: '', message: inQuotes('*') });
  if (problems.length > 0) return { problems };
  const read = plainValue(doc);
  if ('why' in read) return { problems: [{ ...placeAt(0), path: '', message: read.why }] };
  const place: YamlFile['place'] = (path, at) => placeAt(offsetOf(doc, path, at) ?? 0);
  return { problems, yaml: { file, value: read.value, place } };
}

/** Aliases of aliases, as many as the parser refuses, make a value that no memory holds. */
function plainValue(doc: Document): { readonly value: unknown } | { readonly why: string } {
  try {
    return { value: doc.toJS() ?? null };
  } catch {
    return { why: 'its aliases (*) stand for more than can be read: write out what they name' };
  }
}

function inQuotes(start: string): string {
  return `${start} has a meaning of its own in YAML: put a text that begins with it in quotes`;
}

/** Those that name what the file does not have: reading its value would throw. */
function danglingAliases(doc: Document): readonly Alias[] {
  const dangling: Alias[] = [];
  const named = new Set<string>();
  visit(doc, {
    // By one walk: asking each alias for what it names walks the file anew each time.
    Alias(_, alias) {
      if (!named.has(alias.source)) dangling.push(alias);
    },
    Value(_, { anchor }) {
      if (anchor !== undefined) named.add(anchor);
    },
  });
  return dangling;
}

function offsetOf(doc: Document, path: readonly (string | number)[], at: 'key' | 'value' = 'value') {
  const nodeAt = (length: number): unknown =>
    length === 0 ? doc.contents : doc.getIn(path.slice(0, length), true);
  const rangeOf = (node: unknown) => (node as { range?: readonly number[] | null } | null | undefined)?.range;
  if (at === 'key') {
    const holder = nodeAt(path.length - 1);
    const pair = isMap(holder)
      ? holder.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
      : undefined;
    const start = rangeOf(pair?.key)?.[0];
    if (start !== undefined) return start;
  }
  for (let length = path.length; length >= 0; length -= 1) {
    const start = rangeOf(nodeAt(length))?.[0];
    if (start !== undefined) return start;
  }
  return undefined;
}
