import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { MayHold, PasswordKeeper } from '../terms/passwords.ts';
import { untilHttp } from './away.ts';
import type { KeptHttp } from './kept-http.ts';
import type { TryLedger } from './tries.ts';

export interface BringBackOptions {
  /** Counts tries, and keeps passwords. */
  readonly http: KeptHttp;
  readonly passwords: PasswordKeeper & { mayHold(): readonly MayHold[] };
  readonly tries: TryLedger;
  readonly clock: Clock;
  /** The password that the recorder shall have in the end. */
  readonly first: string;
  readonly serialNumber: string;
  /** Tells the serial number of a unit that is not activated, which says none over HTTP; undefined where nothing does. */
  readonly otherNumber: () => Promise<string | undefined>;
  /** How long the recorder may take to answer, ms: it may be booting. */
  readonly patienceMs: number;
  /** Whether a lock, or spent tries, are waited for; else it stops and says how long. */
  readonly waits: boolean;
  readonly signal?: AbortSignal;
  readonly onStep?: (title: string) => void;
}

/** What was found, and what was done about it. */
export interface BroughtBack {
  readonly how: 'held' | 'changed' | 'activated';
  /** Passwords that the recorder refused on the way. */
  readonly refused: number;
}

/** Recorders save a password seconds after it was confirmed: what is asked before that may be changed behind one's back, ms. */
const SETTLE_MS = 15_000;
/** A recorder that has just booted refuses all for a while; asked again so often, so long apart, ms. */
const BUSY = { times: 30, ms: 1000 } as const;
/** How often a recorder that takes a password is asked for its serial number. */
const ASKED_TIMES = 5;

const ADMIN = 'admin';

/**
 * Finds the password that admin has, of those that may hold, and restores the first one. No try is made that could lock.
 * @throws HarnessError TRIES_SPENT that says how long to wait, WRONG_DEVICE before anything is written,
 * PASSWORD_UNSURE where none holds or the recorder does not take the first one; ports' errors as they are
 */
export async function bringBack(options: BringBackOptions): Promise<BroughtBack> {
  const { passwords, first, onStep = () => undefined } = options;
  if (!(await isActivated(options))) return activate(options);
  await settle(options);
  let refused = 0;
  for (const { password } of withFirst(passwords.mayHold(), first)) {
    onStep(`Try a password that may hold (number ${refused + 1})`);
    if (!(await accepts(options, password))) {
      refused += 1;
      continue;
    }
    await refuseOtherThan(options, password);
    passwords.holds(password);
    if (password === first) return { how: 'held', refused };
    onStep('Restore the first password');
    await change(options, password);
    return { how: 'changed', refused };
  }
  throw new HarnessError('PASSWORD_UNSURE', `the recorder refuses all ${refused} passwords that may hold`, {
    port: 'http',
    hint: 'somebody else may have changed it: reset it by its reserved email, then correct adminPassword',
  });
}

/**
 * Logs in once with the first password, where no run was cut that is known of; nothing is written.
 * @returns whether the recorder takes it; `inactive` where it has none
 * @throws HarnessError TRIES_SPENT, WRONG_DEVICE; ports' errors as they are
 */
export async function firstHolds(options: BringBackOptions): Promise<'held' | 'refused' | 'inactive'> {
  const { first, onStep = () => undefined } = options;
  if (!(await isActivated(options))) return 'inactive';
  onStep('Try the first password');
  if (!(await accepts(options, first))) return 'refused';
  await refuseOtherThan(options, first);
  return 'held';
}

/** @throws HarnessError PORT_UNREACHABLE where it answers nothing for as long as it may take to boot */
async function isActivated(options: BringBackOptions): Promise<boolean> {
  const { http, clock, patienceMs, signal, onStep = () => undefined } = options;
  onStep('Ask whether the recorder is activated');
  let found = false;
  try {
    await untilHttp({ clock, bootTimeoutMs: patienceMs }, 'HTTP to answer', async () => {
      signal?.throwIfAborted();
      found = await http.activated();
      return true;
    });
  } catch (cause) {
    if (!(cause instanceof HarnessError) || cause.code !== 'STATE_NOT_REACHED') throw cause;
    throw new HarnessError('PORT_UNREACHABLE', `the recorder does not answer: ${cause.message}`, {
      port: 'http',
      cause,
      hint: 'see that it has power (a run that was killed may have cut it), its cable, and that the address is right; then start again',
    });
  }
  return found;
}

/** The first one is never left out: it is what a person has noted. */
function withFirst(mayHold: readonly MayHold[], first: string): readonly Pick<MayHold, 'password'>[] {
  return mayHold.some(({ password }) => password === first) ? mayHold : [...mayHold, { password: first }];
}

async function activate(options: BringBackOptions): Promise<BroughtBack> {
  const { http, first, onStep = () => undefined } = options;
  refuseOther(options, await options.otherNumber());
  onStep('Activate the recorder with the first password');
  const answer = await http.activate(first);
  if (answer.status !== 200 || !(await accepts(options, first)))
    throw new HarnessError(
      'PASSWORD_UNSURE',
      `the recorder is not activated, and does not take the first password: ${answer.status} ${answer.subStatusCode ?? ''}`,
      { port: 'http', hint: 'activate it by hand with adminPassword' },
    );
  return { how: 'activated', refused: 0 };
}

