// Entering the code: CR39 to CR55.
import { requirement } from '../harness/kit/case.ts';
import { expectRefused } from '../harness/kit/codes.ts';
import { randomCode } from '../harness/kit/fresh.ts';
import { typable } from '../harness/kit/typable.ts';

export const cases = [
  requirement({
    id: 'CR39',
    title: 'The mailed code opens the dialog for the new password',
    needs: 'reserved',
    async test({ owner, gui, lab, address, expect, looksAsApproved }) {
      const { code } = await lab.obtainCode(address);
      const outcome = await owner.enterCode(code);
      expect(outcome.accepted, 'the mailed code is accepted').toBe(true);
      await looksAsApproved('new-password');
      const screen = gui.screens.newPassword(await gui.look());
      expect(screen?.password.kind, 'what Reset Password asks for').toBe('field');
    },
  }),
  requirement({
    id: 'CR40',
    title: 'A wrong code is refused, and the message does not say what is wrong with it',
    needs: 'reserved',
    async test({ owner, lab, address, profile, expect }) {
      const { code } = await lab.obtainCode(address);
      const near = `${code.slice(0, -1)}${code.endsWith('2') ? '3' : '2'}`;
      const close = await owner.enterCode(near);
      expect(close.accepted, 'a code that is wrong in its last character is accepted').toBe(false);
      const far = await owner.enterCode(randomCode(profile.codeLength));
      expect(far.accepted, 'a code that is wrong altogether is accepted').toBe(false);
      expect(close.message, 'the message about a wrong code').notToBe('');
      const strip = (text: string) => text.replace(/\d+/g, '#');
      expect(strip(far.message), 'the message about another wrong code').toBe(strip(close.message));
      const right = await owner.enterCode(code);
      expect(right.accepted, 'the right code is accepted after two wrong ones').toBe(true);
    },
  }),
  requirement({
    id: 'CR41',
    title: 'Empty, short, long, padded and non-ASCII codes are refused without harm',
    needs: 'reserved',
    locks: ['code'],
    async test(context) {
      const { owner, gui, lab, address, expect, measure } = context;
      const { code } = await lab.obtainCode(address);
      for (const [what, bad] of typable(context, [
        ['empty', ''],
        ['of 7 characters', code.slice(0, -1)],
        ['of 9 characters', `${code}2`],
        ['with a blank before it', ` ${code}`],
        ['with letters beyond ASCII', `ÄÖÜ${code.slice(3)}`],
      ])) {
        const outcome = await owner.enterCode(bad);
        expect(outcome.accepted, `a code ${what} is accepted`).toBe(false);
        expect(gui.screens.resetQr(await gui.look())?.code.kind, `the dialog after a code ${what}`).toBe(
          'field',
        );
      }
      const other = code === code.toUpperCase() ? code.toLowerCase() : code.toUpperCase();
      const swapped = await owner.enterCode(other);
      measure('code in the other case', swapped.accepted ? 'accepted' : 'refused', '');
      if (!swapped.accepted) {
        const again = await owner.enterCode(other);
        expect(again.accepted, 'the code in the other case is accepted at the second try').toBe(false);
        const right = await owner.enterCode(code);
        expect(right.accepted, 'the code as mailed is accepted').toBe(true);
      }
    },
  }),
  requirement({
    id: 'CR46',
    title: 'A code that has served once is refused',
    needs: 'reserved',
    async test(context) {
      const { owner, lab, address, expect, freshPassword, changed } = context;
      const { code } = await lab.obtainCode(address);
      const accepted = await owner.enterCode(code);
      expect(accepted.accepted, 'the code is accepted the first time').toBe(true);
      const password = freshPassword();
      const saved = await owner.setNewPassword(password);
      expect(saved.accepted, 'the new password is taken').toBe(true);
      changed({ password });
      await expectRefused(context, code, 'a second time');
    },
  }),
  requirement({
    id: 'CR48',
    title: 'The code of another recorder is refused',
    needs: 'reserved',
    with: ['partner'],
    async test({ owner, partner, http, expect }) {
      await owner.openReset();
      await partner.withCode(async ({ code, tryThere }) => {
        const outcome = await owner.enterCode(code);
        expect(outcome.accepted, "the other recorder's code is accepted here").toBe(false);
        const overHttp = await http.emailCertification(code);
        expect(overHttp.status, "the other recorder's code over HTTP here").notToBe(200);
        const there = await tryThere();
        expect(there.status, 'the same code over HTTP at the recorder it was made for').toBe(200);
      });
    },
  }),
  requirement({
    id: 'CR52',
    title: 'A reboot and a power cut make the code void',
    needs: 'reserved',
    long: true,
    with: ['power'],
    async test(context) {
      const { owner, http, admin, lab, address, cutPower, expect, rebooted, step } = context;
      const first = await lab.obtainCode(address);
      await step('Reboot over HTTP', async () => {
        expect((await http.reboot(admin)).status, 'the answer to the reboot').toBe(200);
        await rebooted();
      });
      await expectRefused(context, first.code, 'after a reboot');
      const second = await lab.obtainCode(address);
      await step('Cut the power', () => cutPower());
      await expectRefused(context, second.code, 'after a power cut');
      await owner.toLogin();
    },
  }),
  requirement({
    id: 'CR53',
    title: 'A change of the reserved email makes the code void, also when it is changed back',
    needs: 'reserved',
    long: true,
    async test(context) {
      const { owner, admin, lab, address, expect, freshAddress, changed } = context;
      const { code } = await lab.obtainCode(address);
      const other = freshAddress('changed');
      for (const [next, when] of [
        [other, 'after the address changed'],
        [address, 'after the address changed back'],
      ] as const) {
        await owner.toMenu(admin.user, admin.password);
        const saved = await owner.reserveEmail(admin.password, next);
        expect(saved.accepted, 'the change of the address').toBe(true);
        changed({ address: next });
        await expectRefused(context, code, when);
      }
    },
  }),
];
