// What needles promise: time at a known place and in a whole frame, no false matches, and recall when the picture
// comes through a bad capture chain. For those that come along (suites/needles), and for those cut out of the screens.
import type { Pixels } from '../../../harness/terms/frame.ts';
import { matchNeedle } from '../../../harness/vision/needle/match.ts';
import type { Needle } from '../../../harness/vision/needle/needle.ts';
import { type Scene, sceneOf } from '../../../harness/vision/needle/scene.ts';
import { decodePicture } from '../../../harness/vision/png.ts';
import { quantile, rounded, type VisionBench } from './bench.ts';
import { CHAINS, type Chain, degrade } from './degrade.ts';
import { type Cut, cutNeedles, placeOf, type Shipped, shippedNeedles, type Taken } from './needle-sets.ts';
import { DEFINITION, type Shown, type Truth, truthOf } from './needle-truth.ts';
import { type Photograph, photographScreens } from './screens.ts';

/** Px that a needle may have moved at a known place. */
const NEAR = 10;
/** On every how many-th screen each needle that was cut out is searched, one after the other in turn. */
const IN_TURN = 7;
/** All but the lossless one. */
const BAD_CHAINS = CHAINS.slice(1);

/** What was found so far. */
interface Tally {
  readonly known: number[];
  readonly searches: number[];
  /** Searches of each set, and what became of the matches. */
  readonly looked: { shipped: number; cut: number };
  readonly truths: Map<Truth, number>;
  readonly wrong: string[];
  /** By chain: whether each needle matched after it. */
  readonly shipped: Map<Chain, boolean[]>;
  readonly cut: Map<Chain, boolean[]>;
}

/** Measures on photographed screens, `every` how many-th of them. */
async function measureNeedles(photographs: readonly Photograph[], every = 1) {
  const perChain = () => new Map(BAD_CHAINS.map((chain) => [chain, [] as boolean[]]));
  const tally: Tally = {
    known: [],
    searches: [],
    looked: { shipped: 0, cut: 0 },
    truths: new Map(),
    wrong: [],
    shipped: perChain(),
    cut: perChain(),
  };
  let withoutScreen = 0;
  for (const resolution of new Set(photographs.map((one) => one.resolution))) {
    // Codes and addresses only fill a field of a screen that is there already.
    const shots = photographs.filter(
      (one) => one.resolution === resolution && !/-[1-9]\d*$/.test(one.screen),
    );
    const cut = await cutNeedles(shots);
    const shipped = await shippedNeedles(resolution);
    const homeless = new Set(shipped);
    for (const [number, photograph] of shots.entries()) {
      if (number % every !== 0) continue;
      const shown = { photograph, pixels: await decodePicture(photograph.frame.bytes) };
      const turn = cut.filter((_, at) => (at + number / every) % IN_TURN === 0);
      const home = await search(shown, { shipped, cut: turn, shots }, tally);
      const first = home.filter((one) => homeless.delete(one));
      const own = cut.filter((one) => one.photograph === photograph);
      await degraded(shown.pixels, { shipped: first, cut: own }, tally);
      if (resolution === '1920x1080') clock(shown.pixels, [...first, ...own.slice(0, 12)], tally);
    }
    for (const one of homeless) await degraded(one.picture, { shipped: [one], cut: [] }, tally);
    withoutScreen += homeless.size;
  }
  return { tally, withoutScreen };
}

/** Searches a screen for needles, each in the whole of it. Answers those that come along and are at their places. */
async function search(
  shown: Shown,
  sets: {
    readonly shipped: readonly Shipped[];
    readonly cut: readonly Cut[];
    readonly shots: readonly Photograph[];
  },
  tally: Tally,
): Promise<readonly Shipped[]> {
  const scene = sceneOf(shown.pixels);
  const home: Shipped[] = [];
  for (const one of sets.shipped) {
    tally.looked.shipped += 1;
    const truth = await truthIn(scene, shown, one, sets.shots, tally);
    if (truth === 'listed' && matchNeedle(scene, one.needle).kind === 'match') home.push(one);
  }
  for (const one of sets.cut.filter((one) => one.photograph !== shown.photograph)) {
    tally.looked.cut += 1;
    await truthIn(scene, shown, one, sets.shots, tally);
  }
  return home;
}

