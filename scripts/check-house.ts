import { globSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { type ParseOptions, parseSync } from '@swc/core';
import { FLOORS, HOUSE, type Room, TEST_FILE } from './house.ts';

/** Something imported, as it is written; `name` is undefined where it is known only when the program runs. */
export interface Import {
  readonly name: string | undefined;
  readonly line: number;
}

interface Span {
  readonly start: number;
}
type Node = Readonly<Record<string, unknown>>;

/**
 * All that a file imports: import and export declarations, `import()` in code and in types, `require`, `import.meta.resolve`.
 * Reads with swc: dependency graphs of modules show no `import('x').T`, and tells no lines.
 * @throws where the file cannot be parsed
 */
export function importsOf(file: string, source: string): readonly Import[] {
  const options: ParseOptions = /\.[cm]?tsx?$/.test(file)
    ? { syntax: 'typescript', target: 'es2024' }
    : { syntax: 'ecmascript', target: 'es2024', importAttributes: true };
  const bytes = Buffer.from(source);
  const imports: Import[] = [];
  // swc counts bytes, from 1.
  const lineOf = ({ start }: Span) =>
    bytes
      .subarray(0, start - 1)
      .toString()
      .split('\n').length;
  walk(parseSync(source, options), (node) => {
    const target = targetOf(node);
    if (target !== undefined) imports.push({ name: textOf(target), line: lineOf(node.span as Span) });
  });
  return imports;
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value && 'span' in value) visit(value as Node);
  for (const inner of Object.values(value)) walk(inner, visit);
}

/** What a node imports from, if it imports. */
function targetOf(node: Node): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return node.source ?? undefined;
    case 'TsImportType':
      return node.argument;
    case 'TsExternalModuleReference':
      return node.expression;
    case 'CallExpression':
      return isImporting(node.callee as Node)
        ? (node.arguments as readonly { readonly expression: unknown }[])[0]?.expression
        : undefined;
    default:
      return undefined;
  }
}

function isImporting(callee: Node): boolean {
  if (callee.type === 'Import') return true;
  if (callee.type === 'Identifier') return callee.value === 'require';
  if (callee.type !== 'MemberExpression') return false;
  const { type, kind, value } = callee.object as Node;
  return (
    (callee.property as Node).value === 'resolve' &&
    ((type === 'MetaProperty' && kind === 'import.meta') || (type === 'Identifier' && value === 'require'))
  );
}

function textOf(target: unknown): string | undefined {
  const { type, value, quasis } = target as Node;
  if (type === 'StringLiteral') return String(value);
  const [only, ...others] = (quasis ?? []) as readonly { readonly cooked?: string }[];
  return type === 'TemplateLiteral' && others.length === 0 ? only?.cooked : undefined;
}

/** The room that a file is in. */
export function roomOf(file: string, house: readonly Room[] = HOUSE): Room | undefined {
  const holds = (room: Room) =>
    room.flat ? posix.dirname(file) === room.folder : file.startsWith(`${room.folder}/`);
  return house.filter(holds).sort((a, b) => b.folder.length - a.folder.length)[0];
}

/** Every import under a folder that the table does not allow, as `file:line ...`; and every file in no room. */
export function checkHouse(
  root: string,
  house: readonly Room[] = HOUSE,
): { readonly files: number; readonly imports: number; readonly findings: readonly string[] } {
  const files = FLOORS.flatMap((floor) =>
    globSync(`${floor}/**/*.{ts,mts,cts,tsx,mjs,cjs,js}`, { cwd: root }),
  );
  const findings: string[] = [];
  let count = 0;
  for (const file of files.sort()) {
    const room = roomOf(file, house);
    if (room === undefined) {
      findings.push(`${file}:1 is in no room: move it, or give its folder a line in scripts/house.ts`);
      continue;
    }
    let imports: readonly Import[] = [];
    try {
      imports = importsOf(file, readFileSync(join(root, file), 'utf8'));
    } catch (error) {
      const [reason] = String(error instanceof Error ? error.message : error).split('\n');
      findings.push(`${file}:1 cannot be read: ${reason}`);
    }
    count += imports.length;
    for (const one of imports) {
      const objection = objectionTo(one.name, file, room, house);
      if (objection !== undefined) findings.push(`${file}:${one.line} ${objection}`);
    }
  }
  return { files: files.length, imports: count, findings };
}

function objectionTo(
  name: string | undefined,
  file: string,
  room: Room,
  house: readonly Room[],
): string | undefined {
  const isTest = TEST_FILE.test(file);
  const may = () => [...room.rooms, ...room.packages].join(', ') || 'nothing';
  const refusal = (what: string) => `imports ${what}, which room ${room.folder} may not (it may: ${may()})`;
  if (name === undefined)
    return isTest || room.computed ? undefined : refusal('what is known only when it runs');
  if (!name.startsWith('.')) {
    const allowed = isTest && !name.startsWith('/');
    return allowed || room.packages.some((pattern) => fits(pattern, name)) ? undefined : refusal(name);
  }
  const target = posix.join(posix.dirname(file), name);
  const other = roomOf(target, house);
  if (other === undefined) return `imports ${name}, which is in no room`;
  if (!isTest && TEST_FILE.test(target)) return `imports ${name}, which is for tests alone`;
  if (other.folder === room.folder || room.rooms.includes(other.folder)) return undefined;
  const inTests = isTest && (room.testRooms === undefined || room.testRooms.includes(other.folder));
  return inTests ? undefined : refusal(target);
}

function fits(pattern: string, name: string): boolean {
  if (pattern.endsWith('*')) return name.startsWith(pattern.slice(0, -1));
  return name === pattern || (!pattern.startsWith('node:') && name.startsWith(`${pattern}/`));
}

if (import.meta.main) {
  const { files, imports, findings } = checkHouse(
    resolve(process.argv[2] ?? join(import.meta.dirname, '..')),
  );
  for (const finding of findings) console.log(finding);
  console.log(`${files} files with ${imports} imports: ${findings.length} not as in scripts/house.ts.`);
  if (imports === 0) console.log('No import was seen at all: is this the right folder?');
  process.exitCode = findings.length > 0 || imports === 0 ? 1 : 0;
}
