import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { attestRun } from '../attest/attest.ts';
import { publicFile, readSigningKey } from '../attest/keys.ts';
import { keyNotary } from '../attest/sign.ts';
import { HarnessError } from '../terms/error.ts';
import { home, set } from './state.ts';

/**
 * The file of the key that signs runs by itself: `RESETBENCH_ATTEST_KEY`, else `resetbench/attest.key` in the folder of
 * configurations where that is there; undefined where no key is configured.
 */
export function configuredKey(
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const usual = join(home(env.XDG_CONFIG_HOME, '.config'), 'attest.key');
  return set(env.RESETBENCH_ATTEST_KEY) ?? (existsSync(usual) ? usual : undefined);
}

/** The public half of the key that is configured, where it lies beside it: runs of one's own lab. */
export function configuredPublicKey(): string | undefined {
  const file = configuredKey();
  return file !== undefined && existsSync(publicFile(file)) ? publicFile(file) : undefined;
}

/** What came of signing a run by itself. */
export interface SignedByItself {
  /** One line for a person. */
  readonly told: string;
  readonly failed: boolean;
}

/** Signs a run where a key is configured; undefined where none is. What goes wrong is told: the run itself is made. */
export async function attestByItself(
  folder: string,
  now: number,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<SignedByItself | undefined> {
  const file = configuredKey(env);
  if (file === undefined) return undefined;
  try {
    const key = await readSigningKey(file);
    const { statements } = await attestRun(folder, keyNotary(key), now);
    return { told: `signed: ${statements} statements by the key ${key.publicKey.id}`, failed: false };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    const cure = error.hint === undefined ? '' : `\n=> ${error.hint}`;
    return { told: `The run could not be signed: ${error.message}${cure}`, failed: true };
  }
}
