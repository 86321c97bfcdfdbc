import {
  type Alias,
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import { documentOf } from './yaml-limits.ts';

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

/** Of what a parser complains of, the first so many are told: the rest mostly follows from them. */
const MOST_TOLD = 100;

/** Parses YAML; syntax errors come back as problems, with places. They quote nothing of the file: it could be a secret. */
export function parseYaml(
  file: string,
  text: string,
): { readonly yaml?: YamlFile; readonly problems: readonly Problem[] } {
  const counter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset);
    return { file, line, column: col };
  };
  const problemAt = (offset: number, message: string): Problem => ({
    ...placeAt(offset),
    path: '',
    message,
  });
  const read = documentOf(text, counter);
  if ('excess' in read) return { problems: [problemAt(read.excess.offset, read.excess.message)] };
  const { doc } = read;
  const problems = [...doc.errors, ...doc.warnings]
    .slice(0, MOST_TOLD)
    .map(({ code, message, pos }) =>
      problemAt(pos[0], code === 'TAG_RESOLVE_FAILED' ? inQuotes('!') : message),
    );
  const wrong = wrongNames(doc);
  for (const { range } of wrong.repeated.slice(0, MOST_TOLD))
    problems.push(problemAt(range?.[0] ?? 0, 'Map keys must be unique'));
  for (const { range } of wrong.dangling) problems.push(problemAt(range?.[0] ?? 0, inQuotes('*')));
  if (problems.length > 0) return { problems };
  const plain = plainValue(doc);
  if ('why' in plain) return { problems: [problemAt(0, plain.why)] };
  const offsetOf = offsetsIn(doc);
  return { problems, yaml: { file, value: plain.value, place: (path, at) => placeAt(offsetOf(path, at)) } };
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

/** Aliases that name what the file does not have, whose value could not be read; and keys that their map has already. */
function wrongNames(doc: Document): {
  readonly dangling: readonly Alias[];
  readonly repeated: readonly Scalar[];
} {
  const dangling: Alias[] = [];
  const repeated: Scalar[] = [];
  const named = new Set<string>();
  visit(doc, {
    // By one walk: asking each alias for what it names, and each key for those before it, walks the file anew each time.
    Alias(_, alias) {
      if (!named.has(alias.source)) dangling.push(alias);
    },
    Value(_, { anchor }) {
      if (anchor !== undefined) named.add(anchor);
    },
    Map(_, { items, anchor }) {
      if (anchor !== undefined) named.add(anchor);
      const keys = new Set<unknown>();
      for (const { key } of items)
        if (isScalar(key)) {
          if (keys.has(key.value)) repeated.push(key);
          keys.add(key.value);
        }
    },
  });
  return { dangling, repeated };
}

/** Finds where a path stands in the text. What a map holds is listed once: a file may be wrong in thousands of places. */
function offsetsIn(doc: Document): (path: readonly (string | number)[], at?: 'key' | 'value') => number {
  const listed = new WeakMap<YAMLMap, ReadonlyMap<unknown, Pair>>();
  const pairOf = (map: YAMLMap, key: string | number) => {
    const pairs =
      listed.get(map) ??
      new Map(
        map.items.flatMap((pair) => (isScalar(pair.key) ? [[String(pair.key.value ?? ''), pair]] : [])),
      );
    listed.set(map, pairs);
    return pairs.get(String(key));
  };
  return (path, at = 'value') => {
    let node: unknown = doc.contents;
    let offset = startOf(node);
    for (const [depth, part] of path.entries()) {
      const pair = isMap(node) ? pairOf(node, part) : undefined;
      if (at === 'key' && depth === path.length - 1 && pair !== undefined)
        return startOf(pair.key) ?? offset ?? 0;
      node = isSeq(node) ? node.items[Number(part)] : pair?.value;
      offset = startOf(node) ?? offset;
    }
    return offset ?? 0;
  };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
