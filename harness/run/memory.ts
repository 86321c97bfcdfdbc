/**
 * What the allocator of glibc is asked for (mallopt(3)): pictures of some MB are given back to the system as soon as they
 * are freed, and threads share two heaps. By itself it keeps what has the size of pictures in a heap for each thread,
 * which took twice the memory and grew for hours.
 */
const ASKED = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '2' } as const;

/**
 * Begins this program anew, as the same process, where its allocator was not told how to keep memory: it can be told at
 * the start alone. Does nothing where that is settled, or cannot be done.
 */
export function settleMemory(): void {
  const { env, platform, execArgv, argv, execPath, connected } = process;
  const isSettled = Object.keys(ASKED).some((name) => env[name] !== undefined);
  if (platform !== 'linux' || isSettled || connected || typeof process.execve !== 'function') return;
  process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, ...ASKED });
}
