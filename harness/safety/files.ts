import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Nobody but the owner of the process reads what a lab keeps of its recorders. */
const PRIVATE = { file: 0o600, folder: 0o700 } as const;

/** Makes a folder and those above it, and puts their names on the disk. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: PRIVATE.folder });
  if (first === undefined) return;
  for (let at = folder; at.length >= first.length; at = dirname(at)) syncFolder(dirname(at));
}

/** Puts the names of a folder's files on the disk. Where a system cannot (Windows), nothing is done. */
export function syncFolder(folder: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(descriptor);
  } catch {
    // Some file systems have no such thing for folders; the file itself was synced.
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Puts a file into place whole and on the disk, unless there is one of this name: then false. Of several that try at the
 * same time one wins (a hard link fails where its name is taken).
 */
export function placeFile(file: string, text: string, sync = true): boolean {
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.draft`;
  writeFile(draft, text, sync);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (isThere(error)) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
    if (sync) syncFolder(dirname(file));
  }
}

/** Replaces a file at once: whoever reads sees the old one or the new one, also after a crash. */
export function replaceFile(file: string, text: string, sync = true): void {
  const next = `${file}.${process.pid}.new`;
  writeFile(next, text, sync);
  renameSync(next, file);
  if (sync) syncFolder(dirname(file));
}

function writeFile(file: string, text: string, sync: boolean): void {
  const descriptor = openSync(file, 'w', PRIVATE.file);
  try {
    writeAll(descriptor, text);
    if (sync) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes all of a text: one call may take less. */
export function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** The text of a file; undefined where there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether an error of the file system says that something is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}
function isThere(error: unknown): boolean {
  return codeOf(error) === 'EEXIST';
}
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
