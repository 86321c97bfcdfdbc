import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright';
import type { Devices, DutConfig, SecretRef } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';
import { type DutSafety, holdTwin, type SafetyOptions } from '../safety/dut.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { TryStore } from '../terms/tries.ts';
import { closeAll, openingOnto } from './closing.ts';
import { openBrowserDisplay } from './drivers/display/browser.ts';
import { findChromium, launchBrowser } from './drivers/display/chromium.ts';
import { openPikvmDisplay } from './drivers/display/pikvm.ts';
import { openTwinHands } from './drivers/hands/twin.ts';
import { openHttp } from './drivers/http/http.ts';
import { isapi } from './drivers/http/isapi.ts';
import { openTwinNetwork } from './drivers/network/twin.ts';
import { type Desk, openDesk } from './drivers/operator/desk.ts';
import { openTwinPower } from './drivers/power/twin.ts';
import { openSadp } from './drivers/sadp/udp.ts';
import type { AppWays } from './drivers/scanner/appium.ts';
import { openSerial } from './drivers/serial/tty.ts';
import { type LaunchedEmulator, launchEmulator } from './drivers/twin/launch.ts';
import { openTwinUsb } from './drivers/usb/folder.ts';
import { copyId, PARTNER, PARTNER_MODEL, partnerPlan, recorderPlan } from './emulated.ts';
import { sizeOf } from './hardware.ts';
import { type LabMailbox, openLabMailbox } from './mailboxes.ts';
import type { Display } from './ports/display.ts';
import type { Hands } from './ports/hands.ts';
import type { Http } from './ports/http.ts';
import type { Mailbox } from './ports/mailbox.ts';
import type { Network } from './ports/network.ts';
import type { Operator } from './ports/operator.ts';
import type { Power } from './ports/power.ts';
import type { RecorderHttp } from './ports/recorder-http.ts';
import type { Sadp } from './ports/sadp.ts';
import type { Scanner } from './ports/scanner.ts';
import type { Serial } from './ports/serial.ts';
import type { Usb } from './ports/usb.ts';
import { runTag, taggedAddress } from './run-address.ts';
import { twinScanner } from './scanners.ts';
import { requireSecret } from './secrets.ts';
import { openOnShelf } from './shelf.ts';

/** Everything around one recorder, open. */
export interface Bench extends AsyncDisposable {
  readonly serialNumber: string;
  readonly display: Display;
  readonly http: Http;
  /** The recorder's own interface over a plain HTTP port, this bench's or one that listens in between. */
  readonly recorder: (http: Http) => RecorderHttp;
  readonly mailbox: Mailbox;
  readonly scanner: Scanner;
  /** Who stands at the bench; where nobody does, it says so when it is asked. */
  readonly operator: Operator | undefined;
  readonly serial: Serial | undefined;
  readonly power: Power | undefined;
  readonly usb: Usb | undefined;
  readonly network: Network | undefined;
  readonly sadp: Sadp | undefined;
  readonly hands: Hands | undefined;
  /** A second recorder with a reserved email; only its HTTP face is used. */
  readonly partner:
    | {
        readonly http: Http;
        readonly address: string;
        readonly password: string;
        readonly unit: { readonly model: string; readonly serialNumber: string };
        /** Where it is a twin: brings it back as it was, once it has lent its code. */
        readonly hands: Hands | undefined;
      }
    | undefined;
  /** What the recorder begins with. */
  readonly initial: { readonly password: string | undefined; readonly address: string | undefined };
  /** The address that this recorder's owner reserves. */
  readonly homeAddress: string;
  /** What stands before the @ of each address of this run alone, as `+r1a2b3c4d`; empty where runs share addresses. */
  readonly addressTag: string;
  /** Domains in which addresses may be reserved. */
  readonly labDomains: readonly string[];
  /** Lease, passwords and tries of this recorder. */
  readonly safety: DutSafety;
}

/**
 * An HTTP port whose logins count: in the ledger of this recorder, read anew at each call.
 * @param store where its wrong tries are kept
 */
export type CountLogins = (http: Http, profile: Profile, store: TryStore | undefined) => Http;

