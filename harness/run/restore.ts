import { numberOnConsole } from '../bench/identity.ts';
import type { Bench } from '../bench/open.ts';
import { bringBack } from '../flow/bring-back.ts';
import { keptHttp } from '../flow/kept-http.ts';
import type { TryLedger } from '../flow/tries.ts';
import type { Clock } from '../terms/clock.ts';
import { countedHttp } from './counted-http.ts';
import type { PlannedDut } from './plan.ts';

/** How long a recorder may take to answer in the end, ms: a case may have left it booting. */
const PATIENCE_MS = 300_000;

/**
 * Gives a recorder of hardware the password that it began with, and ends the journal of its passwords.
 * @returns one sentence for the record
 * @throws HarnessError LEASE_LOST before anything is asked; as {@link bringBack}: the journal then stays as it is, for `resetbench recover`
 */
export async function restoreFirst(
  { config }: PlannedDut,
  bench: Bench,
  {
    tries,
    clock,
    onStep,
  }: { readonly tries: TryLedger; readonly clock: Clock; readonly onStep: (title: string) => void },
): Promise<string> {
  const { passwords, lease } = bench.safety;
  lease?.check();
  // A case may have pulled a cable, or cut the mains.
  await bench.network?.up();
  await bench.power?.on();
  tries.begin([]);
  const { how } = await bringBack({
    http: keptHttp(bench.recorder(countedHttp(bench.http, tries)), passwords),
    passwords,
    tries,
    clock,
    first: bench.initial.password ?? '',
    serialNumber: config.kind === 'hardware' ? config.serialNumber : bench.serialNumber,
    otherNumber: async () => (bench.serial === undefined ? undefined : numberOnConsole(bench.serial)),
    patienceMs: PATIENCE_MS,
    waits: false,
    onStep,
  });
  passwords.end();
  return TOLD[how];
}

const TOLD = {
  held: 'its first password holds',
  changed: 'its first password was restored, and holds',
  activated: 'it was activated with its first password',
} as const;
