// `npm run bench:vision [-- --json] [-- --only NAME] [-- --every N]`: how well and how fast pictures are read. `--every 7`
// takes each seventh of the pictures with a QR, for a quick look: figures are those of all of them.
import { attemptsBench } from './vision/attempts.ts';
import type { VisionBench } from './vision/bench.ts';
import { compareBench } from './vision/compare.ts';
import { needleBench } from './vision/needle.ts';
import { pixelsBench } from './vision/pixels.ts';
import { qrBench } from './vision/qr.ts';

const BENCHES: readonly VisionBench[] = [qrBench, compareBench, needleBench, pixelsBench, attemptsBench];

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const every = process.argv.includes('--every')
  ? Number(process.argv[process.argv.indexOf('--every') + 1])
  : 1;
if (!Number.isInteger(every) || every < 1) throw new Error('--every needs a whole number from 1');
const figures: Record<string, number> = {};
const chosen = BENCHES.filter(({ name, byNameOnly }) => (only === undefined ? !byNameOnly : name === only));
for (const bench of chosen) {
  console.log(`\n${bench.name}`);
  Object.assign(figures, await bench.run((line) => console.log(`  ${line}`), every));
}
if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