export interface BenchesOptions {
  readonly devices: Devices;
  readonly duts: readonly { readonly config: DutConfig; readonly profile: Profile }[];
  /** Looks a secret up; undefined where there is none. */
  readonly secret: (ref: SecretRef) => string | undefined;
  /** A folder for the drives of twins. */
  readonly folder: string;
  /** What outlives the run of recorders of hardware, and who holds them now; without it none of them is opened. */
  readonly safety?: SafetyOptions & { readonly what: string; readonly counted: CountLogins };
  readonly clock: Clock;
  readonly freshPassword: () => string;
  /** Id of the run, where `lab.plusAddress` gives each its own addresses. Default: a fresh one. */
  readonly run?: string;
  /** Of the twins' delays and mails. Default: another each time. */
  readonly seed?: number;
  /** How many copies of each twin there may be: recorders alike but for their serial numbers. Default 1. */
  readonly copies?: number;
  readonly onLog?: (line: string) => void;
  /** Where operators are asked; it stays open. Default: nobody is there. */
  readonly desk?: Desk;
  /** Profiles of the app, for phones. */
  readonly apps?: readonly AppWays[];
  /** Twins are seen through a KVM, as pixels; else by the page that is their picture. */
  readonly pixels?: boolean;
  /** Stands between each display and those who use it: to read one that shows pixels alone, or to learn how to. */
  readonly see?: (
    display: Display,
    dut: { readonly config: DutConfig; readonly profile: Profile },
  ) => Display;
}

/** What the benches of a run share: browser, mailbox, emulator. Each is opened when first needed, and once. */
export interface Benches extends AsyncDisposable {
  /**
   * Opens the bench of one recorder.
   * @param copy which copy of a twin, 1 to {@link copies}; default 1
   * @throws HarnessError naming what is not there, and the cure
   */
  open(id: string, copy?: number): Promise<Bench>;
  /** How many benches of this recorder may be open at a time: one where it is hardware. */
  copies(id: string): number;
  /** The emulator process, once it runs. */
  emulatorPid(): number | undefined;
}

const HTTP_TIMEOUT_MS = 10_000;

