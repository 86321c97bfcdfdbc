// The emulator: recorder twins and their app-and-mail service, as a program of its own.
//   node harness/emulator/main.ts [PLAN.json]      without a file the plan is the first line of standard input
// Ends when its standard input closes, on SIGTERM and on SIGINT.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { startEmulator } from './emulator.ts';
import { readPlan } from './plan.ts';

/** The plan's text, and what resolves when standard input has ended. */
async function input(
  file: string | undefined,
): Promise<{ readonly text: string; readonly ended: Promise<void> }> {
  const lines = createInterface({ input: process.stdin });
  const ended = new Promise<void>((resolve) => lines.once('close', resolve));
  if (file !== undefined) {
    // Nothing more is expected there, but its end is.
    lines.on('line', () => undefined);
    return { text: readFileSync(file, 'utf8'), ended };
  }
  const first = new Promise<string>((resolve) => lines.once('line', resolve));
  return { text: await Promise.race([first, ended.then(() => '')]), ended };
}

async function main(): Promise<number> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const { text, ended } = await input(process.argv[2]);
  const read = readPlan(text);
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
