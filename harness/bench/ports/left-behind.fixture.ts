import { queryObjects } from 'node:v8';

/**
 * How many more objects of a class the memory holds, garbage taken out, after `work` was done `times` times. What a driver
 * hangs on a signal that lasts as long as the port does, and does not take off again, is counted by it.
 */
export async function leftBehind(
  kind: abstract new (...args: never[]) => object,
  times: number,
  work: () => PromiseLike<unknown>,
): Promise<number> {
  await work();
  const before = await countOf(kind);
  for (let time = 0; time < times; time += 1) await work();
  return (await countOf(kind)) - before;
}

async function countOf(kind: abstract new (...args: never[]) => object): Promise<number> {
  // What ends with a turn of the loop, as a socket that was closed just now, ends first.
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  return queryObjects(kind, { format: 'count' });
}
