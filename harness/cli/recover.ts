import { join } from 'node:path';
import { openHttp } from '../bench/drivers/http/http.ts';
import { isapi } from '../bench/drivers/http/isapi.ts';
import { maybeDark, powerOpening, serialOpening } from '../bench/hardware.ts';
import { numberOnConsole } from '../bench/identity.ts';
import { requireSecret } from '../bench/secrets.ts';
import { trusted } from '../bench/trust.ts';
import type { DutConfig, HardwareConfig, SecretRef } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';
import { type BringBackOptions, type BroughtBack, bringBack, firstHolds } from '../flow/bring-back.ts';
import { keptHttp } from '../flow/kept-http.ts';
import { countedHttp } from '../run/counted-http.ts';
import { ledgerOf } from '../run/ledger.ts';
import { hasCutJournal, holdDut, type SafetyOptions } from '../safety/dut.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { MayHold } from '../terms/passwords.ts';
import { type Command, EXIT } from './args.ts';
import { interruptible } from './interrupt.ts';
import { load, SELECTION, secretsFrom } from './load.ts';
import { ROOT } from './root.ts';
import { STATE, safetyFrom } from './state.ts';

/** `resetbench recover DUT`: the first password back on a recorder whose run was cut. */
export const recover: Command = {
  name: 'recover',
  summary: 'Restore the password of a recorder whose run was cut.',
  positionals: 'DUT',
  options: {
    devices: SELECTION.devices,
    ...STATE,
    secrets: { type: 'string', value: 'FILE', help: 'YAML of names and values that devices.yaml refers to' },
    wait: {
      type: 'boolean',
      help: 'wait where tries are spent or the recorder is locked; else it says how long',
    },
    show: { type: 'boolean', help: 'show the passwords that may hold; at a terminal only' },
    list: { type: 'boolean', help: 'say which passwords may hold, and touch nothing' },
  },
  examples: [
    ['resetbench recover nvr-shelf-3', 'tries what may hold, restores adminPassword, closes the journal'],
    ['resetbench recover nvr-shelf-3 --list --show', 'the passwords in clear, to key one in by hand'],
  ],
  async run(args) {
    const [id, ...more] = args.positionals;
    if (id === undefined || more.length > 0)
      throw new HarnessError('USAGE', 'recover takes one DUT', { hint: 'see `resetbench recover --help`' });
    const isShown = args.flag('show');
    if (isShown && !process.stdout.isTTY)
      throw new HarnessError('USAGE', '--show writes passwords to a terminal only, and this is none', {
        hint: 'leave --show out, or do not redirect the output',
      });
    const { duts } = await load(args.text('devices') ?? join(ROOT, 'devices.yaml'));
    const dut = hardwareOf(duts, id);
    using stop = interruptible('recover');
    try {
      await recoverDut(dut, {
        safety: safetyFrom(args.text('state'), duts),
        secret: secretsFrom(args.text('secrets')),
        waits: args.flag('wait'),
        isShown,
        isList: args.flag('list'),
        signal: stop.signal,
        say: (line) => console.log(line),
      });
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      console.error('interrupted: what may hold is kept; start it again');
      return EXIT.interrupted;
    }
    return EXIT.conformant;
  },
};

