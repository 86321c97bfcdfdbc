import type { Profile } from '../config/profile.ts';
import { TryLedger } from '../flow/tries.ts';
import type { Clock } from '../terms/clock.ts';
import type { TryStore } from '../terms/tries.ts';

/**
 * The ledger of one recorder's wrong tries, with the locks that its profile claims.
 * @param store where they outlive a run
 */
export function ledgerOf(
  { loginLock, codeLock, guidLock }: Profile,
  clock: Clock,
  store?: TryStore,
): TryLedger {
  return new TryLedger(
    {
      login: loginLock,
      network: loginLock,
      code: { tries: codeLock.tries ?? codeLock.maxFreeTries, seconds: codeLock.seconds },
      file: guidLock,
    },
    () => clock.monotonic(),
    store,
  );
}
