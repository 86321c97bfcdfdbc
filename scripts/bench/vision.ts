// `npm run bench:vision [-- --json] [-- --only NAME]`: how well and how fast pictures are read.
import { attemptsBench } from './vision/attempts.ts';
import type { VisionBench } from './vision/bench.ts';
import { compareBench } from './vision/compare.ts';
import { needleBench } from './vision/needle.ts';
import { pixelsBench } from './vision/pixels.ts';
import { qrBench } from './vision/qr.ts';

const BENCHES: readonly VisionBench[] = [qrBench, compareBench, needleBench, pixelsBench, attemptsBench];

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const figures: Record<string, number> = {};
const chosen = BENCHES.filter(({ name, byNameOnly }) => (only === undefined ? !byNameOnly : name === only));
for (const bench of chosen) {
  console.log(`\n${bench.name}`);
  Object.assign(figures, await bench.run((line) => console.log(`  ${line}`)));
}
if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
