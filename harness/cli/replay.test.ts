import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t, { type Test } from 'tap';
import { ABOUT, exchange, frameAt, T0, testFolder } from '../session/session.fixture.ts';
import { openSessionWriter } from '../session/writer.ts';

t.setTimeout(600_000);
const MAIN = join(import.meta.dirname, 'main.ts');

/** The folder of a run with one recording in it. */
async function runFolder(t: Test, ...duts: readonly string[]): Promise<string> {
  const folder = await testFolder(t);
  for (const dut of duts) {
    await mkdir(join(folder, dut));
    const writer = await openSessionWriter(join(folder, dut, 'session.mcap'), {
      about: { ...ABOUT, dut },
      at: T0,
    });
    writer.write('step', T0 + 1000, { kind: 'case', text: 'A reset', requirement: 'CR46' });
    writer.write('frame', T0 + 2000, frameAt(T0 + 2000, 'the login'));
    writer.write('serial', T0 + 67_500, { direction: 'in', text: 'U-Boot 1.3.4\r\n' });
    writer.write('http', T0 + 70_000, exchange('/SDK/activateStatus', '<Activated>true</Activated>'));
    await writer.close(T0 + 75_000);
  }
  return folder;
}

/** Runs `resetbench replay`; `input` goes to its standard input. */
async function replay(
  args: readonly string[],
  input = '',
): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [MAIN, 'replay', ...args]);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.end(input);
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
  return { code, out, err };
}

t.test('a session is listed, looked at at a time, and gone through step by step', async (t) => {
  const folder = await runFolder(t, 'nvr-at');
  const file = join(folder, 'nvr-at', 'session.mcap');
  const list = await replay([file, '--list']);
  t.equal(list.code, 0, list.err);
  t.same(list.out.trim().split('\n'), [
    '0:00.000 session  begins: nvr-at, DS-7616NI-K2 V4.21.000, 1280x720',
    '0:01.000 step     CR46 begins: A reset',
    '0:02.000 frame    a picture (png): the login',
    '1:07.500 serial   < U-Boot 1.3.4',
    '1:10.000 http     GET /SDK/activateStatus -> 200, 3 ms',
    '1:15.000 session  ends',
  ]);
  const at = await replay([file, '--at', '1:08']);
  t.match(at.out, /frame .*the login\n.*U-Boot/);
  t.notMatch(at.out, 'activateStatus', 'that came later');
  const step = await replay([file, '--step', '--at', '67.5'], '\nq\n');
  t.match(step.out, /U-Boot/);
  t.match(step.out, '<Activated>true</Activated>');
  t.notMatch(step.out, /login|"end"/, 'from there on, until q');
});

t.test('a session is served until somebody ends it', async (t) => {
  const folder = await runFolder(t, 'nvr-at', 'nvr-above');
  const child = spawn(process.execPath, [MAIN, 'replay', folder, '--dut', 'nvr-above'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [name = '', value = ''] = line.split(/\s+/);
    told.set(name, value);
    if (line.startsWith('Ctrl-C')) break;
  }
  t.match(told.get('nvr-above,'), 'DS-7616NI-K2');
  t.match(await (await fetch(told.get('page') ?? '')).text(), 'Replay of');
  t.match(await (await fetch(`${told.get('http')}/SDK/activateStatus`)).text(), 'true');
  t.match(told.get('serial'), '/dev/');
  child.kill('SIGINT');
  t.equal(await new Promise((resolve) => child.once('exit', resolve)), 0);
});

t.test('what is not there is told with the way to it', async (t) => {
  const folder = await runFolder(t, 'nvr-at', 'nvr-above');
  const file = join(folder, 'nvr-at', 'session.mcap');
  for (const [args, told] of [
    [[], /takes one FILE/],
    [[folder], /2 sessions\n=> --dut takes one of nvr-above, nvr-at/],
    [[folder, '--dut', 'other'], /no session of other/],
    [[join(folder, 'absent')], /no recording that can be read/],
    [
      [file, '--at', '99:00'],
      /--at expects a time of the session, found 99:00\n=> it goes from 0 to 75\.0 s/,
    ],
  ] as const) {
    const { code, err } = await replay(args);
    t.equal(code, 2);
    t.match(err, told);
  }
});
