import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './root.ts';

/** The program that `resetbench` is. */
export const MAIN = join(ROOT, 'harness', 'cli', 'main.ts');

/** How a command ended, and what it printed. */
export interface Ended {
  /** Exit code; -1 where a signal ended it. */
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs `resetbench` as a person starts it, to its end.
 * @param where `cwd`: the folder of this project where nothing else is said; `env`: beside that of the test
 */
export function resetbench(
  args: readonly string[],
  where: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  const options = { cwd: where.cwd ?? ROOT, env: { ...process.env, ...where.env } };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], options, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}
