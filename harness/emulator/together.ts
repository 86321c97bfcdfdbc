/**
 * Waits for all, like `Promise.all`, but fails only after every one has settled: nothing that started late is left
 * behind by whoever then closes what did start.
 * @throws whatever the first one in the list that failed was rejected with
 */
export async function together<T>(starts: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(starts);
  return Promise.all(starts);
}
