import { accessSync, constants, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { openCapture } from '../bench/capture.ts';
import { findChromium, launchBrowser } from '../bench/drivers/display/chromium.ts';
import { openHttp } from '../bench/drivers/http/http.ts';
import { isapi } from '../bench/drivers/http/isapi.ts';
import { openEmbeddedMailbox } from '../bench/drivers/mailbox/embedded.ts';
import { openSerial } from '../bench/drivers/serial/tty.ts';
import { launchEmulator } from '../bench/drivers/twin/launch.ts';
import { serialOpening } from '../bench/hardware.ts';
import { openLabMailbox } from '../bench/mailboxes.ts';
import { requireSecret } from '../bench/secrets.ts';
import { trusted } from '../bench/trust.ts';
import type { SecretRef } from '../config/devices.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type Command, EXIT } from './args.ts';
import { doctorDisplay } from './doctor-display.ts';
import { type Finding, findingLine } from './finding.ts';
import { load, ROOT, secretsFrom } from './load.ts';
import { STATE } from './state.ts';

/** `resetbench doctor`: is everything there that a run needs? Looks, and changes nothing. */
export const doctor: Command = {
  name: 'doctor',
  summary: 'Check machine, configuration and benches; changes nothing.',
  positionals: '[DUT...]',
  options: {
    devices: { type: 'string', value: 'FILE', help: 'inventory (default: devices.yaml of this checkout)' },
    secrets: { type: 'string', value: 'FILE', help: 'YAML of names and values that devices.yaml refers to' },
    ...STATE,
    display: { type: 'boolean', help: 'rate the displays of DUTs instead: fit to judge by or not, and why' },
    json: { type: 'boolean', help: 'for programs' },
  },
  examples: [
    ['resetbench doctor', 'before the first run, and when a bench misbehaves'],
    ['resetbench doctor --display nvr-shelf-3', 'moves the pointer of that recorder, and nothing else'],
  ],
  async run(args) {
    if (args.flag('display')) return doctorDisplay(args);
    if (args.positionals.length > 0)
      throw new HarnessError('USAGE', 'doctor looks at DUTs by name with --display only', {
        hint: `resetbench doctor --display ${args.positionals.join(' ')}`,
      });
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
      if (last !== undefined && !args.flag('json')) console.log(findingLine(last));
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
    for (const { config } of loaded?.duts ?? []) {
      if (config.kind !== 'hardware') continue;
      await look(config.id, async () => {
        const password = secretsFrom(args.text('secrets'))(config.adminPassword);
        if (password === undefined)
          throw new HarnessError('CONFIG_MISSING', 'its password is not set', {
            hint: `set what adminPassword of ${config.id} names`,
          });
        await using http = openHttp({
          baseUrl: config.http.url,
          timeoutMs: 5000,
          clock: systemClock,
          ...trusted(config.http.tls),
        });
        const activated = await isapi(http).activated();
        if (config.serial !== undefined)
          await (await serialOpening(config.serial, { clock: systemClock })())[Symbol.asyncDispose]();
        return `answers at ${config.http.url}, ${activated ? 'activated' : 'inactive'}`;
      });
      const { display, resolution } = config;
      if (display.driver !== 'capture') continue;
      await look(`${config.id}, display`, async () => {
        await using opened = await openCapture(display, resolution, systemClock);
        const { width, height } = await opened.frame();
        return `a picture of ${width}x${height} px, mouse and keyboard by ${opened.source}`;
      });
    }
    if (args.flag('json')) console.log(JSON.stringify(findings, undefined, 2));
    return findings.every(({ ok }) => ok) ? EXIT.conformant : EXIT.bench;
  },
};

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
