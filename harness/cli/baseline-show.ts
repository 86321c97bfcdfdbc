import type { ProposedPicture } from '../report/baseline-page.ts';
import type { Box, Pixels } from '../terms/frame.ts';
import type { RunRecord } from '../terms/record.ts';
import { decodePicture } from '../vision/png.ts';
import { sha256Of } from './baselines.ts';
import { decisionOn, examine, type Proposal, stateText } from './proposals.ts';

/** Colour of each state of a picture. */
export const TONES = {
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
      sha256: sha256Of(standing.bytes),
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
    part: await partOf(standing === undefined ? [examined.bytes] : [examined.bytes, standing.bytes]),
    isJudged: examined.state !== 'other-source',
    history: decisions.map(({ decision, sha256, at, reviewer = 'a reviewer not recorded', reason, run }) => ({
      at,
      text: `${decision} by ${reviewer}${reason === undefined ? '' : `: ${reason}`} (run ${run}, picture ${sha256.slice(0, 12)})`,
    })),
  };
}

/** Px of the ground around what is compared, for the eye. */
const EDGE = 12;

/** The part of the screen that holds all that is not transparent, in either picture. */
async function partOf(pictures: readonly Uint8Array[]): Promise<ProposedPicture['part']> {
  const all = await Promise.all(pictures.map(decodePicture));
  const [{ width, height } = { width: 1, height: 1 }] = all;
  const whole = { x: 0, y: 0, width, height };
  const isOneSize = all.every((one) => one.width === width && one.height === height);
  const boxes = all.map(opaqueBox).filter((box) => box !== undefined);
  if (!isOneSize || boxes.length === 0) return { of: { width, height }, box: whole };
  const x = Math.max(0, Math.min(...boxes.map((box) => box.x)) - EDGE);
  const y = Math.max(0, Math.min(...boxes.map((box) => box.y)) - EDGE);
  const right = Math.min(width, Math.max(...boxes.map((box) => box.x + box.width)) + EDGE);
  const bottom = Math.min(height, Math.max(...boxes.map((box) => box.y + box.height)) + EDGE);
  return { of: { width, height }, box: { x, y, width: right - x, height: bottom - y } };
}

function opaqueBox({ width, height, data }: Pixels): Box | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      if (data[(y * width + x) * 4 + 3] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
