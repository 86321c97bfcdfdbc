import type { Hands } from '../bench/ports/hands.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { PasswordKeeper } from '../terms/passwords.ts';
import { type BootWatch, goneAway, untilHttp } from './away.ts';
import type { KeptHttp } from './kept-http.ts';
import type { Owner } from './owner/owner.ts';
import type { Trace } from './trace.ts';
import { TRY_KINDS, type TryLedger } from './tries.ts';

/** What a case starts from: not activated; activated without a reserved email; activated with one. */
export type DutState = 'inactive' | 'active' | 'reserved';

/** What the bench knows of its recorder. */
export interface Known {
  /** Password of `admin`; undefined while the recorder is inactive. */
  readonly password: string | undefined;
  readonly address: string | undefined;
}

/** What bringing a recorder to a state takes. */
export interface Tools {
  readonly owner: Owner;
  readonly http: KeptHttp;
  readonly passwords: PasswordKeeper;
  /** Twins only: states are stored once and brought back. */
  readonly hands: Hands | undefined;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly freshPassword: () => string;
  /** Where there is a console. */
  readonly boots?: BootWatch;
  /** The address that this recorder's owner reserves. */
  readonly homeAddress: string;
  /** How long the recorder may take to boot, ms. */
  readonly bootTimeoutMs: number;
  /** Powers the recorder, and plugs its cables in, where a case left it otherwise. */
  readonly safe: () => Promise<void>;
  /** One whole reset by the reserved address, to this password. */
  readonly resetByEmail: (address: string, password: string) => Promise<void>;
}

export interface StrategyOptions {
  /** The wrong tries that the recorder counts. */
  readonly tries: TryLedger;
  /** Twins too are brought back as hardware is, by what their owner could do, and not from a snapshot. */
  readonly byHand?: boolean;
}

/** Passwords beside the one on record that are tried: far from any lock. */
const MOST_GUESSES = 3;
/** How long a recorder's screen may take to follow when its world has aged at once, ms. */
const AGED_MS = 1500;

/**
 * Brings a recorder to the state a case starts from, by the owner's ways only: the activation wizard, the user menu,
 * and the documented factory reset. Where the bench can store states (twins), each is reached once and brought back.
 */
export class Strategy {
  #known: Known;
  /** Passwords that were keyed in as new ones since it was last known for sure, in order. */
  #mayHave: string[] = [];
  readonly #stored = new Map<DutState, Known>();
  readonly tries: TryLedger;
  readonly #byHand: boolean;
  constructor(initial: Known, { tries, byHand = false }: StrategyOptions) {
    this.#known = initial;
    this.tries = tries;
    this.#byHand = byHand;
  }

