import { statSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../terms/error.ts';
import { oneLine } from '../terms/printable.ts';
import type { RunRecord } from '../terms/record.ts';
import type { BaselineDesk } from '../web/baselines.ts';
import { settle } from './baseline-decide.ts';
import { TONES } from './baseline-show.ts';
import { decisionOn, examine, type Proposal, proposalsIn, stateText } from './proposals.ts';
import { readRun } from './render.ts';

interface Read {
  readonly stamp: string;
  readonly record: RunRecord;
  readonly damage: string | undefined;
  readonly proposals: readonly Proposal[];
}

/** Runs whose proposals are kept at hand. */
const KEPT = 4;

/**
 * What the pages ask about pictures, answered by the rules of `resetbench baseline`.
 * @param reports folder of runs @param baselines folder of approved pictures
 */
export function baselineDesk(reports: string, baselines: string): BaselineDesk {
  const kept = new Map<string, Read>();

  /** A journal is read again when it changed. */
  async function read(folder: string): Promise<Read> {
    const path = join(reports, folder);
    const { size, mtimeMs } = statSync(join(path, 'events.jsonl'), { throwIfNoEntry: false }) ?? {};
    const stamp = `${size} ${mtimeMs}`;
    const known = kept.get(folder);
    if (known?.stamp === stamp) return known;
    const { record, damage } = await readRun(path);
    const fresh = { stamp, record, damage, proposals: proposalsIn(record, baselines) };
    const [oldest] = kept.keys();
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(folder, fresh);
    return fresh;
  }

  const find = ({ proposals }: Read, dut: string, screen: string) =>
    proposals.find((one) => one.dut.id === dut && one.facts.name === screen);

  return {
    async waiting(folder) {
      const found = [];
      for (const proposal of (await read(folder)).proposals) {
        const examined = await examine(join(reports, folder), proposal);
        if (examined.state === 'same' || decisionOn(proposal, examined) !== undefined) continue;
        found.push({
          dut: proposal.dut.id,
          screen: proposal.facts.name,
          sha256: proposal.ref.sha256,
          state: stateText(proposal, examined),
          tone: TONES[examined.state],
          hasApproved: examined.standing !== undefined,
          hasDifference: examined.state === 'differs' || examined.state === 'other-source',
        });
      }
      return found;
    },
    async picture(folder, dut, screen, kind) {
      const proposal = find(await read(folder), dut, screen);
      if (proposal === undefined) return undefined;
      const examined = await examine(join(reports, folder), proposal);
      if (kind === 'seen') return examined.bytes;
      return kind === 'approved' ? examined.standing?.bytes : examined.difference();
    },
    async decide({ folder, dut, screen, sha256, decision, reviewer, reason }) {
      const run = await read(folder);
      const proposal = find(run, dut, screen);
      if (proposal === undefined) throw new HarnessError('USAGE', 'the run compared no such screen');
      if (proposal.ref.sha256 !== sha256)
        throw new HarnessError('USAGE', 'the picture is another than the one that was looked at', {
          hint: 'look at it again',
        });
      if (oneLine(reason) === '')
        throw new HarnessError('USAGE', 'a decision needs a reason, which is kept with the picture');
      const lines = await settle(
        { ...run, folder: join(reports, folder), chosen: [proposal], reviewer, reason: oneLine(reason) },
        decision,
      );
      return lines.join('; ');
    },
  };
}
