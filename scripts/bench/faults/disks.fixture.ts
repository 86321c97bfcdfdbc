// Faults of what evidence is written to.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { mkdtemp, rename, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../../harness/evidence/store.ts';
import { type BenchFault, faultsOf, type Scene } from './fault.ts';

const look: Scene<unknown>['test'] = async ({ gui, expect }) => {
  await gui.photograph('The screen in front');
  expect(true, 'a picture was taken').toBe(true);
};

/** Size of the disk, KiB: less than two frames. */
const DISK_KIB = 512;
/** Why no file system of a fixed size can be mounted; root in a container may not be let, either. */
function noTmpfs(): string | false {
  const place = mkdtempSync(join(tmpdir(), 'resetbench-tmpfs-'));
  const why = mountTmpfs(place);
  if (why === undefined) spawnSync('umount', [place]);
  rmdirSync(place);
  if (why === undefined) return false;
  const reason = `a file system of a fixed size cannot be mounted (${why}): that takes the rights of root`;
  if (process.env.CI) throw new Error(reason);
  return reason;
}
/** @returns what was said where it did not work */
function mountTmpfs(place: string): string | undefined {
  const args = ['-t', 'tmpfs', '-o', `size=${DISK_KIB}k`, 'tmpfs', place];
  const { status, stderr, error } = spawnSync('mount', args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.split('\n')[0]);
}

const store = {
  port: 'evidence',
  names: /evidence/i,
  open: async (place: string) => ({ store: await openStore(place) }),
  test: look,
};
const disk = faultsOf<string>(
  {
    ...store,
    scene: 'disk',
    missing: noTmpfs,
    async set({ folder }, on) {
      const place = await mkdtemp(join(folder, 'disk-'));
      const why = mountTmpfs(place);
      if (why !== undefined) throw new Error(`no tmpfs: ${why}`);
      on.defer(() => void spawnSync('umount', [place]));
      return place;
    },
  },
  [
    {
      id: 'disk-full',
      what: 'The disk of the reports is full',
      when: 'case',
      async inject(place) {
        const { bavail, bsize } = await statfs(place);
        // Another piece of evidence may take the last of the room meanwhile.
        await writeFile(join(place, 'others'), Buffer.alloc(bavail * bsize)).catch(() => undefined);
      },
    },
  ],
);
const reports = faultsOf<string>(
  { ...store, scene: 'reports', set: ({ folder }) => mkdtemp(join(folder, 'reports-')) },
  [
    {
      id: 'disk-folder-gone',
      what: 'Somebody removes the folder of the evidence',
      when: 'case',
      inject: (place) => rename(join(place, 'evidence'), join(place, 'elsewhere')),
    },
    {
      id: 'disk-folder-taken',
      what: 'A file stands where the folder of the evidence was',
      when: 'case',
      async inject(place) {
        await rename(join(place, 'evidence'), join(place, 'elsewhere'));
        await writeFile(join(place, 'evidence'), '');
      },
    },
  ],
);

export const DISKS: readonly BenchFault[] = [...disk, ...reports];
