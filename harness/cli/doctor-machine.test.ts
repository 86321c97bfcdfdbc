import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { stateKeeps } from './doctor-machine.ts';

t.test('a folder that keeps what is written is told with its room, and nothing stays of it', async (t) => {
  const folder = t.testdir({ state: {} });
  t.match(stateKeeps(join(folder, 'state')), /state, \d+ [GM]iB left, a file is on its disk in \d+ ms$/);
  t.match(stateKeeps(join(folder, 'new', 'deep')), /new\/deep, which the first run makes: \d+ [GM]iB left/);
  t.same(readdirSync(folder, { recursive: true }), ['state'], 'nothing was made');
});

t.test('a folder that keeps nothing says why, and what to do', async (t) => {
  const file = join(t.testdir({}), 'file');
  writeFileSync(file, '');
  for (const [folder, why] of [
    [file, /cannot be written \(ENOTDIR\)/],
    ['/proc/resetbench', /\/proc\/resetbench cannot keep leases and passwords: it cannot be written/],
  ] as const)
    t.throws(() => stateKeeps(folder), { code: 'CONFIG_INVALID', message: why, hint: /--state/ });
});
