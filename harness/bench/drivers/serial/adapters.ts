import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where udev names the USB adapters that are plugged in, by maker and serial number. */
const BY_ID = '/dev/serial/by-id';
/** Adapters that one hint names. */
const MOST = 4;
/** The group that Debian and its kin give serial devices to. */
const USUAL_GROUP = 'dialout';

/** What to do where a serial device is not there: which adapters are. @param folder where udev names them */
export async function absentHint(path: string, folder = BY_ID): Promise<string> {
  const names = (await readdir(folder).catch(() => [])).sort();
  if (names.length === 0)
    return `Plug the adapter in, or correct the path ${path}: this machine sees no USB adapter (${folder} is empty; "dmesg" tells of adapters without a driver).`;
  const named = names.slice(0, MOST).map(async (name) => {
    const at = join(folder, name);
    const device = await readlink(at).catch(() => undefined);
    return device === undefined ? at : `${at} (${resolve(folder, device)})`;
  });
  const more = names.length > MOST ? `, and ${names.length - MOST} more` : '';
  return `Plug the adapter in, or correct the path ${path}: there is ${(await Promise.all(named)).join(', ')}${more}.`;
}

/** What to do where a serial device may not be opened: join its group. @param groups a file like `/etc/group` */
export async function deniedHint(path: string, groups = '/etc/group'): Promise<string> {
  const [gid, text] = await Promise.all([
    stat(path).then(
      (one) => one.gid,
      () => undefined,
    ),
    readFile(groups, 'utf8').catch(() => ''),
  ]);
  const [group] = text
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([, , id]) => id === String(gid))
    .map(([name]) => name);
  // What belongs to root's group is opened by a rule of udev, and for the usual group.
  const joined = group === undefined || group === 'root' ? USUAL_GROUP : group;
  return `Let this user open ${path}: "sudo usermod -aG ${joined} $USER", then sign in again.`;
}