async function truthIn(
  scene: Scene,
  shown: Shown,
  one: Taken,
  shots: readonly Photograph[],
  tally: Tally,
): Promise<Truth | undefined> {
  const match = matchNeedle(scene, one.needle, { margin: 'everywhere' });
  if (match.kind !== 'match') return undefined;
  const box = match.areas[0]?.box ?? placeOf(one.needle);
  const truth = await truthOf(one, shown, box, shots);
  tally.truths.set(truth, (tally.truths.get(truth) ?? 0) + 1);
  const { gui, screen, resolution } = shown.photograph;
  if (truth === 'false')
    tally.wrong.push(`false: ${one.from} on ${gui} ${screen} ${resolution} at ${box.x},${box.y}`);
  return truth;
}

/** Whether they still match on a picture that came through each of the bad chains. */
async function degraded(
  pixels: Pixels,
  { shipped, cut }: { readonly shipped: readonly Shipped[]; readonly cut: readonly Cut[] },
  tally: Tally,
): Promise<void> {
  if (shipped.length + cut.length === 0) return;
  for (const chain of BAD_CHAINS) {
    const scene = sceneOf(await degrade(pixels, chain));
    // Within its own margin, as a run looks for it.
    for (const { needle } of shipped)
      tally.shipped.get(chain)?.push(matchNeedle(scene, needle).kind === 'match');
    for (const { needle } of cut)
      tally.cut.get(chain)?.push(matchNeedle(scene, needle, { margin: 0 }).kind === 'match');
  }
}

/** Times them, nothing prepared: at the place, and of three in the whole frame. */
function clock(pixels: Pixels, taken: readonly Taken[], { known, searches }: Tally): void {
  const timed = (needle: Needle, margin: number | 'everywhere') => {
    const from = performance.now();
    matchNeedle(sceneOf(pixels), needle, { margin });
    return performance.now() - from;
  };
  for (const [at, { needle }] of taken.entries()) {
    known.push(timed(needle, NEAR));
    if (at < 3) searches.push(timed(needle, 'everywhere'));
  }
}

const shareOf = (matched: readonly boolean[]) => matched.filter(Boolean).length / matched.length;
const percent = (matched: readonly boolean[]) =>
  `${(shareOf(matched) * 100).toFixed(2)} % of ${matched.length}`;

/** `--every N`: on each N-th screen alone, for a quick look. */
function everyOf(argv: readonly string[]): number {
  const at = argv.indexOf('--every');
  return at < 0 ? 1 : Math.max(1, Number(argv[at + 1]) || 1);
}

export const needleBench: VisionBench = {
  name: 'needle',
  async run(print) {
    const every = everyOf(process.argv);
    const { tally, withoutScreen } = await measureNeedles(await photographScreens(), every);
    const { known, searches, looked, truths, wrong } = tally;
    if (every > 1) print(`thinned: every ${every}th screen alone`);
    for (const chain of BAD_CHAINS)
      print(
        `${chain.name}: shipped ${percent(tally.shipped.get(chain) ?? [])}, cut ${percent(tally.cut.get(chain) ?? [])}`,
      );
    print(
      `of the shipped ones ${withoutScreen} stand on none of these screens: their own pictures came through the chains`,
    );
    print(
      `${looked.shipped} searches for shipped needles: each on every screen of its resolution, of all menus; ${looked.cut} for cut ones: each on every ${IN_TURN}th other screen, in turn`,
    );
    for (const line of DEFINITION) print(line);
    print([...truths].map(([truth, count]) => `${truth}: ${count}`).join(', '));
    for (const line of wrong) print(line);
    const recall = [tally.shipped, tally.cut].map((one) => shareOf([...one.values()].flat()));
    return {
      /** Median at 1080p, the frame decoded, nothing prepared: at its place within 10 px, ms. */
      needle_known_ms: rounded(quantile(known, 0.5), 2),
      /** The same in the whole frame, ms. */
      needle_search_ms: rounded(quantile(searches, 0.5), 1),
      needle_false: wrong.length,
      /** Share that match after a capture chain, of all bad chains: of shipped and cut ones the lower, 0..1. */
      needle_recall_degraded: rounded(Math.min(...recall), 4),
    };
  },
};
