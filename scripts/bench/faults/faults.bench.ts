// `npm run faults -- --json`: faults of benches and of recorders, each injected while a small case runs. Is each blamed on
// whom it belongs to?
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { globs } from '../../../harness/terms/globs.ts';
import type { Judgement } from '../../../harness/terms/judge.ts';
import { seeded } from '../vision/random.ts';
import { AROUND } from './around.fixture.ts';
import { DISKS } from './disks.fixture.ts';
import type { BenchFault, BenchResult } from './fault.ts';
import { LINES } from './lines.fixture.ts';
import { PICTURES } from './pictures.fixture.ts';
import { PRODUCT_FAULTS, playProduct } from './product.ts';
import { SHELVED } from './shelved.fixture.ts';
import { openStage, type Stage } from './stage.ts';
import { SWITCHES } from './switches.fixture.ts';
import { figuresOf, matrixHtml, matrixLines } from './table.ts';

export const BENCH_FAULTS: readonly BenchFault[] = [
  ...LINES,
  ...SWITCHES,
  ...PICTURES,
  ...DISKS,
  ...AROUND,
  ...SHELVED,
];

/** Plays faults one after the other on one twin; before the first of each scene, the scene without any. */
export async function playBench(
  faults: readonly BenchFault[],
  say: (line: string) => void,
): Promise<readonly BenchResult[]> {
  if (faults.length === 0) return [];
  await using stage = await openStage();
  const controls = new Map<string, string | undefined>();
  const results: BenchResult[] = [];
  for (const fault of faults) {
    const missing = fault.missing();
    if (missing !== false) {
      say(`${fault.id} not played: ${missing}`);
      continue;
    }
    if (!controls.has(fault.scene)) controls.set(fault.scene, await control(fault, stage));
    const result = await one(fault, stage, controls.get(fault.scene));
    results.push(result);
    say(`${result.right ? 'right' : 'WRONG'} ${benchLine(result)}`);
  }
  return results;
}

/** What is wrong with a scene in which nothing is injected; undefined where it passes. */
async function control(fault: BenchFault, stage: Stage): Promise<string | undefined> {
  const { verdict, fault: why } = await fault.play(stage, true);
  return verdict === 'pass' ? undefined : `without any fault it is ${verdict}: ${why?.facts ?? ''}`;
}

async function one(fault: BenchFault, stage: Stage, control: string | undefined): Promise<BenchResult> {
  const { id, port, what, when } = fault;
  const from = performance.now();
  const judged = await fault.play(stage, false);
  const wrong = control ?? wrongOf(fault, judged);
  return {
    id,
    port,
    what,
    when,
    verdict: judged.verdict,
    domain: judged.fault?.domain ?? '',
    facts: judged.fault?.facts ?? '',
    cure: judged.fault?.cure ?? '',
    right: wrong === undefined,
    ...(wrong === undefined ? {} : { wrong }),
    milliseconds: Math.round(performance.now() - from),
  };
}

function wrongOf({ expected, names }: BenchFault, { verdict, fault }: Judgement): string | undefined {
  if (verdict !== expected.verdict || fault?.domain !== expected.domain)
    return `expected ${expected.verdict} ${expected.domain ?? ''}`;
  if (fault === undefined) return undefined;
  if (!names.test(`${fault.facts} ${fault.cure ?? ''}`)) return 'it does not name the port';
  return fault.cure === undefined ? 'it names no cure' : undefined;
}

function benchLine({ id, verdict, domain, facts, cure, wrong, milliseconds }: BenchResult): string {
  const why = wrong === undefined ? '' : ` (${wrong})`;
  return `${id}: ${verdict} ${domain}${why}, ${(milliseconds / 1000).toFixed(1)} s: ${facts} / ${cure}`;
}

/** Those that a pattern names, or so many drawn by a seed. */
export function chosen<T extends { readonly id: string }>(
  all: readonly T[],
  {
    only = '*',
    sample,
    seed = 1,
  }: { readonly only?: string; readonly sample?: number; readonly seed?: number },
): readonly T[] {
  const named = all.filter(({ id }) => only.split(',').some((pattern) => globs(pattern.trim(), id)));
  if (sample === undefined) return named;
  const random = seeded(seed);
  const drawn = named.map((fault) => ({ fault, at: random() })).sort((a, b) => a.at - b.at);
  const kept = new Set(drawn.slice(0, sample).map(({ fault }) => fault));
  return named.filter((fault) => kept.has(fault));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string' },
      html: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const choice = {
    ...(values.only === undefined ? {} : { only: values.only }),
    ...(values.sample === undefined ? {} : { sample: Number(values.sample) }),
    seed: Number(values.seed ?? 1),
  };
  const say = (line: string) => console.log(line);
  const matrix = {
    bench: await playBench(chosen(BENCH_FAULTS, choice), say),
    product: await playProduct(chosen(PRODUCT_FAULTS, choice), say),
  };
  console.log(`\n${matrixLines(matrix).join('\n')}`);
  if (values.html !== undefined) await writeFile(values.html, matrixHtml(matrix));
  const figures = figuresOf(matrix);
  if (values.json) console.log(JSON.stringify(figures));
  const { bench_faults, bench_right, product_faults, product_right } = figures;
  process.exitCode =
    bench_faults + product_faults > 0 && bench_right === bench_faults && product_right === product_faults
      ? 0
      : 1;
}
