import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isBaselineFacts } from '../config/learned.ts';
import type { PlannedDut } from '../run/plan.ts';
import type { FindBaseline } from '../terms/baseline.ts';
import { HarnessError } from '../terms/error.ts';
import { decodePicture } from '../vision/png.ts';
import { ROOT } from './root.ts';

/** Where approved pictures lie, if no other folder is named. */
export const BASELINES = join(ROOT, 'suites', 'baselines');

/** What a reviewer said of a picture that a run saw. docs/adr/0019-approving-pictures.md */
export interface Decision {
  readonly decision: 'approved' | 'rejected';
  /** Of the picture's file. */
  readonly sha256: string;
  /** What the picture came through. */
  readonly source: string;
  readonly model: string;
  readonly firmware: string;
  /** Id of the run that saw it. */
  readonly run: string;
  /** ISO 8601, when it was decided. */
  readonly at: string;
  /** Not in approvals of older harnesses, as all that follows. */
  readonly reviewer?: string;
  readonly reason?: string;
  /** Id of the recorder that showed it. */
  readonly dut?: string;
  /** Account that started the run, where the run says it. */
  readonly ranBy?: string;
  /** Commit of the suite that the run was made with, where the run says it. */
  readonly commit?: string;
}

/** The file beside an approved picture: what holds now, and all that was decided. */
export interface BaselineFacts {
  readonly source?: string;
  readonly model?: string;
  readonly firmware?: string;
  readonly run?: string;
  readonly approvedAt?: string;
  /** Of the picture; not in files of older harnesses. */
  readonly sha256?: string;
  /** Oldest first. */
  readonly decisions?: readonly Decision[];
}

/** A screen at the place where its pictures lie. */
export interface ScreenPlace {
  /** `<baselines>/<profile>/<resolution>` */
  readonly folder: string;
  readonly screen: string;
}

