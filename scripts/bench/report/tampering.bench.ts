import { join } from 'node:path';
import { attestRun } from '../../../harness/attest/attest.ts';
import { diskFolder } from '../../../harness/attest/disk.ts';
import { newKey, readSigningKey } from '../../../harness/attest/keys.ts';
import { writeRun } from '../../../harness/attest/run.fixture.ts';
import { keyNotary } from '../../../harness/attest/sign.ts';
import { tamperings } from '../../../harness/attest/tamper.ts';

/** What became of tamperings. */
export interface TamperFigures {
  readonly tampered: number;
  readonly found: number;
  /** What was not found, each as what was done to which file. */
  readonly missed: readonly string[];
}

/**
 * Signs a small run with every report, tampers with copies of it, and verifies each.
 * @param folder empty; the run and its key are written there
 * @param seed of what is drawn; the same draws the same
 */
export async function measureTampering(folder: string, times: number, seed = 1): Promise<TamperFigures> {
  const [run, file] = [join(folder, 'run'), join(folder, 'lab.key')];
  await writeRun(run);
  const key = await newKey(file, 'ed25519');
  await attestRun(run, keyNotary(await readSigningKey(file)), Date.now());
  const all = await tamperings(diskFolder(run), { times, draw: drawing(seed), keys: [key] });
  return {
    tampered: all.length,
    found: all.filter(({ found }) => found).length,
    missed: all.filter(({ found }) => !found).map(({ told }) => told),
  };
}

/** Numbers by the generator of ANSI C's example; the upper bits, since the lower repeat soon. */
function drawing(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
