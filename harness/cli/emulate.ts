import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openHttp } from '../bench/drivers/http/http.ts';
import { isapi } from '../bench/drivers/http/isapi.ts';
import { openEmbeddedMailbox } from '../bench/drivers/mailbox/embedded.ts';
import { openRelayScanner } from '../bench/drivers/scanner/relay.ts';
import { launchEmulator } from '../bench/drivers/twin/launch.ts';
import { recorderPlan } from '../bench/emulated.ts';
import { randomPassword } from '../kit/fresh.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { RecorderPlan } from '../wire/emulator.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { load } from './load.ts';
import { ROOT } from './root.ts';

const ADDRESS = 'owner@lab.resetbench.example';
const MODELS = {
  '4.0': { family: 'nvr', model: 'DS-7616NI-K2', firmware: 'V4.30.097', build: 'build 240401' },
  '3.0': { family: 'hghi-f', model: 'DS-7216HGHI-F2', firmware: 'V3.5.10', build: 'build 190902' },
  lite: { family: 'dvr-k', model: 'DS-7108HGHI-K1(R)', firmware: 'V4.21.150', build: 'build 200601' },
} as const;

/** `resetbench emulate`: one twin that a person can open in a browser and use, with app and mailbox at hand. */
export const emulate: Command = {
  name: 'emulate',
  summary: 'Start one emulated recorder to open in a browser and use by hand.',
  positionals: '[DUT]',
  options: {
    devices: { type: 'string', value: 'FILE', help: 'inventory that has DUT (default: devices.yaml)' },
    gui: { type: 'string', value: 'GUI', help: '4.0 (default), 3.0 or lite' },
    resolution: { type: 'string', value: 'WxH', help: '1280x720 (default), 1024x768 or 1920x1080' },
    language: { type: 'string', value: 'LANG', help: 'en (default), de, fr, es or pl' },
    state: { type: 'string', value: 'STATE', help: 'reserved (default), active or inactive' },
  },
  examples: [
    ['resetbench emulate', 'a GUI 4.0 recorder whose owner has reserved an address'],
    ['resetbench emulate --gui lite --state inactive', 'a small recorder as it comes out of its box'],
    ['resetbench emulate nvr-at', 'a twin of the inventory, with its menu, language and brand'],
  ],
  async run(args) {
    const clock = systemClock;
    const plan = await planOf(args);
    await using mailbox = await openEmbeddedMailbox({ clock });
    await using emulator = await launchEmulator({ smtp: mailbox.smtp, recorders: [plan] }, { clock });
    const twin = emulator.ready.recorders[0];
    if (twin === undefined) throw new HarnessError('PORT_UNREACHABLE', 'the emulator started no twin');
    await using scanner = await openRelayScanner({ url: emulator.ready.relayUrl, clock });
    await using http = openHttp({ baseUrl: twin.httpUrl, timeoutMs: 5000, clock });
    const password = plan.adminPassword;
    console.log(
      [
        `${plan.model} ${plan.firmware}, GUI ${plan.gui}, ${plan.resolution}`,
        `  screen   ${twin.displayUrl}   (open it in a browser: it is the picture, the mouse and the keyboard)`,
        `  number   ${twin.serialNumber}`,
        `  HTTP     ${twin.httpUrl}`,
        `  serial   ${twin.serialPath} (115200 8N1)`,
        `  app      ${emulator.ready.relayUrl}`,
        `  mailbox  ${mailbox.apiUrl}`,
        `  admin    ${password ?? 'not activated yet'}`,
        `  address  ${plan.reservedEmail ?? 'none reserved'}`,
        '',
        'Enter lets the app scan the QR that the recorder shows; mails appear here. Ctrl-C ends.',
      ].join('\n'),
    );
    const known = new Set<string>();
    const watch = setInterval(async () => {
      for (const mail of await mailbox.listAll().catch(() => [])) {
        if (known.has(mail.id)) continue;
        known.add(mail.id);
        console.log(`\nmail to ${mail.envelopeTo.join(', ')}: ${mail.subject}\n\n${mail.text}`);
      }
    }, 500);
    const keyboard = createInterface({ input: process.stdin });
    keyboard.on('line', async () => {
      try {
        const { payload, status } = await isapi(http).emailQrCode();
        if (payload === undefined) console.log(`the recorder shows no reset QR (HTTP ${status})`);
        else console.log(`app: ${(await scanner.scan({ payload })).message}`);
      } catch (error) {
        console.error(error instanceof Error ? error.message : String(error));
      }
    });
    const reason = await Promise.race([
      new Promise<string>((resolve) => {
        process.once('SIGINT', () => resolve('stopped'));
        process.once('SIGTERM', () => resolve('stopped'));
      }),
      emulator.exited,
    ]);
    clearInterval(watch);
    keyboard.close();
    if (reason === 'stopped') return EXIT.conformant;
    console.error(reason);
    return EXIT.bench;
  },
};

async function planOf(args: Args): Promise<RecorderPlan> {
  const state = oneOf(args, 'state', ['reserved', 'active', 'inactive']);
  const [dut] = args.positionals;
  return {
    ...(dut === undefined ? anyTwin(args) : await twinOf(args, dut)),
    ...(state === 'inactive' ? {} : { adminPassword: randomPassword(10) }),
    ...(state === 'reserved' ? { reservedEmail: ADDRESS } : {}),
  };
}

function anyTwin(args: Args): RecorderPlan {
  const gui = oneOf(args, 'gui', ['4.0', '3.0', 'lite']);
  return {
    id: 'twin',
    ...MODELS[gui],
    gui,
    resolution: oneOf(args, 'resolution', ['1280x720', '1024x768', '1920x1080']),
    language: oneOf(args, 'language', ['en', 'de', 'fr', 'es', 'pl']),
  };
}

/** A twin of the inventory. @throws HarnessError USAGE where it has none of that name */
async function twinOf(args: Args, id: string): Promise<RecorderPlan> {
  const { duts } = await load(args.text('devices') ?? join(ROOT, 'devices.yaml'));
  for (const { config, profile } of duts) {
    if (config.id === id && config.kind === 'twin') return recorderPlan(config, profile, undefined);
  }
  throw new HarnessError('USAGE', `no twin "${id}" in the inventory`, {
    hint: `there are: ${duts.flatMap(({ config }) => (config.kind === 'twin' ? [config.id] : [])).join(', ')}`,
  });
}

/** The value of an option out of a list, the first by default. @throws HarnessError USAGE */
function oneOf<const T extends string>(args: Args, name: string, values: readonly [T, ...T[]]): T {
  const value = args.text(name);
  if (value === undefined) return values[0];
  const found = values.find((one) => one === value);
  if (found === undefined)
    throw new HarnessError('USAGE', `--${name} expects ${values.join(', ')}; found ${value}`, {
      hint: 'see `resetbench emulate --help`',
    });
  return found;
}
