import { join } from 'node:path';
import { findChromium, launchBrowser } from '../bench/drivers/display/chromium.ts';
import { openLabMailbox } from '../bench/mailboxes.ts';
import { requireSecret, secretName } from '../bench/secrets.ts';
import type { SecretRef } from '../config/devices.ts';
import { counted } from '../report/text.ts';
import { type Rated, rateBench } from '../run/rating.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { lookAtBench, type PortFinding } from './doctor-bench.ts';
import { doctorDisplay } from './doctor-display.ts';
import { emulatorWorks, nodeVersion, stateKeeps, writable } from './doctor-machine.ts';
import { ratingLines } from './doctor-rating.ts';
import { type Finding, findingLine } from './finding.ts';
import { isTerminal, type Loaded, load, pickDuts, secretsFrom } from './load.ts';
import { attendanceOf, isAttended, OPERATOR } from './operator.ts';
import { ROOT } from './root.ts';
import { drawsKey, STATE, safetyFrom } from './state.ts';

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
    [
      'resetbench doctor --display nvr-shelf-3',
      'moves the pointer of that recorder, and types into a field of its login that it empties again',
    ],
  ],
  async run(args) {
    if (args.flag('display')) return doctorDisplay(args);
    const findings: Finding[] = [];
    const look: Look = async (what, body) => {
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
    const devices = args.text('devices') ?? join(ROOT, 'devices.yaml');
    const loaded = await load(devices).catch(() => undefined);
    // A name that is none is told at once, and not when the machine was looked at.
    const duts = loaded === undefined ? [] : pickDuts(loaded, args.positionals);
    await look('Node.js', nodeVersion);
    await look('browser', async () => {
      const path = findChromium();
      await using stack = new AsyncDisposableStack();
      const browser = stack.adopt(await launchBrowser(path), (one) => one.close());
      return `${path} (${browser.version()})`;
    });
    await look('reports', () => writable(join(ROOT, 'reports')));
    await look('emulator', emulatorWorks);
    await look('configuration', async () => {
      const { duts: all, cases, requirements } = loaded ?? (await load(devices));
      return [
        counted(all.length, 'recorder'),
        counted(requirements.length, 'requirement'),
        counted(cases.length, 'case'),
      ].join(', ');
    });
    const lab = loaded?.devices.lab;
    if (loaded !== undefined && lab !== undefined && lab.mailbox.driver !== 'embedded')
      await look('mailbox', async () => {
        const secrets = placedSecrets(args, loaded);
        const secretOf = (ref: SecretRef, whose: string) => requireSecret(secrets(ref), ref, whose);
        const { mailbox, what } = await openLabMailbox(lab.mailbox, { clock: systemClock, secretOf });
        await using opened = mailbox;
        return `${what}, ${counted((await opened.listAll()).length, 'mail')}`;
      });
    const ratings = loaded === undefined ? [] : await benches({ ...loaded, duts }, args, { findings, look });
    if (args.flag('json')) console.log(JSON.stringify({ findings, ratings }, undefined, 2));
    return findings.every(({ ok }) => ok) ? EXIT.conformant : EXIT.bench;
  },
};

/** Looks at one thing of the machine, and tells of it. */
type Look = (what: string, body: () => Promise<string> | string) => Promise<void>;

/** Secrets, where one that is not set is told with its place in the inventory. @throws HarnessError CONFIG_MISSING */
function placedSecrets(args: Args, loaded: Loaded): ReturnType<typeof secretsFrom> {
  const secrets = secretsFrom(args.text('secrets'));
  return (ref) => {
    const found = secrets(ref);
    const at = loaded.references.get(ref);
    if (found !== undefined || at === undefined) return found;
    throw new HarnessError(
      'CONFIG_MISSING',
      `there is no password: ${secretName(ref)}, which ${at.file}:${at.line}:${at.column} names, is not set`,
      { hint: 'set it, or name another there' },
    );
  };
}

/** Looks at the benches of recorders on shelves, and rates them and the twins that are named. */
async function benches(
  loaded: Loaded,
  args: Args,
  { findings, look }: { readonly findings: Finding[]; readonly look: Look },
): Promise<readonly { readonly dut: string; readonly requirements: readonly Rated[] }[]> {
  const columns = process.stdout.columns;
  const isText = !args.flag('json');
  const attended = isAttended(attendanceOf(args, isTerminal()));
  await using stack = new AsyncDisposableStack();
  let browser: ReturnType<typeof launchBrowser> | undefined;
  const ratings: { dut: string; requirements: readonly Rated[] }[] = [];
  const { duts } = loaded;
  const safety = safetyFrom(args.text('state'), []);
  if (duts.some(({ config }) => config.kind === 'hardware'))
    await look('state', () => stateKeeps(safety.folder));
  const isWrong = (name: string) => findings.some(({ what, ok }) => what === name && !ok);
  for (const dut of duts) {
    const { config } = dut;
    const broken = new Set<PortFinding['port']>(isWrong('mailbox') ? ['mailbox'] : []);
    // Nothing is touched of a recorder whose password could not be kept.
    if (config.kind === 'hardware' && isWrong('state')) broken.add('safety');
    else if (config.kind === 'hardware') {
      const looked = await lookAtBench(config, {
        loaded,
        profile: dut.profile,
        clock: systemClock,
        browser: () => {
          browser ??= launchBrowser(findChromium()).then((one) => stack.adopt(one, (it) => it.close()));
          return browser;
        },
        secret: placedSecrets(args, loaded),
        safety,
        keyIsDrawn: drawsKey(safety.folder),
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
