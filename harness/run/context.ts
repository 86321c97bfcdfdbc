import type { Bench } from '../bench/open.ts';
import type { AskOptions, Operator, Prompt } from '../bench/ports/operator.ts';
import { compareScreen, SAME_SHARE } from '../flow/appearance.ts';
import { goneAway, untilHttp } from '../flow/away.ts';
import { watchBoots } from '../flow/boot-witness.ts';
import { Gui } from '../flow/gui.ts';
import { GuidFiles } from '../flow/guid.ts';
import { keptHttp } from '../flow/kept-http.ts';
import { Lab } from '../flow/lab.ts';
import { ownerOf } from '../flow/owner/owner.ts';
import { proveCut } from '../flow/power-proof.ts';
import type { Known, Strategy, Tools } from '../flow/strategy.ts';
import type { CaseContext, Extra, Partner } from '../kit/case.ts';
import { expectInto } from '../kit/expect.ts';
import { randomPassword } from '../kit/fresh.ts';
import type { FindBaseline } from '../terms/baseline.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { PasswordKeeper } from '../terms/passwords.ts';
import { countedHttp } from './counted-http.ts';
import type { PlannedDut } from './plan.ts';
import type { AttemptTrace } from './trace.ts';
import { tracedHttp } from './traced-http.ts';
import { tracedSadp } from './traced-sadp.ts';

export interface ContextOptions {
  readonly dut: PlannedDut;
  readonly bench: Bench;
  readonly trace: AttemptTrace;
  readonly baseline: FindBaseline;
  readonly strategy: Strategy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Lets one case at a time use the second recorder. */
  readonly withPartner: <T>(body: () => Promise<T>) => Promise<T>;
  /** Makes addresses that no other case of the run uses. */
  readonly nextNumber: () => number;
}

/** How long a screen may take to show what an input leads to, ms. */
const PATIENCE_MS = 8000;
/** How long a recorder may take from power-on to a screen one can use, ms. */
const BOOT_MS = { twin: 60_000, hardware: 300_000 } as const;
/**
 * How long the power is off, ms: supplies of recorders live for seconds on what they have stored, a twin stops at once.
 * Longer only while something still sees the recorder.
 */
const CUT_MS = {
  twin: { darkMs: 0, goneMs: 5000 },
  hardware: { darkMs: 10_000, goneMs: 30_000 },
} as const;

