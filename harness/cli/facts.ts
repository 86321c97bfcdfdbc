import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import type { HarnessFacts } from '../terms/record.ts';
import { merkleRoot } from '../verify/merkle.ts';
import { ROOT } from './root.ts';

/** What the harness is and runs on, and who started it, as the record keeps it. */
export async function harnessFacts(): Promise<HarnessFacts> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const by = account();
  const commit = await suiteCommit();
  return {
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    ...(by === undefined ? {} : { by }),
    ...(commit === undefined ? {} : { commit }),
  };
}

/** What the files of harness and suites are, whatever commit they are said to be of: read as a run begins. */
export async function suiteDigests(): Promise<NonNullable<HarnessFacts['digests']>> {
  return { harness: await treeDigest('harness'), suites: await treeDigest('suites') };
}

/** Merkle root of the files of a folder of this project, as evidence has one: docs/attestation.md. */
async function treeDigest(folder: string): Promise<string> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const leaves = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const sha256 = createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
      return { path: relative(ROOT, file).split(sep).join('/'), sha256 };
    });
  return merkleRoot(await Promise.all(leaves));
}

/** The account that this process runs under. */
function account(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return process.env.USER ?? process.env.USERNAME;
  }
}

/** Longer than git takes on a slow disk, ms. */
const GIT_MS = 10_000;

/** The commit that harness and suites are at; undefined where they lie in no git work tree, or git is missing. */
async function suiteCommit(): Promise<string | undefined> {
  // The work tree of a project around this one says nothing about the suite.
  if (!existsSync(join(ROOT, '.git'))) return undefined;
  // No tag ever matches: the hash itself is asked for.
  const words = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
  try {
    const { stdout } = await promisify(execFile)('git', words, { cwd: ROOT, timeout: GIT_MS });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
