import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { MayHold, PasswordKeeper, Proof } from '../terms/passwords.ts';
import { likeliest, type PasswordFact } from './candidates.ts';
import { makeFolder, syncFolder } from './files.ts';
import {
  beginSealed,
  continueSealed,
  type JournalLine,
  readSealed,
  type SealedFile,
} from './journal-file.ts';
import type { KeySource } from './seal.ts';

/** The passwords that one recorder was given, or may have been. */
export interface PasswordJournal extends PasswordKeeper, Disposable {
  /** Passwords were keyed in, and which one holds in the end was never found: a run was cut. */
  readonly unsettled: boolean;
  /** What the journal that was found says of itself: a torn line, damage. */
  readonly told: readonly string[];
  /**
   * The recorder has this password of admin (none: it is not activated), and what changes it from now on is kept.
   * @throws HarnessError RECORD_UNREADABLE where it was begun before
   */
  begin(first: string | undefined): void;
  /** The first password was restored. */
  end(): void;
  /** The passwords that a user may have, the likeliest first. */
  mayHold(user?: string): readonly MayHold[];
  /** Users beside admin that got a password. */
  readonly others: readonly string[];
}

export interface PasswordJournalOptions {
  /** Of the one recorder. */
  readonly folder: string;
  readonly dut: string;
  readonly serialNumber: string;
  readonly source: KeySource;
  readonly clock: Clock;
  /** Asked before anything is kept: whether the recorder is still this process's. */
  readonly check?: () => void;
  /** Whether each line is put on the disk. Default true; false where recorder and harness go down together (twins). */
  readonly sync?: boolean;
}

const FILE = 'passwords.jsonl';
/** Ended journals that are kept: users beside admin may still have passwords out of them. */
const KEPT = 9;

/**
 * Opens the journal of a recorder, or prepares a new one. One process at a time, by the lease.
 * @throws HarnessError as {@link readSealed} of a journal that is there
 */
export function openPasswords(options: PasswordJournalOptions): PasswordJournal {
  const { folder, clock, source, sync = true, check = () => undefined } = options;
  const file = join(folder, FILE);
  const reading = existsSync(file) ? readSealed(file, source) : undefined;
  let facts = (reading?.lines ?? []).map(factOf);
  let unsettled = facts.length > 0 && facts.at(-1)?.kind !== 'ended';
  let sealed: SealedFile | undefined;

  const add = (fact: Untimed): number => {
    check();
    if (!unsettled) throw new HarnessError('USAGE', `the journal of ${options.dut} has not begun`);
    if (sealed === undefined && reading?.damaged === true) salvage();
    sealed ??= continueSealed(file, { source, sync });
    const at = clock.now();
    const seq = sealed.add(JSON.stringify(fact), at);
    facts.push({ ...fact, seq, at });
    return seq;
  };
  const anew = () => {
    sealed?.close();
    const { dut, serialNumber } = options;
    sealed = beginSealed(file, { dut, serialNumber }, { source, sync });
    facts = [];
  };
  /** Nothing is added to a damaged journal: what could be read of it goes into a new one, and it is put away. */
  const salvage = () => {
    const left = usersOf(facts).map((user) => ({ user, mayHold: likeliest(facts, user) }));
    putAway(folder);
    anew();
    for (const { user, mayHold } of left)
      for (const { password } of mayHold.toReversed())
        add({ kind: 'keyed', of: add({ kind: 'intended', user, password }) });
  };

  return {
    get unsettled() {
      return unsettled;
    },
    told: reading?.told ?? [],
    begin(first) {
      if (unsettled) throw new HarnessError('RECORD_UNREADABLE', `${file} was begun before, and has no end`);
      makeFolder(folder);
      if (existsSync(file)) putAway(folder);
      check();
      anew();
      unsettled = true;
      add({ kind: 'first', user: 'admin', ...(first === undefined ? {} : { password: first }) });
    },
    end() {
      add({ kind: 'ended' });
      unsettled = false;
    },
    intend(password, user = 'admin') {
      const of = add({ kind: 'intended', user, password });
      let isKeyed = false;
      return {
        keyed() {
          if (!isKeyed) add({ kind: 'keyed', of });
          isKeyed = true;
        },
        confirmed: (by: Proof) => void add({ kind: 'confirmed', of, by }),
        abandoned: (why) => void add({ kind: 'abandoned', of, why }),
      };
    },
    holds(password, user = 'admin') {
      const [likely] = likeliest(facts, user);
      const isSure = likely?.state === 'confirmed' || likely?.state === 'first';
      if (likely?.password === password && isSure) return;
      add({ kind: 'held', user, password });
    },
    mayHold: (user = 'admin') => likeliest(facts, user),
    get others() {
      return usersOf(facts).filter((user) => user !== 'admin');
    },
    [Symbol.dispose]() {
      sealed?.close();
      sealed = undefined;
    },
  };
}

/** What stands in a journal of passwords, in order. @throws HarnessError as {@link readSealed} */
export function readPasswords(file: string, source: KeySource): readonly PasswordFact[] {
  return readSealed(file, source).lines.map(factOf);
}

type Untimed = PasswordFact extends infer F
  ? F extends PasswordFact
    ? Omit<F, 'seq' | 'at'>
    : never
  : never;

function usersOf(facts: readonly PasswordFact[]): readonly string[] {
  return [...new Set(facts.flatMap((fact) => ('user' in fact ? [fact.user] : [])))];
}

/** The lines were sealed by this program, so they have the shape that it gave them. */
function factOf({ seq, at, text }: JournalLine): PasswordFact {
  return { ...(JSON.parse(text) as Untimed), seq, at };
}

/** Numbers an ended journal, and lets the oldest go. */
function putAway(folder: string): void {
  const numbers = readdirSync(folder)
    .flatMap((name) => /^passwords\.(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
  renameSync(join(folder, FILE), join(folder, `passwords.${(numbers[0] ?? 0) + 1}.jsonl`));
  for (const old of numbers.slice(KEPT - 1)) rmSync(join(folder, `passwords.${old}.jsonl`), { force: true });
  syncFolder(folder);
}