/** What one attempt works with, bound to its trace. */
export function openContext(options: ContextOptions): {
  readonly tools: Tools;
  readonly context: (known: Known) => CaseContext;
} {
  const { bench, trace, clock, signal } = options;
  const { config, profile } = options.dut;
  const freshPassword = () => {
    const password = randomPassword(12);
    trace.secret('password', password);
    return password;
  };
  const gui = new Gui({
    display: bench.display,
    labels: profile.labels,
    clock,
    trace,
    patienceMs: PATIENCE_MS,
    signal,
  });
  const { tries } = options.strategy;
  const passwords = guessed(bench.safety.passwords, options.strategy, signal);
  const owner = ownerOf(gui, profile.paths, { tries, passwords, domains: bench.labDomains });
  const http = keptHttp(bench.recorder(countedHttp(tracedHttp(bench.http, trace), tries)), passwords);
  const lab = new Lab({
    owner,
    scanner: bench.scanner,
    mailbox: bench.mailbox,
    clock,
    trace,
    unit: { model: config.model, serialNumber: bench.serialNumber },
    codeLength: profile.codeLength,
    codeTemplates: templatesFor(profile.mailTemplates, config.language),
    mailTimeoutMs: profile.mailWithinSeconds * 1000,
  });
  const boots = bench.serial === undefined ? undefined : watchBoots(bench.serial, profile.consoleBoot);
  const tools: Tools = {
    owner,
    http,
    passwords,
    hands: bench.hands,
    clock,
    trace,
    freshPassword,
    homeAddress: bench.homeAddress,
    ...(boots === undefined ? {} : { boots }),
    bootTimeoutMs: BOOT_MS[config.kind],
    safe: async () => {
      await bench.network?.up();
      await bench.power?.on();
    },
    resetByEmail: async (address, password) => {
      const { code } = await lab.obtainCode(address);
      const entered = await owner.enterCode(code);
      const saved = entered.accepted ? await owner.setNewPassword(password) : entered;
      if (saved.accepted) return;
      throw new HarnessError('STATE_NOT_REACHED', `a reset between two cases was refused: ${saved.message}`);
    },
  };
  const domain = bench.homeAddress.split('@')[1] ?? '';
  const need = <T>(port: T | undefined, name: Extra): T => {
    if (port === undefined)
      throw new HarnessError('CASE_EMPTY', `the case uses the port ${name} without asking for it in "with"`);
    return port;
  };
  const booted = async () => {
    await untilHttp(tools, 'HTTP to answer', async () => {
      await http.activated();
      return true;
    });
    await owner.started(tools.bootTimeoutMs);
    const versions = boots?.fresh() === true ? boots.boots().at(-1)?.versions : undefined;
    if (versions !== undefined && versions.length > 0)
      trace.measure('the console names at this boot', versions.join('; '), '');
    boots?.settle();
  };
  const cutPower = async (upTo?: () => Promise<unknown>) => {
    const { witnesses } = await proveCut({
      power: need(bench.power, 'power'),
      serial: bench.serial,
      http,
      display: tellsDark(config, bench.display) ? bench.display : undefined,
      bootSigns: profile.consoleBoot,
      bootMs: tools.bootTimeoutMs,
      ...CUT_MS[config.kind],
      upTo,
      clock,
      signal,
    });
    for (const { by, told } of witnesses) trace.measure(`the power cut by ${by}`, told, '');
    await booted();
  };
  const expectOf = expectInto((finding) => trace.finding(finding));
  const context = (known: Known): CaseContext => ({
    dut: { ...config, gui: profile.gui, family: profile.family },
    profile,
    owner,
    gui,
    guid: new GuidFiles(owner),
    lab,
    http,
    mailbox: bench.mailbox,
    admin: { user: 'admin', password: known.password ?? '' },
    address: known.address ?? '',
    expect: expectOf,
    step: (title, body) => trace.step(title, body),
    pause: (ms) => clock.sleep(ms, signal),
    measure: (name, value, unit) => trace.measure(name, value, unit),
    looksAsApproved: async (screen) => {
      const found = await compareScreen(gui, options.baseline, screen);
      const name = `the screen "${screen}" beside its baseline`;
      if (found.state === 'no-baseline') trace.measure(name, 'no baseline approved', '');
      else if (found.state === 'other-source')
        trace.measure(name, `not compared: ${found.seen} here, ${found.approved} there`, '');
      else {
        const percent = Math.round(found.share * 1e5) / 1e3;
        const through = found.through === undefined ? '' : `, which came through ${found.through}`;
        expectOf(percent, `what differs of ${name}${through}`).toBeAtMost(SAME_SHARE * 100, '%');
      }
    },
    changed: (change) => {
      options.strategy.learn(change);
      if (change.password !== undefined) passwords.holds(change.password);
    },
    freshPassword,
    freshAddress: (tag = 'other') => {
      const address = `${config.id}-${tag}-${options.nextNumber()}${bench.addressTag}@${domain}`;
      trace.secret('address', address);
      return address;
    },
    cutPower,
    booted,
    rebooted: async () => {
      await trace.step('Wait until the recorder goes away', () => goneAway(tools));
      await booted();
    },
    get serial() {
      return need(bench.serial, 'serial');
    },
    get usb() {
      return need(bench.usb, 'usb');
    },
    get network() {
      return need(bench.network, 'network');
    },
    sadpIfThere: bench.sadp === undefined ? undefined : tracedSadp(bench.sadp, trace),
    get sadp() {
      return tracedSadp(need(bench.sadp, 'sadp'), trace);
    },
    ask: (prompt, withinMs) =>
      trace.step(`Ask the operator: ${prompt.title}`, () =>
        askOperator(need(bench.operator, 'operator'), prompt, { timeoutMs: withinMs, signal }),
      ),
    get time() {
      const hands = need(bench.hands, 'time');
      return {
        advance: async (ms: number) => {
          await hands.advance(ms);
          tries.age(ms);
        },
      };
    },
    get partner() {
      return partnerOf(options, lab, need(bench.partner, 'partner'));
    },
  });
  return { tools, context };
}

