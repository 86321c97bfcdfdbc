import type { Browser } from 'playwright';
import type { HardwareConfig, SecretRef } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';
import { holdDut } from '../safety/dut.ts';
import { HarnessError } from '../terms/error.ts';
import type { TryStore } from '../terms/tries.ts';
import { closeAll, openingOnto } from './closing.ts';
import { openHttp } from './drivers/http/http.ts';
import { isapi } from './drivers/http/isapi.ts';
import type { Desk } from './drivers/operator/desk.ts';
import { displayOpening, maybeDark, powerOpening, serialOpening, sizeOf } from './hardware.ts';
import { booted, identifyByConsole, identifyByHttp } from './identity.ts';
import type { LabMailbox } from './mailboxes.ts';
import type { Bench, BenchesOptions } from './open.ts';
import type { Display } from './ports/display.ts';
import type { Http } from './ports/http.ts';
import { taggedAddress } from './run-address.ts';
import { scannerOpening } from './scanners.ts';
import { trusted } from './trust.ts';

/** What the benches of a run share, as far as recorders on a shelf need it. */
export interface Shared {
  readonly options: BenchesOptions;
  readonly browser: () => Promise<Browser>;
  readonly mailbox: () => Promise<LabMailbox>;
  readonly desk: Desk;
  readonly secretOf: (ref: SecretRef, whose: string) => string;
  readonly addressTag: string;
  /** What stands between a display and those who use it. */
  readonly seen: (display: Display, dut: Shelved) => Display;
}
interface Shelved {
  readonly config: HardwareConfig;
  readonly profile: Profile;
}

const HTTP_TIMEOUT_MS = 10_000;

/**
 * Opens the bench of a recorder of hardware, once it is known that it is the one that may be reset, and that nobody else
 * has it.
 * @param stack what is open lies there, also where it fails
 */
export async function openOnShelf(
  { config, profile }: Shelved,
  { options, browser, mailbox, desk, secretOf, addressTag, seen }: Shared,
  stack: AsyncDisposable[],
): Promise<Bench> {
  const { devices, clock } = options;
  const on = openingOnto(stack);
  const homeAddress = taggedAddress(config.reservedEmail, addressTag);
  // All secrets are looked up before anything is opened.
  const password = secretOf(config.adminPassword, config.id);
  let store: TryStore | undefined;
  const counted = (plain: Http) => options.safety?.counted(plain, profile, store) ?? plain;
  const openings = { size: sizeOf(config), clock, browser, secretOf, id: config.id, counted };
  const openRecorderDisplay = displayOpening(config.display, openings);
  const operator = await on(desk.at(config.id));
  const openRecorderScanner = scannerOpening(config.scanner, {
    ...openings,
    operator,
    smtp: devices.lab.smtp,
    apps: options.apps ?? [],
  });
  const openRecorderPower = config.power === undefined ? undefined : powerOpening(config.power, openings);
  if (options.safety === undefined)
    throw new HarnessError('USAGE', `${config.id} is hardware, and nothing would keep its passwords`);
  const safety = await on(holdDut(config, options.safety, { what: options.safety.what, clock }));
  store = safety.tries;
  for (const line of safety.told) options.onLog?.(line);
  if (safety.passwords.unsettled)
    throw new HarnessError(
      'PASSWORD_UNSURE',
      `a run on ${config.id} was cut: which password it has is not known`,
      {
        hint: `resetbench recover ${config.id}`,
      },
    );
  const http = await on(
    openHttp({ baseUrl: config.http.url, timeoutMs: HTTP_TIMEOUT_MS, clock, ...trusted(config.http.tls) }),
  );
  // A run that was killed may have left it in the dark, where it tells nothing. To give a recorder its mains is the safe
  // state of its bench, whichever unit stands there.
  const mains =
    openRecorderPower !== undefined && maybeDark(config) ? await on(openRecorderPower()) : undefined;
  if ((await mains?.state()) === 'off') {
    options.onLog?.(`${config.id} had no power; it is switched on`);
    await mains?.on();
    await booted(isapi(http), clock);
  }
  // Before anything else is opened, let alone touched: is it the unit that may be reset?
  const told = await identifyByHttp(config, isapi(counted(http)), password);
  const serial =
    config.serial === undefined ? undefined : await on(serialOpening(config.serial, { clock })());
  await identifyByConsole(config, serial, !told);
  const scanner = await on(openRecorderScanner());
  const power = mains ?? (openRecorderPower === undefined ? undefined : await on(openRecorderPower()));
  const display = await on(openRecorderDisplay());
  // From here on the recorder may be changed, and whoever works on it restores this one.
  safety.passwords.begin(password);
  return {
    serialNumber: config.serialNumber,
    display: seen(display, { config, profile }),
    http,
    recorder: isapi,
    mailbox: (await mailbox()).mailbox,
    scanner,
    operator,
    serial,
    power,
    usb: undefined,
    network: undefined,
    sadp: undefined,
    hands: undefined,
    partner: undefined,
    initial: { password, address: undefined },
    homeAddress,
    addressTag,
    labDomains: devices.lab.domains,
    safety,
    [Symbol.asyncDispose]: () => closeAll(stack),
  };
}
