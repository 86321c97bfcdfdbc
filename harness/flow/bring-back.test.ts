import t from 'tap';
import type { HttpStatus } from '../bench/ports/recorder-http.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { MayHold } from '../terms/passwords.ts';
import type { TryStore } from '../terms/tries.ts';
import { type BringBackOptions, bringBack, firstHolds } from './bring-back.ts';
import type { KeptHttp } from './kept-http.ts';
import { TryLedger } from './tries.ts';

const LOCK = { tries: 7, seconds: 60 };
const MINE = 'DS-1';

interface World {
  /** What admin has; undefined: not activated. */
  password: string | undefined;
  serialNumber?: string;
  /** Takes no password. */
  stubborn?: boolean;
  /** Locked for so many ms more. */
  lockedMs?: number;
  /** Does not say how long, with a 403. */
  mute?: boolean;
  /** Answers nothing to deviceInfo so often. */
  dumb?: number;
  /** Answers 403 so often, as just after a boot. */
  busy?: number;
}

/** A recorder of one password, and all that is done to it. */
function bench(
  world: World,
  mayHold: readonly (readonly [string, MayHold['state']])[],
  more: Partial<BringBackOptions> = {},
) {
  const done: string[] = [];
  let now = 100_000;
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    sleep: async (ms) => {
      done.push(`wait ${ms / 1000} s`);
      now += ms;
      if (world.lockedMs !== undefined) world.lockedMs -= ms;
    },
  };
  const tries = new TryLedger({ login: LOCK, network: LOCK, code: LOCK, file: LOCK }, () => now);
  const status = (code: number) =>
    ({ status: code, subStatusCode: code === 200 ? 'ok' : 'no' }) as HttpStatus;
  const http = {
    activated: async () => world.password !== undefined,
    async userCheck({ password }: { password: string }) {
      done.push(`try ${password}`);
      if ((world.busy ?? 0) > 0) {
        world.busy = (world.busy ?? 0) - 1;
        return { http: 403, statusValue: 403, statusString: '' };
      }
      if ((world.lockedMs ?? 0) > 0 && world.mute)
        return { http: 403, statusValue: 403, statusString: '', lockStatus: 'lock' };
      if ((world.lockedMs ?? 0) > 0)
        return {
          http: 401,
          statusValue: 401,
          statusString: '',
          lockStatus: 'lock',
          unlockTime: Math.ceil((world.lockedMs ?? 0) / 1000),
        };
      const isRight = password === world.password;
      tries.ask('network', 'admin');
      tries.note('network', isRight, 'admin');
      return { http: isRight ? 200 : 401, statusValue: 0, statusString: '' };
    },
    async deviceInfo() {
      world.dumb = (world.dumb ?? 0) - 1;
      return world.dumb >= 0 ? undefined : { serialNumber: world.serialNumber ?? MINE };
    },
    async activate(password: string) {
      done.push(`activate ${password}`);
      if (!world.stubborn) world.password = password;
      return status(world.stubborn ? 403 : 200);
    },
    async changePassword(_: object, user: string, password: string) {
      done.push(`change ${user} to ${password}`);
      if (!world.stubborn) world.password = password;
      return status(world.stubborn ? 403 : 200);
    },
  };
  const options: BringBackOptions = {
    http: http as unknown as KeptHttp,
    passwords: {
      mayHold: () => mayHold.map(([password, state]) => ({ password, state, at: 95_000 })),
      intend: () => ({ keyed: () => undefined, confirmed: () => undefined, abandoned: () => undefined }),
      holds: (password) => void done.push(`${password} holds`),
    },
    tries,
    clock,
    first: 'First-1',
    serialNumber: MINE,
    otherNumber: async () => undefined,
    patienceMs: 1000,
    waits: false,
    ...more,
  };
  return { done, tries, bring: () => bringBack(options), first: () => firstHolds(options) };
}

