import type { Browser } from 'playwright';
import type { DisplayConfig, DutConfig, HardwareConfig, SecretRef } from '../config/devices.ts';
import type { Clock } from '../terms/clock.ts';
import { openCapture } from './capture.ts';
import { openBrowserDisplay } from './drivers/display/browser.ts';
import { openPikvmDisplay } from './drivers/display/pikvm.ts';
import { openVncDisplay } from './drivers/display/vnc.ts';
import { lookAtHttpPdu, openHttpPdu } from './drivers/power/http-pdu.ts';
import { openIsapiPower } from './drivers/power/isapi.ts';
import type { PduAuth } from './drivers/power/pdu-request.ts';
import { lookAtPikvmPower, openPikvmPower } from './drivers/power/pikvm.ts';
import { lookAtRelayBoard, openRelayBoard } from './drivers/power/relay-board.ts';
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
export interface PowerOpenings extends Pick<Openings, 'id' | 'clock' | 'secretOf'> {
  /** Counts a login at the recorder itself. */
  readonly counted: (http: Http) => Http;
}
type PowerConfig = NonNullable<HardwareConfig['power']>;
type SerialConfig = NonNullable<HardwareConfig['serial']>;

/** By driver: looks secrets up at once, and opens when it is called. */
type Table<C extends { readonly driver: string }, P> = {
  readonly [D in C['driver']]: (config: Extract<C, { driver: D }>, openings: Openings) => () => Promise<P>;
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
/** Power that switches, and the same power only asked how it stands. */
interface Switch {
  open(): Promise<Power>;
  look(): Promise<PowerSeen>;
}
/** How power stands, as far as its port tells without switching anything. */
export interface PowerSeen {
  readonly state: 'on' | 'off' | 'untold';
  readonly cuts: boolean;
}
const POWERS: {
  readonly [D in PowerConfig['driver']]: (
    config: Extract<PowerConfig, { driver: D }>,
    openings: PowerOpenings,
  ) => Switch;
} = {
  pikvm: (config, openings) => {
    const access = pikvmAccess(config, openings, 'power');
    return { open: () => openPikvmPower(access), look: () => seen(lookAtPikvmPower(access)) };
  },
  'relay-board': (config, { clock }) => ({
    open: () => openRelayBoard({ ...config, clock }),
    look: () => seen(lookAtRelayBoard({ ...config, clock })),
  }),
  'http-pdu': ({ auth, on, off, state, tls, timeoutMs, settleMs }, { id, clock, secretOf }) => {
    const { password, ...who } = { password: undefined, ...auth };
    const known = password === undefined ? {} : { password: secretOf(password, `the power of ${id}`) };
    const options = {
      on,
      off,
      state,
      timeoutMs,
      settleMs,
      // The schema gives a password to each kind of authentication that has one.
      auth: { ...who, ...known } as PduAuth,
      clock,
      ...trusted(tls),
    };
    return { open: () => openHttpPdu(options), look: () => seen(lookAtHttpPdu(options)) };
  },
  isapi: ({ url, user, password, tls }, { id, clock, secretOf, counted }) => {
    const credentials = { user, password: secretOf(password, `the power of ${id}`) };
    const trust = trusted(tls);
    const open = () => openIsapiPower({ url, credentials, clock, counted, ...trust });
    return {
      open,
      async look() {
        // It switches nothing by being opened, nor by being closed.
        await using port = await open();
        return { state: await port.state(), cuts: port.cuts };
      },
    };
  },
};
const seen = async (state: Promise<PowerSeen['state']>): Promise<PowerSeen> => ({
  state: await state,
  cuts: true,
});

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
  return switchOf(config, openings).open;
}

/** How the power of an entry is asked how it stands; nothing is switched. @throws HarnessError CONFIG_MISSING */
export function powerLook(config: PowerConfig, openings: PowerOpenings): () => Promise<PowerSeen> {
  return switchOf(config, openings).look;
}

/**
 * Whether the power of an entry can have been left cut. Then it is given back before the recorder is asked who it is: in the
 * dark it tells nothing.
 */
export function maybeDark({ power }: Pick<HardwareConfig, 'power'>): boolean {
  return power !== undefined && power.driver !== 'isapi';
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

function switchOf(config: PowerConfig, openings: PowerOpenings): Switch {
  const driver: PowerConfig['driver'] = config.driver;
  // The row was chosen by the very field that tells its configuration apart.
  const row = POWERS[driver] as (config: PowerConfig, openings: PowerOpenings) => Switch;
  return row(config, openings);
}

function opening<C extends { readonly driver: string }, P>(
  table: Table<C, P>,
  config: C,
  openings: Openings,
): () => Promise<P> {
  const driver: C['driver'] = config.driver;
  // The row was chosen by the very field that tells its configuration apart.
  return table[driver](config as Extract<C, { driver: C['driver'] }>, openings);
}

function pikvmAccess(
  { url, user, password, tls }: Extract<DisplayConfig | PowerConfig, { driver: 'pikvm' }>,
  { id, clock, secretOf }: Pick<Openings, 'id' | 'clock' | 'secretOf'>,
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