/**
 * Whether a display tells that there is no picture: others show a card of their own then, the last picture, or (a
 * twin's document) nothing that is a picture at all, and witness nothing by it.
 */
function tellsDark(config: PlannedDut['config'], { calibrated }: Bench['display']): boolean {
  return config.kind === 'hardware' ? config.display.driver === 'pikvm' : calibrated !== undefined;
}

/** All wordings of a profile: a mail service may speak another language than the recorder, whose own comes first. */
function templatesFor(
  byLanguage: PlannedDut['profile']['mailTemplates'] = {},
  language: string,
): readonly string[] {
  const { [language]: own = [], ...others } = byLanguage;
  return [...own, ...Object.values(others).flat()];
}

/**
 * What a recorder may have been given is what the strategy tries where the one on record is refused. A case that goes on
 * after it was stopped gives no password any more: the first one is being restored.
 */
function guessed(passwords: PasswordKeeper, strategy: Strategy, signal: AbortSignal): PasswordKeeper {
  return {
    intend(password, user) {
      signal.throwIfAborted();
      if (user === undefined || user === 'admin') strategy.mayTake(password);
      const one = passwords.intend(password, user);
      return {
        ...one,
        keyed() {
          signal.throwIfAborted();
          one.keyed();
        },
      };
    },
    holds: (password, user) => passwords.holds(password, user),
  };
}

/** The second recorder's state while its code is borrowed. */
const LENDING = 'lending';

function partnerOf(
  { bench, trace, withPartner }: ContextOptions,
  lab: Lab,
  partner: NonNullable<Bench['partner']>,
): Partner {
  trace.secret('address', partner.address);
  trace.secret('password', partner.password);
  const http = bench.recorder(tracedHttp(partner.http, trace));
  const payload = async () => {
    const answer = await http.emailQrCode();
    if (answer.payload === undefined)
      throw new HarnessError('STATE_NOT_REACHED', `the second recorder gave no QR: ${answer.status}`);
    return answer.payload;
  };
  const borrow = async () => {
    const text = await payload();
    const known = await lab.known(partner.address);
    const answer = await lab.scan(text);
    if (!answer.accepted)
      throw new HarnessError(
        'SCAN_REFUSED',
        `the app refused the QR of the second recorder: ${answer.message}`,
      );
    return lab.codeOf(await lab.mailFor(partner.address, known, { unit: partner.unit, recurring: true }));
  };
  // As it was after each loan: else it shows the QR of the last one again, until the service mails no more for it.
  const lent = <T>(body: () => Promise<T>) =>
    withPartner(async () => {
      await partner.hands?.snapshot(LENDING);
      try {
        return await body();
      } finally {
        await partner.hands?.restore(LENDING);
      }
    });
  return {
    qrPayload: () => lent(() => trace.step('Read the QR of the second recorder', payload)),
    withCode: (body) =>
      lent(async () => {
        const code = await borrow();
        await body({ code, tryThere: () => http.emailCertification(code) });
      }),
  };
}

/** The value of an answer. @throws HarnessError OPERATOR_UNABLE where the operator cannot do what was asked */
async function askOperator(operator: Operator, prompt: Prompt, options: AskOptions): Promise<string> {
  const { value, note, by } = await operator.ask(prompt, options);
  const chosen = prompt.kind === 'text' ? undefined : prompt.options.find((one) => one.value === value);
  if (chosen?.unable !== true) return value;
  const why = note === undefined ? '' : ` (${note})`;
  throw new HarnessError('OPERATOR_UNABLE', `${by} cannot do it${why}: ${prompt.title}`, {
    port: 'operator',
    hint: 'Run the case again when it can be done.',
  });
}
