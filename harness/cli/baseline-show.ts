import type { ProposedPicture } from '../report/baseline-page.ts';
import type { RunRecord } from '../terms/record.ts';
import { decisionOn, examine, type Proposal, stateText } from './proposals.ts';

const TONES = {
  new: 'none',
  same: 'pass',
  differs: 'fail',
  'other-size': 'fail',
  'other-source': 'inconc',
} as const;

/** A proposed picture with all that a reviewer is shown of it. */
export async function pictureOf(
  folder: string,
  record: RunRecord,
  proposal: Proposal,
): Promise<ProposedPicture> {
  const { dut, ref, facts } = proposal;
  const examined = await examine(folder, proposal);
  const { standing, decisions } = examined;
  const difference = await examined.difference();
  const decision = decisionOn(proposal, examined);
  const last = decisions.findLast(({ decision, sha256 }) => {
    return decision === 'approved' && sha256 === standing?.facts.sha256;
  });
  const now = standing?.facts;
  const approved = standing && {
    png: standing.bytes,
    facts: {
      run: now?.run,
      commit: last?.commit,
      'started by': last?.ranBy,
      source: now?.source,
      model: now?.model,
      firmware: now?.firmware,
      approved: now?.approvedAt,
      reviewer: last?.reviewer,
      reason: last?.reason,
    },
  };
  const { by, commit } = record.harness;
  return {
    dut: dut.id,
    screen: facts.name,
    state: stateText(proposal, examined),
    tone: TONES[examined.state],
    ...(decision === undefined ? {} : { decision: decision.decision }),
    seen: {
      png: examined.bytes,
      facts: {
        run: record.id,
        commit,
        'started by': by,
        source: facts.source,
        model: dut.model,
        firmware: dut.firmware,
        seen: new Date(ref.at).toISOString(),
        sha256: ref.sha256,
      },
    },
    ...(approved === undefined ? {} : { approved }),
    ...(difference === undefined ? {} : { difference }),
    isJudged: examined.state !== 'other-source',
    history: decisions.map(
      ({ decision, sha256, at, reviewer = 'nobody named', reason = 'no reason given', run }) => ({
        at,
        text: `${decision} by ${reviewer}: ${reason} (run ${run}, picture ${sha256.slice(0, 12)})`,
      }),
    ),
  };
}
