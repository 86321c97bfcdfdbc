// Writes docs/requirements.md from suites/requirements.yaml and suites/defects.yaml; with --check, only says whether
// it is up to date (exit code 1 when not).
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDefects } from '../harness/config/defects.ts';
import { refuse } from '../harness/config/problems.ts';
import { parseRequirements, type Requirement } from '../harness/config/requirements.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'docs', 'requirements.md');

/** The document as Markdown. */
export function requirementsDoc(): string {
  const file = join(root, 'suites', 'requirements.yaml');
  const { requirements = [], sources = {}, problems } = parseRequirements(file, readFileSync(file, 'utf8'));
  const defectsFile = join(root, 'suites', 'defects.yaml');
  const { defects = [], problems: more } = parseDefects(defectsFile, readFileSync(defectsFile, 'utf8'));
  refuse([...problems, ...more]);
  const sections = Map.groupBy(requirements, ({ section }) => section);
  const row = (one: Requirement) => {
    const count = defects.filter(({ requirement }) => requirement === one.id).length;
    return `| ${one.id} | ${cell(one.statement)} | ${cell(one.source)} | ${one.kind} | ${one.channels.join(', ')} | ${conditions(one)} | ${(one.security ?? []).join(', ')} | ${count === 0 ? '' : count} |`;
  };
  return [
    '# Requirements',
    '',
    'Made from `suites/requirements.yaml` by `npm run docs`; not to be edited by hand. *Documented* requirements are the',
    "vendor's own words, *policy* ones follow from them or from good practice, *measured* ones report a figure. *Security*",
    'names the weaknesses ([CWE](https://cwe.mitre.org)) that a recorder has which breaks the requirement; `security.sarif`',
    'of a run holds these requirements. The last column tells by how many defects of `suites/defects.yaml` the case is proved.',
    '',
    ...[...sections].flatMap(([section, all]) => [
      `## ${section}`,
      '',
      '| Id | Statement | Source | Kind | Channels | Applies | Security | Defects |',
      '|---|---|---|---|---|---|---|---|',
      ...all.map(row),
      '',
    ]),
    '## Sources',
    '',
    ...Object.entries(sources).map(([key, { title, address }]) => `- **${key}**: ${title}, <${address}>`),
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function conditions({ applies }: Requirement): string {
  return Object.entries(applies)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('; ');
}

if (import.meta.main) {
  const text = requirementsDoc();
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error('docs/requirements.md is not up to date: npm run docs');
    process.exitCode = 1;
  }
}
