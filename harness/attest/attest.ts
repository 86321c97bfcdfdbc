import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HarnessError } from '../terms/error.ts';
import { readChain } from '../verify/chain.ts';
import { digestsOf, FILES, type RunFolder } from '../verify/folder.ts';
import { statementsOf } from '../verify/make.ts';
import { verifyRun } from '../verify/verify.ts';
import { diskFolder } from './disk.ts';
import { type Notary, type Signed, signAll } from './sign.ts';

/** What was signed of a run. */
export interface Attested {
  readonly file: string;
  readonly statements: number;
}

/**
 * Signs a run: `attestation.intoto.jsonl` in its folder, whole or not at all; one that was there is replaced. What does not
 * hold together is not signed.
 * @param now ms since the epoch
 * @throws HarnessError RECORD_UNREADABLE with what does not hold together
 */
export async function attestRun(folder: string, notary: Notary, now: number): Promise<Attested> {
  const disk = diskFolder(folder);
  const { record, checks } = await verifyRun(withoutAttestation(disk), { keys: [] });
  const problems = checks.flatMap((check) => check.problems);
  const [first] = problems;
  if (record === undefined || first !== undefined)
    throw new HarnessError(
      'RECORD_UNREADABLE',
      `${folder} does not hold together, and is not signed: ${first?.place}: ${first?.what}${problems.length > 1 ? ` (${problems.length} problems)` : ''}`,
      { hint: first?.cure ?? 'name the folder of a run' },
    );
  const { head, lines: events } = await readChain(await disk.read(FILES.events));
  const statements = await statementsOf({
    record,
    digests: await digestsOf(disk),
    chain: { events, head },
    signer: notary.facts,
    attestedAt: new Date(now).toISOString(),
  });
  await writeSigned(folder, await signAll(statements, notary));
  return { file: join(folder, FILES.attestation), statements: statements.length };
}

/** What an older attestation says does not count when a new one is made. */
function withoutAttestation(folder: RunFolder): RunFolder {
  return {
    ...folder,
    list: async () =>
      (await folder.list()).filter((path) => path !== FILES.attestation && path !== FILES.bundles),
  };
}

async function writeSigned(folder: string, { envelopes, bundles }: Signed): Promise<void> {
  // Bundles of another signature would speak against this one.
  if (bundles === undefined) await rm(join(folder, FILES.bundles), { force: true });
  else await replaceFile(join(folder, FILES.bundles), bundles);
  await replaceFile(join(folder, FILES.attestation), envelopes);
}

async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(beside, text);
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
}
