import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExpectedFailure } from '../terms/expected.ts';
import type { DutRecord, RunRecord } from '../terms/record.ts';
import { type Verdict, worst } from '../terms/verdict.ts';

/** A run of few cases: verdicts by DUT and requirement; `error pass` are two attempts. */
export interface SmallRun {
  /** `YYYY-MM-DD`; it begins at 22:00 UTC. */
  readonly day: string;
  readonly firmware?: string;
  readonly ended?: RunRecord['ended'];
  readonly cases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly expected?: ExpectedFailure;
  readonly notRun?: RunRecord['notRun'];
  readonly dut?: Partial<DutRecord>;
}

/** The record of a small run. */
export function smallRecord(run: SmallRun): RunRecord {
  const startedAt = Date.parse(`${run.day}T22:00:00Z`);
  const duts = Object.keys(run.cases);
  const cases = Object.entries(run.cases).flatMap(([dut, of]) =>
    Object.entries(of).map(([requirement, words]) => {
      const verdicts = words.split(' ') as readonly Verdict[];
      return {
        ...{
          dut,
          requirement,
          title: requirement,
          verdict: verdicts.at(-1) ?? 'none',
          flaky: verdicts.length > 1,
        },
        ...(run.expected === undefined ? {} : { expected: run.expected }),
        attempts: verdicts.map((verdict) => ({
          ...{ verdict, at: startedAt, milliseconds: 100, steps: [], measurements: [] },
          expectations:
            verdict === 'pass' || verdict === 'fail'
              ? [
                  {
                    title: 'it holds',
                    verdict,
                    at: startedAt,
                    expected: 'yes',
                    seen: verdict === 'pass' ? 'yes' : 'no',
                    evidence: [],
                  },
                ]
              : [],
          ...(verdict === 'error' && {
            reason: 'The port closed.',
            fault: { domain: 'bench', rule: 'a port is gone', facts: 'serial' } as const,
          }),
          ...(verdict === 'inconc' && {
            reason: 'Not reached.',
            fault: { domain: 'unknown', rule: 'a screen was not reached', facts: 'none' } as const,
          }),
          ...(verdict === 'fail' && {
            fault: { domain: 'product', rule: 'an expectation does not hold', facts: 'no' } as const,
          }),
        })),
      };
    }),
  );
  const ids = [
    ...new Set([
      ...cases.map(({ requirement }) => requirement),
      ...(run.notRun ?? []).map(({ requirement }) => requirement),
    ]),
  ];
  return {
    ...{
      schema: 1,
      id: `${run.day}T220000Z-0001`,
      startedAt,
      endedAt: startedAt + 60_000,
      ended: run.ended ?? 'complete',
    },
    verdict: worst(cases.map(({ verdict }) => verdict)),
    harness: { version: '0.1.0', node: 'v24.0.0', platform: 'linux x64' },
    duts: duts.map((id) => ({
      ...{
        id,
        kind: 'twin',
        family: 'nvr',
        model: 'NVR 32',
        firmware: run.firmware ?? 'V4.20.000',
        gui: '4.0',
      },
      ...{ serialNumber: '1', profile: 'nvr', resolution: '1280x720', ...run.dut },
    })),
    requirements: ids.map((id) => ({
      id,
      statement: `It keeps ${id}`,
      source: 'manual',
      kind: 'documented',
      section: 'Reset',
    })),
    cases,
    notRun: run.notRun ?? [],
  };
}

/** Writes the `run.json` of small runs into a folder of runs. */
export async function writeRuns(folder: string, ...runs: readonly SmallRun[]): Promise<void> {
  for (const run of runs) {
    const record = smallRecord(run);
    await mkdir(join(folder, record.id), { recursive: true });
    await writeFile(join(folder, record.id, 'run.json'), JSON.stringify(record));
  }
}
