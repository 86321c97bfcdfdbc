import type { Profile } from '../config/profile.ts';
import { TryLedger } from '../flow/tries.ts';
import type { Clock } from '../terms/clock.ts';

/** The ledger of one recorder's wrong tries, with the locks that its profile claims. */
export function ledgerOf({ loginLock, codeLock, guidLock }: Profile, clock: Clock): TryLedger {
  return new TryLedger(
    {
      login: loginLock,
      network: loginLock,
      code: { tries: codeLock.tries ?? codeLock.maxFreeTries, seconds: codeLock.seconds },
      file: guidLock,
    },
    () => clock.monotonic(),
  );
}
