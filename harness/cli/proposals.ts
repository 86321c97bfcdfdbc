import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SAME_SHARE } from '../flow/appearance.ts';
import { HarnessError } from '../terms/error.ts';
import type { DutRecord, EvidenceRef, RunRecord, ScreenFacts } from '../terms/record.ts';
import { comparePictures } from '../vision/compare.ts';
import { decodePicture, encodePng } from '../vision/png.ts';
import {
  baselineFolder,
  type Decision,
  decisionsOn,
  type ScreenPlace,
  type Standing,
  sha256Of,
  sourceKind,
  standingBaseline,
} from './baselines.ts';

/** A screen that a run made comparable: a picture that can become a baseline. */
export interface Proposal {
  readonly dut: DutRecord;
  readonly ref: EvidenceRef;
  readonly facts: ScreenFacts;
  readonly place: ScreenPlace;
}

/** A proposed picture beside the approved one. */
export interface Examined {
  readonly bytes: Uint8Array;
  readonly state: 'new' | 'same' | 'differs' | 'other-source' | 'other-size';
  /** Of differing pixels, 0..1, where they were compared. */
  readonly share?: number;
  readonly standing?: Standing;
  /** Oldest first; all about this screen through this kind of source. */
  readonly decisions: readonly Decision[];
  /** A PNG of what differs; nothing where the two cannot be laid over each other, or are one file. */
  difference(): Promise<Uint8Array | undefined>;
}

/**
 * Every screen made comparable in a run; of several of one name on one recorder, the last.
 * @param baselines folder of the approved pictures
 * @throws HarnessError RECORD_UNREADABLE where a name in the record can be none of a file
 */
export function proposalsIn(record: RunRecord, baselines: string): readonly Proposal[] {
  const found = new Map<string, Proposal>();
  for (const one of record.cases) {
    const dut = record.duts.find(({ id }) => id === one.dut);
    const steps = one.attempts.at(-1)?.steps ?? [];
    for (const ref of steps.flatMap(({ evidence }) => evidence)) {
      const facts = ref.screen;
      if (dut === undefined || facts === undefined) continue;
      // A record may come from elsewhere: nothing in it may lead out of the folders.
      const names = [facts.name, dut.profile, dut.resolution];
      if (!/^[0-9a-f]{64}$/.test(ref.sha256) || !names.every((name) => /^[a-z0-9][a-z0-9-]*$/i.test(name)))
        throw new HarnessError('RECORD_UNREADABLE', `a screen of ${dut.id} has a name that no file can have`);
      const place = { folder: baselineFolder(dut, baselines), screen: facts.name };
      found.set(`${dut.id} ${facts.name}`, { dut, ref, facts, place });
    }
  }
  return [...found.values()];
}

/**
 * Reads a proposed picture and lays it beside the approved one.
 * @param folder of the run
 * @throws HarnessError RECORD_UNREADABLE where the evidence is gone or altered; CONFIG_INVALID for a broken baseline
 */
export async function examine(folder: string, { ref, facts, place }: Proposal): Promise<Examined> {
  const bytes = await evidence(folder, ref);
  const [standing, decisions] = await Promise.all([
    standingBaseline(place, facts.source),
    decisionsOn(place, facts.source),
  ]);
  const nothing = async () => undefined;
  if (standing === undefined) return { bytes, state: 'new', decisions, difference: nothing };
  const both = { bytes, standing, decisions };
  const isOther = standing.facts.source !== facts.source;
  if (ref.sha256 === sha256Of(standing.bytes) && !isOther)
    return { ...both, state: 'same', share: 0, difference: nothing };
  const [seen, approved] = [await decodePicture(bytes), await decodePicture(standing.bytes)];
  if (seen.width !== approved.width || seen.height !== approved.height)
    return { ...both, state: isOther ? 'other-source' : 'other-size', difference: nothing };
  const compared = comparePictures(seen, approved, { masks: [] });
  const { share } = compared;
  const difference = () => encodePng(compared.difference);
  // Pixels of two sources differ where nothing else does: the share would say nothing.
  if (isOther) return { ...both, state: 'other-source', difference };
  return { ...both, state: share <= SAME_SHARE ? 'same' : 'differs', share, difference };
}

/** The last word on this very picture. */
export function decisionOn({ ref, facts }: Proposal, { decisions }: Examined): Decision | undefined {
  return decisions.findLast(({ sha256, source }) => sha256 === ref.sha256 && source === facts.source);
}

/** The state as a person reads it. */
export function stateText({ facts }: Proposal, { state, share = 0, standing }: Examined): string {
  const approved = standing?.facts.source ?? '';
  switch (state) {
    case 'new':
      return 'new: no baseline';
    case 'same':
      return share === 0 ? 'same' : `same (${percent(share)} differs)`;
    case 'differs':
      return `differs by ${percent(share)}`;
    case 'other-size':
      return 'differs in size';
    case 'other-source':
      return sourceKind(approved) === sourceKind(facts.source)
        ? `other source: ${facts.source} here, ${approved} approved`
        : `other source: none approved through ${sourceKind(facts.source)}, one through ${approved}`;
  }
}

/** A small share must not look like none. */
function percent(share: number): string {
  const value = share * 100;
  return `${value < 0.001 ? '<0.001' : value.toFixed(3)} %`;
}

async function evidence(folder: string, ref: EvidenceRef): Promise<Uint8Array> {
  const file = join(folder, 'evidence', `${ref.sha256}.png`);
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new HarnessError('RECORD_UNREADABLE', `the picture ${file} cannot be read`, {
      cause,
      hint: 'evidence of a run belongs to it: keep both together, or run again',
    });
  });
  if (sha256Of(bytes) !== ref.sha256)
    throw new HarnessError('RECORD_UNREADABLE', `the picture ${file} was altered after the run`);
  return bytes;
}