/** Opens nothing yet. */
export function openBenches(options: BenchesOptions): Benches {
  const { devices, clock, freshPassword } = options;
  const domain = devices.lab.domains[0] ?? '';
  const addressTag = runTag(devices.lab.plusAddress, options.run ?? randomUUID());
  const addressOf = (local: string) => taggedAddress(`${local}@${domain}`, addressTag);
  const mostCopies = Math.max(1, options.copies ?? 1);
  const twins = options.duts.flatMap(({ config, profile }) =>
    config.kind === 'twin'
      ? Array.from({ length: mostCopies }, (_, at) => ({
          config: { ...config, id: copyId(config.id, at + 1) },
          profile,
        }))
      : [],
  );
  const passwords = new Map(
    [PARTNER, ...twins.filter(({ config }) => config.start === 'active').map(({ config }) => config.id)].map(
      (id) => [id, freshPassword()],
    ),
  );
  const opened: AsyncDisposable[] = [];
  const keep = openingOnto(opened);
  let emulatorPid: number | undefined;
  const kvmAccess = { user: 'resetbench', password: freshPassword() };
  const desk = options.desk ?? openDesk({ ways: [], clock });
  const seen = (display: Display, dut: (typeof options.duts)[number]) =>
    options.see === undefined ? display : options.see(display, dut);

  const browser = once(async (): Promise<Browser> => {
    const launched = await launchBrowser(findChromium());
    opened.push({ [Symbol.asyncDispose]: () => launched.close() });
    return launched;
  });
  // All twins are pages of one emulator: they share two contexts, and with them two renderers, in turns.
  const newContext = async (): Promise<BrowserContext> => (await browser()).newContext();
  const contexts = [once(newContext), once(newContext)] as const;
  let displays = 0;
  const twinContext = () => contexts[displays++ % 2 === 0 ? 0 : 1]();
  const secretOf = (ref: SecretRef, what: string) => requireSecret(options.secret(ref), ref, what);
  const mailbox = once(async (): Promise<LabMailbox> => {
    const lab = await openLabMailbox(devices.lab.mailbox, { clock, secretOf, onLog: options.onLog });
    opened.push(lab.mailbox);
    return lab;
  });
  const emulator = once(async (): Promise<LaunchedEmulator> => {
    const { smtp } = await mailbox();
    if (smtp === undefined)
      throw new HarnessError('CONFIG_MISSING', 'twins mail their codes by SMTP, and nothing says where to', {
        port: 'mailbox',
        hint: 'set smtp: { host, port } of lab.mailbox in devices.yaml',
      });
    const first = twins[0];
    const launched = await keep(
      launchEmulator(
        {
          smtp,
          ...(options.seed === undefined ? {} : { seed: options.seed }),
          recorders: [
            ...twins.map(({ config, profile }) => ({
              ...recorderPlan(config, profile, passwords.get(config.id)),
              ...(options.pixels === true ? { kvm: { ...kvmAccess, chain: config.capture } } : {}),
            })),
            ...(first === undefined
              ? []
              : [partnerPlan(first, { password: passwords.get(PARTNER), address: addressOf(PARTNER) })]),
          ],
        },
        { clock, ...(options.onLog === undefined ? {} : { onLog: options.onLog }) },
      ),
    );
    emulatorPid = launched.ready.pid;
    return launched;
  });

  async function openTwin(
    { config, profile }: (typeof twins)[number],
    stack: AsyncDisposable[],
  ): Promise<Bench> {
    const on = openingOnto(stack);
    const { ready } = await emulator();
    const ends = ready.recorders.find(({ id }) => id === config.id);
    const partner = ready.recorders.find(({ id }) => id === PARTNER);
    if (ends === undefined)
      throw new HarnessError('PORT_UNREACHABLE', `the emulator started no twin ${config.id}`, {
        hint: 'see the emulator messages in the run log',
      });
    const first = passwords.get(config.id);
    const unit = { id: config.id, serialNumber: ends.serialNumber };
    const safety = await on(holdTwin(unit, { folder: options.folder, clock, first }));
    const drive = join(options.folder, config.id);
    await mkdir(drive, { recursive: true });
    const { controlUrl } = ends;
    const power = await on(openTwinPower({ controlUrl, clock }));
    const hands = await on(openTwinHands({ controlUrl, clock }));
    const usb = await on(openTwinUsb({ controlUrl, folder: drive, clock }));
    const network = await on(openTwinNetwork({ controlUrl, clock }));
    const sadp = await on(openSadp({ host: '127.0.0.1', port: ends.sadpPort }));
    const serial = await on(openSerial({ path: ends.serialPath, baudRate: 115_200, clock, reopenMs: 0 }));
    const http = await on(openHttp({ baseUrl: ends.httpUrl, timeoutMs: HTTP_TIMEOUT_MS, clock }));
    const operator = await on(desk.at(config.id));
    const scanner = await on(
      twinScanner({
        kind: config.scanner,
        ends,
        ready,
        operator,
        clock,
        account: { user: `phone-of-${config.id}@${domain}`, password: freshPassword() },
        from: `bench-of-${config.id.replace('+', '.')}@${domain}`,
      }),
    );
    const display = await on(
      ends.kvmUrl === undefined
        ? openBrowserDisplay({
            browser: await browser(),
            url: ends.displayUrl,
            ...sizeOf(config),
            clock,
            context: await twinContext(),
          })
        : openPikvmDisplay({ ...kvmAccess, url: ends.kvmUrl, size: sizeOf(config), clock }),
    );
    return {
      serialNumber: ends.serialNumber,
      display: seen(display, { config, profile }),
      http,
      recorder: isapi,
      mailbox: (await mailbox()).mailbox,
      scanner,
      operator,
      serial,
      power,
      usb,
      network,
      sadp,
      hands,
      partner:
        partner === undefined
          ? undefined
          : {
              http: await on(openHttp({ baseUrl: partner.httpUrl, timeoutMs: HTTP_TIMEOUT_MS, clock })),
              address: addressOf(PARTNER),
              password: passwords.get(PARTNER) ?? '',
              unit: { model: PARTNER_MODEL, serialNumber: partner.serialNumber },
              hands: await on(openTwinHands({ controlUrl: partner.controlUrl, clock })),
            },
      initial: { password: first, address: undefined },
      homeAddress: addressOf(config.id.replace('+', '.')),
      addressTag,
      labDomains: devices.lab.domains,
      safety,
      [Symbol.asyncDispose]: () => closeAll(stack),
    };
  }

  const shared = { options, browser, mailbox, desk, secretOf, addressTag, seen };
  return {
    async open(id, copy = 1) {
      const dut =
        twins.find(({ config }) => config.id === copyId(id, copy)) ??
        options.duts.find(({ config }) => config.kind === 'hardware' && config.id === id && copy === 1);
      if (dut === undefined) throw new HarnessError('USAGE', `no DUT ${copyId(id, copy)} in this run`);
      const stack: AsyncDisposable[] = [];
      try {
        return await (dut.config.kind === 'twin'
          ? openTwin({ config: dut.config, profile: dut.profile }, stack)
          : openOnShelf({ config: dut.config, profile: dut.profile }, shared, stack));
      } catch (error) {
        await closeAll(stack);
        throw error;
      }
    },
    copies: (id) =>
      options.duts.some(({ config }) => config.id === id && config.kind === 'twin') ? mostCopies : 1,
    emulatorPid: () => emulatorPid,
    [Symbol.asyncDispose]: () => closeAll(opened),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
