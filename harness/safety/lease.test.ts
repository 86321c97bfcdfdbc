import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { systemClock as clock } from '../terms/clock.ts';
import { holderOf, takeLease } from './lease.ts';
import { judge, machineProcesses, type Processes, type ProcessId } from './processes.ts';

const here = { host: 'bench-1', boot: 'b1', space: 's1' };
const holder: ProcessId = { pid: 7, started: '100', ...here };

/** Processes of which this one is `self`, and those in the list live. */
function processes(self: number, alive: readonly number[]): Processes {
  return {
    self: () => ({ ...holder, pid: self }),
    look: (one) =>
      judge(one, here, (pid) => (alive.includes(pid) ? { started: '100', dead: false } : undefined)),
  };
}
const options = (folder: string, self: number, alive: readonly number[], what = 'run one') => ({
  folder,
  dut: 'shelf',
  what,
  clock,
  processes: processes(self, alive),
});

t.test('a recorder that is held is told with holder, since when, and the cure', async (t) => {
  const folder = t.testdir();
  await using lease = takeLease(options(folder, 7, [7, 8]));
  t.equal(lease.token, 1);
  t.throws(() => takeLease(options(folder, 8, [7, 8], 'run two')), {
    code: 'LEASE_HELD',
    message: /^shelf is held by "run one" \(process 7 on bench-1, since \d{4}-.*, just now\)$/,
    hint: 'wait for it to end, or end it: kill 7',
  });
  t.throws(() => takeLease(options(folder, 7, [7])), { code: 'LEASE_HELD' }, 'nor twice by one process');
  t.equal(holderOf(folder, processes(8, [7]))?.pid, 7);
});

t.test('what was given back is free; the token grows, and one file stays', async (t) => {
  const folder = t.testdir();
  for (const token of [1, 2, 3]) {
    const lease = takeLease(options(folder, 7, [7]));
    t.equal(lease.token, token);
    t.equal(lease.tookOver, undefined);
    lease.check();
    await lease[Symbol.asyncDispose]();
    t.throws(() => lease.check(), { code: 'LEASE_LOST' });
    t.equal(holderOf(folder, processes(8, [7])), undefined);
  }
  t.same(readdirSync(folder), ['lease-3.json']);
});

t.test('a dead holder is taken over from, and a line says so; the dead one has lost it', async (t) => {
  const folder = t.testdir();
  const dead = takeLease(options(folder, 7, [7]));
  await using lease = takeLease(options(folder, 8, [8], 'run two'));
  t.equal(lease.token, 2);
  t.match(
    lease.tookOver,
    /^took shelf over from "run one" \(process 7 .*\): there is no process 7 any more$/,
  );
  t.throws(() => dead.check(), {
    code: 'LEASE_LOST',
    message: /shelf is no longer this run's: "run two" .* has it/,
    hint: /resetbench recover shelf/,
  });
  await dead[Symbol.asyncDispose]();
  lease.check();
});

t.test('a process is told by start, boot, machine and container, and never guessed', async (t) => {
  const begun =
    (started: string, dead = false) =>
    () => ({ started, dead });
  t.same(judge(holder, here, begun('100')), { is: 'alive' });
  t.match(judge(holder, here, begun('200')), { is: 'gone', why: /another one now/ });
  t.match(judge(holder, here, begun('100', true)), { is: 'gone', why: /has ended/ });
  t.match(judge(holder, { ...here, boot: 'b2' }, begun('100')), { is: 'gone', why: /started again/ });
  for (const other of [{ host: 'bench-2' }, { space: 's2' }])
    t.match(
      judge(holder, { ...here, ...other }, () => undefined),
      { is: 'unknown' },
    );
});

t.test('a holder that cannot be looked at from here keeps it', async (t) => {
  const folder = t.testdir();
  takeLease({
    ...options(folder, 7, []),
    processes: { ...processes(7, []), self: () => ({ ...holder, host: 'bench-2' }) },
  });
  t.throws(() => takeLease(options(folder, 8, [8])), {
    code: 'LEASE_HELD',
    message: /whether it still runs cannot be seen from here: it runs on bench-2, this is bench-1/,
    hint: /remove the files lease-\*\.json in /,
  });
});

t.test('a file that is no lease is not guessed at', async (t) => {
  const folder = t.testdir();
  writeFileSync(join(folder, 'lease-4.json'), '{"token":4}');
  t.throws(() => takeLease(options(folder, 7, [7])), { code: 'RECORD_UNREADABLE', hint: /remove the file/ });
});

t.test('this machine: a process lives until it has ended, also one that nobody has waited for', async (t) => {
  const self = machineProcesses.self();
  t.same(machineProcesses.look(self), { is: 'alive' });
  t.match(machineProcesses.look({ ...self, started: '1' }), { is: 'gone' });
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  const one = { ...self, pid: child.pid ?? 0 };
  t.match(
    machineProcesses.look(one),
    { is: 'gone', why: /another one now/ },
    'it did not begin when this one did',
  );
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
  t.match(machineProcesses.look(one), { is: 'gone', why: /no process/ });
});

t.test('of many processes that want a recorder at once, one has it', async (t) => {
  const folder = t.testdir();
  const program = `
    import { takeLease } from ${JSON.stringify(new URL('./lease.ts', import.meta.url).href)};
    import { systemClock as clock } from ${JSON.stringify(new URL('../terms/clock.ts', import.meta.url).href)};
    process.stdin.once('data', () => {
      try {
        console.log(takeLease({ folder: ${JSON.stringify(folder)}, dut: 'shelf', what: 'run', clock }).token);
      } catch (error) {
        console.log(error.code);
      }
      process.stdin.once('end', () => process.exit());
      process.stdin.resume();
    });
    console.log('ready');`;
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const said = (child: (typeof children)[number]) =>
    new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())));
  await Promise.all(children.map(said));
  const answers = children.map(said);
  for (const child of children) child.stdin.write('go\n');
  const got = (await Promise.all(answers)).toSorted();
  t.same(got, ['1', ...Array.from({ length: 5 }, () => 'LEASE_HELD')]);
  // All die without giving it back: the next one is told.
  await Promise.all(
    children.map((child) => {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGKILL');
      return closed;
    }),
  );
  await using lease = takeLease({ folder, dut: 'shelf', what: 'recover', clock });
  t.equal(lease.token, 2);
  t.match(lease.tookOver, /took shelf over from "run"/);
});

t.test('a holder since a time that is none, or of a process that cannot be, is no lease', async (t) => {
  const whole = { ...holder, what: 'run', since: 1 };
  for (const wrong of ['"since":1e999', '"since":9e15', '"pid":-1', '"pid":1.5', '"token":1.5', '"token":7'])
    t.throws(
      () => {
        const text = JSON.stringify({ token: 1, holder: whole, returned: false });
        const key = wrong.slice(0, wrong.indexOf(':'));
        const folder = t.testdir({ 'lease-1.json': text.replace(new RegExp(`${key}:[^,}]+`), wrong) });
        takeLease(options(folder, 8, [8]));
      },
      { code: 'RECORD_UNREADABLE' },
      wrong,
    );
});
