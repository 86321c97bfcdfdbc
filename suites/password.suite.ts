// The new password, and the old one: CR56 to CR60, CR67.
import { requirement } from '../harness/kit/case.ts';
import { randomPassword } from '../harness/kit/fresh.ts';
import { reset, toNewPassword } from '../harness/kit/steps.ts';

export const cases = [
  requirement({
    id: 'CR56',
    title: 'The new password obeys the limits: shortest and longest taken, one less and one more refused',
    needs: 'reserved',
    long: true,
    async test(context) {
      const { owner, profile, expect, measure, changed } = context;
      const { min, max } = profile.passwordRules;
      await toNewPassword(context);
      for (const [what, bad] of [
        [`of ${min - 1} characters`, randomPassword(min - 1)],
        [`of ${max + 1} characters`, randomPassword(max + 1)],
        ['of one class', randomPassword(min, 1)],
      ] as const) {
        const outcome = await owner.setNewPassword(bad);
        expect(outcome.accepted, `a password ${what} is taken`).toBe(false);
      }
      const shortest = randomPassword(min);
      const first = await owner.setNewPassword(shortest);
      expect(first.accepted, `a password of ${min} characters is taken`).toBe(true);
      changed({ password: shortest });
      await toNewPassword(context);
      const same = await owner.setNewPassword(shortest);
      measure('the old password again', same.accepted ? 'taken' : 'refused', '');
      if (same.accepted) await toNewPassword(context);
      const longest = randomPassword(max);
      const second = await owner.setNewPassword(longest);
      expect(second.accepted, `a password of ${max} characters is taken`).toBe(true);
      changed({ password: longest });
    },
  }),
  requirement({
    id: 'CR57',
    title: 'Passwords with the user name, common words or runs are refused as the profile says',
    needs: 'reserved',
    long: true,
    async test(context) {
      const { owner, profile, expect } = context;
      const samples: Readonly<Record<string, readonly string[]>> = {
        admin: ['Xk7admin_q', 'Xk7ADMIN_q'],
        '123': ['Xk_q123_mZ'],
        'user name': ['admin-Xk7q'],
        'runs of 4': ['Xk7_abcd_q', 'Xk_dcba_7q', 'Xk_7777_qm'],
      };
      await toNewPassword(context);
      for (const rule of profile.passwordRules.refuses) {
        for (const [index, bad] of (samples[rule] ?? []).entries()) {
          const outcome = await owner.setNewPassword(bad);
          expect(outcome.accepted, `a password against the rule "${rule}" (${index + 1}) is taken`).toBe(
            false,
          );
        }
      }
      const good = await owner.setNewPassword(context.freshPassword());
      expect(good.accepted, 'a password that obeys every rule is taken').toBe(true);
    },
  }),
  requirement({
    id: 'CR58',
    title: 'A mismatched confirmation is refused, and the form shows no password in clear',
    needs: 'reserved',
    async test(context) {
      const { owner, gui, expect, freshPassword } = context;
      await toNewPassword(context);
      const one = freshPassword();
      const outcome = await owner.setNewPassword(one, freshPassword());
      expect(outcome.accepted, 'a password with another confirmation is taken').toBe(false);
      const swapped = [...one]
        .map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))
        .join('');
      const cased = await owner.setNewPassword(one, swapped);
      expect(cased.accepted, 'a confirmation with capitals and small letters exchanged is taken').toBe(false);
      const near = `${one.slice(0, -1)}${one.endsWith('x') ? 'y' : 'x'}`;
      const close = await owner.setNewPassword(one, near);
      expect(close.accepted, 'a confirmation that differs in the last character is taken').toBe(false);
      const screen = gui.screens.newPassword(await gui.look());
      expect(screen?.password.concealed, 'the password is shown as dots').toBe(true);
      expect(screen?.confirm.concealed, 'the confirmation is shown as dots').toBe(true);
      expect((await owner.allText()).includes(one), 'the password stands on the screen').toBe(false);
    },
  }),
  requirement({
    id: 'CR59',
    title: 'The new password logs in at the GUI, over HTTP digest and by session',
    needs: 'reserved',
    async test(context) {
      const { owner, http, expect } = context;
      // As long as may be: a recorder that cuts it refuses it afterwards.
      const password = await reset(context, randomPassword(context.profile.passwordRules.max));
      const admin = { user: 'admin', password };
      expect((await http.userCheck(admin)).http, 'userCheck with the new password').toBe(200);
      const session = await http.sessionLogin(admin);
      expect(session === undefined ? 'none' : 'a session', 'sessionLogin with the new password').toBe(
        'a session',
      );
      const login = await owner.login('admin', password);
      expect(login.accepted, 'the login at the GUI').toBe(true);
    },
  }),
  requirement({
    id: 'CR60',
    title: 'The old password is dead at the GUI and over HTTP',
    needs: 'reserved',
    async test(context) {
      const { owner, http, admin, expect } = context;
      expect((await http.userCheck(admin)).http, 'userCheck with the password before the reset').toBe(200);
      await reset(context);
      expect((await http.userCheck(admin)).http, 'userCheck with the old password').toBe(401);
      const session = await http.sessionLogin(admin);
      expect(session === undefined ? 'none' : 'a session', 'sessionLogin with the old password').toBe('none');
      const login = await owner.login('admin', admin.password);
      expect(login.accepted, 'the login at the GUI with the old password').toBe(false);
    },
  }),
  requirement({
    id: 'CR67',
    title: 'The reserved email stays set and masked after the reset',
    needs: 'reserved',
    async test(context) {
      const { owner, gui, address, expect } = context;
      await owner.openReset();
      const before = await owner.valueBeside(gui.label('reservedEmail'));
      await owner.cancel();
      await reset(context);
      const methods = await owner.forgotPassword();
      expect(owner.offersEmail(methods), 'Verify by Reserved Email is still offered').toBe(true);
      await owner.acceptDisclaimer(await owner.chooseEmail(methods));
      const after = await owner.valueBeside(gui.label('reservedEmail'));
      expect(after, 'the address shown after the reset').toBe(before);
      expect(after, 'the mask').toMatch(/\*/);
      expect(after.includes(address), 'the whole address is shown').toBe(false);
    },
  }),
];
