import sharp from 'sharp';
import type { EvidenceRef, RunRecord } from '../terms/record.ts';
import { evidenceName, evidenceOf, isPicture } from './reading.ts';

/** Reads a piece of evidence; rejects where it is missing. */
export type ReadEvidence = (ref: EvidenceRef) => Promise<Uint8Array>;

/** A piece of evidence as the page has it. `linked` = not embedded for its size; it lies beside the page. */
export type Embedded =
  | {
      readonly state: 'picture';
      readonly id: number;
      readonly width: number;
      readonly height: number;
      readonly mime: string;
      readonly base64: string;
    }
  | { readonly state: 'text'; readonly id: number; readonly text: string; readonly cutAt?: number }
  | { readonly state: 'linked' }
  | { readonly state: 'missing'; readonly why: string };

export interface EmbedLimits {
  /** Screens; shrinking one costs about 20 ms of processor. */
  readonly screens: number;
  /** All pictures together, bytes before base64. */
  readonly pictureBytes: number;
  /** All texts together, characters. */
  readonly textLength: number;
  /** One text, characters. */
  readonly oneText: number;
}
export const EMBED_LIMITS: EmbedLimits = {
  screens: 300,
  pictureBytes: 17_000_000,
  textLength: 6_000_000,
  oneText: 40_000,
};

/**
 * Every piece of evidence of a run, once each by its sha256, shrunk to WebP as far as the number of pictures asks for.
 * Cases that did not pass come first, so that the limits cost them nothing; what is beyond them lies beside the page.
 */
export async function embedEvidence(
  record: RunRecord,
  read: ReadEvidence,
  limits = EMBED_LIMITS,
): Promise<ReadonlyMap<string, Embedded>> {
  const refs = refsByNeed(record);
  const quality = qualityFor(Math.min(limits.screens, refs.filter(isScreen).length));
  const embedded = new Map<string, Embedded>();
  const places = new Map(refs.map(({ sha256 }, place) => [sha256, place]));
  const left = { screens: limits.screens, pictures: limits.pictureBytes, text: limits.textLength };
  let next = 0;
  const work = async () => {
    for (let id = next++; id < refs.length; id = next++) {
      const ref = refs[id];
      if (ref)
        embedded.set(ref.sha256, await embedOne({ ref, id, read, quality, left, oneText: limits.oneText }));
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  // In the order of need, whatever was ready first: the same run gives the same page, which may have been signed.
  return new Map([...embedded].sort(([a], [b]) => (places.get(a) ?? 0) - (places.get(b) ?? 0)));
}

/** sharp works in four threads of its own; more readers only hold more frames in memory. */
const WORKERS = 4;

interface Quality {
  readonly width: number;
  readonly quality: number;
}
interface Task {
  readonly ref: EvidenceRef;
  readonly id: number;
  readonly read: ReadEvidence;
  readonly quality: Quality;
  readonly left: { screens: number; pictures: number; text: number };
  readonly oneText: number;
}

async function embedOne(task: Task): Promise<Embedded> {
  const { ref, id, left } = task;
  if (evidenceName(ref) === undefined)
    return { state: 'missing', why: 'the record names no file that evidence can have' };
  if (isPicture(ref) ? left.pictures <= 0 : left.text <= 0) return { state: 'linked' };
  // Its screen stands there as a frame already.
  if (ref.kind === 'screen') return { state: 'linked' };
  if (isScreen(ref) && left.screens-- <= 0) return { state: 'linked' };
  try {
    const bytes = await task.read(ref);
    if (!isPicture(ref)) return embedText(task, bytes);
    const image = sharp(bytes);
    // A code or a difference must stay exact; both are small.
    const shrunk =
      ref.kind === 'qr'
        ? image.webp({ lossless: true, effort: 0 })
        : image
            .resize({ width: task.quality.width, withoutEnlargement: true, kernel: 'linear' })
            .webp({ quality: task.quality.quality, effort: 0 });
    const { data, info } = await shrunk.toBuffer({ resolveWithObject: true });
    if (data.length > left.pictures) return { state: 'linked' };
    left.pictures -= data.length;
    return {
      state: 'picture',
      id,
      width: info.width,
      height: info.height,
      mime: 'image/webp',
      base64: data.toString('base64'),
    };
  } catch (error) {
    return {
      state: 'missing',
      why:
        error instanceof Error && 'code' in error && error.code === 'ENOENT'
          ? 'no such file in evidence/'
          : 'the file cannot be read',
    };
  }
}

function embedText(task: Task, bytes: Uint8Array): Embedded {
  const whole = new TextDecoder().decode(bytes);
  const room = Math.min(task.oneText, task.left.text);
  task.left.text -= Math.min(whole.length, room);
  return whole.length <= room
    ? { state: 'text', id: task.id, text: whole }
    : { state: 'text', id: task.id, text: whole.slice(0, room), cutAt: room };
}

/** Few pictures are kept large; thousands are kept just readable. */
function qualityFor(pictures: number): Quality {
  if (pictures <= 200) return { width: 960, quality: 66 };
  if (pictures <= 1200) return { width: 640, quality: 60 };
  return { width: 480, quality: 55 };
}

function isScreen(ref: EvidenceRef): boolean {
  return isPicture(ref) && ref.kind !== 'qr' && ref.kind !== 'screen';
}

/** First all of what did not pass, then what passes rest on (expectations, last screens, texts, codes), then the rest. */
function refsByNeed(record: RunRecord): readonly EvidenceRef[] {
  const needs: readonly EvidenceRef[][] = [[], [], []];
  for (const one of record.cases) {
    for (const attempt of one.attempts) {
      const refs = evidenceOf(attempt);
      const decisive = new Set(
        attempt.expectations.flatMap((expectation) => expectation.evidence.map((ref) => ref.sha256)),
      );
      const last = refs.findLast(isScreen);
      for (const ref of refs) {
        const need =
          one.verdict !== 'pass' || one.flaky
            ? 0
            : !isScreen(ref) || ref === last || decisive.has(ref.sha256)
              ? 1
              : 2;
        needs[need]?.push(ref);
      }
    }
  }
  return [
    ...new Map(
      needs
        .flat()
        .toReversed()
        .map((ref) => [ref.sha256, ref]),
    ).values(),
  ].toReversed();
}
