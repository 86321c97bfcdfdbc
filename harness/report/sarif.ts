import type { Invocation, Log, ReportingDescriptor, Run, ToolComponent } from 'sarif';
import type { RequirementRecord, RunRecord } from '../terms/record.ts';
import { type Cell, cellsOf, endingOf } from './reading.ts';
import { DESCRIPTORS, notificationsOf } from './sarif-notices.ts';
import { resultOf } from './sarif-result.ts';
import { isoTime, jsonText } from './text.ts';

/**
 * The requirements about security as SARIF 2.1.0 (OASIS): a rule each, with the weaknesses (CWE) that its breach is; a
 * result for each recorder on which it was decided or does not apply, or the recorder kept it from being decided. What
 * says nothing of the recorder (a bench that failed, what was not reached, a run that was cut) is a notification of the
 * tool and never a result, so that nobody reads it as a weakness found, or as one that is not there.
 */
export function sarifOf(record: RunRecord): string {
  const rules = record.requirements.filter(({ security }) => security !== undefined);
  const indices = new Map(rules.map(({ id }, index) => [id, index]));
  const cells = [...cellsOf(record).values()].flat();
  const ofSecurity = cells.filter(({ requirement }) => indices.has(requirement.id));
  const place = (cell: Cell) => resultOf(cell, indices.get(cell.requirement.id) ?? -1);
  const run: Run = {
    tool: {
      driver: {
        name: 'Resetbench',
        version: record.harness.version,
        ...(SEMANTIC.test(record.harness.version) ? { semanticVersion: record.harness.version } : {}),
        rules: rules.map(ruleOf),
        notifications: [...DESCRIPTORS],
        supportedTaxonomies: [{ name: 'CWE' }],
      },
    },
    taxonomies: [taxonomyOf(rules)],
    automationDetails: { id: `resetbench/${record.id}`, description: { text: `Run ${record.id}` } },
    invocations: [invocationOf(record, ofSecurity)],
    columnKind: 'utf16CodeUnits',
    results: ofSecurity.flatMap(place),
    properties: {
      run: record.id,
      ended: record.ended,
      verdict: record.verdict,
      harness: record.harness,
      duts: record.duts,
      requirementsAboutSecurity: rules.length,
      requirementsLeftOut: record.requirements.length - rules.length,
    },
  };
  const log: Log = { version: '2.1.0', $schema: SCHEMA, runs: [run] };
  return jsonText(log);
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const SEMANTIC = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

function ruleOf({
  id,
  statement,
  source,
  kind,
  section,
  security = [],
}: RequirementRecord): ReportingDescriptor {
  return {
    id,
    shortDescription: { text: statement },
    fullDescription: { text: `${statement} (${kind}; source: ${source})` },
    help: {
      text: `${section}. The evidence lies beside this file, in evidence/. A recorder that breaks this has ${security.join(', ')}.`,
    },
    defaultConfiguration: { level: 'error' },
    relationships: security.map((weakness) => ({
      target: { id: weakness, toolComponent: { name: 'CWE' } },
      kinds: ['relevant'],
    })),
    properties: {
      // The tags by which GitHub files it under security.
      tags: ['security', kind, ...security.map((weakness) => `external/cwe/${weakness.toLowerCase()}`)],
      section,
      source,
    },
  };
}

function taxonomyOf(rules: readonly RequirementRecord[]): ToolComponent {
  const weaknesses = [...new Set(rules.flatMap(({ security = [] }) => security))].sort();
  return {
    name: 'CWE',
    organization: 'MITRE',
    informationUri: 'https://cwe.mitre.org',
    shortDescription: { text: 'The MITRE Common Weakness Enumeration' },
    taxa: weaknesses.map((id) => ({
      id,
      helpUri: `https://cwe.mitre.org/data/definitions/${id.replace(/\D/g, '')}.html`,
    })),
  };
}

function invocationOf(record: RunRecord, cells: readonly Cell[]): Invocation {
  const notes = notificationsOf(record, cells);
  const successful = record.ended === 'complete' && notes.execution.every(({ level }) => level !== 'error');
  return {
    executionSuccessful: successful,
    exitCodeDescription:
      endingOf(record) ?? (successful ? 'complete' : 'complete, but not all came to a verdict'),
    startTimeUtc: isoTime(record.startedAt),
    endTimeUtc: isoTime(record.endedAt),
    ...(record.harness.by === undefined ? {} : { account: record.harness.by }),
    toolExecutionNotifications: [...notes.execution],
    toolConfigurationNotifications: [...notes.configuration],
  };
}
