import { type Bytes, hexOf, joined, sha256, utf8 } from './bytes.ts';

/** A file of the tree: its path in the run's folder, and the sha256 of its content in hex. */
export interface Leaf {
  readonly path: string;
  readonly sha256: string;
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/**
 * The root of a Merkle tree, as RFC 6962, 2.1 has it: a leaf is `SHA-256(0x00 || entry)`, a node
 * `SHA-256(0x01 || left || right)`, and the left half holds the largest power of two that is smaller than the whole. The
 * entry of a file is its path, a line feed and the sha256 of its content in hex; files are ordered by path, by UTF-16 code
 * units. Of no file at all: the SHA-256 of nothing.
 * @returns in hex
 */
export async function merkleRoot(leaves: readonly Leaf[]): Promise<string> {
  const ordered = leaves.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const hashes: Bytes[] = [];
  for (const { path, sha256: content } of ordered)
    hashes.push(await sha256(joined(LEAF, utf8(`${path}\n${content}`))));
  return hexOf(await rootOf(hashes));
}

async function rootOf(hashes: readonly Bytes[]): Promise<Bytes> {
  const [first, ...more] = hashes;
  if (first === undefined) return sha256(new Uint8Array());
  if (more.length === 0) return first;
  let left = 1;
  while (left * 2 < hashes.length) left *= 2;
  return sha256(joined(NODE, await rootOf(hashes.slice(0, left)), await rootOf(hashes.slice(left))));
}
