import type { RunFolder } from '../folder.ts';

/** Files by their path in the folder that was chosen. */
type Files = ReadonlyMap<string, File>;

/** The folder of a run, from files that a person handed over. They are read when they are looked at. */
export function folderFrom(files: Files): RunFolder {
  return {
    list: async () => [...files.keys()].sort(),
    async read(path) {
      const file = files.get(path);
      return file === undefined ? new Uint8Array() : new Uint8Array(await file.arrayBuffer());
    },
  };
}

/** What an input for folders holds: the name of the folder itself is taken off. */
export function filesOfInput(list: FileList): Files {
  return new Map(
    [...list].map((file) => [file.webkitRelativePath.split('/').slice(1).join('/') || file.name, file]),
  );
}

/** What was dropped: one folder, or what lies in one. To be called while the event is handled: later it is empty. */
export function filesOfDrop(items: DataTransferItemList): Promise<Files> {
  const all = [...items];
  // Chromium gives entries of dropped folders to no page that lies on a disk itself, and handles to all.
  const handles = all.map((item) => (hasHandle(item) ? item.getAsFileSystemHandle() : undefined));
  if (handles.every((handle) => handle !== undefined)) return filesOfHandles(handles);
  return filesOfEntries(all.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null));
}

/** As the File System Standard has them, as far as they are used here. */
type Handle =
  | { readonly kind: 'file'; readonly name: string; getFile(): Promise<File> }
  | { readonly kind: 'directory'; readonly name: string; values(): AsyncIterable<Handle> };
interface HandleItem {
  getAsFileSystemHandle(): Promise<Handle | null>;
}

function hasHandle(item: object): item is HandleItem {
  return 'getAsFileSystemHandle' in item;
}

async function filesOfHandles(promised: readonly Promise<Handle | null>[]): Promise<Files> {
  const handles = (await Promise.all(promised)).filter((handle) => handle !== null);
  const [only] = handles;
  const files = new Map<string, File>();
  if (handles.length === 1 && only?.kind === 'directory')
    for await (const inner of only.values()) await takeHandle(inner, '', files);
  else for (const handle of handles) await takeHandle(handle, '', files);
  return files;
}

async function takeHandle(handle: Handle, path: string, files: Map<string, File>): Promise<void> {
  if (handle.kind === 'file') files.set(path + handle.name, await handle.getFile());
  else for await (const inner of handle.values()) await takeHandle(inner, `${path}${handle.name}/`, files);
}

async function filesOfEntries(entries: readonly FileSystemEntry[]): Promise<Files> {
  const [only] = entries;
  const files = new Map<string, File>();
  if (only !== undefined && entries.length === 1 && isFolder(only)) await walk(only, '', files);
  else
    for (const entry of entries)
      if (isFolder(entry)) await walk(entry, `${entry.name}/`, files);
      else if (isFile(entry)) files.set(entry.name, await fileOf(entry));
  return files;
}

async function walk(folder: FileSystemDirectoryEntry, path: string, files: Map<string, File>): Promise<void> {
  const reader = folder.createReader();
  // A reader answers in parts, the last of which is empty.
  for (let part = await readPart(reader); part.length > 0; part = await readPart(reader)) {
    for (const entry of part) {
      if (isFolder(entry)) await walk(entry, `${path}${entry.name}/`, files);
      else if (isFile(entry)) files.set(path + entry.name, await fileOf(entry));
    }
  }
}

function readPart(reader: FileSystemDirectoryReader): Promise<readonly FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
