import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Credentials, Http } from '../../ports/http.ts';
import type { Power } from '../../ports/power.ts';
import { openHttp } from '../http/http.ts';
import { isapi } from '../http/isapi.ts';
import type { TlsTrust } from '../pikvm/pinned.ts';

export interface IsapiPowerOptions {
  /** `http://host[:port]` of the recorder. */
  readonly url: string;
  /** A user who may restart the recorder; not the one whose password is reset. */
  readonly credentials: Credentials;
  readonly clock: Clock;
  /** How its certificate is trusted; without: as any web server's. */
  readonly tls?: TlsTrust;
  /** Counts the login that is made on opening; later ones are of a user who is known to be let in. Default: nobody does. */
  readonly counted?: (http: Http) => Http;
  /** Longest time for one answer, ms. Default 10,000. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/**
 * No power switch: it asks the recorder over its own HTTP interface to start anew (`PUT /ISAPI/System/reboot`). It cannot
 * cut, and says so; a recorder that hangs stays as it is. The state is `on` where the recorder answers.
 * @throws HarnessError PORT_UNREACHABLE, PORT_TIMEOUT, CREDENTIALS_REFUSED at once, with one failed login, where the
 * user may not
 */
export async function openIsapiPower(options: IsapiPowerOptions): Promise<Power> {
  const { url, credentials, clock, tls, timeoutMs = TIMEOUT_MS, counted } = options;
  const http = openHttp({ baseUrl: url, timeoutMs, clock, ...(tls === undefined ? {} : { tls }) });
  const recorder = isapi(http);
  let closed = false;

  const check = () => {
    if (closed) throw new HarnessError('PORT_CLOSED', 'the power port is closed', { port: 'power' });
  };
  /** Errors of the recorder's HTTP are errors of this port. */
  async function through<T>(work: () => Promise<T>): Promise<T> {
    check();
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof HarnessError)) throw cause;
      throw new HarnessError(cause.code, cause.message, {
        port: 'power',
        hint: cause.hint ?? 'see that the recorder is on and its address right',
        cause,
      });
    }
  }
  const refused = (what: string) =>
    new HarnessError('CREDENTIALS_REFUSED', `the recorder at ${url} refuses ${what} to ${credentials.user}`, {
      port: 'power',
      hint: 'give this user the right to restart it, or correct user and password; tries count towards its lock',
    });

  try {
    let status: number | undefined;
    const stop = http.onExchange(({ response }) => {
      status = response?.status;
    });
    const opening = isapi(counted?.(http) ?? http);
    const info = await through(() => opening.deviceInfo(credentials)).finally(stop);
    if (info === undefined && (status === 401 || status === 403)) throw refused('an answer');
    if (info === undefined)
      throw new HarnessError('PORT_PROTOCOL', `the recorder at ${url} answers ${status} to deviceInfo`, {
        port: 'power',
        hint: 'see what it shows at its screen, and whether it has booted',
      });
  } catch (error) {
    await http[Symbol.asyncDispose]();
    throw error;
  }
  return {
    cuts: false,
    safeState: 'as it is',
    async off() {
      check();
      throw new HarnessError(
        'CONFIG_INVALID',
        'the power port isapi can restart a recorder, and cannot cut its power',
        {
          port: 'power',
          hint: 'name a driver that cuts (relay-board, http-pdu, pikvm) in devices.yaml for cases that do',
        },
      );
    },
    async on() {
      check();
    },
    async state() {
      await through(() => recorder.activated());
      return 'on';
    },
    async reboot() {
      const told = await through(() => recorder.reboot(credentials));
      if (told.status === 401 || told.status === 403) throw refused('a restart');
      if (told.status !== 200)
        throw new HarnessError(
          'PORT_PROTOCOL',
          `the recorder at ${url} answers ${told.status} to a restart`,
          {
            port: 'power',
            hint: told.statusString ?? 'see its log',
          },
        );
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await http[Symbol.asyncDispose]();
    },
  };
}
