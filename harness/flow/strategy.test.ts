import t from 'tap';
import type { Hands } from '../bench/ports/hands.ts';
import { noted } from '../safety/safety.fixture.ts';
import type { Clock } from '../terms/clock.ts';
import type { KeptHttp } from './kept-http.ts';
import type { Owner } from './owner/owner.ts';
import { Strategy, type Tools } from './strategy.ts';
import type { Trace } from './trace.ts';
import { TryLedger } from './tries.ts';

const MINUTE = 60_000;
const lock = { tries: 7, seconds: 1800 };

/** A recorder of hardware with one password, and everything that is done to it by name. */
function bench(has: { password: string; address?: string }, { isTwin = false } = {}) {
  const done: string[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    monotonic: () => now,
    sleep: async (ms: number) => {
      done.push(`wait ${ms / MINUTE} min`);
      now += ms;
    },
  } as unknown as Clock;
  const tries = new TryLedger({ login: lock, network: lock, code: lock, file: lock }, () => now);
  const strategy = new Strategy({ password: has.password, address: has.address }, { tries });
  const trace = { step: async (_: string, body: () => unknown) => body(), secret: () => undefined };
  const hands = {
    snapshot: async (state: string) => void done.push(`keep ${state}`),
    advance: async (ms: number) => void done.push(`advance ${ms / MINUTE} min`),
  } as unknown as Hands;
  const passwords = noted();
  const tools: Tools = {
    owner: {
      awake: async () => undefined,
      toMenu: async (_: string, password: string) => void done.push(`log in with ${password}`),
      gui: { disturbed: () => undefined },
    } as unknown as Owner,
    http: {
      activated: async () => true,
      accepts: async ({ password }: { password: string }) => {
        done.push(`try ${password}`);
        return password === has.password;
      },
    } as unknown as KeptHttp,
    passwords: passwords.keeper,
    hands: isTwin ? hands : undefined,
    clock,
    trace: trace as unknown as Trace,
    freshPassword: () => 'Fresh-1',
    homeAddress: 'owner@lab.example',
    bootTimeoutMs: 1000,
    safe: async () => void done.push('safe'),
    resetByEmail: async (address, password) => {
      tries.ask('code');
      done.push(`reset by ${address}`);
      has.password = password;
    },
  };
  return { done, tries, strategy, tools, passwords };
}
const spend = (tries: TryLedger, kind: 'login' | 'code', times: number, user = '') => {
  for (let count = 0; count < times; count += 1) tries.note(kind, false, user);
};
const HERS = { password: 'Harbour-77', address: 'owner@lab.example' };

t.test('nothing is done to a recorder that stands as it should', async (t) => {
  const { strategy, tools, done } = bench({ ...HERS });
  t.same(await strategy.bring('reserved', tools), HERS);
  t.same(done, ['safe', 'try Harbour-77']);
});

t.test('a lock is waited for in real time before anything is tried', async (t) => {
  const { strategy, tools, done, tries } = bench({ ...HERS });
  spend(tries, 'login', 7, 'admin');
  await strategy.bring('reserved', tools);
  t.same(done, ['safe', 'wait 30 min', 'try Harbour-77']);
  t.equal(tries.told(), '');
});

t.test('on a twin a lock is over before its first state is reached', async (t) => {
  const { strategy, tools, done, tries } = bench({ ...HERS }, { isTwin: true });
  spend(tries, 'login', 7, 'admin');
  await strategy.bring('reserved', tools);
  t.same(
    done.filter((one) => !one.startsWith('wait')),
    ['advance 30 min', 'try Harbour-77', 'keep reserved'],
  );
});

t.test('wrong codes and logins short of a lock are cleared by right ones', async (t) => {
  const { strategy, tools, done, tries } = bench({ ...HERS });
  spend(tries, 'code', 6);
  spend(tries, 'login', 3, 'admin');
  const known = await strategy.bring('reserved', tools);
  t.same(done, ['safe', 'try Harbour-77', 'reset by owner@lab.example', 'log in with Fresh-1']);
  t.same(known, { password: 'Fresh-1', address: HERS.address });
  t.equal(tries.told(), '');
});

t.test('a password that a case keyed in and did not tell is found, within few tries', async (t) => {
  const { strategy, tools, done, passwords } = bench({ ...HERS, password: 'New-3' });
  strategy.learn({ password: 'Old-0' });
  for (const one of ['New-1', 'New-2', 'New-3', 'Old-0', 'New-4']) strategy.mayTake(one);
  const known = await strategy.bring('reserved', tools);
  t.equal(known.password, 'New-3');
  t.same(done, ['safe', 'try Old-0', 'try New-4', 'try New-3']);
  t.same(passwords.told, ['admin holds New-3'], 'and what was found is kept');
  const lost = bench({ ...HERS, password: 'Never-told' });
  for (const one of ['a', 'b', 'c', 'd', 'e']) lost.strategy.mayTake(one);
  lost.strategy.learn({ password: 'Old-0' });
  await t.rejects(lost.strategy.bring('reserved', lost.tools), { code: 'CREDENTIALS_REFUSED' });
  t.equal(lost.done.filter((one) => one.startsWith('try')).length, 4, 'far from a lock');
});
