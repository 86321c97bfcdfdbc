import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { attestRun } from '../attest/attest.ts';
import { publicFile, readSigningKey } from '../attest/keys.ts';
import { keyNotary } from '../attest/sign.ts';
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

/**
 * Signs a run where a key is configured.
 * @returns what to tell; undefined where no key is configured
 * @throws HarnessError where there is one, and the run could not be signed
 */
export async function attestByItself(
  folder: string,
  now: number,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string | undefined> {
  const file = configuredKey(env);
  if (file === undefined) return undefined;
  const key = await readSigningKey(file);
  const { statements } = await attestRun(folder, keyNotary(key), now);
  return `signed: ${statements} statements by the key ${key.publicKey.id.slice(0, 16)}…`;
}
