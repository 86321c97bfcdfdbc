// What needles promise: time at a known place and in a whole frame, no false matches, and recall when the picture
// comes through a bad capture chain. Prints the figures when run directly.
import type { Box, Item, Pixels } from '../../../harness/terms/frame.ts';
import { matchNeedle } from '../../../harness/vision/needle/match.ts';
import { isInside, type Needle, needleOf } from '../../../harness/vision/needle/needle.ts';
import { sceneOf } from '../../../harness/vision/needle/scene.ts';
import { crop, decodePicture } from '../../../harness/vision/png.ts';
import type { VisionBench } from './bench.ts';
import { CHAINS, degrade } from './degrade.ts';
import { type Photograph, photographScreens } from './screens.ts';

interface NeedleFigures {
  /** Median at 1080p, the frame decoded, nothing prepared: at its place within 10 px, ms. */
  readonly needle_known_ms: number;
  /** The same in the whole frame, ms. */
  readonly needle_search_ms: number;
  /** Matches on screens, of all menus in the same resolution, that do not show what the needle shows. */
  readonly needle_false: number;
  /** Share of needles that match at their place after a capture chain; all chains but the lossless one, 0..1. */
  readonly needle_recall_degraded: number;
}
/** The same with what they were made from, to print. */
interface NeedleReport {
  readonly figures: NeedleFigures;
  /** One line each. */
  readonly details: readonly string[];
}

/** Px that a needle may have moved at a known place. */
const NEAR = 10;
/** Every how many-th needle is searched everywhere. */
const SEARCHED = 7;
/**
 * A place where no pixel differs by more is the same thing, whatever the document lists there: levels of 255. Windows
 * of GUI 3.0 let a tenth of what lies behind them through.
 */
const SAME = 26;

interface Taken {
  readonly needle: Needle;
  readonly photograph: Photograph;
  /** What the needle shows, cut out. */
  readonly own: Pixels;
}

/** Measures on photographed screens; takes about five minutes. */
async function measureNeedles(photographs: readonly Photograph[]): Promise<NeedleReport> {
  const known: number[] = [];
  const searches: number[] = [];
  const wrong: string[] = [];
  const hits = new Map(CHAINS.slice(1).map((chain) => [chain, [] as boolean[]]));
  let looked = 0;
  for (const resolution of new Set(photographs.map((one) => one.resolution))) {
    // Codes and addresses only fill a field of a screen that is there already.
    const shots = photographs.filter(
      (one) => one.resolution === resolution && !/-[1-9]\d*$/.test(one.screen),
    );
    const needles = await needlesOf(shots);
    const searched = needles.filter((_, at) => at % SEARCHED === 0);
    for (const photograph of shots) {
      const pixels = await decodePicture(photograph.frame.bytes);
      const own = needles.filter((one) => one.photograph === photograph);
      if (own.length > 0)
        for (const [chain, matched] of hits) {
          const scene = sceneOf(await degrade(pixels, chain));
          for (const { needle } of own)
            matched.push(matchNeedle(scene, needle, { margin: 0 }).kind === 'match');
        }
      if (resolution === '1920x1080')
        for (const [at, { needle }] of own.entries()) {
          known.push(timed(() => matchNeedle(sceneOf(pixels), needle, { margin: NEAR })));
          if (at < 3)
            searches.push(timed(() => matchNeedle(sceneOf(pixels), needle, { margin: 'everywhere' })));
        }
      const scene = sceneOf(pixels);
      for (const one of searched) {
        if (shows(photograph, one.needle.name)) continue;
        looked += 1;
        const match = matchNeedle(scene, one.needle, { margin: 'everywhere' });
        const [area] = match.areas;
        if (match.kind !== 'match' || area === undefined) continue;
        if (isSame(pixels, area.box, one.own)) continue;
        if (await isBehind({ photograph, pixels }, area.box, { text: one.needle.name, shots })) continue;
        const where = `${photograph.gui} ${photograph.screen} ${resolution}`;
        wrong.push(`false: "${one.needle.name}" of ${one.photograph.gui} on ${where}`);
      }
    }
  }
  const all = [...hits.values()].flat();
  const share = (matched: readonly boolean[]) => matched.filter(Boolean).length / matched.length;
  return {
    figures: {
      needle_known_ms: Number(median(known).toFixed(2)),
      needle_search_ms: Number(median(searches).toFixed(1)),
      needle_false: wrong.length,
      needle_recall_degraded: Number(share(all).toFixed(4)),
    },
    details: [
      ...[...hits].map(([{ name }, one]) => `${name}: ${(share(one) * 100).toFixed(2)} % of ${one.length}`),
      `${looked} searches where nothing is to be found`,
      ...wrong,
    ],
  };
}

