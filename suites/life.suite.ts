// Tries, locks and the life of a code: CR42 to CR55.
import { requirement } from '../harness/kit/case.ts';
import { age, expectRefused, keyIn, lockByWrongCodes, wrongCode } from '../harness/kit/codes.ts';
import { reset, toNewPassword } from '../harness/kit/steps.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long a second scan's mail is waited for, ms: a service need not send one. */
const SECOND_MAIL_MS = 20_000;
/** How long before and after the end of its life a code is tried, ms. */
const CLOSE = 5 * MINUTE;

export const cases = [
  requirement({
    id: 'CR42',
    title: 'Wrong codes lock the dialog after ten at most, also when it is opened anew between them',
    needs: 'reserved',
    locks: ['code'],
    async test(context) {
      const { owner, lab, address, profile, expect } = context;
      const { codeLock } = profile;
      const { code } = await lab.obtainCode(address);
      const locked = await lockByWrongCodes(context, code, {
        between: async (tries) => {
          if (tries % 3 !== 0) return;
          await owner.cancel();
          await owner.openReset();
        },
      });
      expect(locked.tries ?? 'never', 'wrong codes until the lock').notToBe('never');
      expect(locked.tries ?? 0, 'wrong codes until the lock').toBeAtMost(codeLock.maxFreeTries, '');
      if (codeLock.tries !== undefined)
        expect(locked.tries, 'wrong codes until the lock, as the profile has them').toBe(codeLock.tries);
    },
  }),
  requirement({
    id: 'CR43',
    title: 'During the lock the right code is refused, and tries do not shorten it',
    needs: 'reserved',
    locks: ['code'],
    long: true,
    with: ['time'],
    async test(context) {
      const { owner, lab, http, address, profile, expect, measure } = context;
      const { code, qr } = await lab.obtainCode(address);
      const locked = await lockByWrongCodes(context, code);
      expect(locked.tries ?? 'never', 'wrong codes until the lock').notToBe('never');
      const minutes = (locked.seconds ?? profile.codeLock.seconds) / 60;
      const refused = async (when: string) => {
        const outcome = await keyIn(context, { code, payload: qr.text });
        if (outcome !== 'fresh') expect(outcome.accepted, `the right code ${when}`).toBe(false);
        expect((await http.emailCertification(code)).status, `the right code over HTTP ${when}`).notToBe(200);
      };
      await refused('during the lock');
      await refused('during the lock, once more');
      await owner.cancel();
      const anew = await lab.obtainCode(address);
      const early = await owner.enterCode(anew.code);
      expect(early.accepted, 'the code of a dialog that was opened anew during the lock').toBe(false);
      await age(context, (minutes - 2) * MINUTE, `${minutes - 2} minutes of the lock`);
      await refused('two minutes before the lock is over');
      await age(context, 3 * MINUTE, 'the rest of the lock');
      const after = await keyIn(context, { code, payload: qr.text });
      const served = after !== 'fresh' && after.accepted;
      measure('the code after the lock', served ? 'accepted' : 'a fresh one is needed', '');
      if (served) return;
      await owner.cancel();
      const fresh = await lab.obtainCode(address);
      const outcome = await owner.enterCode(fresh.code);
      expect(outcome.accepted, 'a fresh code after the lock').toBe(true);
    },
  }),
  requirement({
    id: 'CR44',
    title: 'A reboot gives no fresh tries at the same code',
    needs: 'reserved',
    long: true,
    locks: ['code'],
    async test(context) {
      const { lab, http, admin, address, expect, rebooted, step } = context;
      const { code } = await lab.obtainCode(address);
      const locked = await lockByWrongCodes(context, code);
      expect(locked.tries ?? 'never', 'wrong codes until the lock').notToBe('never');
      await step('Reboot over HTTP', async () => {
        expect((await http.reboot(admin)).status, 'the answer to the reboot').toBe(200);
        await rebooted();
      });
      await expectRefused(context, code, 'after lock and reboot');
    },
  }),
  requirement({
    id: 'CR45',
    title: 'Locked codes do not keep admin with the right password out, at the screen or over HTTP',
    needs: 'reserved',
    locks: ['code'],
    async test(context) {
      const { owner, lab, http, admin, address, expect } = context;
      const { code } = await lab.obtainCode(address);
      const locked = await lockByWrongCodes(context, code);
      expect(locked.tries ?? 'never', 'wrong codes until the lock').notToBe('never');
      expect((await http.userCheck(admin)).http, 'userCheck with the right password').toBe(200);
      // Wrong codes are no wrong logins: one of those is far from a lock of its own.
      const wrong = await owner.login(admin.user, context.freshPassword());
      expect(wrong.accepted, 'a wrong password').toBe(false);
      const login = await owner.login(admin.user, admin.password);
      expect(login.accepted, `the login at the recorder (${login.message})`).toBe(true);
    },
  }),
  requirement({
    id: 'CR47',
    title: 'Who gives the reset up after the code is not logged in',
    needs: 'reserved',
    async test(context) {
      const { owner, gui, lab, http, admin, address, expect, measure } = context;
      const { code, qr } = await lab.obtainCode(address);
      const entered = await owner.enterCode(code);
      expect(entered.accepted, 'the mailed code is accepted').toBe(true);
      await owner.cancel();
      await gui.photograph('After the reset was given up');
      expect(await owner.menuOpens(), 'the menu opens').toBe(false);
      expect((await http.userCheck(admin)).http, 'userCheck with the old password').toBe(200);
      const again = await keyIn(context, { code, payload: qr.text });
      measure(
        'the same code again',
        again === 'fresh' ? 'another QR is shown' : again.accepted ? 'accepted' : 'refused',
        '',
      );
      // The same QR with a code that is void: nothing leads to the new password any more.
      if (again !== 'fresh' && !again.accepted) return;
      if (again === 'fresh') await toNewPassword(context);
      const { after } = await gui.poke('Right click on the new password', async () =>
        gui.rightClickOn(await gui.look()),
      );
      if (gui.screens.newPassword(after) !== undefined) await owner.cancel();
      await gui.photograph('After a right click');
      expect(await owner.menuOpens(), 'the menu opens after a right click').toBe(false);
      expect((await http.userCheck(admin)).http, 'userCheck with the old password, once more').toBe(200);
    },
  }),
  requirement({
    id: 'CR49',
    title: 'A code is accepted five minutes before its life ends',
    needs: 'reserved',
    with: ['time'],
    async test(context) {
      const { lab, address, profile, expect } = context;
      const { code, qr } = await lab.obtainCode(address);
      await age(context, profile.codeLifeSeconds * 1000 - CLOSE, 'all but five minutes of its life');
      const outcome = await keyIn(context, { code, payload: qr.text });
      expect(outcome === 'fresh' ? 'another QR' : 'the same QR', 'what the dialog shows').toBe('the same QR');
      expect(outcome !== 'fresh' && outcome.accepted, 'the code is accepted').toBe(true);
    },
  }),
  requirement({
    id: 'CR50',
    title: 'A code is refused five minutes after its life has ended',
    needs: 'reserved',
    with: ['time'],
    async test(context) {
      const { lab, address, profile } = context;
      const { code } = await lab.obtainCode(address);
      await age(context, profile.codeLifeSeconds * 1000 + CLOSE, 'its life and five minutes');
      await expectRefused(context, code, 'five minutes after its life has ended');
    },
  }),
  requirement({
    id: 'CR51',
    title: 'Setting the clock back or forth, or another time server, does not lengthen the life of a code',
    needs: 'reserved',
    with: ['time'],
    async test(context) {
      const { lab, http, admin, address, profile, expect, step } = context;
      const half = (profile.codeLifeSeconds * 1000) / 2;
      const setClock = (what: string, ms: number) =>
        step(`Set the clock ${what}`, async () => {
          const shown = await http.time(admin);
          const offset = /(?:Z|[+-]\d{2}:\d{2})$/.exec(shown)?.[0] ?? '';
          const moved = new Date(Date.parse(`${shown.slice(0, 19)}Z`) + ms).toISOString().slice(0, 19);
          const set = await http.setTime(admin, `${moved}${offset}`);
          expect(set.status, 'the answer to the time').toBe(200);
        });
      const { code } = await lab.obtainCode(address);
      await age(context, half + HOUR, 'half its life and an hour');
      await setClock('forth by a day', 24 * HOUR);
      await setClock('back by four days', -96 * HOUR);
      await step('Set another time server', async () => {
        const set = await http.setTimeServer(admin, 'time.resetbench.example');
        expect(set.status, 'the answer to the time server').toBe(200);
      });
      await age(context, half + CLOSE, 'the other half and five minutes');
      await expectRefused(
        context,
        code,
        'an hour after its life has ended, with the clock set forth and back',
      );
    },
  }),
  requirement({
    id: 'CR54',
    title: 'A code is refused after admin changed the password, and after a factory reset',
    needs: 'reserved',
    async test(context) {
      const { owner, lab, http, admin, address, expect, freshPassword, changed, rebooted, step } = context;
      const first = await lab.obtainCode(address);
      const password = freshPassword();
      await step('Change the password of admin over HTTP', async () => {
        const answer = await http.changePassword(admin, admin.user, password);
        expect(answer.status, 'the answer to the change').toBe(200);
        changed({ password });
      });
      await owner.cancel();
      await expectRefused(context, first.code, 'after the password of admin was changed');
      const now = { user: admin.user, password };
      const second = await lab.obtainCode(address);
      await step('Reset to factory settings', async () => {
        expect((await http.factoryReset(now, 'full')).status, 'the answer to the factory reset').toBe(200);
        changed({ password: undefined, address: undefined });
        await rebooted();
      });
      const answer = await http.emailCertification(second.code, freshPassword());
      expect(answer.status, 'the code over HTTP after the factory reset').notToBe(200);
      expect(await http.activated(), 'the recorder is activated by it').toBe(false);
    },
  }),
  requirement({
    id: 'CR55',
    title: 'The code of an older QR is refused once a newer one was shown',
    needs: 'reserved',
    async test(context) {
      const { owner, lab, address, expect, measure } = context;
      const first = await lab.obtainCode(address);
      await owner.cancel();
      const second = await lab.showQr();
      const fresh = second.finding.text !== first.qr.text;
      measure('the QR of a dialog that is opened anew', fresh ? 'fresh' : 'the same', '');
      const wrong = await owner.enterCode(wrongCode(first.code));
      expect(wrong.accepted, 'a wrong code').toBe(false);
      const outcome = await owner.enterCode(first.code);
      expect(outcome.accepted, 'the code of the first QR').toBe(!fresh);
      if (!fresh) return;
      const { code } = await lab.codeFor(second.finding, address);
      const newer = await owner.enterCode(code);
      expect(newer.accepted, 'the code of the newer QR').toBe(true);
    },
  }),
  requirement({
    id: 'CR27',
    title: 'A dialog opened anew shows the same QR, or the earlier code is void',
    needs: 'reserved',
    async test(context) {
      const { owner, lab, address, expect, measure } = context;
      const { code, qr } = await lab.obtainCode(address);
      await owner.cancel();
      const { finding } = await lab.showQr();
      const same = finding.text === qr.text;
      measure('the QR of a dialog that is opened anew', same ? 'the same' : 'fresh', '');
      const outcome = await owner.enterCode(code);
      expect(outcome.accepted, 'the earlier code is accepted').toBe(same);
    },
  }),
  requirement({
    id: 'CR26',
    title: 'After a reboot and after a change of the address the QR is another one',
    needs: 'reserved',
    async test(context) {
      const { owner, lab, http, admin, expect, rebooted, step, freshAddress, changed } = context;
      const first = (await lab.showQr()).finding.text;
      await owner.cancel();
      await step('Reboot over HTTP', async () => {
        expect((await http.reboot(admin)).status, 'the answer to the reboot').toBe(200);
        await rebooted();
      });
      const second = (await lab.showQr()).finding.text;
      expect(second === first, 'the QR after the reboot is the one before it').toBe(false);
      await owner.cancel();
      const address = freshAddress('other');
      await owner.toMenu(admin.user, admin.password);
      const saved = await owner.reserveEmail(admin.password, address);
      expect(saved.accepted, 'the other address').toBe(true);
      changed({ address });
      const third = (await lab.showQr()).finding.text;
      expect(third === second, 'the QR after the change of the address is the one before it').toBe(false);
    },
  }),
  requirement({
    id: 'CR30',
    title: 'A dialog that is left alone ends at the login or the live view, never logged in',
    needs: 'reserved',
    with: ['time'],
    async test(context) {
      const { owner, gui, lab, expect } = context;
      const nobodyIn = async (what: string) => {
        await age(context, HOUR, 'an hour');
        await gui.photograph(`An hour after ${what} was left alone`);
        const shown = await gui.look();
        const left = gui.screens.resetQr(shown) === undefined && gui.screens.newPassword(shown) === undefined;
        if (!left) await owner.cancel();
        expect(await owner.menuOpens(), `the menu opens after ${what} was left alone`).toBe(false);
      };
      await lab.showQr();
      await nobodyIn('the QR');
      await toNewPassword(context);
      await nobodyIn('the dialog for the new password');
    },
  }),
  requirement({
    id: 'CR37',
    title: 'Scanning twice leaves at most one code alive',
    needs: 'reserved',
    async test(context) {
      const { owner, lab, address, expect, measure, pause } = context;
      const { code, qr } = await lab.obtainCode(address);
      const known = await lab.known(address);
      await lab.scan(qr.text);
      await lab.mailWithin(address, { known, timeoutMs: SECOND_MAIL_MS });
      await pause(2000);
      const more = await lab.mailsSince(address, known);
      const codes = new Set([code, ...more.flatMap((mail) => lab.codesIn(mail))]);
      measure('mails after a second scan', more.length, '');
      measure('different codes', codes.size, '');
      expect(codes.size, 'codes that a mail can hold').toBeAtLeast(1, '');
      let taken = 0;
      for (const one of codes) {
        if ((await context.http.emailCertification(one)).status === 200) taken += 1;
      }
      expect(taken, 'codes that are accepted').toBeAtMost(1, '');
      await owner.cancel();
      await reset(context);
    },
  }),
];
