import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../terms/clock.ts';
import type { TryStore } from '../terms/tries.ts';
import { holderOf, type Lease, takeLease } from './lease.ts';
import { JOURNAL_FILE, openPasswords, type PasswordJournal } from './passwords.ts';
import type { Processes } from './processes.ts';
import type { KeySource } from './seal.ts';
import { triesFile } from './tries-file.ts';

/** What keeps one recorder from harm while it is worked on. Dispose gives the lease back. */
export interface DutSafety extends AsyncDisposable {
  readonly passwords: PasswordJournal;
  /** undefined for twins: their tries end with them. */
  readonly tries: TryStore | undefined;
  /** undefined for twins that the run starts itself: nobody else knows them. */
  readonly lease: Lease | undefined;
  /** Lines for whoever watches: a lease that was taken over, a journal that is torn. */
  readonly told: readonly string[];
}

/** Where the harness keeps what outlives a run, and with which key. */
export interface SafetyOptions {
  /** One for all runs of a machine. */
  readonly folder: string;
  readonly source: KeySource;
}

/** A recorder of hardware, as its serial number tells it from all others. */
export interface Unit {
  readonly id: string;
  readonly serialNumber: string;
}

/**
 * Takes a recorder of hardware: lease first, then what the lease guards.
 * @param what the command that wants it, for whoever comes later
 * @throws HarnessError LEASE_HELD; RECORD_UNREADABLE, CREDENTIALS_REFUSED, CONFIG_MISSING of its journal
 */
export function holdDut(
  unit: Unit,
  { folder, source }: SafetyOptions,
  {
    what,
    clock,
    processes,
  }: { readonly what: string; readonly clock: Clock; readonly processes?: Processes },
): DutSafety {
  const own = dutFolder(folder, unit.serialNumber);
  const lease = takeLease({
    folder: own,
    dut: unit.id,
    what,
    clock,
    ...(processes === undefined ? {} : { processes }),
  });
  try {
    const passwords = openPasswords({
      folder: own,
      dut: unit.id,
      serialNumber: unit.serialNumber,
      source,
      clock,
      check: () => lease.check(),
    });
    return {
      passwords,
      tries: triesOf(own),
      lease,
      told: [...(lease.tookOver === undefined ? [] : [lease.tookOver]), ...passwords.told],
      async [Symbol.asyncDispose]() {
        passwords[Symbol.dispose]();
        await lease[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    // What went wrong is told; a lease that could not be given back ends with this process.
    Promise.resolve(lease[Symbol.asyncDispose]()).catch(() => undefined);
    throw error;
  }
}

/** Whether a run on a recorder was cut, and nobody has it now. Opens the journal only where there is one. */
export function hasCutJournal(unit: Unit, { folder, source }: SafetyOptions, clock: Clock): boolean {
  const own = dutFolder(folder, unit.serialNumber);
  if (holderOf(own) !== undefined) return false;
  using passwords = openPasswords({
    folder: own,
    dut: unit.id,
    serialNumber: unit.serialNumber,
    source,
    clock,
  });
  return passwords.unsettled;
}

/**
 * What keeps a twin that the run starts itself: a journal in a folder of the run, sealed with a key that nobody keeps,
 * and not synced: a crash of the machine takes the twin along.
 */
export function holdTwin(
  unit: Unit,
  {
    folder,
    clock,
    first,
  }: { readonly folder: string; readonly clock: Clock; readonly first: string | undefined },
): DutSafety {
  const passwords = openPasswords({
    folder: join(folder, 'passwords', `${unit.id}-${randomBytes(4).toString('hex')}`),
    dut: unit.id,
    serialNumber: unit.serialNumber,
    source: { from: 'bytes', bytes: randomBytes(32) },
    clock,
    sync: false,
  });
  passwords.begin(first);
  return {
    passwords,
    tries: undefined,
    lease: undefined,
    told: [],
    [Symbol.asyncDispose]: async () => passwords[Symbol.dispose](),
  };
}

/** The wrong tries of a recorder, in its folder. */
export function triesOf(own: string): TryStore {
  return triesFile(join(own, 'tries.json'));
}

/** Whether passwords of any recorder are kept in a state folder. */
export function keepsPasswords(folder: string): boolean {
  const duts = join(folder, 'duts');
  const isThere = statSync(duts, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isThere && readdirSync(duts).some((name) => existsSync(join(duts, name, JOURNAL_FILE)));
}

/** Where everything about one recorder lies: a readable name, and a hash that tells alike ones apart. */
export function dutFolder(folder: string, serialNumber: string): string {
  const readable = serialNumber.replace(/[^A-Za-z0-9-]/g, '_').slice(-24);
  const hash = createHash('sha256').update(serialNumber).digest('hex').slice(0, 12);
  return join(folder, 'duts', `${readable}-${hash}`);
}
