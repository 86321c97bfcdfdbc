import { type Bytes, sha256Hex } from './bytes.ts';
import { type Leaf, merkleRoot } from './merkle.ts';

/** The folder of a run, on a disk, in a browser or in memory. Paths have slashes, and none in front. */
export interface RunFolder {
  /** Every file, in folders of it too. */
  list(): Promise<readonly string[]>;
  /** The content of a file that is listed. */
  read(path: string): Promise<Bytes>;
  /** sha256 of a file that is listed, in hex, where it can be had without the whole file in memory: recordings are large. */
  readonly digest?: (path: string) => Promise<string>;
}

/** Names of what is looked for in a run's folder. */
export const FILES = {
  events: 'events.jsonl',
  record: 'run.json',
  attestation: 'attestation.intoto.jsonl',
  bundles: 'attestation.sigstore.jsonl',
  evidence: 'evidence/',
} as const;

/** sha256 of every file of a run's folder but the attestations, in hex. */
export interface Digests {
  /** By path. */
  readonly all: ReadonlyMap<string, string>;
  readonly evidence: { readonly count: number; readonly root: string };
  /** What is neither record nor evidence: reports, recordings. */
  readonly others: readonly Leaf[];
}

/** Reads every file once. */
export async function digestsOf(folder: RunFolder): Promise<Digests> {
  const all = new Map<string, string>();
  for (const path of (await folder.list()).toSorted())
    if (path !== FILES.attestation && path !== FILES.bundles)
      all.set(path, (await folder.digest?.(path)) ?? (await sha256Hex(await folder.read(path))));
  const leaves = [...all].map(([path, sha256]): Leaf => ({ path, sha256 }));
  const kept = leaves.filter(({ path }) => path.startsWith(FILES.evidence));
  return {
    all,
    evidence: { count: kept.length, root: await merkleRoot(kept) },
    others: leaves.filter(
      ({ path }) => !path.startsWith(FILES.evidence) && path !== FILES.events && path !== FILES.record,
    ),
  };
}

/** A folder in memory, by path. */
export function folderOf(files: ReadonlyMap<string, Bytes>): RunFolder {
  return {
    list: async () => [...files.keys()],
    read: async (path) => files.get(path) ?? new Uint8Array(),
  };
}
