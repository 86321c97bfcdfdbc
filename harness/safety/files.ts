import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { HarnessError } from '../terms/error.ts';

/** Nobody but the owner of the process reads what a lab keeps of its recorders. */
const PRIVATE = { file: 0o600, folder: 0o700 } as const;

/**
 * Makes a folder and those above it, one by one, and puts their names on the disk. (Node's own way to make all at once does not
 * end where a file system takes no folders, as /proc.)
 * @throws HarnessError CONFIG_INVALID
 */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  try {
    for (const one of missing) {
      makeOne(one);
      syncFolder(dirname(one));
    }
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error('it is a file'), { code: 'ENOTDIR' });
  } catch (cause) {
    throw unusable(folder, cause);
  }
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: PRIVATE.folder });
  } catch (error) {
    // Another process was faster.
    if (!isThere(error)) throw error;
  }
}

/** That a folder of the lab cannot keep anything, with what to do about it. */
export function unusable(folder: string, cause: unknown): HarnessError {
  return new HarnessError('CONFIG_INVALID', `nothing can be kept in ${folder}: ${whyOf(cause)}`, {
    cause,
    hint: 'name a folder on a local disk that this account may write to, by --state or RESETBENCH_STATE (the key: RESETBENCH_KEY_FILE)',
  });
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
 * @throws HarnessError CONFIG_INVALID where the folder takes no file, as of a full disk
 */
export function placeFile(file: string, text: string, sync = true): boolean {
  const draft = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.draft`;
  try {
    writeFile(draft, text, sync);
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (isThere(error)) return false;
    throw unusable(dirname(file), error);
  } finally {
    rmSync(draft, { force: true });
    if (sync) syncFolder(dirname(file));
  }
}

/**
 * Replaces a file at once: whoever reads sees the old one or the new one, also after a crash.
 * @throws HarnessError CONFIG_INVALID where the folder takes no file: the old one is as it was
 */
export function replaceFile(file: string, text: string, sync = true): void {
  const next = `${file}.${process.pid}.new`;
  try {
    writeFile(next, text, sync);
    renameSync(next, file);
  } catch (error) {
    rmSync(next, { force: true });
    throw unusable(dirname(file), error);
  }
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

/** The text of a file; undefined where there is none. @throws HarnessError RECORD_UNREADABLE */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new HarnessError('RECORD_UNREADABLE', `${file} cannot be read: ${whyOf(error)}`, {
      cause: error,
      hint: 'see what it is and whose: runs of one machine are started by one account; it may have to be moved away, or restored from a copy',
    });
  }
}

/** Whether an error of the file system says that something is not there. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}
function isThere(error: unknown): boolean {
  return codeOf(error) === 'EEXIST';
}
function whyOf(error: unknown): string {
  switch (codeOf(error)) {
    case 'ENOTDIR':
      return 'a file stands where a folder should be';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
      return 'this account may not';
    case 'ENOSPC':
      return 'its disk is full';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
