/** One part of `npm run bench:vision`. Each stands in a file of its own beside this one, and in the list of ../vision.ts. */
export interface VisionBench {
  readonly name: string;
  /** Takes long, and is run with `--only` alone. */
  readonly byNameOnly?: true;
  /**
   * Measures, prints what it found for people, and answers with the figures by their ids.
   * @param every of many cases only each so manyth, for a quick look; benches without a matrix do not heed it
   */
  readonly run: (print: (line: string) => void, every: number) => Promise<Readonly<Record<string, number>>>;
}

/** The value below which the given share (0..1) of all values lie; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

/**
 * The shortest of several times that something takes, ms, and what it gave the first time: other work on the machine
 * can make a time longer only.
 */
export async function shortest<T>(
  repeats: number,
  work: () => T | Promise<T>,
): Promise<{ readonly result: T; readonly ms: number }> {
  const timed = async () => {
    const start = performance.now();
    const result = await work();
    return { result, ms: performance.now() - start };
  };
  const first = await timed();
  let { ms } = first;
  for (let again = 1; again < repeats; again += 1) ms = Math.min(ms, (await timed()).ms);
  return { result: first.result, ms };
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
