// `resetbench recover` as a person starts it, on a twin that is taken for a recorder on a shelf.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openShelf, SHELF, type Shelf } from '../../scripts/bench/safety/shelf.ts';
import { PASSWORD as PDU_PASSWORD, servePdu } from '../bench/drivers/power/pdu.fixture.ts';
import { dutFolder, hasCutJournal, holdDut, type SafetyOptions } from '../safety/dut.ts';
import { takeLease } from '../safety/lease.ts';
import { openPasswords } from '../safety/passwords.ts';
import { triesFile } from '../safety/tries-file.ts';
import { systemClock as clock } from '../terms/clock.ts';
import { ROOT } from './root.ts';
import { safetyFrom } from './state.ts';

t.setTimeout(600_000);
const MAIN = join(ROOT, 'harness', 'cli', 'main.ts');
const NEXT = 'Next-Harbour-5';

/** A shelf with a journal as a cut run leaves it. */
async function cut(
  t: Test,
  options: Parameters<typeof openShelf>[1] & { readonly keyed?: readonly string[] } = {},
): Promise<{ readonly shelf: Shelf; readonly safety: SafetyOptions; readonly own: string }> {
  const shelf = await openShelf(t.testdir({}), options);
  t.teardown(() => shelf[Symbol.asyncDispose]());
  const serialNumber = options.serialNumber ?? shelf.serialNumber;
  const safety = safetyFrom(undefined, [{ config: { kind: 'hardware' } as never }], shelf.env);
  const own = dutFolder(safety.folder, serialNumber);
  using journal = openPasswords({ folder: own, dut: SHELF, serialNumber, source: safety.source, clock });
  journal.begin(shelf.first);
  for (const one of options.keyed ?? [NEXT]) {
    const kept = journal.intend(one);
    kept.keyed();
    kept.confirmed('screen');
  }
  return { shelf, safety, own };
}
function recover(shelf: Shelf, ...args: readonly string[]) {
  return new Promise<{ readonly code: number; readonly out: string; readonly err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [MAIN, 'recover', SHELF, '--devices', shelf.devices, ...args],
      { env: shelf.env },
      (_, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}
const has = (shelf: Shelf, password: string) => shelf.recorder.accepts({ user: 'admin', password });

t.test(
  'what may hold is told without showing it, the first one is restored, and the journal ends',
  async (t) => {
    const { shelf, safety, own } = await cut(t);
    await shelf.recorder.changePassword({ user: 'admin', password: shelf.first }, 'admin', NEXT);
    const { code, out, err } = await recover(shelf);
    t.equal(code, 0, out + err);
    t.match(out, /2 passwords of admin may hold, the likeliest first:/);
    t.match(out, /1\. a password of 14 characters: taken by the recorder, \d{4}-/);
    t.match(out, /2\. adminPassword: the one it began with/);
    t.match(out, /the first password \(adminPassword\) was restored, and holds\n/);
    for (const secret of [NEXT, shelf.first]) t.notOk((out + err).includes(secret));
    t.ok(await has(shelf, shelf.first));
    t.notOk(hasCutJournal({ id: SHELF, serialNumber: shelf.serialNumber }, safety, clock));
    const again = await recover(shelf);
    t.equal(again.code, 0);
    t.match(again.out, /there is nothing to recover/);
    shelf.env.SHELF_PASSWORD = 'Another-Key-7';
    const other = await recover(shelf);
    t.equal(other.code, 3, 'a recorder that refuses adminPassword is not as it should be');
    t.match(other.err, /refuses adminPassword, and .*state knows of no run.*\n=> name the state folder/);
    t.match(triesFile(join(own, 'tries.json')).load(), [{ kind: 'network', spent: 1 }]);
  },
);

t.test('passwords are shown at a terminal only, and --list touches nothing', async (t) => {
  const { shelf } = await cut(t);
  const shown = await recover(shelf, '--show');
  t.equal(shown.code, 2);
  t.match(shown.err, /--show writes passwords to a terminal only/);
  const listed = await recover(shelf, '--list');
  t.equal(listed.code, 0);
  t.match(listed.out, /1\. a password of 14 characters/);
  t.notMatch(listed.out, /Try|Ask/);
  t.match(
    (await recover(shelf, '--list')).out,
    /1\. a password of 14 characters/,
    'the journal is as it was',
  );
});

t.test('a recorder that a run holds is not touched', async (t) => {
  const { shelf, own } = await cut(t);
  await using _ = takeLease({ folder: own, dut: SHELF, what: 'run night', clock });
  const { code, err } = await recover(shelf);
  t.equal(code, 3);
  t.match(
    err,
    /^shelf is held by "run night" \(process \d+ on .*\n=> wait for it to end, or end it: kill \d+\n/,
  );
});

t.test('a lease of a run that died is taken over, and a line says so', async (t) => {
  const { shelf, own } = await cut(t);
  takeLease({ folder: own, dut: SHELF, what: 'run night', clock });
  const file = join(own, 'lease-1.json');
  const grant = JSON.parse(readFileSync(file, 'utf8')) as { holder: { started: string } };
  grant.holder.started = '1';
  writeFileSync(file, JSON.stringify(grant));
  const { code, out } = await recover(shelf);
  t.equal(code, 0, out);
  t.match(out, /took shelf over from "run night" .*another one now/);
});

t.test('another unit at the address is refused before anything is written', async (t) => {
  const serialNumber = 'DS-7616NI-K2162019AAAA';
  const { shelf } = await cut(t, { serialNumber });
  const { code, err } = await recover(shelf);
  t.equal(code, 3);
  t.match(
    err,
    new RegExp(`the unit has serial number ${shelf.serialNumber}, devices.yaml says ${serialNumber}`),
  );
  t.ok(await has(shelf, shelf.first));
});

t.test(
  'tries that runs before spent count: it stops short of a lock, says how long, and goes on',
  async (t) => {
    const { shelf, own } = await cut(t, { keyed: ['Wrong-Pass-1', 'Wrong-Pass-2'] });
    const spent = { kind: 'network', user: 'admin', spent: 5, agoMs: 0, open: false };
    triesFile(join(own, 'tries.json')).save([spent], true);
    const { code, err } = await recover(shelf);
    t.equal(code, 3);
    t.match(err, /tries are spent \(6 of 7 \(network\)\).*free again in \d+ s\n=> .*--wait/);
    triesFile(join(own, 'tries.json')).save([{ ...spent, spent: 6, agoMs: 50_000 }], true);
    const waited = await recover(shelf, '--wait');
    t.equal(waited.code, 0, waited.err);
    t.match(waited.out, /Wait \d+ s/);
    t.ok(await has(shelf, shelf.first));
  },
);

t.test("one that a cut run left not activated gets the first password, by its console's word", async (t) => {
  const { shelf } = await cut(t, { inactive: true });
  const { code, out, err } = await recover(shelf);
  t.equal(code, 0, out + err);
  t.match(out, /it was not activated; it has the first password \(adminPassword\) now/);
  t.ok(await has(shelf, shelf.first));
});

t.test('a twin, and a name that is none, are usage errors', async (t) => {
  const shelf = await openShelf(t.testdir({}));
  t.teardown(() => shelf[Symbol.asyncDispose]());
  for (const [dut, said] of [
    ['nvr-at', /nvr-at is a twin: it ends with its run/],
    ['nobody', /no DUT "nobody" in the inventory/],
  ] as const) {
    const { code, err } = await new Promise<{ code: number; err: string }>((resolve) => {
      const child = execFile(process.execPath, [MAIN, 'recover', dut], { env: shelf.env }, (_, __, stderr) =>
        resolve({ code: child.exitCode ?? -1, err: stderr }),
      );
    });
    t.equal(code, 2);
    t.match(err, said);
  }
});

t.test('one that a killed run left in the dark gets its power before it is asked anything', async (t) => {
  const { shelf } = await cut(t);
  await using pdu = await servePdu('shelly');
  pdu.world.outlet = 'off';
  const { on, off, state } = pdu.template;
  const power = {
    driver: 'http-pdu',
    on,
    off,
    state: { ...state, read: { pointer: '/ison', on: true, off: false } },
    auth: { kind: 'basic', user: 'bench', password: { env: 'PDU_PASSWORD' } },
  };
  shelf.env.PDU_PASSWORD = PDU_PASSWORD;
  const inventory = readFileSync(shelf.devices, 'utf8');
  writeFileSync(
    shelf.devices,
    inventory.replace(/( +)display:/, `$1power: ${JSON.stringify(power)}\n$1display:`),
  );
  const { code, out, err } = await recover(shelf);
  t.equal(code, 0, out + err);
  t.match(out, /it had no power; it is switched on\nAsk whether/);
  t.equal(pdu.world.outlet, 'on');
  await pdu.vanish();
  const blind = await recover(shelf);
  t.equal(blind.code, 0, 'a recorder that answers needs no power switch');
  t.match(blind.out, /its power could not be seen to: /);
});

t.test(
  'a variable that is set to nothing is not set, and no key is drawn over one that is lost',
  async (t) => {
    const hardware = [{ config: { kind: 'hardware' } as never }];
    const folder = t.testdir({});
    const env = {
      RESETBENCH_STATE: '',
      RESETBENCH_KEY: '',
      RESETBENCH_KEY_FILE: '',
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_CONFIG_HOME: join(folder, 'config'),
    };
    const safety = safetyFrom(undefined, hardware, env);
    const file = join(folder, 'config', 'resetbench', 'key');
    t.same(safety, { folder: join(folder, 'state', 'resetbench'), source: { from: 'file', file } });
    t.throws(() => safetyFrom('', hardware, env), { code: 'USAGE' });
    const unit = { id: SHELF, serialNumber: 'DS-1' };
    {
      await using held = holdDut(unit, safety, { what: 'run', clock });
      held.passwords.begin('First-1');
    }
    t.equal(hasCutJournal(unit, safetyFrom(undefined, hardware, env), clock), true);
    rmSync(file);
    const lost = safetyFrom(undefined, hardware, env);
    t.notOk(existsSync(file), 'a new one would open nothing');
    t.throws(() => hasCutJournal(unit, lost, clock), {
      code: 'CONFIG_MISSING',
      message: /no key file/,
      hint: /restore it/,
    });
  },
);
