import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { HarnessError } from '../terms/error.ts';
import type { Bytes } from '../verify/bytes.ts';
import type { RunFolder } from '../verify/folder.ts';

/**
 * The folder of a run on a disk.
 * @throws HarnessError RECORD_UNREADABLE, from `list`, where something in it is neither file nor folder: a link leads elsewhere
 */
export function diskFolder(folder: string): RunFolder {
  return {
    async list() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths: string[] = [];
      for (const entry of entries) {
        if (entry.isDirectory()) continue;
        const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
        if (!entry.isFile())
          throw new HarnessError(
            'RECORD_UNREADABLE',
            `${join(folder, path)} is no file: it leads elsewhere`,
            {
              hint: 'put the file itself there, or remove it',
            },
          );
        paths.push(path);
      }
      return paths.sort();
    },
    read: (path) => readBytes(join(folder, path)),
    digest: (path) => hashOf(join(folder, path)).catch(unreadable(join(folder, path))),
  };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** The content of a file. @throws HarnessError RECORD_UNREADABLE */
export async function readBytes(file: string): Promise<Bytes> {
  return new Uint8Array(await readFile(file).catch(unreadable(file)));
}

function unreadable(file: string): (cause: unknown) => never {
  return (cause) => {
    throw new HarnessError('RECORD_UNREADABLE', `${file} could not be read`, {
      hint: 'see that it is there, and that you may read it',
      cause,
    });
  };
}

/** Whether a path is a folder; undefined where there is nothing. */
export async function isFolder(path: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return undefined;
  }
}
