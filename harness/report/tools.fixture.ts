import { spawnSync } from 'node:child_process';

/**
 * Why a test that needs a program cannot run here, as tap's `skip` takes it; where CI is set it runs, and fails.
 * @param package Debian's, that brings it
 */
export function without(program: string, debian: string): string | false {
  const found = spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
  return found || process.env.CI !== undefined
    ? false
    : `no ${program} on this machine: apt-get install ${debian}`;
}

/** What a program says of a file, and its exit code. */
export function ask(
  program: string,
  args: readonly string[],
): { readonly status: number | null; readonly output: string; readonly problems: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1e8 });
  if (error !== undefined) throw error;
  return { status, output: stdout, problems: stderr };
}
