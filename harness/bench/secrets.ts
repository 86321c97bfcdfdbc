import type { SecretRef } from '../config/devices.ts';
import { HarnessError } from '../terms/error.ts';

/** Where a secret is looked for, in words. */
export function secretName(ref: SecretRef): string {
  return 'env' in ref ? `environment variable ${ref.env}` : `secret ${ref.secret}`;
}

/**
 * A secret that was looked up.
 * @param whose for the message: `no password for WHOSE`
 * @throws HarnessError CONFIG_MISSING where there is none
 */
export function requireSecret(found: string | undefined, ref: SecretRef, whose: string): string {
  // A variable that is set to nothing is one that somebody forgot to fill.
  if (found !== undefined && found !== '') return found;
  throw new HarnessError('CONFIG_MISSING', `no password for ${whose}: ${secretName(ref)} is not set`, {
    hint: 'set it, or name another in devices.yaml',
  });
}
