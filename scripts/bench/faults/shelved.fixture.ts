// Faults of what is around a recorder on a shelf before anything of it is touched: which unit, who has it, whose key.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { serveKvmd } from '../../../harness/bench/drivers/pikvm/kvmd.fixture.ts';
import { openBenches } from '../../../harness/bench/open.ts';
import type { Devices, HardwareConfig } from '../../../harness/config/devices.ts';
import { randomPassword } from '../../../harness/kit/fresh.ts';
import { countLogins } from '../../../harness/run/counted-http.ts';
import { type DutSafety, dutFolder, holdDut, type SafetyOptions } from '../../../harness/safety/dut.ts';
import { systemClock as clock } from '../../../harness/terms/clock.ts';
import { type BenchFault, faultsOf } from './fault.ts';
import { openGate } from './gate.ts';
import { ADDRESS, MODEL, type Stage } from './stage.ts';

const SHELF = 'shelf';
const PHRASE = { from: 'phrase', phrase: 'the long phrase of this lab', name: 'RESETBENCH_KEY' } as const;

interface Shelved {
  readonly stage: Stage;
  readonly on: AsyncDisposableStack;
  config: HardwareConfig;
  password: string | undefined;
  safety: SafetyOptions;
}

/** A run of another day on this recorder: begun, and not ended. */
async function cutRun({ config, safety }: Shelved): Promise<void> {
  await using held = holdDut(config, safety, { what: 'run of yesterday', clock });
  held.passwords.begin(randomPassword(12));
}

const shelf = faultsOf<Shelved>(
  {
    scene: 'shelf',
    port: 'inventory',
    names: /./,
    async set(stage, on) {
      const serialNumber = stage.bench.serialNumber;
      const config = {
        id: SHELF,
        kind: 'hardware',
        destructive: true,
        ...MODEL,
        serialNumber,
        resolution: '1280x720',
        language: 'en',
        adminPassword: { env: 'SHELF_PASSWORD' },
        reservedEmail: ADDRESS,
        http: { url: stage.at.http },
        display: { driver: 'browser', url: stage.at.display },
        scanner: { driver: 'relay', url: stage.at.relay },
      } satisfies HardwareConfig;
      const folder = join(stage.folder, `state-${randomPassword(8)}`);
      return { stage, on, config, password: stage.password(), safety: { folder, source: PHRASE } };
    },
    async open(world, stage, on) {
      const { config, password, safety } = world;
      const devices: Devices = {
        version: 1,
        lab: {
          domains: ['lab.resetbench.example'],
          mailbox: {
            driver: 'mailhog',
            url: stage.at.mailApi,
            smtp: { host: '127.0.0.1', port: stage.smtp.port },
          },
          plusAddress: false,
        },
        duts: [config],
      };
      const benches = on.use(
        openBenches({
          devices,
          duts: [{ config, profile: stage.profile }],
          secret: () => password,
          folder: stage.folder,
          safety: { ...safety, what: 'faults', counted: countLogins(clock) },
          clock,
          freshPassword: () => randomPassword(12),
        }),
      );
      const opened = on.use(await benches.open(SHELF));
      leases.set(stage, opened.safety.lease);
      const { http, scanner, mailbox } = opened;
      return { http, scanner, mailbox };
    },
    async test({ http, admin, expect }, { stage }) {
      // As a run does before each case.
      leases.get(stage)?.check();
      expect((await http.userCheck(admin)).http, 'userCheck of admin').toBe(200);
    },
  },
  [
    {
      id: 'another-unit',
      what: 'devices.yaml names another serial number than the unit has that stands there',
      when: 'open',
      names: /serial number/i,
      inject: (world) => {
        world.config = { ...world.config, serialNumber: 'DS-7616NI-K20000000000' };
      },
    },
    {
      id: 'lease-held',
      what: 'Another run has the recorder',
      when: 'open',
      names: /held by/i,
      inject: ({ config, safety, on }) =>
        void on.use(holdDut(config, safety, { what: 'run of the night', clock })),
    },
    {
      id: 'lease-lost',
      what: "Somebody removes the files of the run's lease",
      when: 'case',
      names: /no longer this run's/i,
      inject({ config, safety }) {
        const folder = dutFolder(safety.folder, config.serialNumber);
        for (const file of readdirSync(folder)) if (file.startsWith('lease-')) rmSync(join(folder, file));
      },
    },
    {
      id: 'password-unsure',
      what: 'A run was cut before, and nobody has recovered the recorder',
      when: 'open',
      names: /password/i,
      inject: cutRun,
    },
    {
      id: 'journal-key-gone',
      what: 'The file with the key of the kept passwords is not there',
      when: 'open',
      names: /key/i,
      expected: { verdict: 'error', domain: 'configuration' },
      async inject(world) {
        await cutRun(world);
        const file = join(world.safety.folder, 'no-such-key');
        world.safety = { ...world.safety, source: { from: 'file', file } };
      },
    },
    {
      id: 'journal-key-another',
      what: 'The passwords were kept with another key',
      when: 'open',
      names: /key/i,
      async inject(world) {
        await cutRun(world);
        const source = { ...PHRASE, phrase: 'the long phrase of another lab' };
        world.safety = { ...world.safety, source };
      },
    },
    {
      id: 'secret-missing',
      what: 'The password of the recorder is not in the environment',
      when: 'open',
      names: /SHELF_PASSWORD/,
      expected: { verdict: 'error', domain: 'configuration' },
      inject: (world) => {
        world.password = undefined;
      },
    },
    {
      id: 'recorder-unreachable',
      what: 'The address of the recorder in devices.yaml leads nowhere',
      when: 'open',
      names: /at http|recorder/i,
      async inject(world) {
        const gate = await openGate(1);
        await gate.set({ kind: 'gone' });
        world.config = { ...world.config, http: { url: gate.url } };
      },
    },
    {
      id: 'https-certificate-wrong',
      what: 'The certificate at the https address of the recorder is not the pinned one',
      when: 'open',
      names: /port http/i,
      async inject(world) {
        const { url } = world.on.use(await serveKvmd());
        world.config = { ...world.config, http: { url, tls: { fingerprint: '00'.repeat(32) } } };
      },
    },
    {
      id: 'https-certificate-unknown',
      what: 'The certificate at the https address of the recorder is signed by nobody known, and none is pinned',
      when: 'open',
      names: /port http/i,
      expected: { verdict: 'error', domain: 'configuration' },
      async inject(world) {
        const { url } = world.on.use(await serveKvmd());
        world.config = { ...world.config, http: { url } };
      },
    },
  ],
);
/** The lease of the bench that is open on a stage. */
const leases = new WeakMap<Stage, DutSafety['lease']>();

export const SHELVED: readonly BenchFault[] = shelf;
