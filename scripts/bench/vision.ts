// `npm run bench:vision [-- --json] [-- --only NAME]`: how well and how fast pictures are read.
import type { VisionBench } from './vision/bench.ts';
import { compareBench } from './vision/compare.ts';
import { qrBench } from './vision/qr.ts';

const BENCHES: readonly VisionBench[] = [qrBench, compareBench];

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const figures: Record<string, number> = {};
for (const bench of BENCHES.filter(({ name }) => only === undefined || name === only)) {
  console.log(`\n${bench.name}`);
  Object.assign(figures, await bench.run((line) => console.log(`  ${line}`)));
}
if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
