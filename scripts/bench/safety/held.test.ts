import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { held, heldAtRest, leakedSince, ownMemory } from './held.ts';

const skip = process.platform === 'linux' ? false : 'reads /proc';
const folder = mkdtempSync(join(tmpdir(), 'resetbench-held-'));
t.after(() => rmSync(folder, { recursive: true, force: true }));
const kinds = (leaks: readonly { readonly kind: string }[]) => leaks.map(({ kind }) => kind);

t.test('a descriptor, a temporary file and a process that are left are told', { skip }, async (t) => {
  const before = await heldAtRest(folder, 300);
  const file = join(folder, 'left');
  writeFileSync(file, '');
  const descriptor = openSync(file, 'r');
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const leaks = kinds(await leakedSince(before, folder, 200));
  t.ok(leaks.includes(`descriptor ${file}`), leaks.join());
  t.ok(leaks.includes('temporary file'), leaks.join());
  t.ok(leaks.includes('process sleep'), leaks.join());
  child.kill('SIGKILL');
  await once(child, 'exit');
  closeSync(descriptor);
  rmSync(file);
  t.strictSame(await leakedSince(before, folder), []);
});

t.test('a socket that closes a while later is no leak, one that stays is', { skip }, async (t) => {
  const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const before = held(folder);
  const address = server.address();
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  await once(socket, 'connect');
  t.ok(kinds(await leakedSince(before, folder, 300)).includes('descriptor socket'));
  setTimeout(() => socket.destroy(), 500);
  t.strictSame(await leakedSince(before, folder), []);
  server.close();
});

t.test('what beats once a second is held, and no leak, wherever a look falls', { skip }, async (t) => {
  let beats = 0;
  let timer: NodeJS.Timeout | undefined;
  // As a watch does: after each second it looks for a while, without a timer.
  const beat = () => {
    beats += 1;
    setImmediate(() => {
      timer = setTimeout(beat, 1000);
    });
  };
  beat();
  await new Promise((resolve) => setImmediate(resolve));
  const before = await heldAtRest(folder, 3000);
  t.equal(before.get('resource Timeout'), held(folder).get('resource Timeout'));
  t.ok(beats > 2);
  t.strictSame(await leakedSince(before, folder, 0), []);
  const left = setTimeout(() => undefined, 60_000);
  t.ok(kinds(await leakedSince(before, folder, 0)).includes('resource Timeout'));
  clearTimeout(left);
  clearTimeout(timer);
});

t.test('memory that is written to is the own', { skip }, async (t) => {
  const before = ownMemory(process.pid);
  const block = Buffer.alloc(256 * 2 ** 20, 1);
  t.ok(ownMemory(process.pid) - before > 200 * 2 ** 20);
  t.equal(block.at(-1), 1);
});
