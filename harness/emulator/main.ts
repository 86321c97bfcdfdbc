// The emulator: recorder twins and their app-and-mail service, as a program of its own.
//   node harness/emulator/main.ts [PLAN.json]      without a file the plan is the first line of standard input
// Prints one ready line, and ends when its standard input closes, on SIGTERM and on SIGINT.
// Exit codes: 0 ended as told, 1 something unexpected, 2 wrong usage or a wrong plan (every problem with its place).
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { startEmulator } from './emulator.ts';
import { type PlanReading, readPlan } from './plan.ts';

/** Standard input: its first line, if there is one before its end, and its end. */
function listen(): { readonly line: Promise<string | undefined>; readonly ended: Promise<void> } {
  const lines = createInterface({ input: process.stdin });
  const ended = new Promise<void>((resolve) => lines.once('close', resolve));
  const first = new Promise<string>((resolve) => lines.once('line', resolve));
  return { line: Promise.race([first, ended.then(() => undefined)]), ended };
}

function readFile(path: string): PlanReading {
  try {
    return readPlan(readFileSync(path, 'utf8'), path);
  } catch (error) {
    return { problems: [`${path}: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

async function main(): Promise<number> {
  const { line, ended } = listen();
  const stopped = new Promise<'stopped'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('stopped'));
  });
  const [file, ...more] = process.argv.slice(2);
  if (more.length > 0) {
    console.error('usage: node harness/emulator/main.ts [PLAN.json]');
    return 2;
  }
  const first = file === undefined ? await Promise.race([line, stopped]) : undefined;
  if (first === 'stopped') return 0;
  const read = file === undefined ? readPlan(first ?? '', 'standard input') : readFile(file);
  if ('problems' in read) {
    console.error(read.problems.join('\n'));
    return 2;
  }
  await using emulator = await startEmulator(read.plan);
  console.log(JSON.stringify(emulator.ready));
  await Promise.race([stopped, ended]);
  return 0;
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(error);
    return 1;
  }),
);
