import { accessSync, constants, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, launchBrowser } from '../bench/drivers/display/chromium.ts';
import { openHttp } from '../bench/drivers/http/http.ts';
import { isapi } from '../bench/drivers/http/isapi.ts';
import { openEmbeddedMailbox } from '../bench/drivers/mailbox/embedded.ts';
import { openSerial } from '../bench/drivers/serial/tty.ts';
import { launchEmulator } from '../bench/drivers/twin/launch.ts';
import { openLabMailbox } from '../bench/mailboxes.ts';
import { requireSecret } from '../bench/secrets.ts';
import type { SecretRef } from '../config/devices.ts';
import { type Rated, rateBench } from '../run/rating.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { lookAtBench, type PortFinding } from './doctor-bench.ts';
import { doctorDisplay } from './doctor-display.ts';
import { ratingLines } from './doctor-rating.ts';
import { type Finding, findingLine } from './finding.ts';
import { isTerminal, type Loaded, load, pickDuts, ROOT, secretsFrom } from './load.ts';
import { attendanceOf, isAttended, OPERATOR } from './operator.ts';
import { STATE, safetyFrom } from './state.ts';

/** `resetbench doctor`: is everything there that a run needs, and what can each bench judge? Changes nothing. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'Check machine, configuration and benches; changes nothing.',
  positionals: '[DUT...]',
  options: {
    devices: { type: 'string', value: 'FILE', help: 'inventory (default: devices.yaml of this checkout)' },
    secrets: { type: 'string', value: 'FILE', help: 'YAML of names and values that devices.yaml refers to' },
    ...STATE,
    ...OPERATOR,
    display: { type: 'boolean', help: 'rate the displays of DUTs instead: fit to judge by or not, and why' },
    json: { type: 'boolean', help: 'for programs' },
  },
  examples: [
    ['resetbench doctor', 'before the first run, and when a bench misbehaves'],
    ['resetbench doctor nvr-shelf-3', 'that bench alone: its ports, and which requirements it can judge'],
    ['resetbench doctor --display nvr-shelf-3', 'moves the pointer of that recorder, and nothing else'],
  ],
  async run(args) {
    if (args.flag('display')) return doctorDisplay(args);
    const findings: Finding[] = [];
    const look = async (what: string, body: () => Promise<string> | string) => {
      try {
        findings.push({ what, ok: true, told: await body() });
      } catch (error) {
        const cure = error instanceof HarnessError ? error.hint : undefined;
        const told = error instanceof Error ? error.message : String(error);
        findings.push({ what, ok: false, told, ...(cure === undefined ? {} : { cure }) });
      }
      const last = findings.at(-1);
      if (last !== undefined && !args.flag('json')) console.log(findingLine(last, process.stdout.columns));
    };
    await look('Node.js', nodeVersion);
    await look('browser', async () => {
      const path = findChromium();
      await using stack = new AsyncDisposableStack();
      const browser = stack.adopt(await launchBrowser(path), (one) => one.close());
      return `${path} (${browser.version()})`;
    });
    await look('reports', () => writable(join(ROOT, 'reports')));
    await look('emulator', emulatorWorks);
    const devices = args.text('devices') ?? join(ROOT, 'devices.yaml');
    await look('configuration', async () => {
      const { duts, cases, requirements } = await load(devices);
      return `${duts.length} recorders, ${requirements.length} requirements, ${cases.length} cases`;
    });
    const loaded = await load(devices).catch(() => undefined);
    const lab = loaded?.devices.lab;
    if (lab !== undefined && lab.mailbox.driver !== 'embedded')
      await look('mailbox', async () => {
        const secrets = secretsFrom(args.text('secrets'));
        const secretOf = (ref: SecretRef, whose: string) => requireSecret(secrets(ref), ref, whose);
        const { mailbox, what } = await openLabMailbox(lab.mailbox, { clock: systemClock, secretOf });
        await using opened = mailbox;
        return `${what}, ${(await opened.listAll()).length} mails`;
      });
    const mailbox = findings.find(({ what }) => what === 'mailbox');
    const ratings = loaded === undefined ? [] : await benches(loaded, args, { findings, mailbox });
    if (args.flag('json')) console.log(JSON.stringify({ findings, ratings }, undefined, 2));
    return findings.every(({ ok }) => ok) ? EXIT.conformant : EXIT.bench;
  },
};

/** Looks at the benches of recorders on shelves, and rates them and the twins that are named. */
async function benches(
  loaded: Loaded,
  args: Args,
  { findings, mailbox }: { readonly findings: Finding[]; readonly mailbox: Finding | undefined },
): Promise<readonly { readonly dut: string; readonly requirements: readonly Rated[] }[]> {
  const columns = process.stdout.columns;
  const isText = !args.flag('json');
  const attended = isAttended(attendanceOf(args, isTerminal()));
  await using stack = new AsyncDisposableStack();
  let browser: ReturnType<typeof launchBrowser> | undefined;
  const ratings: { dut: string; requirements: readonly Rated[] }[] = [];
  for (const dut of pickDuts(loaded, args.positionals)) {
    const { config } = dut;
    const broken = new Set<PortFinding['port']>(mailbox?.ok === false ? ['mailbox'] : []);
    if (config.kind === 'hardware') {
      const looked = await lookAtBench(config, {
        loaded,
        clock: systemClock,
        browser: () => {
          browser ??= launchBrowser(findChromium()).then((one) => stack.adopt(one, (it) => it.close()));
          return browser;
        },
        secret: secretsFrom(args.text('secrets')),
        safety: safetyFrom(args.text('state'), []),
        keyIsDrawn: process.env.RESETBENCH_KEY_FILE === undefined,
        say: (finding) => {
          if (isText) console.log(findingLine(finding, columns));
        },
      });
      findings.push(...looked);
      for (const { port, ok } of looked) if (!ok) broken.add(port);
    } else if (args.positionals.length === 0) continue;
    const { requirements, cases } = loaded;
    const rated = rateBench({ dut, requirements, cases, broken, attended });
    ratings.push({ dut: config.id, requirements: rated });
    if (isText) for (const line of ratingLines(config.id, rated, columns)) console.log(line);
  }
  return ratings;
}

function nodeVersion(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 22))
    throw new HarnessError('CONFIG_INVALID', `${process.version} is too old; 22.22 at least`, {
      hint: 'start through npm (`npm start`), which finds its own Node.js',
    });
  return process.version;
}

function writable(folder: string): string {
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new HarnessError('CONFIG_INVALID', `${folder} cannot be written`, {
      cause,
      hint: 'create it, or give yourself the right to write there',
    });
  }
  const { bavail, bsize } = statfsSync(folder);
  const gib = Math.round((bavail * bsize) / 2 ** 30);
  if (gib < 1)
    throw new HarnessError('CONFIG_INVALID', `${folder} has less than 1 GiB left`, { hint: 'make room' });
  return `${gib} GiB left`;
}

/** A twin starts, answers over HTTP, and its console can be opened. */
async function emulatorWorks(): Promise<string> {
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
  await using serial = await openSerial({ path: twin.serialPath, baudRate: 115_200, clock });
  await using http = openHttp({ baseUrl: twin.httpUrl, timeoutMs: 5000, clock });
  const activated = await isapi(http).activated();
  return `a twin answers over HTTP (${activated ? 'activated' : 'inactive'}) and serial (${serial.transcript().length} chunks)`;
}
