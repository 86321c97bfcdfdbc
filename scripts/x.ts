import { measureRun } from './bench/run.ts';
console.log(await measureRun(process.argv.slice(2)));
