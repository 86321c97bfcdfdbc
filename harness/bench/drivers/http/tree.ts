import { XMLParser } from 'fast-xml-parser';
import { HarnessError } from '../../../terms/error.ts';
import type { HttpResponse } from '../../ports/http.ts';
import type { HttpStatus } from '../../ports/recorder-http.ts';
import { isWhole, kindOf, withoutTail } from './body.ts';

/** Levels of a tree that is read; recorders have under ten. */
const DEEPEST = 100;

/** A tree of XML or JSON with the namespaces taken off. */
export type Tree = Readonly<Record<string, unknown>>;

const xml = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: true,
  parseTagValue: false,
  processEntities: true,
});

/** The recorder's own words about a write. */
export function statusOf(answer: HttpResponse): HttpStatus {
  const tree = answer.body.trim() === '' ? {} : (parse(answer.body) ?? {});
  return {
    status: answer.status,
    statusString: text(tree, 'statusString'),
    subStatusCode: text(tree, 'subStatusCode'),
    retryTimes: number(tree, 'retryTimes') ?? number(tree, 'retryLoginTime'),
    lockTime: number(tree, 'lockTime') ?? number(tree, 'unlockTime'),
    body: answer.body,
  };
}

/**
 * What an answer holds. What a cut document lacks is not absent, so it cannot be read at all.
 * @throws HarnessError PORT_PROTOCOL when it cannot be read
 */
export function treeOf(answer: HttpResponse, path: string): Tree {
  const kind = kindOf(answer.body);
  if ((kind === 'XML' || kind === 'JSON') && !isWhole(answer.body))
    throw new HarnessError(
      'PORT_PROTOCOL',
      `${path} answered ${answer.status} with a document that is cut off after ${answer.body.length} characters`,
      {
        port: 'http',
        hint: 'ask again; if it is always cut there, the device or a proxy before it is at fault',
      },
    );
  const tree = parse(answer.body);
  if (tree === undefined) throw unreadable(path, answer);
  return tree;
}

/** undefined for what is no answer of a recorder; a page for people is none. */
export function parse(body: string): Tree | undefined {
  const start = withoutTail(body.trimStart());
  try {
    const value: unknown = start.startsWith('<') ? xml.parse(start) : JSON.parse(start);
    const page = isTree(value) && Object.keys(value).some((root) => root.toLowerCase() === 'html');
    return isTree(value) && !page && !isDeeper(value, DEEPEST) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** An answer that says nothing one can use. */
export function unreadable(path: string, answer: HttpResponse): HarnessError {
  return new HarnessError(
    'PORT_PROTOCOL',
    `${path} answered ${answer.status} with something that is neither XML nor JSON as expected (${answer.body.length} characters)`,
    {
      port: 'http',
      hint: 'see the exchange in the evidence; the address may belong to another kind of device',
    },
  );
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first node of that name, wherever in the tree. */
function node(tree: unknown, name: string): unknown {
  if (Array.isArray(tree)) {
    for (const entry of tree) {
      const found = node(entry, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isTree(tree)) return undefined;
  if (Object.hasOwn(tree, name)) return tree[name];
  for (const value of Object.values(tree)) {
    const found = node(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
/** The first leaf of that name, trimmed. */
export function text(tree: unknown, name: string): string | undefined {
  const value = node(tree, name);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim()
    : undefined;
}
/** The same as a number; undefined for what is none. */
export function number(tree: unknown, name: string): number | undefined {
  const value = text(tree, name);
  return value === undefined || value === '' || Number.isNaN(Number(value)) ? undefined : Number(value);
}
/** The same as a truth value. */
export function flag(tree: unknown, name: string): boolean | undefined {
  const value = text(tree, name)?.toLowerCase();
  return value === undefined || value === '' ? undefined : value === 'true' || value === '1';
}
/** The nodes of that name, be there one or many. */
export function list(tree: unknown, name: string): readonly Tree[] {
  const value = node(tree, name);
  return (Array.isArray(value) ? value : [value]).filter(isTree);
}
/** Every text in a tree. */
export function leaves(tree: unknown): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap(leaves);
  if (isTree(tree)) return Object.values(tree).flatMap(leaves);
  return tree === undefined || tree === null || tree === '' ? [] : [String(tree)];
}
/** A text as XML takes it. */
export function escaped(value: string): string {
  return value.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
/** A property that is there only when it has a value. */
export function given<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  const none: { readonly [P in K]?: V } = {};
  return value === undefined ? none : { ...none, [name]: value };
}
