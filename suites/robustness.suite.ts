// Locks beside the reset, and what may happen meanwhile: CR76 to CR80.
import { type CaseContext, requirement } from '../harness/kit/case.ts';
import { Countdown } from '../harness/kit/countdown.ts';
import { addUser, reset, toNewPassword } from '../harness/kit/steps.ts';
import { toldSeconds, unitsOf } from '../harness/kit/told.ts';

const WRONG = 'Wrong-Key-77';

/** So much of a lock may have passed before a countdown is read, s. */
const SHOWN_LATE_S = 5;

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
  const { owner, gui, profile, expect, measure, step } = context;
  const { seconds } = profile.loginLock;
  const right = async (accepted: boolean, when: string) =>
    expect((await owner.login(user, password)).accepted, `the right password of ${user} ${when}`).toBe(
      accepted,
    );
  await step(`Fail ${tries - 1} logins of ${user}`, () => failLogins(context, user, tries - 1));
  await right(true, `after ${tries - 1} wrong ones`);
  const said = await step(`Fail ${tries} logins of ${user}`, () => failLogins(context, user, tries));
  const lock = new Countdown(context, seconds);
  measure(`what ${user} is told at wrong login ${tries}`, said, '');
  const told = toldSeconds(said, unitsOf(gui)) ?? seconds;
  expect(told, `lock time that ${user} is told`).toBeAtMost(seconds, 's');
  expect(told, `lock time that ${user} is told`).toBeAtLeast(seconds - SHOWN_LATE_S, 's');
  await right(false, `after ${tries} wrong ones`);
  await lock.leave(0.25 * seconds);
  await right(false, `when a quarter of ${seconds} s is left`);
  await lock.leave(0);
  await right(true, `after ${seconds} s`);
}

