import { createHash, randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NeedlesOnFrame } from '../terms/needle.ts';
import type { EvidenceRef, ScreenFacts } from '../terms/record.ts';

/** A piece of evidence on its way into the store; already redacted. */
export interface EvidenceItem {
  readonly kind: EvidenceRef['kind'];
  readonly ext: EvidenceRef['ext'];
  readonly title: string;
  /** ms since the epoch. */
  readonly at: number;
  /** When what it holds began, where it covers a time, ms since the epoch. */
  readonly from?: number;
  readonly bytes: Uint8Array;
  readonly screen?: ScreenFacts;
  readonly needles?: NeedlesOnFrame;
}

/** Keeps pieces of evidence under the hash of their content; nothing that is kept is ever written again. */
export interface EvidenceStore {
  /** Resolves when the piece lies whole under its name. Many may run at once, also with the same content. */
  put(item: EvidenceItem): Promise<EvidenceRef>;
}

/**
 * Opens the store of a run: `evidence/` in its folder, made where it is not there yet.
 * @param folder the run's folder, `reports/<run-id>`
 */
export async function openStore(folder: string): Promise<EvidenceStore> {
  const place = join(folder, 'evidence');
  await mkdir(place, { recursive: true });
  const written = new Map<string, Promise<void>>();
  return {
    async put({ bytes, ...facts }) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const name = `${sha256}.${facts.ext}`;
      let done = written.get(name);
      if (done === undefined) {
        done = writeOnce(place, name, bytes);
        written.set(name, done);
        // What failed may be tried again.
        done.catch(() => written.delete(name));
      }
      await done;
      return { sha256, ...facts };
    },
  };
}

/** The name appears with the whole content or not at all: it is written beside it first. Read-only from then on. */
async function writeOnce(place: string, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(place, name);
  if (await exists(path)) return;
  const draft = join(place, `.${name}.${randomUUID()}.tmp`);
  try {
    await writeFile(draft, bytes, { flag: 'wx', mode: 0o444 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
