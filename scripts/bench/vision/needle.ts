// What needles promise: time at a known place and in a whole frame, no false matches, and recall when the picture
// comes through a bad capture chain. Prints the figures when run directly.
import type { Box, Item, Pixels } from '../../../harness/terms/frame.ts';
import { matchNeedle } from '../../../harness/vision/needle/match.ts';
import { isInside, type Needle, needleOf } from '../../../harness/vision/needle/needle.ts';
import { type Scene, sceneOf } from '../../../harness/vision/needle/scene.ts';
import { decodePicture } from '../../../harness/vision/png.ts';
import { CHAINS, degrade } from './degrade.ts';
import { type Photograph, photographScreens } from './screens.ts';

export interface NeedleFigures {
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
export interface NeedleReport {
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

interface Shot {
  readonly photograph: Photograph;
  readonly pixels: Pixels;
  readonly scene: Scene;
}
interface Taken {
  readonly shot: Shot;
  readonly needle: Needle;
  readonly box: Box;
}

/** Measures on photographed screens; takes about five minutes. */
export async function measureNeedles(photographs: readonly Photograph[]): Promise<NeedleReport> {
  const found: { readonly recall: number; readonly line: string }[] = [];
  const known: number[] = [];
  const searches: number[] = [];
  const wrong: string[] = [];
  let [matched, tried, looked] = [0, 0, 0];
  for (const resolution of new Set(photographs.map((one) => one.resolution))) {
    const shots: Shot[] = [];
    for (const photograph of photographs.filter((one) => one.resolution === resolution)) {
      // Codes and addresses only fill a field of a screen that is there already.
      if (/-[1-9]$/.test(photograph.screen)) continue;
      const pixels = await decodePicture(photograph.frame.bytes);
      shots.push({ photograph, pixels, scene: sceneOf(pixels) });
    }
    const needles = needlesOf(shots);
    for (const chain of CHAINS.slice(1)) {
      const hits = await recall(shots, needles, chain);
      matched += hits.filter(Boolean).length;
      tried += hits.length;
      const share = hits.filter(Boolean).length / hits.length;
      found.push({
        recall: share,
        line: `${resolution}, ${chain.name}: ${(share * 100).toFixed(2)} % of ${hits.length}`,
      });
    }
    if (resolution === '1920x1080')
      for (const { needle, shot } of needles) {
        known.push(timed(() => matchNeedle(sceneOf(shot.pixels), needle, { margin: NEAR })));
        if (searches.length < 60)
          searches.push(timed(() => matchNeedle(sceneOf(shot.pixels), needle, { margin: 'everywhere' })));
      }
    for (const one of needles.filter((_, at) => at % SEARCHED === 0))
      for (const shot of shots) {
        if (shows(shot.photograph, one.needle.name)) continue;
        looked += 1;
        const match = matchNeedle(shot.scene, one.needle, { margin: 'everywhere' });
        const [area] = match.areas;
        if (match.kind !== 'match' || area === undefined || isSame(shot.pixels, area.box, one)) continue;
        const { gui, screen } = shot.photograph;
        wrong.push(
          `false: "${one.needle.name}" of ${one.shot.photograph.gui} on ${gui} ${screen} ${resolution}`,
        );
      }
  }
  return {
    figures: {
      needle_known_ms: Number(median(known).toFixed(2)),
      needle_search_ms: Number(median(searches).toFixed(1)),
      needle_false: wrong.length,
      needle_recall_degraded: Number((matched / tried).toFixed(4)),
    },
    details: [...found.map(({ line }) => line), `${looked} searches where nothing is to be found`, ...wrong],
  };
}

/** A needle for each text, button and link of each menu, as far as it can be one. */
function needlesOf(shots: readonly Shot[]): readonly Taken[] {
  const known = new Set<string>();
  return shots.flatMap((shot) =>
    shot.photograph.reading.items.flatMap((item): readonly Taken[] => {
      const key = `${shot.photograph.gui}|${item.kind}|${item.text}`;
      const box = { x: item.box.x - 2, y: item.box.y, width: item.box.width + 4, height: item.box.height };
      if (!isStill(item) || known.has(key) || !isInside(box, shot.pixels)) return [];
      known.add(key);
      const area = { kind: 'match' as const, box, other: {} };
      const file = { name: item.text, tags: [], areas: [area], properties: [], other: {}, notices: [] };
      return [{ shot, needle: needleOf(file, shot.pixels), box }];
    }),
  );
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

async function recall(
  shots: readonly Shot[],
  needles: readonly Taken[],
  chain: (typeof CHAINS)[number],
): Promise<readonly boolean[]> {
  const hits: boolean[] = [];
  for (const shot of shots) {
    const own = needles.filter((one) => one.shot === shot);
    if (own.length === 0) continue;
    const scene = sceneOf(await degrade(shot.pixels, chain));
    for (const { needle } of own) hits.push(matchNeedle(scene, needle, { margin: 0 }).kind === 'match');
  }
  return hits;
}

function shows({ reading }: Photograph, text: string): boolean {
  return reading.items.some((item) => item.text.includes(text));
}

/** Whether a place shows a needle's own pixels: windows lie over others whose texts no document lists. */
function isSame(seen: Pixels, at: Box, { shot, box }: Taken): boolean {
  for (let y = 0; y < box.height; y += 1)
    for (let x = 0; x < box.width * 4; x += 1) {
      const one = seen.data[((at.y + y) * seen.width + at.x) * 4 + x] ?? 0;
      const own = shot.pixels.data[((box.y + y) * shot.pixels.width + box.x) * 4 + x] ?? 0;
      if (Math.abs(one - own) > SAME) return false;
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

if (import.meta.main) {
  const { figures, details } = await measureNeedles(await photographScreens());
  for (const line of details) console.log(line);
  console.log(JSON.stringify(figures));
}
