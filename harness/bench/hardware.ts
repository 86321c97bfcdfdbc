import type { Browser } from 'playwright';
import type { DisplayConfig, DutConfig, HardwareConfig, SecretRef } from '../config/devices.ts';
import type { Clock } from '../terms/clock.ts';
import { openCapture } from './capture.ts';
import { openBrowserDisplay } from './drivers/display/browser.ts';
import { openPikvmDisplay } from './drivers/display/pikvm.ts';
import { openVncDisplay } from './drivers/display/vnc.ts';
import { openHttpPdu } from './drivers/power/http-pdu.ts';
import { openIsapiPower } from './drivers/power/isapi.ts';
import type { PduAuth } from './drivers/power/pdu-request.ts';
import { openPikvmPower } from './drivers/power/pikvm.ts';
import { openRelayBoard } from './drivers/power/relay-board.ts';
import { openTcpSerial } from './drivers/serial/network.ts';
import { openSerial } from './drivers/serial/tty.ts';
import type { Display } from './ports/display.ts';
import type { Http } from './ports/http.ts';
import type { Power } from './ports/power.ts';
import type { Serial } from './ports/serial.ts';
import { trusted } from './trust.ts';

/** What the ports of a recorder on a shelf are opened with. */
export interface Openings {
  /** In devices.yaml. */
  readonly id: string;
  /** The recorder's picture, px. */
  readonly size: { readonly width: number; readonly height: number };
  readonly clock: Clock;
  /** The browser of the run, once it is needed. */
  readonly browser: () => Promise<Browser>;
  /** A secret, or CONFIG_MISSING that says whose. */
  readonly secretOf: (ref: SecretRef, whose: string) => string;
}
/** What power is opened with. */
export interface PowerOpenings extends Openings {
  /** Counts a login at the recorder itself. */
  readonly counted: (http: Http) => Http;
}
type PowerConfig = NonNullable<HardwareConfig['power']>;
type SerialConfig = NonNullable<HardwareConfig['serial']>;

/** By driver: looks secrets up at once, and opens when it is called. */
type Table<C extends { readonly driver: string }, P, O = Openings> = {
  readonly [D in C['driver']]: (config: Extract<C, { driver: D }>, openings: O) => () => Promise<P>;
};

const DISPLAYS: Table<DisplayConfig, Display> = {
  browser:
    ({ url }, { size, clock, browser }) =>
    async () =>
      openBrowserDisplay({ browser: await browser(), url, ...size, clock }),
  pikvm: (config, openings) => {
    const options = { ...pikvmAccess(config, openings, 'display'), size: openings.size };
    const { keyDelayMs, maxAgeMs } = config;
    return () =>
      openPikvmDisplay({
        ...options,
        ...(keyDelayMs === undefined ? {} : { keyDelayMs }),
        ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
      });
  },
  vnc: ({ host, port, password, keyDelayMs }, { id, size, clock, secretOf }) => {
    const secret = password === undefined ? {} : { password: secretOf(password, `the display of ${id}`) };
    return () =>
      openVncDisplay({
        host,
        port,
        size,
        clock,
        ...secret,
        ...(keyDelayMs === undefined ? {} : { keyDelayMs }),
      });
  },
  capture:
    (config, { size, clock }) =>
    () =>
      openCapture(config, `${size.width}x${size.height}`, clock),
};
const POWERS: Table<PowerConfig, Power, PowerOpenings> = {
  pikvm: (config, openings) => {
    const access = pikvmAccess(config, openings, 'power');
    return () => openPikvmPower(access);
  },
  'relay-board':
    (config, { clock }) =>
    () =>
      openRelayBoard({ ...config, clock }),
  'http-pdu': ({ auth, on, off, state, tls, timeoutMs, settleMs }, { id, clock, secretOf }) => {
    const { password, ...who } = { password: undefined, ...auth };
    const known = password === undefined ? {} : { password: secretOf(password, `the power of ${id}`) };
    // The schema gives a password to each kind of authentication that has one.
    const options = {
      on,
      off,
      state,
      timeoutMs,
      settleMs,
      auth: { ...who, ...known } as PduAuth,
      ...trusted(tls),
    };
    return () => openHttpPdu({ ...options, clock });
  },
  isapi: ({ url, user, password, tls }, { id, clock, secretOf, counted }) => {
    const credentials = { user, password: secretOf(password, `the power of ${id}`) };
    const trust = trusted(tls);
    return () => openIsapiPower({ url, credentials, clock, counted, ...trust });
  },
};

/** The recorder's picture, px. */
export function sizeOf(config: DutConfig): { readonly width: number; readonly height: number } {
  const [width = 1280, height = 720] = config.resolution.split('x').map(Number);
  return { width, height };
}

/** How the display of an entry is opened. @throws HarnessError CONFIG_MISSING where a secret is not set */
export function displayOpening(config: DisplayConfig, openings: Openings): () => Promise<Display> {
  return opening(DISPLAYS, config, openings);
}

/** How the power of an entry is opened. @throws HarnessError CONFIG_MISSING where a secret is not set */
export function powerOpening(config: PowerConfig, openings: PowerOpenings): () => Promise<Power> {
  return opening(POWERS, config, openings);
}

/** How the console of an entry is opened. */
export function serialOpening(
  config: SerialConfig,
  { clock }: Pick<Openings, 'clock'>,
): () => Promise<Serial> {
  return config.driver === 'tcp'
    ? () => openTcpSerial({ ...config, clock })
    : () => openSerial({ ...config, clock });
}

function opening<C extends { readonly driver: string }, P, O>(
  table: Table<C, P, O>,
  config: C,
  openings: O,
): () => Promise<P> {
  const driver: C['driver'] = config.driver;
  // The row was chosen by the very field that tells its configuration apart.
  return table[driver](config as Extract<C, { driver: C['driver'] }>, openings);
}

function pikvmAccess(
  { url, user, password, tls }: Extract<DisplayConfig | PowerConfig, { driver: 'pikvm' }>,
  { id, clock, secretOf }: Openings,
  what: string,
) {
  return {
    url,
    user,
    password: secretOf(password, `the ${what} of ${id}`),
    clock,
    ...trusted(tls),
  };
}