/** A needle for each text, button and link of each menu, as far as it can be one. */
async function needlesOf(shots: readonly Photograph[]): Promise<readonly Taken[]> {
  const known = new Set<string>();
  const taken: Taken[] = [];
  for (const photograph of shots) {
    const pixels = await decodePicture(photograph.frame.bytes);
    for (const item of photograph.reading.items) {
      const key = `${photograph.gui}|${item.kind}|${item.text}`;
      const box = { x: item.box.x - 2, y: item.box.y, width: item.box.width + 4, height: item.box.height };
      if (!isStill(item) || known.has(key) || !isInside(box, pixels)) continue;
      known.add(key);
      const area = { kind: 'match' as const, box, other: {} };
      const file = { name: item.text, tags: [], areas: [area], properties: [], other: {}, notices: [] };
      taken.push({ photograph, needle: needleOf(file, pixels), own: crop(pixels, box) });
    }
  }
  return taken;
}

/** Whether an item is a short text that does not change by itself. */
function isStill({ kind, text, box }: Item): boolean {
  const isWriting = kind === 'text' || kind === 'button' || kind === 'link';
  return (
    isWriting &&
    text.length > 1 &&
    !/\d\d:\d\d/.test(text) &&
    box.height >= 12 &&
    box.width * box.height < 40_000
  );
}

function shows({ reading }: Photograph, text: string): boolean {
  return reading.items.some((item) => item.text.includes(text));
}

/**
 * Whether a place shows a text that no document lists there since a window lies over its page: another screen of the
 * same menu lists the text at this place, and looks the same there.
 */
async function isBehind(
  { photograph, pixels }: { readonly photograph: Photograph; readonly pixels: Pixels },
  at: Box,
  { text, shots }: { readonly text: string; readonly shots: readonly Photograph[] },
): Promise<boolean> {
  const lists = ({ reading }: Photograph) =>
    reading.items.some(({ text: its, box }) => its.includes(text) && overlap(box, at));
  for (const other of shots) {
    if (other.gui !== photograph.gui || !lists(other)) continue;
    if (isSame(pixels, at, crop(await decodePicture(other.frame.bytes), at))) return true;
  }
  return false;
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Whether a place shows these pixels. */
function isSame(seen: Pixels, at: Box, own: Pixels): boolean {
  for (let y = 0; y < own.height; y += 1)
    for (let x = 0; x < own.width * 4; x += 1) {
      const one = seen.data[((at.y + y) * seen.width + at.x) * 4 + x] ?? 0;
      if (Math.abs(one - (own.data[y * own.width * 4 + x] ?? 0)) > SAME) return false;
    }
  return true;
}

function timed(body: () => unknown): number {
  const from = performance.now();
  body();
  return performance.now() - from;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Needles cut out of the twins' own screens, found again on these and on the other screens of all menus. */
export const needleBench: VisionBench = {
  name: 'needle',
  async run(print) {
    const { figures, details } = await measureNeedles(await photographScreens());
    for (const line of details) print(line);
    return { ...figures };
  },
};