t.test('the likeliest is tried first; the first one is restored and seen to hold', async (t) => {
  const { done, bring } = bench({ password: 'New-2' }, [
    ['New-3', 'confirmed'],
    ['New-2', 'abandoned'],
    ['First-1', 'first'],
  ]);
  t.same(await bring(), { how: 'changed', refused: 1 });
  t.same(done, ['try New-3', 'try New-2', 'New-2 holds', 'change admin to First-1', 'try First-1']);
});

t.test(
  'where the first one holds nothing is written; it is tried also where nothing was kept of it',
  async (t) => {
    const { done, bring } = bench({ password: 'First-1' }, [['New-2', 'intended']]);
    t.same(await bring(), { how: 'held', refused: 1 });
    t.same(done, ['try New-2', 'try First-1', 'First-1 holds']);
  },
);

t.test(
  'what was confirmed a moment ago may not be saved yet: it is waited for before anything is tried',
  async (t) => {
    const { done, bring } = bench({ password: 'New-2' }, [
      ['New-2', 'keyed'],
      ['First-1', 'first'],
    ]);
    await bring();
    t.equal(done[0], 'wait 10 s', '15 s from 5 s ago');
    t.equal(done[1], 'try New-2');
  },
);

t.test('no try is made that could lock: it stops and says how long, or waits', async (t) => {
  const many = Array.from({ length: 9 }, (_, at) => [`New-${at}`, 'abandoned'] as const);
  const stops = bench({ password: 'First-1' }, many);
  await t.rejects(stops.bring(), {
    code: 'TRIES_SPENT',
    message: /tries are spent \(6 of 7 \(network\)\).*free again in 60 s/,
    hint: /--wait/,
  });
  t.equal(stops.done.filter((one) => one.startsWith('try')).length, 6);
  const waits = bench({ password: 'First-1' }, many, { waits: true });
  t.same(await waits.bring(), { how: 'held', refused: 9 });
  t.equal(waits.done.filter((one) => one === 'wait 60 s').length, 1);
});

t.test('a lock is no answer: the same password is tried again when it is over', async (t) => {
  const stops = bench({ password: 'New-2', lockedMs: 30_000 }, [['New-2', 'confirmed']]);
  await t.rejects(stops.bring(), { code: 'TRIES_SPENT', message: /free again in 30 s/ });
  const waits = bench({ password: 'New-2', lockedMs: 30_000 }, [['New-2', 'confirmed']], { waits: true });
  t.same(await waits.bring(), { how: 'changed', refused: 0 });
  t.same(waits.done.slice(0, 3), ['try New-2', 'wait 30 s', 'try New-2']);
  const boots = bench({ password: 'New-2', busy: 2 }, [['New-2', 'confirmed']]);
  t.same(await boots.bring(), { how: 'changed', refused: 0 }, 'nor is a refusal just after a boot');
});

t.test('a lock that does not say how long is waited for as long as the profile has it', async (t) => {
  const world = { password: 'New-2', lockedMs: 50_000, mute: true };
  const stops = bench({ ...world }, [['New-2', 'confirmed']]);
  await t.rejects(stops.bring(), { code: 'TRIES_SPENT', message: /free again in 60 s/ });
  t.same(stops.done, ['try New-2'], 'it is asked once');
  const waits = bench({ ...world }, [['New-2', 'confirmed']], { waits: true });
  t.same(await waits.bring(), { how: 'changed', refused: 0 });
  t.same(waits.done.slice(0, 3), ['try New-2', 'wait 60 s', 'try New-2']);
});

t.test('one that does not tell its number yet is asked again, and never taken for another', async (t) => {
  const soon = bench({ password: 'New-2', dumb: 2 }, [['New-2', 'confirmed']]);
  t.same(await soon.bring(), { how: 'changed', refused: 0 });
  const never = bench({ password: 'New-2', dumb: 99 }, [['New-2', 'confirmed']]);
  await t.rejects(never.bring(), { code: 'PORT_PROTOCOL', message: /nothing was written/ });
  t.notOk(never.done.some((one) => one.startsWith('change')));
});