  get known(): Known {
    return this.#known;
  }
  /** What the recorder holds, now and in each stored state. */
  allKnown(): readonly Known[] {
    return [this.#known, ...this.#stored.values()];
  }
  /** The recorder may have this password soon, or may not. */
  mayTake(password: string): void {
    this.#mayHave.push(password);
  }
  /** A case tells what it changed. */
  learn(change: Partial<Known>): void {
    this.#known = { ...this.#known, ...change };
  }

  /** @throws HarnessError STATE_NOT_REACHED when the recorder refuses on the way; ports' errors as they are */
  async bring(state: DutState, tools: Tools): Promise<Known> {
    return tools.trace.step(`Bring the recorder to the state "${state}"`, async () => {
      if (this.#byHand || tools.hands === undefined) return this.#bringByHand(state, tools);
      const stored = this.#stored.get(state);
      if (stored !== undefined && tools.hands !== undefined) {
        await tools.hands.restore(state);
        this.tries.clear();
        this.#known = stored;
        this.#mayHave = [];
        keep(stored, tools);
        await tools.owner.broughtBack(state !== 'inactive', tools.bootTimeoutMs);
        return stored;
      }
      // The nearest stored state is a shorter way than from wherever the last case left the recorder.
      const nearest = state === 'reserved' ? (['active', 'inactive'] as const) : (['inactive'] as const);
      const from = nearest.find((s) => this.#stored.has(s));
      if (from !== undefined && tools.hands !== undefined) {
        await tools.hands.restore(from);
        this.tries.clear();
        this.#known = this.#stored.get(from) ?? this.#known;
        keep(this.#known, tools);
        await tools.owner.broughtBack(from !== 'inactive', tools.bootTimeoutMs);
      } else {
        await tools.owner.awake(tools.bootTimeoutMs);
        // What the last case locked refuses the right password too.
        await this.#coolDown(tools);
      }
      await this.#reach(state, tools);
      if (tools.hands !== undefined) {
        await tools.hands.snapshot(state);
        this.#stored.set(state, this.#known);
      }
      return this.#known;
    });
  }

  /** The way back that hardware has: locks are waited for, and what was spent of tries is cleared by a right one. */
  async #bringByHand(state: DutState, tools: Tools): Promise<Known> {
    await tools.safe();
    await tools.owner.awake(tools.bootTimeoutMs);
    await this.#coolDown(tools);
    await this.#reach(state, tools);
    await this.#clearTries(tools);
    return this.#known;
  }

  /** Waits until no lock can hold any more; on twins their clock does. */
  async #coolDown({ trace, hands, clock, owner }: Tools): Promise<void> {
    const { tries } = this;
    const ms = tries.coolDownMs();
    if (ms <= 0) return;
    await trace.step(`Wait ${Math.ceil(ms / 1000)} s for locks to end: ${tries.told()}`, async () => {
      tries.unlocked();
      if (hands === undefined) return clock.sleep(ms);
      await hands.advance(Math.ceil(ms));
      tries.age(Math.ceil(ms));
      owner.gui.disturbed();
      await clock.sleep(AGED_MS);
    });
  }

  /** Right tries, so that the next case has all of its wrong ones. */
  async #clearTries(tools: Tools): Promise<void> {
    const { tries } = this;
    const { password, address } = this.#known;
    if (password === undefined) return tries.clear();
    // Only right ones follow.
    tries.begin(TRY_KINDS);
    if (tries.spent('code') + tries.spent('file') > 0 && address !== undefined)
      await tools.trace.step(`Clear the tries: ${tries.told()}`, async () => {
        const next = tools.freshPassword();
        await tools.resetByEmail(address, next);
        this.#known = { password: next, address };
        tries.clear('code', 'file');
      });
    if (tries.spent('login') === 0) return;
    await tools.trace.step(`Clear the tries: ${tries.told()}`, () =>
      tools.owner.toMenu('admin', this.#known.password ?? ''),
    );
    tries.clear('login');
  }

  async #reach(state: DutState, tools: Tools): Promise<void> {
    const activated = await tools.http.activated();
    if (activated) await this.#verify(tools);
    if (activated && (state === 'inactive' || (state === 'active' && this.#known.address !== undefined))) {
      await this.#factoryReset(tools);
      return state === 'inactive' ? undefined : this.#activate(tools, undefined);
    }
    if (!activated) {
      if (state === 'inactive') return;
      return this.#activate(tools, state === 'reserved' ? tools.homeAddress : undefined);
    }
    if (state === 'reserved' && this.#known.address === undefined) {
      const { password } = this.#known;
      await tools.owner.toMenu('admin', password ?? '');
      const saved = await tools.owner.reserveEmail(password ?? '', tools.homeAddress);
      if (!saved.accepted)
        throw new HarnessError(
          'STATE_NOT_REACHED',
          `the recorder refused to reserve an address: ${saved.message}`,
        );
      this.#known = { ...this.#known, address: tools.homeAddress };
    }
  }

  /** A recorder whose password is not the one on record must not be worked on: every try could lock it. */
  async #verify(tools: Tools): Promise<void> {
    const { password } = this.#known;
    if (password === undefined)
      throw new HarnessError(
        'CREDENTIALS_REFUSED',
        'the recorder is activated, and the bench does not know its password',
        {
          port: 'http',
          hint: 'give adminPassword in devices.yaml, or reset the unit to factory settings',
        },
      );
    // A case that ended early may have changed it without a word: the newest ones are the likeliest.
    const others = [...new Set(this.#mayHave.toReversed())].filter((one) => one !== password);
    this.#mayHave = [];
    for (const one of [password, ...others.slice(0, MOST_GUESSES)]) {
      if (!(await tools.http.accepts({ user: 'admin', password: one }))) continue;
      this.#known = { ...this.#known, password: one };
      tools.passwords.holds(one);
      return;
    }
    throw new HarnessError('CREDENTIALS_REFUSED', 'the recorder refuses the password on record', {
      port: 'http',
      hint: 'correct adminPassword; the case that ran before may have changed it',
    });
  }

  async #factoryReset(tools: Tools): Promise<void> {
    await tools.trace.step('Reset to factory settings', async () => {
      const admin = { user: 'admin', password: this.#known.password ?? '' };
      const answer = await tools.http.factoryReset(admin, 'full');
      if (answer.status !== 200)
        throw new HarnessError(
          'STATE_NOT_REACHED',
          `the recorder refused the factory reset: ${answer.status} ${answer.subStatusCode ?? ''}`,
        );
      this.#known = { password: undefined, address: undefined };
      this.tries.clear();
      await goneAway(tools);
      await untilHttp(
        tools,
        'the recorder to come back inactive',
        async () => !(await tools.http.activated()),
      );
      await tools.owner.started(tools.bootTimeoutMs);
      tools.boots?.settle();
    });
  }

  async #activate(tools: Tools, address: string | undefined): Promise<void> {
    const password = tools.freshPassword();
    tools.trace.secret('password', password);
    const outcome = await tools.owner.activate(password, address);
    if (!outcome.accepted)
      throw new HarnessError('STATE_NOT_REACHED', `the recorder refused the activation: ${outcome.message}`);
    this.#known = { password, address };
    await tools.owner.finishWizard();
  }
}

/** What a state was stored with came back with it. */
function keep({ password }: Known, { passwords }: Tools): void {
  if (password !== undefined) passwords.holds(password);
}
