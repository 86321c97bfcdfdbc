import { XMLParser } from 'fast-xml-parser';

/** Content of an element: text, children by name (a list repeats the name), or nothing. */
export type XmlContent = string | number | boolean | XmlFields;
export interface XmlFields {
  readonly [name: string]: XmlContent | readonly XmlContent[] | undefined;
}

/** The two dialects of the HTTP face; clients must look at local names only. */
const DIALECTS = {
  hikvision: { namespace: 'http://www.hikvision.com/ver20/XMLSchema', version: '1.0' },
  isapi: { namespace: 'http://www.isapi.org/ver20/XMLSchema', version: '2.0' },
} as const;

/** A document with one root element in the given dialect. */
export function xmlDocument(root: string, fields: XmlFields, dialect: keyof typeof DIALECTS): string {
  const { namespace, version } = DIALECTS[dialect];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} version="${version}" xmlns="${namespace}">\n${children(fields)}</${root}>\n`;
}

function children(fields: XmlFields): string {
  return Object.entries(fields)
    .flatMap(([name, value]) => {
      const values = Array.isArray(value) ? value : [value];
      return values.filter((one) => one !== undefined).map((one) => element(name, one));
    })
    .join('');
}

function element(name: string, content: XmlContent): string {
  if (typeof content === 'object') return `<${name}>\n${children(content)}</${name}>\n`;
  return `<${name}>${escapeXml(String(content))}</${name}>\n`;
}

/** Text as it may stand in an element or attribute. */
export function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": 'apos',
  };
  return text.replace(/[&<>"']/g, (char) => `&${names[char]};`);
}

const parser = new XMLParser({
  removeNSPrefix: true,
  parseTagValue: false,
  ignoreDeclaration: true,
  trimValues: false,
});

/** Children of the root element as local names; undefined when it is not that document. */
export function parseXml(text: string, root: string): Readonly<Record<string, unknown>> | undefined {
  if (text.includes('<!DOCTYPE')) return undefined;
  try {
    const parsed: unknown = parser.parse(text, true);
    return record(record(parsed)?.[root]);
  } catch {
    return undefined;
  }
}

/** The text of a child, or undefined. */
export function textOf(
  fields: Readonly<Record<string, unknown>> | undefined,
  name: string,
): string | undefined {
  const value = fields?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** A value as an object, where it is one. */
export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
