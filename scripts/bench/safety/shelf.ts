// A twin in a process of its own, which a harness takes for a recorder on a shelf: it outlives every harness.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTwinHands } from '../../../harness/bench/drivers/hands/twin.ts';
import { openHttp } from '../../../harness/bench/drivers/http/http.ts';
import { isapi } from '../../../harness/bench/drivers/http/isapi.ts';
import { openEmbeddedMailbox } from '../../../harness/bench/drivers/mailbox/embedded.ts';
import { launchEmulator } from '../../../harness/bench/drivers/twin/launch.ts';
import type { Hands } from '../../../harness/bench/ports/hands.ts';
import type { RecorderHttp } from '../../../harness/bench/ports/recorder-http.ts';
import { randomPassword } from '../../../harness/kit/fresh.ts';
import { dutFolder } from '../../../harness/safety/dut.ts';
import type { KeySource } from '../../../harness/safety/seal.ts';
import { systemClock } from '../../../harness/terms/clock.ts';

/** Of the entry in devices.yaml. */
export const SHELF = 'shelf';
const ADDRESS = 'shelf@lab.resetbench.example';
/** Several are started on a machine that may be busy with other tests, ms. */
const READY_MS = 120_000;
const MODEL = { family: 'nvr', model: 'DS-7616NI-K2', firmware: 'V4.30.097', build: 'build 240401' } as const;

export interface Shelf extends AsyncDisposable {
  /** Inventory with the one entry. */
  readonly devices: string;
  /** What a harness for it is started with: its password, and places of its own for all that it keeps. */
  readonly env: NodeJS.ProcessEnv;
  readonly serialNumber: string;
  /** Where a harness keeps the passwords of the entry, and the key that it draws for them. */
  readonly journal: { readonly file: string; readonly source: KeySource };
  /** adminPassword. */
  readonly first: string;
  readonly hands: Hands;
  readonly recorder: RecorderHttp;
}

/** @param folder where all that belongs to it lies */
export async function openShelf(
  folder: string,
  { serialNumber, inactive = false }: { readonly serialNumber?: string; readonly inactive?: boolean } = {},
): Promise<Shelf> {
  const clock = systemClock;
  await using opening = new AsyncDisposableStack();
  const mailbox = opening.use(await openEmbeddedMailbox({ clock }));
  const first = randomPassword(12);
  const emulator = opening.use(
    await launchEmulator(
      {
        smtp: mailbox.smtp,
        recorders: [
          {
            id: SHELF,
            ...MODEL,
            gui: '4.0',
            language: 'en',
            resolution: '1280x720',
            bootMs: 300,
            ...(inactive ? {} : { adminPassword: first, reservedEmail: ADDRESS }),
          },
        ],
      },
      { clock, readyMs: READY_MS },
    ),
  );
  const twin = emulator.ready.recorders[0];
  if (twin === undefined) throw new Error('the emulator started no twin');
  const hands = opening.use(await openTwinHands({ controlUrl: twin.controlUrl, clock }));
  const http = opening.use(openHttp({ baseUrl: twin.httpUrl, timeoutMs: 10_000, clock }));
  const devices = join(folder, 'devices.yaml');
  const tmp = join(folder, 'tmp');
  mkdirSync(tmp, { recursive: true });
  const { host, port } = mailbox.smtp;
  writeFileSync(
    devices,
    [
      'version: 1',
      'lab:',
      '  domains: [lab.resetbench.example]',
      `  mailbox: { driver: mailhog, url: "${mailbox.apiUrl}", smtp: { host: ${host}, port: ${port} } }`,
      'duts:',
      `  - id: ${SHELF}`,
      '    kind: hardware',
      '    destructive: true',
      `    serialNumber: ${serialNumber ?? twin.serialNumber}`,
      '    profile: nvr',
      `    model: ${MODEL.model}`,
      `    firmware: ${MODEL.firmware}`,
      '    adminPassword: { env: SHELF_PASSWORD }',
      `    reservedEmail: ${ADDRESS}`,
      `    http: { url: "${twin.httpUrl}" }`,
      `    serial: { path: ${twin.serialPath}, baudRate: 115200 }`,
      `    display: { driver: browser, url: "${twin.displayUrl}" }`,
      `    scanner: { driver: relay, url: "${emulator.ready.relayUrl}" }`,
      '',
    ].join('\n'),
  );
  const [state, config] = [join(folder, 'state'), join(folder, 'config')];
  const stack = opening.move();
  return {
    devices,
    env: {
      ...process.env,
      SHELF_PASSWORD: first,
      RESETBENCH_STATE: state,
      RESETBENCH_KEY: undefined,
      RESETBENCH_KEY_FILE: undefined,
      XDG_CONFIG_HOME: config,
      TMPDIR: tmp,
      NO_COLOR: '1',
    },
    journal: {
      file: join(dutFolder(state, serialNumber ?? twin.serialNumber), 'passwords.jsonl'),
      source: { from: 'file', file: join(config, 'resetbench', 'key') },
    },
    serialNumber: twin.serialNumber,
    first,
    hands,
    recorder: isapi(http),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
