import { existsSync, linkSync, readdirSync, renameSync, rmSync } from 'node:fs';
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

/** The journal in a recorder's folder. */
export const JOURNAL_FILE = 'passwords.jsonl';
/** What is made of a damaged one, until it is whole. */
const DRAFT = 'passwords.draft';
/** Ended journals that are kept: users beside admin may still have passwords out of them. */
const KEPT = 9;

/**
 * Opens the journal of a recorder, or prepares a new one. One process at a time, by the lease.
 * @throws HarnessError as {@link readSealed} of a journal that is there
 */
export function openPasswords(options: PasswordJournalOptions): PasswordJournal {
  const { folder, clock, source, sync = true, check = () => undefined } = options;
  const file = join(folder, JOURNAL_FILE);
  const reading = existsSync(file) ? readSealed(file, source) : undefined;
  let facts = (reading?.lines ?? []).map(factOf);
  // One that is damaged, or says nothing, was begun: how it went on is not known.
  let unsettled = reading !== undefined && (reading.damaged || facts.at(-1)?.kind !== 'ended');
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
  const anew = (at: string) => {
    sealed?.close();
    const { dut, serialNumber } = options;
    return beginSealed(at, { dut, serialNumber }, { source, sync });
  };
  /**
   * Nothing is added to a damaged journal: what could be read of it goes into a new one. That takes its place when it is
   * whole, and at once: whoever is killed before leaves the damaged one, as it was.
   */
  const salvage = () => {
    const draft = join(folder, DRAFT);
    rmSync(draft, { force: true });
    const fresh = anew(draft);
    facts = copied(facts, (fact, at) => fresh.add(JSON.stringify(fact), at));
    // One more name for the damaged one, and then the name that it had is another's.
    const number = nextNumber(folder);
    linkSync(file, join(folder, `passwords.${number}.jsonl`));
    renameSync(draft, file);
    forget(folder);
    sealed = fresh;
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
      sealed = anew(file);
      facts = [];
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

/** The same facts with the numbers that their lines have where they are added; what was said of a lost line goes. */
function copied(facts: readonly PasswordFact[], add: (fact: Untimed, at: number) => number): PasswordFact[] {
  const numbers = new Map<number, number>();
  return facts.flatMap((one) => {
    const { seq: old, at, ...fact } = one;
    if (fact.kind === 'ended') return [];
    const of = 'of' in fact ? numbers.get(fact.of) : undefined;
    if ('of' in fact && of === undefined) return [];
    const moved = of === undefined ? fact : { ...fact, of };
    const seq = add(moved, at);
    numbers.set(old, seq);
    return [{ ...moved, seq, at } as PasswordFact];
  });
}

/** Numbers an ended journal, and lets the oldest go. */
function putAway(folder: string): void {
  renameSync(join(folder, JOURNAL_FILE), join(folder, `passwords.${nextNumber(folder)}.jsonl`));
  forget(folder);
}
function nextNumber(folder: string): number {
  return (numbersIn(folder)[0] ?? 0) + 1;
}
/** Lets all but the newest of those that were put away go. */
function forget(folder: string): void {
  for (const old of numbersIn(folder).slice(KEPT))
    rmSync(join(folder, `passwords.${old}.jsonl`), { force: true });
  syncFolder(folder);
}
/** Of those that were put away, the newest first. */
function numbersIn(folder: string): readonly number[] {
  return readdirSync(folder)
    .flatMap((name) => /^passwords\.(\d+)\.jsonl$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}
