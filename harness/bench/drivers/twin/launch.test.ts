import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { EmulatorPlan } from '../../../wire/emulator.ts';
import { openTwinHands } from '../hands/twin.ts';
import { openTwinPower } from '../power/twin.ts';
import { launchEmulator } from './launch.ts';

const PLAN: EmulatorPlan = { smtp: { host: '127.0.0.1', port: 25 }, recorders: [] };
const READY = `console.log(JSON.stringify({ ready: true, pid: process.pid, relayUrl: 'http://x', recorders: [] }));`;
/** Ends with its input, as the emulator does. */
const OBEY = `process.stdin.resume(); process.stdin.on('end', () => process.exit(0));`;

const folder = await mkdtemp(join(tmpdir(), 'resetbench-launch-'));
t.teardown(() => rm(folder, { recursive: true }));
let count = 0;
async function program(text: string): Promise<string> {
  const path = join(folder, `program-${count++}.mjs`);
  await writeFile(path, text);
  return path;
}
const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

t.test('hands over the plan as one line, and gives what the ready line says', async (t) => {
  const lines: string[] = [];
  const path = await program(`
    import { createInterface } from 'node:readline';
    createInterface({ input: process.stdin }).on('line', (line) => {
      console.log('{ not JSON');
      console.error('got ' + JSON.parse(line).smtp.host);
      ${READY}
    });
    ${OBEY}`);
  const emulator = await launchEmulator(PLAN, { clock, program: path, onLog: (line) => lines.push(line) });
  t.match(emulator.ready, { ready: true, relayUrl: 'http://x', recorders: [] });
  t.ok(alive(emulator.ready.pid));
  await Promise.all([emulator[Symbol.asyncDispose](), emulator[Symbol.asyncDispose]()]);
  t.equal(alive(emulator.ready.pid), false);
  t.match(await emulator.exited, /^exit code 0/);
  t.same(lines.toSorted(), ['got 127.0.0.1', '{ not JSON']);
});

t.test('a program that dies before it is ready is told with its last words', async (t) => {
  const path = await program(`console.error('no pty to be had'); process.exit(7);`);
  await t.rejects(launchEmulator(PLAN, { clock, program: path }), {
    code: 'PORT_UNREACHABLE',
    message: /exit code 7[\s\S]*no pty to be had/,
    hint: /by hand/,
  });
  await t.rejects(launchEmulator(PLAN, { clock, program: join(folder, 'absent.ts') }), {
    code: 'PORT_UNREACHABLE',
    message: /absent\.ts/,
  });
});

t.test('a program that is never ready is ended', async (t) => {
  const path = await program(`console.error(String(process.pid)); ${OBEY}`);
  const lines: string[] = [];
  const launched = launchEmulator(PLAN, {
    clock,
    program: path,
    readyMs: 1500,
    onLog: (line) => lines.push(line),
  });
  await t.rejects(launched, { code: 'PORT_UNREACHABLE', message: /not ready within 1500 ms/ });
  t.equal(alive(Number(lines[0])), false);
});

t.test('a program that dies during the run says so by itself', async (t) => {
  const path = await program(`${READY} setTimeout(() => { throw new Error('out of luck'); }, 50);`);
  await using emulator = await launchEmulator(PLAN, { clock, program: path });
  t.match(await emulator.exited, /exit code 1[\s\S]*out of luck/);
});

t.test('a program that does not obey is made to: first asked, then killed', async (t) => {
  // Time runs a hundred times as fast for the launcher, but for the wait until it is ready.
  const hasty = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms / 100, signal) };
  const slow = await program(
    `process.on('SIGTERM', () => process.exit(3)); setInterval(() => {}, 1e6); ${READY}`,
  );
  const asked = await launchEmulator(PLAN, { clock: hasty, program: slow, readyMs: 3_000_000 });
  await asked[Symbol.asyncDispose]();
  t.match(await asked.exited, /exit code 3|SIGTERM/);

  const deaf = await program(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); ${READY}`);
  const killed = await launchEmulator(PLAN, { clock: hasty, program: deaf, readyMs: 3_000_000 });
  await killed[Symbol.asyncDispose]();
  t.match(await killed.exited, /SIGKILL/);
  t.equal(alive(killed.ready.pid), false);
});

const main = fileURLToPath(new URL('../../../emulator/main.ts', import.meta.url));
const without = existsSync(main) ? false : 'the emulator is not in this checkout';
t.test(
  "the checkout's own emulator starts, obeys its control port, and ends",
  { skip: without },
  async (t) => {
    const emulator = await launchEmulator(
      {
        smtp: { host: '127.0.0.1', port: 25 },
        recorders: [
          {
            id: 'one',
            family: 'nvr',
            model: 'DS-7616NI-K2',
            firmware: 'V4.30.097',
            build: 'build 200922',
            gui: '4.0',
            language: 'en',
            resolution: '1280x720',
            adminPassword: 'Harbour-77',
            bootMs: 50,
          },
        ],
      },
      { clock },
    );
    t.equal(emulator.ready.recorders.length, 1);
    const controlUrl = emulator.ready.recorders[0]?.controlUrl ?? '';
    const power = await openTwinPower({ controlUrl, clock });
    const hands = await openTwinHands({ controlUrl, clock });
    await hands.snapshot('start');
    await hands.advance(1000);
    await power.off();
    t.equal(await power.state(), 'off');
    await power[Symbol.asyncDispose]();
    const status = (await (await fetch(`${controlUrl}/status`)).json()) as { readonly power: string };
    t.equal(status.power, 'on');
    await hands.restore('start');
    t.equal((await hands.restore('nobody').catch((error) => error)).code, 'PORT_PROTOCOL');
    await hands[Symbol.asyncDispose]();
    await emulator[Symbol.asyncDispose]();
    t.equal(alive(emulator.ready.pid), false);
  },
);
