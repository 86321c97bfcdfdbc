import type { HardwareConfig } from '../config/devices.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { RecorderHttp } from './ports/recorder-http.ts';
import type { Serial } from './ports/serial.ts';
import { secretName } from './secrets.ts';

/** How long a console may take to print what the unit is, ms. */
const CONSOLE_MS = 5000;
/** `Serial number: X` (and `Serial NO. : X`, `serialNo = X`): firmwares write it in several ways. */
const SERIAL_NUMBER = /\bserial\s*(?:number|no)\b\.?\s*[:=]?\s*([A-Za-z0-9()/_-]{8,})/i;

/** How long a recorder may take from its power to an answer, ms, and how often it is asked meanwhile. */
const BOOT = { ms: 300_000, everyMs: 500 } as const;

type Enrolled = Pick<HardwareConfig, 'id' | 'serialNumber' | 'adminPassword' | 'http'>;

/** Waits until a unit that was just given its power answers over HTTP. @throws HarnessError of the last try */
export async function booted(recorder: Pick<RecorderHttp, 'activated'>, clock: Clock): Promise<void> {
  const until = clock.monotonic() + BOOT.ms;
  for (;;)
    try {
      await recorder.activated();
      return;
    } catch (error) {
      const isAway =
        error instanceof HarnessError && (error.code === 'PORT_UNREACHABLE' || error.code === 'PORT_TIMEOUT');
      if (!isAway || clock.monotonic() > until) throw error;
      await clock.sleep(BOOT.everyMs);
    }
}

/**
 * Reads the serial number of a unit over HTTP, as admin, and nothing else. A unit that is not activated tells none.
 * @param recorder counts the login: it may be a wrong one
 * @returns whether it was told
 * @throws HarnessError WRONG_DEVICE; CREDENTIALS_REFUSED where the password is refused, or may not be tried any more;
 * PORT_PROTOCOL where the answer is about something else
 */
export async function identifyByHttp(
  config: Enrolled,
  recorder: RecorderHttp,
  password: string,
): Promise<boolean> {
  if (!(await recorder.activated())) return false;
  let status: number | undefined;
  const stop = recorder.onExchange(({ response }) => {
    status = response?.status;
  });
  const info = await recorder
    .deviceInfo({ user: 'admin', password })
    .catch((error: unknown) => Promise.reject(spent(config, error)))
    .finally(stop);
  if (info === undefined && status === 401)
    throw new HarnessError('CREDENTIALS_REFUSED', `${config.id} refuses the password of admin`, {
      port: 'http',
      hint: `correct ${secretName(config.adminPassword)}; every further try counts towards the recorder's lock`,
    });
  if (info === undefined)
    throw new HarnessError(
      'PORT_PROTOCOL',
      `${config.id} does not tell its serial number: it answers ${status}`,
      {
        port: 'http',
        hint: 'see what it shows at its screen, and whether it has booted; the password is not what it refuses',
      },
    );
  refuseOther(config, info.serialNumber, `at ${config.http.url}`, 'http');
  return true;
}

/** That no try is left is told with what to do about it. */
function spent(config: Enrolled, error: unknown): unknown {
  if (!(error instanceof HarnessError) || error.code !== 'TRIES_SPENT') return error;
  return new HarnessError(
    'CREDENTIALS_REFUSED',
    `the password of admin at ${config.id} is not tried any more: ${error.message}`,
    {
      port: 'http',
      cause: error,
      hint: `correct ${secretName(config.adminPassword)}, then \`resetbench recover ${config.id} --wait\``,
    },
  );
}

/**
 * Reads it on the console, by its harmless command.
 * @param isNeeded nothing else tells the number: then the console must
 * @throws HarnessError WRONG_DEVICE, also where the number is needed and the console tells none
 */
export async function identifyByConsole(
  config: Enrolled,
  serial: Serial | undefined,
  isNeeded: boolean,
): Promise<void> {
  const found = serial === undefined ? undefined : await numberOnConsole(serial);
  if (found !== undefined) return refuseOther(config, found, 'on the serial console', 'serial');
  if (!isNeeded) return;
  throw new HarnessError(
    'WRONG_DEVICE',
    `${config.id} is not activated, and ${serial === undefined ? 'has no serial console that would tell' : 'its serial console does not tell'} its serial number`,
    {
      port: serial === undefined ? 'http' : 'serial',
      hint: 'wire its serial console, or activate it by hand with adminPassword; the unit was not touched',
    },
  );
}

/** undefined where the console stays silent, or prints none. */
export async function numberOnConsole(serial: Serial): Promise<string | undefined> {
  try {
    return SERIAL_NUMBER.exec(await serial.command('prtHardInfo', { timeoutMs: CONSOLE_MS }))?.[1];
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'PORT_TIMEOUT') return undefined;
    throw error;
  }
}

function refuseOther(config: Enrolled, found: string, where: string, port: 'http' | 'serial'): void {
  if (found === config.serialNumber) return;
  throw new HarnessError(
    'WRONG_DEVICE',
    `the unit ${where} has serial number ${found}, devices.yaml says ${config.serialNumber} for ${config.id}`,
    { port, hint: 'correct the address or the serial number; the unit was not touched' },
  );
}
