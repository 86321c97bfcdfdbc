// Locks beside the reset, and what may happen meanwhile: CR76 to CR80.
import { type CaseContext, requirement } from '../harness/kit/case.ts';
import { addUser, reset, toNewPassword } from '../harness/kit/steps.ts';

const WRONG = 'Wrong-Key-77';

interface Login {
  readonly user: string;
  readonly password: string;
}

/** Wrong logins at the recorder itself; what it said to the last. */
async function failLogins({ owner, expect }: CaseContext, user: string, times: number): Promise<string> {
  let said = '';
  for (let count = 1; count <= times; count += 1) {
    const outcome = await owner.login(user, `${WRONG}${count}`);
    expect(outcome.accepted, `wrong login number ${count} of ${user}`).toBe(false);
    said = outcome.message;
  }
  return said;
}

/** Right logins are taken up to the last try, refused from the lock on, and taken again when it is over. */
async function locksLocally(context: CaseContext, { user, password }: Login, tries: number): Promise<void> {
  const { owner, profile, time, expect, measure, step } = context;
  const { seconds } = profile.loginLock;
  const right = async (accepted: boolean, when: string) =>
    expect((await owner.login(user, password)).accepted, `the right password of ${user} ${when}`).toBe(
      accepted,
    );
  await step(`Fail ${tries - 1} logins of ${user}`, () => failLogins(context, user, tries - 1));
  await right(true, `after ${tries - 1} wrong ones`);
  const said = await step(`Fail ${tries} logins of ${user}`, () => failLogins(context, user, tries));
  measure(`what ${user} is told at wrong login ${tries}`, said, '');
  await right(false, `after ${tries} wrong ones`);
  await time.advance(0.75 * seconds * 1000);
  await right(false, `when a quarter of ${seconds} s is left`);
  await time.advance(0.25 * seconds * 1000);
  await right(true, `after ${seconds} s`);
}

export const cases = [
  requirement({
    id: 'CR76',
    title: 'Wrong logins lock admin and operator after the documented tries, for the documented time',
    needs: 'active',
    with: ['time'],
    async test(context) {
      const { profile, http, admin, time, expect, measure, step } = context;
      const { tries, userTries } = profile.loginLock;
      const operator = await addUser(context, 'day-shift', 'Operator');
      await locksLocally(context, admin, tries);
      await locksLocally(context, operator, userTries);
      await step('Fail logins over HTTP until the lock', async () => {
        const wrong = { user: admin.user, password: WRONG };
        const first = await http.userCheck(wrong);
        const left = first.retryLoginTime ?? 0;
        measure('tries over HTTP', left + 1, '');
        expect(left, 'tries left after a wrong one over HTTP').toBeAtLeast(1, '');
        for (let next = left - 1; next >= 0; next -= 1)
          expect((await http.userCheck(wrong)).retryLoginTime, 'tries left').toBe(next);
      });
      const locked = await http.userCheck(admin);
      expect(locked.http, 'userCheck with the right password during the lock').toBe(401);
      expect(locked.lockStatus, 'lockStatus').toBe('lock');
      const unlockTime = locked.unlockTime ?? 0;
      measure('lock over HTTP', unlockTime, 's');
      expect(unlockTime, 'unlockTime').toBeAtLeast(2, 's');
      const half = Math.floor(unlockTime / 2);
      await time.advance(half * 1000);
      const later = await http.userCheck(admin);
      expect(later.http, 'userCheck with the right password half-way through').toBe(401);
      expect(later.unlockTime ?? unlockTime, 'unlockTime half-way through').toBeAtMost(
        unlockTime - half,
        's',
      );
      await time.advance((later.unlockTime ?? unlockTime) * 1000);
      expect((await http.userCheck(admin)).http, 'userCheck after the lock').toBe(200);
    },
  }),
  requirement({
    id: 'CR77',
    title: 'A locked login does not keep the owner from the reset',
    needs: 'reserved',
    async test(context) {
      const { owner, http, admin, profile, expect, measure, step } = context;
      const { tries } = profile.loginLock;
      await step('Lock the login', () => failLogins(context, admin.user, tries));
      const locked = await owner.login(admin.user, admin.password);
      expect(locked.accepted, 'the right password during the lock').toBe(false);
      const password = await reset(context);
      const check = await http.userCheck({ user: admin.user, password });
      expect(check.http, 'userCheck with the new password').toBe(200);
      const login = await owner.login(admin.user, password);
      measure('login at the recorder right after the reset', login.accepted ? 'accepted' : 'locked', '');
    },
  }),
  requirement({
    id: 'CR80',
    title: 'A power cut at any moment of saving leaves the old or the new password, and an active recorder',
    needs: 'reserved',
    with: ['power'],
    async test(context) {
      const { owner, power, freshPassword, step } = context;
      let known = context.admin.password;
      for (const [moment, save] of [
        ['before it is confirmed', async () => undefined],
        ['as it is confirmed', () => owner.startSaving()],
        ['while it is saved', () => owner.startSaving('seen')],
        ['when it is said to be saved', () => owner.confirmNewPassword()],
      ] as const) {
        const password = freshPassword();
        await step(`Cut the power ${moment}`, async () => {
          await toNewPassword(context);
          await owner.fillNewPassword(password);
          await save();
          await power.off();
          await power.on();
          await context.booted();
        });
        known = await survivor(context, { old: known, password, moment });
        context.changed({ password: known });
      }
    },
  }),
];

/** The one password of two that a recorder knows after a power cut, at its screen as over HTTP. */
async function survivor(
  { owner, http, admin, expect, measure }: CaseContext,
  after: { readonly old: string; readonly password: string; readonly moment: string },
): Promise<string> {
  expect(await http.activated(), `the recorder is active after a cut ${after.moment}`).toBe(true);
  const isNew = await http.accepts({ user: admin.user, password: after.password });
  const isOld = !isNew && (await http.accepts({ user: admin.user, password: after.old }));
  measure(
    `after a cut ${after.moment}`,
    isNew ? 'the new password' : isOld ? 'the old password' : 'none',
    '',
  );
  expect(isNew || isOld, `old or new password over HTTP after a cut ${after.moment}`).toBe(true);
  const works = isNew ? after.password : after.old;
  const login = await owner.login(admin.user, works);
  expect(login.accepted, `the same at the recorder after a cut ${after.moment}`).toBe(true);
  return works;
}