interface Dut {
  readonly config: DutConfig;
  readonly profile: Profile;
}
interface Hardware {
  readonly config: HardwareConfig;
  readonly profile: Profile;
}
interface RecoverOptions {
  readonly safety: SafetyOptions;
  readonly secret: (ref: SecretRef) => string | undefined;
  readonly waits: boolean;
  readonly isShown?: boolean;
  readonly isList?: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const HTTP_TIMEOUT_MS = 10_000;
/** How long a recorder may take to answer, ms: hardware boots for minutes. */
const PATIENCE_MS = 300_000;

/**
 * Before a run: recorders whose run was cut get their first password back. What cannot be done now is told; such a
 * recorder's bench then does not open, and the others run.
 */
export async function recoverCut(
  duts: readonly Dut[],
  options: Pick<RecoverOptions, 'safety' | 'secret' | 'signal'>,
): Promise<void> {
  for (const { config, profile } of duts) {
    if (config.kind !== 'hardware') continue;
    const say = (line: string) => console.error(`${config.id}: ${line}`);
    try {
      if (!hasCutJournal(config, options.safety, systemClock)) continue;
      say('the run before was cut; restoring its first password');
      await recoverDut({ config, profile }, { ...options, waits: true, say });
    } catch (error) {
      // A run that was stopped says so itself; anything else ends the part of this recorder when its bench is opened.
      if (options.signal.aborted) return;
      say(error instanceof Error ? error.message : String(error));
    }
  }
}

async function recoverDut({ config, profile }: Hardware, options: RecoverOptions): Promise<void> {
  const { safety, secret, say, signal } = options;
  const clock = systemClock;
  const first = requireSecret(secret(config.adminPassword), config.adminPassword, config.id);
  await using held = holdDut(config, safety, { what: `recover ${config.id}`, clock });
  const { passwords } = held;
  for (const line of held.told) say(line);
  const isCut = passwords.unsettled;
  const untouched = `no run was cut since its password was last restored, by what is kept in ${safety.folder}`;
  if (!isCut && options.isList) return say(untouched);
  const tries = ledgerOf(profile, clock, held.tries);
  await using http = openHttp({
    baseUrl: config.http.url,
    timeoutMs: HTTP_TIMEOUT_MS,
    clock,
    ...trusted(config.http.tls),
  });
  const way: BringBackOptions = {
    http: keptHttp(isapi(countedHttp(http, tries)), passwords),
    passwords,
    tries,
    clock,
    first,
    serialNumber: config.serialNumber,
    otherNumber: () => consoleNumber(config),
    patienceMs: PATIENCE_MS,
    waits: options.waits,
    signal,
    onStep: say,
  };
  if (!isCut) {
    say(untouched);
    await giveMains(config, options);
    notHeld(await firstHolds(way), config, safety.folder);
    return say('the first password (adminPassword) holds; there is nothing to recover');
  }
  const mayHold = passwords.mayHold();
  const count = `${mayHold.length} ${mayHold.length === 1 ? 'password' : 'passwords'} of admin`;
  say(`${count} may hold, the likeliest first:`);
  for (const [at, one] of mayHold.entries())
    say(`  ${at + 1}. ${lineOf(one, first, options.isShown ?? false)}`);
  if (passwords.others.length > 0)
    say(`  users that got a password beside admin: ${passwords.others.join(', ')}`);
  if (options.isList) return;
  await giveMains(config, options);
  const { how, refused } = await bringBack(way);
  passwords.end();
  say(`${TOLD[how]}${refused === 0 ? '' : `, after ${refused} wrong ${refused === 1 ? 'try' : 'tries'}`}`);
}

const TOLD: Readonly<Record<BroughtBack['how'], string>> = {
  held: 'the first password (adminPassword) holds; nothing had to be changed',
  changed: 'the first password (adminPassword) was restored, and holds',
  activated: 'it was not activated; it has the first password (adminPassword) now',
};

/** A run that was killed while the mains were cut left the recorder in the dark. Where its power fails, it may be on all the same. */
async function giveMains(config: HardwareConfig, { secret, say }: RecoverOptions): Promise<void> {
  const { id, power } = config;
  if (power === undefined || !maybeDark(config)) return;
  const secretOf = (ref: SecretRef, whose: string) => requireSecret(secret(ref), ref, whose);
  try {
    const open = powerOpening(power, { id, clock: systemClock, secretOf, counted: (http) => http });
    await using port = await open();
    if ((await port.state()) === 'on') return;
    await port.on();
    say('it had no power; it is switched on');
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    say(
      `its power could not be seen to: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`,
    );
  }
}

/** @throws HarnessError where a recorder of which no cut run is known does not have its first password */
function notHeld(
  found: Awaited<ReturnType<typeof firstHolds>>,
  { id }: HardwareConfig,
  folder: string,
): void {
  if (found === 'held') return;
  throw new HarnessError(
    'PASSWORD_UNSURE',
    found === 'inactive'
      ? `${id} is not activated, and ${folder} knows of no run that left it so`
      : `${id} refuses adminPassword, and ${folder} knows of no run that changed it`,
    {
      port: 'http',
      hint: `name the state folder of the run that was cut (--state, RESETBENCH_STATE); else ${found === 'inactive' ? 'activate it by hand with adminPassword' : 'correct adminPassword'}`,
    },
  );
}

async function consoleNumber({ serial }: HardwareConfig): Promise<string | undefined> {
  if (serial === undefined) return undefined;
  await using console = await serialOpening(serial, { clock: systemClock })();
  return await numberOnConsole(console);
}

const STATES: Readonly<Record<MayHold['state'], string>> = {
  first: 'the one it began with',
  intended: 'kept, but never confirmed at the recorder',
  keyed: 'confirmed at the recorder, whose answer was not seen',
  confirmed: 'taken by the recorder',
  abandoned: 'refused by the recorder',
};

/** Of a password only its length is told, and whether it is the configured one. */
function lineOf({ password, state, at }: MayHold, first: string, isShown: boolean): string {
  const what = isShown
    ? password
    : password === first
      ? 'adminPassword'
      : `a password of ${password.length} characters`;
  return `${what}: ${STATES[state]}, ${new Date(at).toISOString()}`;
}

function hardwareOf(duts: readonly Dut[], id: string): Hardware {
  const found = duts.find(({ config }) => config.id === id);
  const hardware = duts.flatMap(({ config }) => (config.kind === 'hardware' ? [config.id] : []));
  const hint = `recorders of hardware: ${hardware.length === 0 ? 'none' : hardware.join(', ')}`;
  if (found === undefined) throw new HarnessError('USAGE', `no DUT "${id}" in the inventory`, { hint });
  const { config, profile } = found;
  if (config.kind === 'hardware') return { config, profile };
  throw new HarnessError('USAGE', `${id} is a twin: it ends with its run, and has nothing to recover`, {
    hint,
  });
}
