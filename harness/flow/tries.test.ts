import t from 'tap';
import { TryLedger } from './tries.ts';

const MINUTE = 60_000;
const LIMITS = {
  login: { tries: 7, userTries: 5, seconds: 60 },
  network: { tries: 7, userTries: 5, seconds: 60 },
  code: { tries: 7, seconds: 1800 },
  file: { tries: 7, seconds: 1800 },
};

function ledger() {
  let now = 1000;
  const tries = new TryLedger(LIMITS, () => now);
  const pass = (ms: number) => {
    now += ms;
  };
  return { tries, pass };
}
const wrong = (tries: TryLedger, kind: 'login' | 'code' | 'file', times: number, user = '') => {
  for (let count = 0; count < times; count += 1) {
    tries.ask(kind, user);
    tries.note(kind, false, user);
  }
};

t.test('the try that would lock is not made, unless the case is about this lock', async (t) => {
  const { tries } = ledger();
  wrong(tries, 'code', 6);
  t.throws(() => tries.ask('code'), { code: 'TRIES_SPENT', message: /6 wrong tries of 7 are spent/ });
  tries.ask('file');
  tries.begin(['code']);
  wrong(tries, 'code', 3);
  t.equal(tries.spent('code'), 9);
  tries.begin(['file']);
  t.throws(() => tries.ask('code'));
});

t.test('users are counted apart, and others than admin have fewer tries', async (t) => {
  const { tries } = ledger();
  wrong(tries, 'login', 6, 'admin');
  wrong(tries, 'login', 4, 'operator');
  t.throws(() => tries.ask('login', 'admin'));
  t.throws(() => tries.ask('login', 'operator'), /4 wrong tries of 5/);
  tries.ask('login', 'viewer');
  t.equal(tries.spent('login'), 6);
});

t.test('a right try clears what was counted of its kind and user', async (t) => {
  const { tries } = ledger();
  wrong(tries, 'login', 3, 'admin');
  wrong(tries, 'login', 2, 'operator');
  wrong(tries, 'code', 1);
  t.equal(tries.told(), '3 of 7 (login), 1 of 7 (code)');
  tries.note('login', true, 'admin');
  t.equal(tries.told(), '2 of 7 (login), 1 of 7 (code)');
  tries.clear('code');
  t.equal(tries.told(), '2 of 7 (login)');
  tries.clear();
  t.equal(tries.told(), '');
});

t.test(
  'only what may be locked is waited for: until the longest lock is over, in whichever time',
  async (t) => {
    const { tries, pass } = ledger();
    wrong(tries, 'code', 6);
    t.equal(tries.coolDownMs(), 0);
    tries.begin(['code', 'login']);
    wrong(tries, 'login', 7, 'admin');
    t.equal(tries.coolDownMs(), MINUTE);
    wrong(tries, 'code', 1);
    t.equal(tries.coolDownMs(), 30 * MINUTE);
    pass(10 * MINUTE);
    t.equal(tries.coolDownMs(), 20 * MINUTE);
    tries.age(15 * MINUTE);
    t.equal(tries.coolDownMs(), 5 * MINUTE);
    wrong(tries, 'code', 1);
    t.equal(tries.coolDownMs(), 30 * MINUTE, 'a further try may have begun it anew');
    pass(30 * MINUTE);
    t.equal(tries.coolDownMs(), 0);
    tries.unlocked();
    t.equal(tries.told(), '', 'what led to a lock that is over counts no more');
  },
);
