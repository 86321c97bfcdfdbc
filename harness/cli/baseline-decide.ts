import { relative } from 'node:path';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { oneLine } from '../terms/printable.ts';
import type { Args } from './args.ts';
import type { Task } from './baseline.ts';
import { type Decision, decide, sha256Of } from './baselines.ts';
import { decisionOn, type Examined, examine, type Proposal } from './proposals.ts';

const HINT = { hint: 'see `resetbench baseline --help`' };

/**
 * Approves or rejects the chosen pictures. All is checked before anything is written.
 * @throws HarnessError USAGE where it is not said who decides, why or on what, or where they may not
 */
export async function decideOn(task: Task, decision: Decision['decision']): Promise<void> {
  const { args, record } = task;
  const word = decision === 'approved' ? 'approve' : 'reject';
  if (args.positionals[1] === undefined)
    throw new HarnessError('USAGE', `${word} expects the run that was looked at, found none`, HINT);
  const reviewer = said(args, 'reviewer', word);
  const reason = said(args, 'reason', word);
  for (const option of ['dut', 'screen']) said(args, option, word);
  refuseMany(task, word);
  for (const line of await settle({ ...task, reviewer, reason }, decision)) console.log(line);
  if (decision === 'approved' && record.harness.by === undefined)
    console.error(`notice: the run ${record.id} does not say who made it; see that it was not ${reviewer}`);
}

/** Pictures, and who decides about them, why. */
export interface Settlement extends Pick<Task, 'folder' | 'record' | 'damage' | 'chosen'> {
  readonly reviewer: string;
  readonly reason: string;
}

/**
 * Approves or rejects pictures that were looked at.
 * @returns what became of each, one line
 * @throws HarnessError USAGE where they may not; then nothing was written
 */
export async function settle(
  { folder, record, damage, chosen, reviewer, reason }: Settlement,
  decision: Decision['decision'],
): Promise<readonly string[]> {
  if (decision === 'approved') {
    if (damage !== undefined)
      throw new HarnessError('RECORD_UNREADABLE', `the journal of ${record.id} is damaged: ${damage}`, {
        hint: 'nothing of such a run can be approved: run again',
      });
    refuseSelf(reviewer, record.harness.by);
    refuseRivals(chosen);
  }
  const examined = [];
  for (const proposal of chosen) {
    const found = { proposal, examined: await examine(folder, proposal) };
    if (decision === 'rejected' && isStanding(found))
      throw new HarnessError(
        'USAGE',
        `${nameOf(proposal)} is the approved picture of its screen: it cannot be rejected`,
        { hint: 'approve another one in its place, or delete both files of the baseline' },
      );
    examined.push(found);
  }
  // Recorders may share a screen: what one of them has settled is settled for all.
  const settled = new Set<string>();
  const lines: string[] = [];
  for (const found of examined) {
    const { proposal } = found;
    const { dut, ref, facts, place } = proposal;
    const key = `${place.folder} ${facts.name} ${ref.sha256}`;
    if (settled.has(key) || isSettled(found, decision)) {
      lines.push(`${nameOf(proposal)}  is ${decision} already`);
      continue;
    }
    settled.add(key);
    const { by: ranBy, commit } = record.harness;
    const file = await decide(place, {
      bytes: found.examined.bytes,
      decision: {
        decision,
        sha256: ref.sha256,
        source: facts.source,
        model: dut.model,
        firmware: dut.firmware,
        run: record.id,
        at: new Date(systemClock.now()).toISOString(),
        reviewer,
        reason,
        dut: dut.id,
        ...(ranBy === undefined ? {} : { ranBy }),
        ...(commit === undefined ? {} : { commit }),
      },
    });
    lines.push(`${nameOf(proposal)}  ${decision}: ${relative(process.cwd(), file)}`);
  }
  return lines;
}

/** An option that must be given, on one line. */
function said(args: Args, option: string, word: string): string {
  const text = oneLine(args.text(option) ?? '');
  if (text === '') throw new HarnessError('USAGE', `${word} expects --${option}, found none`, HINT);
  return text;
}

/** Several pictures are named one by one, or it is said that each of them is meant. */
function refuseMany({ args, chosen }: Task, word: string): void {
  const hasPattern = ['dut', 'screen'].some((option) => args.text(option)?.includes('*'));
  if (chosen.length < 2 || !hasPattern || args.flag('each')) return;
  throw new HarnessError('USAGE', `${chosen.length} pictures match: ${chosen.map(nameOf).join(', ')}`, {
    hint: `name what you have looked at, or ${word} each of them with --each`,
  });
}

/**
 * What a name comes to, however a person or a directory writes it: capitals, accents, blanks and signs do not count, nor
 * a domain before or behind it; of a name with an address, both.
 */
function formsOf(name: string): readonly string[] {
  const [, mail] = /<([^<>]*)>/.exec(name) ?? [];
  return [name.replace(/<[^<>]*>/, ''), ...(mail === undefined ? [] : [mail])]
    .map((text) =>
      text
        .replace(/^.*[\\/]/, '')
        .replace(/@.*$/s, '')
        .normalize('NFKD')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]/gu, ''),
    )
    .filter((form) => form !== '');
}

function refuseSelf(reviewer: string, by: string | undefined): void {
  const own = formsOf(reviewer);
  if (own.length === 0)
    throw new HarnessError(
      'USAGE',
      `approve expects the name of a person as --reviewer, found ${reviewer}`,
      HINT,
    );
  if (by !== undefined && formsOf(by).some((form) => own.includes(form)))
    throw new HarnessError('USAGE', `${reviewer} made this run and cannot approve its pictures`, {
      hint: 'let another person look at them',
    });
}

/** Recorders of one profile and resolution share a baseline: two pictures of one screen cannot both become it. */
function refuseRivals(chosen: readonly Proposal[]): void {
  const first = new Map<string, Proposal>();
  for (const proposal of chosen) {
    const key = `${proposal.place.folder} ${proposal.facts.name} ${proposal.facts.source}`;
    const other = first.get(key) ?? proposal;
    first.set(key, other);
    if (other.ref.sha256 !== proposal.ref.sha256)
      throw new HarnessError(
        'USAGE',
        `${nameOf(other)} and ${nameOf(proposal)} share one baseline and are not the same picture`,
        { hint: 'approve one of them: --dut with the recorder whose picture is to be kept' },
      );
  }
}

interface Found {
  readonly proposal: Proposal;
  readonly examined: Examined;
}

function isStanding({ proposal, examined: { standing } }: Found): boolean {
  return (
    standing !== undefined &&
    standing.facts.source === proposal.facts.source &&
    sha256Of(standing.bytes) === proposal.ref.sha256
  );
}

/** Whether the same was decided before, by a person who is named. */
function isSettled(found: Found, decision: Decision['decision']): boolean {
  const last = decisionOn(found.proposal, found.examined);
  const isSame = last?.decision === decision && last.reviewer !== undefined;
  return isSame && (decision === 'rejected' || isStanding(found));
}

function nameOf({ dut, facts }: Proposal): string {
  return `${dut.id}  ${facts.name}`;
}
