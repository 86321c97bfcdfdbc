import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Usb } from '../../ports/usb.ts';
import { newJsonService } from '../json-service.ts';

/**
 * A USB drive that is a folder on this machine, plugged into a twin by its control port. The folder is made where it
 * is not there; its files can be read whether it is plugged in or not. On dispose it is pulled out, and stays.
 * @throws HarnessError PORT_UNREACHABLE when the control port does not answer, or the folder cannot be made
 */
export async function openTwinUsb(options: {
  readonly controlUrl: string;
  readonly folder: string;
  readonly clock: Clock;
}): Promise<Usb> {
  const folder = resolve(options.folder);
  const service = newJsonService({
    url: options.controlUrl,
    port: 'usb',
    what: "the twin's control port",
    clock: options.clock,
  });
  let inserted = false;
  const plug = (place: string | null) => ({ method: 'POST', path: '/usb', body: { folder: place } }) as const;

  const open = () => {
    if (service.closed) throw new HarnessError('PORT_CLOSED', 'The usb port is closed.', { port: 'usb' });
  };

  await onDisk(folder, () => mkdir(folder, { recursive: true }));
  await service.order({ method: 'GET', path: '/status' });
  return {
    async insert() {
      if (!service.closed) inserted = true;
      await service.order(plug(folder));
    },
    async remove() {
      await service.order(plug(null));
      inserted = false;
    },
    async put(name, bytes) {
      open();
      const file = join(folder, basename(name));
      await onDisk(folder, () => writeFile(file, bytes));
    },
    async files() {
      open();
      return onDisk(folder, async () => {
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        const names = entries
          .filter((entry) => entry.isFile())
          .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
          .sort();
        return Promise.all(
          names.map(async (name) => ({
            name: name.split(sep).join('/'),
            bytes: new Uint8Array(await readFile(join(folder, name))),
          })),
        );
      });
    },
    [Symbol.asyncDispose]: () =>
      service.close(async (call) => {
        try {
          await call(plug(null));
        } catch (error) {
          if (inserted) throw error;
        }
      }),
  };
}

async function onDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new HarnessError(
      'PORT_UNREACHABLE',
      `The folder of the USB drive cannot be used: ${String(cause)}.`,
      {
        port: 'usb',
        hint: `Make ${folder} a folder that this user may write to.`,
        cause,
      },
    );
  }
}