t.test('where no run was cut the first one is tried once, and nothing is written', async (t) => {
  const held = bench({ password: 'First-1' }, []);
  t.equal(await held.first(), 'held');
  const refused = bench({ password: 'Other-2' }, [['Other-2', 'confirmed']]);
  t.equal(await refused.first(), 'refused');
  t.equal(refused.tries.told(), '1 of 7 (network)');
  t.equal(await bench({ password: undefined }, []).first(), 'inactive');
  await t.rejects(bench({ password: 'First-1', serialNumber: 'DS-2' }, []).first(), { code: 'WRONG_DEVICE' });
  for (const { done } of [held, refused]) t.same(done, ['try First-1']);
});

t.test('one that never answers is told with what to look at', async (t) => {
  const dark = bench({ password: 'First-1' }, [], {
    http: {
      activated: () => Promise.reject(new HarnessError('PORT_UNREACHABLE', 'no answer')),
    } as unknown as KeptHttp,
  });
  await t.rejects(dark.bring(), { code: 'PORT_UNREACHABLE', port: 'http', hint: /power/ });
});

t.test('nothing is written to another unit, nor to one that does not say which it is', async (t) => {
  const other = bench({ password: 'New-2', serialNumber: 'DS-2' }, [['New-2', 'confirmed']]);
  await t.rejects(other.bring(), { code: 'WRONG_DEVICE', message: /DS-2, devices.yaml says DS-1/ });
  const mute = bench({ password: undefined }, []);
  await t.rejects(mute.bring(), { code: 'WRONG_DEVICE', message: /does not tell/ });
  const wrong = bench({ password: undefined }, [], { otherNumber: async () => 'DS-2' });
  await t.rejects(wrong.bring(), { code: 'WRONG_DEVICE' });
  for (const { done } of [other, mute, wrong]) t.notOk(done.some((one) => /change|activate/.test(one)));
});

t.test('one that is not activated is activated with the first password', async (t) => {
  const { done, bring } = bench({ password: undefined }, [['New-2', 'keyed']], {
    otherNumber: async () => MINE,
  });
  t.same(await bring(), { how: 'activated', refused: 0 });
  t.same(done, ['activate First-1', 'try First-1']);
});

t.test('what cannot be done is said, with what to do', async (t) => {
  const lost = bench({ password: 'Unknown-9' }, [['New-2', 'keyed']]);
  await t.rejects(lost.bring(), {
    code: 'PASSWORD_UNSURE',
    message: /refuses all 2 passwords/,
    hint: /reset it by its reserved email/,
  });
  const stubborn = bench({ password: 'New-2', stubborn: true }, [['New-2', 'confirmed']]);
  await t.rejects(stubborn.bring(), {
    code: 'PASSWORD_UNSURE',
    message: /does not take its first password back: 403/,
  });
  t.ok(stubborn.done.includes('New-2 holds'), 'and which one it has is kept');
});

t.test('the tries of a run that was killed count in the next one, an open one too', async (t) => {
  let saved: Parameters<TryStore['save']>[0] = [];
  const synced: boolean[] = [];
  const store: TryStore = {
    load: () => saved,
    save: (tries, isDurable) => {
      saved = tries;
      synced.push(isDurable);
    },
  };
  const limits = { login: { ...LOCK, userTries: 5 }, network: LOCK, code: LOCK, file: LOCK };
  let now = 0;
  const run = () => new TryLedger(limits, () => now, store);
  const first = run();
  for (let count = 0; count < 4; count += 1) {
    first.ask('login', 'admin');
    first.note('login', false, 'admin');
  }
  t.equal(synced.at(-1), true, 'a wrong one is on the disk');
  first.ask('login', 'admin');
  // Killed here.
  const second = run();
  t.equal(second.spent('login'), 5);
  t.equal(second.left('login', 'admin'), 1);
  second.ask('login', 'admin');
  second.note('login', false, 'admin');
  t.throws(() => second.ask('login', 'admin'), { code: 'TRIES_SPENT' });
  now = 20_000;
  t.equal(second.restMs('login', 'admin'), 40_000);
  second.note('login', true, 'admin');
  t.same(saved, [], 'a right one clears them');
  t.equal(run().spent('login'), 0);
});
