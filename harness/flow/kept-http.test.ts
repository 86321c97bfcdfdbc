import { readFileSync } from 'node:fs';
import t from 'tap';
import type { HttpStatus, RecorderHttp } from '../bench/ports/recorder-http.ts';
import { noted } from '../safety/safety.fixture.ts';
import { keptHttp, type PasswordWrites } from './kept-http.ts';

const ADMIN = { user: 'admin', password: 'Old-0' };

/** A recorder that answers every write alike; `told` is what happened, in order. */
function recorder(answer: number | 'silence') {
  const { keeper, told } = noted();
  const order = told as string[];
  const write = async (): Promise<HttpStatus> => {
    order.push('sent');
    if (answer === 'silence') throw new Error('no answer');
    return { status: answer } as HttpStatus;
  };
  const http = { activate: write, changePassword: write, addUser: write, emailCertification: write };
  return { http: keptHttp(http as unknown as RecorderHttp, keeper), told };
}

t.test('each password is kept before it is sent, for whom it is, with what became of it', async (t) => {
  const { http, told } = recorder(200);
  await http.activate('A-1');
  await http.changePassword(ADMIN, 'clerk', 'B-2');
  await http.addUser(ADMIN, { name: 'guest', password: 'C-3', level: 'Viewer' });
  await http.emailCertification('CODE1234', 'D-4');
  const kept = (user: string, password: string) => [
    `${user} intended ${password}`,
    `${user} keyed ${password}`,
    'sent',
    `${user} confirmed by http ${password}`,
  ];
  t.same(told, [
    ...kept('admin', 'A-1'),
    ...kept('clerk', 'B-2'),
    ...kept('guest', 'C-3'),
    ...kept('admin', 'D-4'),
  ]);
});

t.test('a code without a password keeps nothing; a refusal and a silence are told apart', async (t) => {
  const refused = recorder(403);
  await refused.http.emailCertification('CODE1234');
  t.same(refused.told, ['sent']);
  await refused.http.activate('A-1');
  t.equal(refused.told.at(-1), 'admin abandoned A-1');
  const silent = recorder('silence');
  await t.rejects(silent.http.activate('A-1'));
  t.same(silent.told, ['admin intended A-1', 'admin keyed A-1', 'sent'], 'it may be held');
});

t.test('every call of the interface that carries a new password is one of those that are kept', async (t) => {
  const kept: Record<keyof PasswordWrites, true> = {
    activate: true,
    changePassword: true,
    addUser: true,
    emailCertification: true,
  };
  const source = readFileSync(new URL('../bench/ports/recorder-http.ts', import.meta.url), 'utf8');
  const methods = source.slice(source.indexOf('export interface RecorderHttp'));
  const carrying = methods
    .split(/\n {2}(?=\w+\()/)
    .filter((member) => /\bpassword\??: string/.test(member.split('): Promise')[0] ?? ''))
    .map((member) => /^\w+/.exec(member)?.[0]);
  t.same(carrying.toSorted(), Object.keys(kept).toSorted());
});

t.test('nobody but the wrapper gets a recorder that keeps nothing', async (t) => {
  // Flow, kit and suites take KeptHttp: only these files name the plain interface.
  const { globSync } = await import('node:fs');
  const root = new URL('../../', import.meta.url).pathname;
  const naming = globSync('{harness/{flow,kit,run},suites}/**/*.ts', { cwd: root }).filter(
    (file) => !/\.test\.ts$/.test(file) && /\bRecorderHttp\b/.test(readFileSync(`${root}${file}`, 'utf8')),
  );
  t.same(naming, ['harness/flow/kept-http.ts']);
  const making = globSync('{harness/{flow,kit,run,cli},suites}/**/*.ts', { cwd: root })
    .filter((file) => !/\.test\.ts$/.test(file))
    .flatMap((file) =>
      readFileSync(`${root}${file}`, 'utf8')
        .split('\n')
        .filter((line) => /bench\.recorder\(|isapi\(/.test(line) && !/keptHttp\(/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  t.same(making.toSorted(), [
    // Look, and write nothing.
    'harness/cli/doctor-bench.ts: const recorder = isapi(counted(http));',
    'harness/cli/doctor-machine.ts: const activated = await isapi(http).activated();',
    'harness/cli/emulate.ts: const { payload, status } = await isapi(http).emailQrCode();',
    // The second recorder, of which only codes are borrowed.
    'harness/run/context.ts: const http = bench.recorder(tracedHttp(partner.http, trace));',
  ]);
});
