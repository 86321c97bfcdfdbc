// One healthy twin with a whole bench, of which single ports are replaced by real drivers at stand-ins that fail.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowserDisplay } from '../../../harness/bench/drivers/display/browser.ts';
import { findChromium, launchBrowser } from '../../../harness/bench/drivers/display/chromium.ts';
import { openTwinHands } from '../../../harness/bench/drivers/hands/twin.ts';
import { openHttp } from '../../../harness/bench/drivers/http/http.ts';
import { isapi } from '../../../harness/bench/drivers/http/isapi.ts';
import { openEmbeddedMailbox } from '../../../harness/bench/drivers/mailbox/embedded.ts';
import { openTwinPower } from '../../../harness/bench/drivers/power/twin.ts';
import { openRelayScanner } from '../../../harness/bench/drivers/scanner/relay.ts';
import { openSerial } from '../../../harness/bench/drivers/serial/tty.ts';
import { launchEmulator } from '../../../harness/bench/drivers/twin/launch.ts';
import type { Bench } from '../../../harness/bench/open.ts';
import type { Power } from '../../../harness/bench/ports/power.ts';
import type { Profile } from '../../../harness/config/profile.ts';
import { createRedactor } from '../../../harness/evidence/redactor.ts';
import { type EvidenceStore, openStore } from '../../../harness/evidence/store.ts';
import { Strategy } from '../../../harness/flow/strategy.ts';
import type { CaseDefinition } from '../../../harness/kit/case.ts';
import { randomPassword } from '../../../harness/kit/fresh.ts';
import { runAttempt } from '../../../harness/run/attempt.ts';
import { ledgerOf } from '../../../harness/run/ledger.ts';
import { holdTwin } from '../../../harness/safety/dut.ts';
import { type Clock, systemClock } from '../../../harness/terms/clock.ts';
import type { Judgement } from '../../../harness/terms/judge.ts';
import { benchTwin, profileOf } from '../bench-twin.ts';
import { type Gate, openGate } from './gate.ts';

const _SUITES = fileURLToPath(new URL('../../../suites', import.meta.url));
export const ADDRESS = 'stage@lab.resetbench.example';
/** How long a mail may take here, s: that one does not come at all is found out soon enough. */
const MAIL_SECONDS = 6;
const CONFIG = benchTwin('stage');
export const MODEL = { profile: CONFIG.profile, model: CONFIG.model, firmware: CONFIG.firmware } as const;

/** Ports that take the place of the healthy ones, and what else an attempt works with. */
export type Replaced = Partial<
  Pick<Bench, 'http' | 'mailbox' | 'scanner' | 'serial' | 'power' | 'display' | 'operator'>
> & { readonly store?: EvidenceStore; readonly clock?: Clock };

export interface Stage extends AsyncDisposable {
  readonly folder: string;
  readonly bench: Bench;
  readonly profile: Profile;
  /** Of admin, as the recorder stands now. */
  password(): string;
  /** Addresses of the healthy peers. */
  readonly at: {
    readonly http: string;
    readonly relay: string;
    readonly display: string;
    readonly serial: string;
    readonly mailApi: string;
  };
  /** The mains of the twin. */
  readonly mains: Power;
  /** Between the recorder's mail service and the mailbox of the lab. */
  readonly smtp: Gate;
  /** One attempt at a case with these ports. */
  attempt(definition: Omit<CaseDefinition, 'id' | 'title'>, ports: Replaced): Promise<Judgement>;
}

/** Opens the twin and its bench. */
export async function openStage(): Promise<Stage> {
  const clock = systemClock;
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-faults-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const mailbox = opening.use(await openEmbeddedMailbox({ clock }));
  const smtp = opening.use(await openGate(mailbox.smtp.port));
  const password = randomPassword(12);
  const profile = { ...profileOf(MODEL.profile), mailWithinSeconds: MAIL_SECONDS };
  const { model, firmware, build, language, resolution, bootMs } = CONFIG;
  const recorder = { id: CONFIG.id, family: profile.family, model, firmware, build, gui: profile.gui };
  const more = { language, resolution, bootMs, adminPassword: password, reservedEmail: ADDRESS };
  const emulator = opening.use(
    await launchEmulator(
      { smtp: { host: '127.0.0.1', port: smtp.port }, recorders: [{ ...recorder, ...more }] },
      { clock },
    ),
  );
  const { relayUrl, recorders } = emulator.ready;
  const [twin] = recorders;
  if (twin === undefined) throw new Error('the emulator started no twin');
  const { controlUrl, serialNumber } = twin;
  const browser = opening.use(await launchBrowser(findChromium()));
  const hands = opening.use(await openTwinHands({ controlUrl, clock }));
  const mains = opening.use(await openTwinPower({ controlUrl, clock }));
  const size = { width: 1280, height: 720 };
  const safety = opening.use(
    await holdTwin({ id: CONFIG.id, serialNumber }, { folder, clock, first: password }),
  );
  const bench: Bench = {
    serialNumber,
    display: opening.use(await openBrowserDisplay({ browser, url: twin.displayUrl, ...size, clock })),
    http: opening.use(openHttp({ baseUrl: twin.httpUrl, timeoutMs: 5_000, clock })),
    recorder: isapi,
    mailbox,
    scanner: opening.use(await openRelayScanner({ url: relayUrl, clock })),
    operator: undefined,
    serial: opening.use(await openSerial({ path: twin.serialPath, baudRate: 115_200, clock, reopenMs: 0 })),
    power: mains,
    usb: undefined,
    network: undefined,
    sadp: undefined,
    hands,
    partner: undefined,
    initial: { password, address: ADDRESS },
    homeAddress: ADDRESS,
    addressTag: '',
    labDomains: ['lab.resetbench.example'],
    safety,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const strategy = new Strategy(bench.initial, { tries: ledgerOf(profile, clock) });
  const store = await openStore(folder);
  const signal = new AbortController().signal;
  let number = 0;
  const attempt: Stage['attempt'] = async (definition, { store: other, clock: time, ...ports }) => {
    await smtp.set({ kind: 'passes' });
    await mains.on();
    return runAttempt({
      dut: { config: CONFIG, profile, cases: [] },
      definition: { id: 'CR00', title: 'A small case', ...definition },
      attempt: 1,
      bench: { ...bench, ...ports },
      baseline: async () => undefined,
      strategy,
      redactor: createRedactor(),
      store: other ?? store,
      clock: time ?? clock,
      signal,
      write: () => undefined,
      onStep: () => undefined,
      withPartner: (body) => body(),
      nextNumber: () => (number += 1),
    });
  };
  const ready = await attempt(
    { needs: 'reserved', test: async ({ expect }) => expect(true, 'the state').toBe(true) },
    {},
  );
  // A case without evidence is none; that the state was reached is all that counts here.
  if (ready.fault !== undefined && ready.fault.rule !== 'no-evidence')
    throw new Error(`the healthy twin is not ready: ${ready.fault.facts}`);
  const stack = opening.move();
  return {
    folder,
    bench,
    profile,
    password: () => strategy.known.password ?? '',
    at: {
      http: twin.httpUrl,
      relay: relayUrl,
      display: twin.displayUrl,
      serial: twin.serialPath,
      mailApi: mailbox.apiUrl,
    },
    mains,
    smtp,
    attempt,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
