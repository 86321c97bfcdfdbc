import t from 'tap';
import { expectInto, type Finding } from './expect.ts';
import { addUser } from './steps.ts';

const status = (code: number) => ({
  status: code,
  body: '',
  ...{ statusString: undefined, subStatusCode: undefined, retryTimes: undefined, lockTime: undefined },
});

t.test('a user that an earlier case made gets a new password, and users are never piled up', async (t) => {
  const users = new Map([['admin', { level: 'Administrator', password: 'First-1' }]]);
  const findings: Finding[] = [];
  let passwords = 0;
  const made = {
    admin: { user: 'admin', password: 'First-1' },
    expect: expectInto((finding) => findings.push(finding)),
    freshPassword: () => `Fresh-${++passwords}`,
    http: {
      users: async () => [...users].map(([name, { level }], at) => ({ id: String(at + 1), name, level })),
      // As a recorder does: a name is given once, and none that is not there is changed.
      async addUser(_: unknown, { name, ...user }: { name: string; password: string; level: string }) {
        if (users.has(name)) return status(400);
        users.set(name, user);
        return status(200);
      },
      async changePassword(_: unknown, name: string, password: string) {
        const user = users.get(name);
        if (user === undefined) return status(400);
        users.set(name, { ...user, password });
        return status(200);
      },
      userCheck: async ({ user, password }: { user: string; password: string }) => ({
        ...{ statusValue: 200, statusString: 'OK' },
        http: users.get(user)?.password === password ? 200 : 401,
      }),
    },
  };
  const first = await addUser(made, 'Operator');
  const second = await addUser(made, 'Operator');
  const viewer = await addUser(made, 'Viewer');
  t.equal(second.user, first.user);
  t.not(second.password, first.password);
  t.same(
    [...users].map(([name, { level }]) => `${name} ${level}`),
    ['admin Administrator', `${first.user} Operator`, `${viewer.user} Viewer`],
  );
  t.same(
    findings.filter(({ ok }) => !ok),
    [],
  );
});