/** An approved picture as it lies there. */
export interface Standing {
  /** Of the PNG. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly facts: BaselineFacts & { readonly source: string };
}

/** Where the approved pictures of a profile at a resolution lie. */
export function baselineFolder(
  dut: { readonly profile: string; readonly resolution: string },
  base = BASELINES,
): string {
  return join(base, dut.profile, dut.resolution);
}

/** The kind of source that shows the page of a twin itself, without loss. */
const ORIGINAL = 'chromium';

/** The kind of a source, without name and version: `pikvm` of `pikvm kvmd 4.20`. */
export function sourceKind(source: string): string {
  return /^[a-z0-9]+/.exec(source.toLowerCase())?.[0] ?? 'other';
}

/**
 * Reads approved pictures when they are asked for. A picture that cannot be read is an error, not a missing one. What the
 * page of a twin shows is what its KVM captures; of hardware nobody knows what it drew, and a twin does not say it.
 */
export function baselinesOf(
  { config }: { readonly config: Pick<PlannedDut['config'], 'kind' | 'profile' | 'resolution'> },
  base = BASELINES,
): FindBaseline {
  const place = (screen: string) => ({ folder: baselineFolder(config, base), screen });
  return async (screen, source) => {
    const own = await standingBaseline(place(screen), source);
    const isOwn = own === undefined || own.facts.source === source;
    const original =
      isOwn || config.kind !== 'twin' ? undefined : await standingBaseline(place(screen), ORIGINAL);
    const isOriginal = original !== undefined && sourceKind(original.facts.source) === ORIGINAL;
    const standing = isOriginal ? original : own;
    if (standing === undefined) return undefined;
    try {
      const pixels = await decodePicture(standing.bytes);
      return { pixels, source: standing.facts.source, isOriginal };
    } catch (cause) {
      throw unreadable(standing.file, cause);
    }
  };
}

/**
 * The approved picture of a screen, of the kind of this source if there is one, else the screen's first.
 * @throws HarnessError CONFIG_INVALID where one of its two files is missing, or the picture is not the approved one
 */
export async function standingBaseline(place: ScreenPlace, source: string): Promise<Standing | undefined> {
  for (const path of pathsOf(place, source)) {
    const file = `${path}.png`;
    const bytes = await ifThere(readFile(file));
    if (bytes === undefined) continue;
    const facts = await readFacts(path);
    if (facts?.source === undefined) throw unreadable(file);
    if (facts.sha256 !== undefined && facts.sha256 !== sha256Of(bytes))
      throw new HarnessError('CONFIG_INVALID', `the baseline ${file} is not the picture that was approved`, {
        hint: 'bring both files back as they were committed, or approve it with `resetbench baseline`',
      });
    return { file, bytes, facts: { ...facts, source: facts.source } };
  }
  return undefined;
}

/** All that was decided about pictures of this kind of source on a screen, oldest first. */
export async function decisionsOn(place: ScreenPlace, source: string): Promise<readonly Decision[]> {
  const all = await Promise.all(pathsOf(place, source).map(historyAt));
  return all.flat().sort((a, b) => a.at.localeCompare(b.at));
}

/**
 * Keeps a decision beside the screen's pictures; an approved picture becomes the baseline of its kind of source.
 * @returns the path of the baseline, or of the file with the decision where the picture was rejected
 */
export async function decide(
  place: ScreenPlace,
  { bytes, decision }: { readonly bytes: Uint8Array; readonly decision: Decision },
): Promise<string> {
  await mkdir(place.folder, { recursive: true });
  const path = await pathFor(place, decision.source);
  const decisions = [...(await historyAt(path)), decision];
  const { source, model, firmware, run, at: approvedAt, sha256 } = decision;
  const isApproved = decision.decision === 'approved';
  const facts: BaselineFacts = isApproved
    ? { source, model, firmware, run, approvedAt, sha256, decisions }
    : { ...(await readFacts(path)), decisions };
  if (isApproved) await replace(`${path}.png`, bytes);
  await replace(`${path}.json`, `${JSON.stringify(facts, undefined, 2)}\n`);
  return `${path}.${isApproved ? 'png' : 'json'}`;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Without extension: that of the kind of source, then the screen's first. */
function pathsOf({ folder, screen }: ScreenPlace, source: string): readonly [own: string, first: string] {
  return [join(folder, `${screen}@${sourceKind(source)}`), join(folder, screen)];
}

/** Where a picture of this source belongs: the first kind of a screen has the plain name. */
async function pathFor(place: ScreenPlace, source: string): Promise<string> {
  const [own, first] = pathsOf(place, source);
  if ((await readFacts(own)) !== undefined) return own;
  const taken = (await readFacts(first))?.source;
  return taken === undefined || sourceKind(taken) === sourceKind(source) ? first : own;
}

async function readFacts(path: string): Promise<BaselineFacts | undefined> {
  const text = await ifThere(readFile(`${path}.json`, 'utf8'));
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unreadable(`${path}.png`, cause);
  }
  if (!isBaselineFacts(value)) throw unreadable(`${path}.png`);
  return value as BaselineFacts;
}

/** What a file says was decided; of a file without decisions, the approval that it is. */
async function historyAt(path: string): Promise<readonly Decision[]> {
  const facts = await readFacts(path);
  if (facts?.decisions !== undefined) return facts.decisions;
  const bytes = await ifThere(readFile(`${path}.png`));
  if (facts?.source === undefined || bytes === undefined) return [];
  const { source, model = '', firmware = '', run = '', approvedAt: at = '' } = facts;
  return [{ decision: 'approved', sha256: sha256Of(bytes), source, model, firmware, run, at }];
}

/** Whole or not at all. */
async function replace(path: string, content: Uint8Array | string): Promise<void> {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, content);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}

function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

function unreadable(file: string, cause?: unknown): HarnessError {
  return new HarnessError('CONFIG_INVALID', `the baseline ${file} or the .json beside it cannot be read`, {
    cause,
    hint: 'bring both files back as they were committed, or delete both and approve it again',
  });
}