async function change(options: BringBackOptions, from: string): Promise<void> {
  const { http, first } = options;
  const answer = await http.changePassword({ user: ADMIN, password: from }, ADMIN, first);
  if (answer.status === 200 && (await accepts(options, first))) return;
  throw new HarnessError(
    'PASSWORD_UNSURE',
    `the recorder does not take its first password back: ${answer.status} ${answer.subStatusCode ?? ''}; which one it has is kept`,
    {
      port: 'http',
      hint: 'a recorder may refuse an old or a weak one: log in with the kept one, or choose another adminPassword',
    },
  );
}

/** What was confirmed a moment ago may still be on its way into the recorder's flash. */
async function settle({ passwords, clock, signal, onStep }: BringBackOptions): Promise<void> {
  const [likeliest] = passwords.mayHold();
  if (likeliest?.state !== 'keyed') return;
  const left = Math.min(SETTLE_MS, likeliest.at + SETTLE_MS - clock.now());
  if (left <= 0) return;
  onStep?.(`Wait ${Math.ceil(left / 1000)} s until what was keyed in last is saved, or never will be`);
  await clock.sleep(left, signal);
}

/** Whether the recorder takes a password. A lock is no answer, and neither is a recorder that has yet to boot. */
async function accepts(options: BringBackOptions, password: string): Promise<boolean> {
  const { http, tries, clock, signal } = options;
  for (let count = 0; ; count += 1) {
    if (tries.left('network', ADMIN) === 0) await rest(options, tries.restMs('network', ADMIN));
    const answer = await http.userCheck({ user: ADMIN, password });
    if (answer.http === 200) return true;
    const isLocked = answer.lockStatus === 'lock';
    if (isLocked) await rest(options, lockedMs(options, answer.unlockTime));
    else if (answer.http === 401) return false;
    if (count >= BUSY.times)
      throw new HarnessError('PORT_PROTOCOL', `userCheck answers ${answer.http}, again and again`, {
        port: 'http',
        hint: 'see what the recorder shows at its screen',
      });
    if (!isLocked) await clock.sleep(BUSY.ms, signal);
  }
}

/** How long a lock holds: as the recorder says; one that says nothing, as long as its profile has it. Never no time. */
function lockedMs({ tries }: BringBackOptions, unlockTime: number | undefined): number {
  const told = unlockTime === undefined || unlockTime <= 0 ? tries.lockMs('network') : unlockTime * 1000;
  return Math.max(told, tries.restMs('network', ADMIN), BUSY.ms);
}

/** Waits until tries are free again. @throws HarnessError TRIES_SPENT where nobody wants to wait */
async function rest({ tries, clock, waits, signal, onStep }: BringBackOptions, ms: number): Promise<void> {
  const seconds = Math.ceil(ms / 1000);
  if (ms > 0 && !waits)
    throw new HarnessError(
      'TRIES_SPENT',
      `the recorder's tries are spent (${tries.told()}): one more could lock it for longer; free again in ${seconds} s`,
      { port: 'http', hint: `wait ${seconds} s and start again, or let it wait: --wait` },
    );
  if (ms > 0) {
    onStep?.(`Wait ${seconds} s: ${tries.told()}`);
    await clock.sleep(ms, signal);
  }
  tries.rested('network', ADMIN);
}

/**
 * @param password one that the recorder takes: what it does not answer now, it does a moment later
 * @throws HarnessError WRONG_DEVICE; PORT_PROTOCOL where it goes on not to answer
 */
async function refuseOtherThan(options: BringBackOptions, password: string): Promise<void> {
  const { http, clock, signal } = options;
  for (let count = 1; ; count += 1) {
    const info = await http.deviceInfo({ user: ADMIN, password });
    if (info !== undefined) return refuseOther(options, info.serialNumber || undefined);
    if (count >= ASKED_TIMES)
      throw new HarnessError(
        'PORT_PROTOCOL',
        'the recorder takes a password, and does not tell its serial number with it: nothing was written',
        { port: 'http', hint: 'see what it shows at its screen, and start again' },
      );
    await clock.sleep(BUSY.ms, signal);
  }
}

/** Nothing is written to a unit that is not the one that was enrolled. */
function refuseOther({ serialNumber }: BringBackOptions, found: string | undefined): void {
  if (found === serialNumber) return;
  throw new HarnessError(
    'WRONG_DEVICE',
    found === undefined
      ? `the unit does not tell its serial number; devices.yaml says ${serialNumber}`
      : `the unit has serial number ${found}, devices.yaml says ${serialNumber}`,
    {
      port: 'http',
      hint:
        found === undefined
          ? 'a unit that is not activated tells it on its serial console alone: wire that, or activate the unit by hand with adminPassword'
          : 'correct the address or the serial number; the unit was not touched',
    },
  );
}
