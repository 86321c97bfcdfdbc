import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openHttp } from '../bench/drivers/http/http.ts';
import { isapi } from '../bench/drivers/http/isapi.ts';
import { openEmbeddedMailbox } from '../bench/drivers/mailbox/embedded.ts';
import { openSerial } from '../bench/drivers/serial/tty.ts';
import { launchEmulator } from '../bench/drivers/twin/launch.ts';
import { placeFile } from '../safety/files.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';

/** Room that is asked for, bytes: a run's report with its frames; leases and passwords. */
const LEAST = { reports: 2 ** 30, state: 100 * 2 ** 20 } as const;
/** Size of a file that is written to see whether it stays: a journal's, roughly. */
const PROBE_BYTES = 4096;

/** @throws HarnessError CONFIG_INVALID where it is too old */
export function nodeVersion(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 22))
    throw new HarnessError('CONFIG_INVALID', `${process.version} is too old; 22.22 at least`, {
      hint: 'start through npm (`npm start`), which finds its own Node.js',
    });
  return process.version;
}

/** Room in a folder. @throws HarnessError CONFIG_INVALID where it cannot be written, or is nearly full */
export function writable(folder: string): string {
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new HarnessError('CONFIG_INVALID', `${folder} cannot be written`, {
      cause,
      hint: 'create it, or give yourself the right to write there',
    });
  }
  return roomIn(folder, LEAST.reports);
}

/**
 * Whether a folder keeps what it is told to keep: it is written to, to the disk and by a hard link, as leases and passwords
 * are. Nothing stays of it; a folder that is not there yet is not made.
 * @throws HarnessError CONFIG_INVALID with what its disk cannot do
 */
export function stateKeeps(folder: string): string {
  const at = nearest(folder);
  const probe = join(at, `.resetbench-doctor-${randomBytes(6).toString('hex')}`);
  const from = performance.now();
  try {
    placeFile(probe, 'x'.repeat(PROBE_BYTES));
    rmSync(probe);
  } catch (cause) {
    throw unkept(folder, cause);
  }
  const took = Math.max(1, Math.round(performance.now() - from));
  const room = `${roomIn(at, LEAST.state)}, a file is on its disk in ${took} ms`;
  return at === folder ? `${folder}, ${room}` : `${folder}, which the first run makes: ${room}`;
}

/** The folder, or the first above it that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

function unkept(folder: string, cause: unknown): HarnessError {
  const { code, syscall } = cause as NodeJS.ErrnoException;
  const why =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'its disk is full'
      : syscall === 'fsync'
        ? `what is written there cannot be put on the disk (${code})`
        : syscall === 'link'
          ? `its file system has no hard links (${code})`
          : `it cannot be written (${code})`;
  return new HarnessError('CONFIG_INVALID', `${folder} cannot keep leases and passwords: ${why}`, {
    cause,
    hint: 'make room and give yourself the right to write there, or name a folder on a local disk by --state or RESETBENCH_STATE',
  });
}

/** @param least bytes */
function roomIn(folder: string, least: number): string {
  const { bavail, bsize } = statfsSync(folder);
  const left = bavail * bsize;
  if (left < least)
    throw new HarnessError('CONFIG_INVALID', `${folder} has less than ${sizeOf(least)} left`, {
      hint: 'make room',
    });
  return `${sizeOf(left)} left`;
}

function sizeOf(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)} MiB` : `${Math.round(bytes / 2 ** 30)} GiB`;
}

/** A twin starts, answers over HTTP, and its console can be opened. */
export async function emulatorWorks(): Promise<string> {
  const clock = systemClock;
  await using mailbox = await openEmbeddedMailbox({ clock });
  await using emulator = await launchEmulator(
    {
      smtp: mailbox.smtp,
      recorders: [
        {
          id: 'doctor',
          family: 'nvr',
          model: 'DS-7616NI-K2',
          firmware: 'V4.30.097',
          build: 'build 240401',
          gui: '4.0',
          language: 'en',
          resolution: '1280x720',
          bootMs: 0,
        },
      ],
    },
    { clock },
  );
  const twin = emulator.ready.recorders[0];
  if (twin === undefined) throw new HarnessError('PORT_UNREACHABLE', 'the emulator started no twin');
  await using _ = await openSerial({ path: twin.serialPath, baudRate: 115_200, clock });
  await using http = openHttp({ baseUrl: twin.httpUrl, timeoutMs: 5000, clock });
  const activated = await isapi(http).activated();
  return `a twin answers over HTTP (${activated ? 'activated' : 'inactive'}) and serial`;
}