export const cases = [
  requirement({
    id: 'CR76',
    title: 'Wrong logins lock admin and operator after the documented tries, for the documented time',
    needs: 'active',
    locks: ['login', 'network'],
    long: true,
    with: ['time'],
    async test(context) {
      const { profile, http, admin, time, expect, measure, step } = context;
      const { tries, userTries } = profile.loginLock;
      const operator = await addUser(context, 'Operator');
      await locksLocally(context, admin, tries);
      await locksLocally(context, operator, userTries);
      const limits = await http.loginLimits(admin);
      await step('Fail logins over HTTP until the lock', async () => {
        const wrong = { user: admin.user, password: WRONG };
        const first = await http.userCheck(wrong);
        const left = first.retryLoginTime ?? 0;
        measure('tries over HTTP', left + 1, '');
        expect(left, 'tries left after a wrong one over HTTP').toBeAtLeast(1, '');
        if (limits !== undefined)
          expect(left + 1, 'tries over HTTP, as illegalLoginLock has them').toBe(limits.tries);
        for (let next = left - 1; next >= 0; next -= 1)
          expect((await http.userCheck(wrong)).retryLoginTime, 'tries left').toBe(next);
      });
      const locked = await http.userCheck(admin);
      expect(locked.http, 'userCheck with the right password during the lock').toBe(401);
      expect(locked.lockStatus, 'lockStatus').toBe('lock');
      const unlockTime = locked.unlockTime ?? 0;
      measure('lock over HTTP', unlockTime, 's');
      const least = Math.max(2, (limits?.seconds ?? 0) - SHOWN_LATE_S);
      expect(unlockTime, 'unlockTime').toBeAtLeast(least, 's');
      expect(unlockTime, 'unlockTime').toBeAtMost(limits?.seconds ?? unlockTime, 's');
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
    long: true,
    locks: ['login'],
    async test(context) {
      const { owner, http, admin, profile, expect, measure, step } = context;
      const { tries } = profile.loginLock;
      await step('Lock the login', () => failLogins(context, admin.user, tries));
      const locked = await owner.login(admin.user, admin.password);
      expect(locked.accepted, 'the right password during the lock').toBe(false);
      const methods = await owner.tryForgotPassword();
      expect(owner.offersEmail(methods), 'Verify by Reserved Email is offered during the lock').toBe(true);
      await owner.cancel();
      const password = await reset(context);
      const check = await http.userCheck({ user: admin.user, password });
      expect(check.http, 'userCheck with the new password').toBe(200);
      const login = await owner.login(admin.user, password);
      measure('login at the recorder right after the reset', login.accepted ? 'accepted' : 'locked', '');
    },
  }),
  requirement({
    id: 'CR78',
    title: 'Wrong GUID files block the reset by file for the documented time, and the right one with it',
    needs: 'reserved',
    locks: ['file'],
    long: true,
    with: ['usb', 'time'],
    async test(context) {
      const { owner, guid, usb, lab, admin, address, profile, expect, measure, step } = context;
      const { tries, seconds } = profile.guidLock;
      await usb.insert();
      const known = new Set((await usb.files()).map(({ name }) => name));
      expect((await guid.export(admin.password)).accepted, 'the export of a GUID file').toBe(true);
      const right = (await usb.files()).find(({ name }) => !known.has(name));
      const wrong = `${right?.name.slice(0, -1) ?? 'GUID-'}x`;
      await usb.put(
        wrong,
        (right?.bytes ?? new Uint8Array()).map((byte) => byte ^ 1),
      );
      const fail = async (times: number) => {
        for (let count = 1; count <= times; count += 1) {
          const { accepted, tried, message } = await guid.verify(wrong);
          expect(tried, `wrong file number ${count} could be tried (${message})`).toBe(true);
          expect(accepted, `wrong file number ${count}`).toBe(false);
        }
      };
      const serves = async (accepted: boolean, when: string) => {
        const outcome = await guid.verify(right?.name ?? '');
        expect(outcome.accepted, `the right file ${when} (${outcome.message})`).toBe(accepted);
      };
      await step(`Try ${tries - 1} wrong files`, () => fail(tries - 1));
      await serves(true, `after ${tries - 1} wrong ones`);
      await owner.cancel();
      await step(`Try ${tries} wrong files`, () => fail(tries));
      const lock = new Countdown(context, seconds);
      await serves(false, `after ${tries} wrong ones`);
      const { code } = await lab.obtainCode(address);
      const byEmail = await owner.enterCode(code);
      measure('the method by email during the lock', byEmail.accepted ? 'open' : 'blocked', '');
      await owner.cancel();
      await lock.leave(60);
      await serves(false, `a minute before ${seconds} s are over`);
      await lock.leave(0);
      await serves(true, `after ${seconds} s`);
    },
  }),
  requirement({
    id: 'CR79',
    title: 'A code that was asked for serves a recorder that has lost its network meanwhile',
    needs: 'reserved',
    with: ['network'],
    async test({ owner, lab, http, admin, address, network, expect, freshPassword, changed, step }) {
      const { code } = await lab.obtainCode(address);
      await step('Pull the network cable', () => network.down());
      const overHttp = await http.activated().then(
        () => 'an answer',
        () => 'nothing',
      );
      expect(overHttp, 'what comes over HTTP without a cable').toBe('nothing');
      const entered = await owner.enterCode(code);
      expect(entered.accepted, 'the code without a network').toBe(true);
      const password = freshPassword();
      const saved = await owner.setNewPassword(password);
      expect(saved.accepted, 'the new password without a network').toBe(true);
      changed({ password });
      const login = await owner.login(admin.user, password);
      expect(login.accepted, 'the login at the recorder without a network').toBe(true);
      await step('Plug the network cable in', () => network.up());
      const check = await http.userCheck({ user: admin.user, password });
      expect(check.http, 'userCheck with the new password').toBe(200);
    },
  }),
  requirement({
    id: 'CR80',
    title: 'A power cut at any step of the reset leaves the old or the new password, and an active recorder',
    needs: 'reserved',
    long: true,
    with: ['power'],
    async test(context) {
      const { owner, cutPower, freshPassword, step } = context;
      await cutOnTheWay(context);
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
          await cutPower(save);
        });
        known = await survivor(context, { old: known, password, moment });
        context.changed({ password: known });
      }
    },
  }),
];

/** Cuts the power at each step of a reset before a new password is keyed in: the old one must work each time. */
async function cutOnTheWay(context: CaseContext): Promise<void> {
  const { owner, lab, http, admin, address, cutPower, expect, step } = context;
  for (const [moment, go] of [
    ['at the list of methods', () => owner.forgotPassword()],
    ['at the disclaimer', async () => owner.chooseEmail(await owner.forgotPassword())],
    ['beside the reset QR', () => owner.openReset()],
    ['once the code was mailed', () => lab.obtainCode(address)],
    ['once the code was taken', () => toNewPassword(context)],
  ] as const) {
    await step(`Cut the power ${moment}`, () => cutPower(go));
    expect(await http.activated(), `the recorder is active after a cut ${moment}`).toBe(true);
    expect(await http.accepts(admin), `the password over HTTP after a cut ${moment}`).toBe(true);
  }
}

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
