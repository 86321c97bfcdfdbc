// What a reset ends, and what it leaves alone: CR61 to CR68.
import { requirement } from '../harness/kit/case.ts';
import { formsFound } from '../harness/kit/forms.ts';
import { randomCode } from '../harness/kit/fresh.ts';
import { longestGap } from '../harness/kit/gaps.ts';
import { addUser, reset, resetTelling } from '../harness/kit/steps.ts';
import { namesOne } from '../harness/kit/told.ts';

export const cases = [
  requirement({
    id: 'CR61',
    title: 'Sessions, cookies and nonces from before the reset are dead, and nobody of before is online',
    needs: 'reserved',
    async test(context) {
      const { http, admin, expect } = context;
      const operator = await addUser(context, 'Operator');
      const session = (await http.sessionLogin(admin)) ?? { cookie: '' };
      const theirs = (await http.sessionLogin(operator)) ?? { cookie: '' };
      expect(await http.sessionStatus(session), 'the session of admin before the reset').toBe(200);
      expect(await http.sessionStatus(theirs), 'the session of the operator before the reset').toBe(200);
      const nonce = await http.nonce();
      expect(await nonce?.status(admin), 'the nonce before the reset').toBe(200);
      expect(await http.onlineUsers(admin), 'users online before the reset').toContain(operator.user);
      const password = await reset(context);
      const now = { user: admin.user, password };
      expect(await http.sessionStatus(session), 'the session of admin after it').toBeOneOf([401, 403]);
      expect(await http.sessionStatus(theirs), 'the session of the operator after it').toBeOneOf([401, 403]);
      expect(await nonce?.status(now), 'the nonce, with the new password').toBe(401);
      expect(await nonce?.status(admin), 'the nonce, with the old password').toBe(401);
      const online = await http.onlineUsers(now);
      expect(online, 'users online after it').notToContain(operator.user);
      const asking = online.filter((name) => name === admin.user).length;
      expect(asking, 'entries of admin, who asks').toBeAtMost(1, '');
    },
  }),
  requirement({
    id: 'CR62',
    title: 'The unlock pattern of before does not open the recorder after the reset',
    needs: 'reserved',
    long: true,
    async test(context) {
      const { owner, http, admin, expect, rebooted, step } = context;
      const dots = [1, 2, 3, 6, 9];
      await owner.toMenu(admin.user, admin.password);
      await owner.setPattern(admin.password, dots);
      const before = await owner.loginByPattern(dots);
      expect(before.accepted, 'the login by pattern before the reset').toBe(true);
      const password = await reset(context);
      const refused = async (when: string) => {
        const after = await owner.loginByPattern(dots);
        expect(after.accepted, `the login by pattern ${when} (${after.message})`).toBe(false);
        expect(await owner.menuOpens(), `the menu opens ${when} all the same`).toBe(false);
      };
      await refused('after it');
      await step('Reboot over HTTP', async () => {
        const answer = await http.reboot({ user: admin.user, password });
        expect(answer.status, 'the answer to the reboot').toBe(200);
        await rebooted();
      });
      await refused('after it and a reboot');
    },
  }),
  requirement({
    id: 'CR63',
    title: 'The GUID file of before does not serve after the reset, and a new one can be exported',
    needs: 'reserved',
    long: true,
    with: ['usb'],
    async test(context) {
      const { owner, guid, usb, admin, expect } = context;
      const exported = async (password: string) => {
        const before = new Set((await usb.files()).map(({ name }) => name));
        const outcome = await guid.export(password);
        expect(outcome.accepted, `the export of a GUID file (${outcome.message})`).toBe(true);
        const fresh = (await usb.files()).filter(({ name }) => !before.has(name));
        expect(fresh, 'files that the export wrote').toHaveLength(1);
        return fresh[0]?.name ?? '';
      };
      const serves = async (file: string, when: string, expected: boolean) => {
        const outcome = await guid.verify(file);
        expect(outcome.accepted, `the file is accepted ${when} (${outcome.message})`).toBe(expected);
      };
      await usb.insert();
      const file = await exported(admin.password);
      await serves(file, 'before the reset', true);
      await owner.cancel();
      const password = await reset(context);
      await serves(file, 'after the reset', false);
      const next = await exported(password);
      await serves(file, 'after a new export', false);
      await serves(next, 'that was exported after the reset', true);
    },
  }),
  requirement({
    id: 'CR64',
    title: 'The reset changes no other setting, and operator and guest keep level and password',
    needs: 'reserved',
    async test(context) {
      const { http, admin, expect } = context;
      const operator = await addUser(context, 'Operator');
      const guest = await addUser(context, 'Viewer');
      const before = await http.settings(admin);
      for (const [what, value] of Object.entries(before))
        expect(value, `the setting "${what}" before the reset`).notToBe('');
      const info = await http.deviceInfo(admin);
      const password = await reset(context);
      const now = { user: admin.user, password };
      const after = await http.settings(now);
      expect(after.network, 'network after the reset').toBe(before.network);
      expect(after.cameras, 'channels after the reset').toBe(before.cameras);
      expect(after.users, 'users and levels after the reset').toBe(before.users);
      expect(after.timeServers, 'time servers after the reset').toBe(before.timeServers);
      expect(after.recordPlan, 'the record plan after the reset').toBe(before.recordPlan);
      expect(JSON.stringify(await http.deviceInfo(now)), 'deviceInfo after the reset').toBe(
        JSON.stringify(info),
      );
      for (const user of [operator, guest]) {
        expect((await http.userCheck(user)).http, `userCheck of ${user.user} after the reset`).toBe(200);
        const taken = await http.userCheck({ user: user.user, password });
        expect(taken.http, `userCheck of ${user.user} with the new password of admin`).toBe(401);
      }
    },
  }),
  requirement({
    id: 'CR65',
    title: 'Copying the password to cameras is a Yes/No question, and No leaves every camera as it is',
    needs: 'reserved',
    async test(context) {
      const { gui, http, admin, expect, profile } = context;
      const before = { cameras: await http.cameras(admin), settings: await http.settings(admin) };
      const { told, password } = await resetTelling(context);
      const offers = told.filter(({ choice }) => choice);
      expect(told.length, 'messages after the reset').toBeAtLeast(1, '');
      expect(offers, 'questions with Yes and No').toHaveLength(profile.cameraCopy === 'asked' ? 1 : 0);
      expect(
        offers.every(({ text }) => namesOne(text, gui.label('cameras'))),
        'each question is about cameras',
      ).toBe(true);
      const now = { user: admin.user, password };
      expect(JSON.stringify(await http.cameras(now)), 'cameras online after No').toBe(
        JSON.stringify(before.cameras),
      );
      expect((await http.settings(now)).cameras, 'settings of the channels after No').toBe(
        before.settings.cameras,
      );
    },
  }),
  requirement({
    id: 'CR66',
    title: 'Recording goes on through the whole reset',
    needs: 'reserved',
    async test(context) {
      const { owner, http, admin, profile, expect, measure } = context;
      const from = await http.time(admin);
      // An owner who takes his time: leaves the dialog, comes back, and mistypes the code.
      for (let count = 1; count <= 2; count += 1) {
        await owner.openReset();
        const wrong = await owner.enterCode(randomCode(profile.codeLength));
        expect(wrong.accepted, `wrong code number ${count}`).toBe(false);
        await owner.cancel();
      }
      const password = await reset(context);
      const now = { user: admin.user, password };
      const to = await http.time(now);
      const tracks = await http.tracks(now);
      expect(tracks.length, 'tracks that are recorded on').toBeAtLeast(1, '');
      for (const track of tracks) {
        const gap = longestGap(await http.recordings(now, { track, from, to }), from, to);
        measure(`longest gap on track ${track}`, gap, 's');
        expect(gap, `longest gap on track ${track}`).toBeAtMost(profile.recordingGapSeconds, 's');
      }
    },
  }),
  requirement({
    id: 'CR68',
    title: 'The log tells of start, wrong code and success, as local, without code or password',
    needs: 'reserved',
    async test(context) {
      const { owner, gui, lab, http, admin, address, profile, expect } = context;
      const before = new Set((await http.log(admin)).map(({ time, text }) => `${time} ${text}`));
      const { code } = await lab.obtainCode(address);
      const wrongCode = randomCode(profile.codeLength);
      const wrong = await owner.enterCode(wrongCode);
      expect(wrong.accepted, 'a wrong code is accepted').toBe(false);
      const right = await owner.enterCode(code);
      expect(right.accepted, 'the mailed code is accepted').toBe(true);
      const password = context.freshPassword();
      const saved = await owner.setNewPassword(password);
      expect(saved.accepted, 'the new password is taken').toBe(true);
      context.changed({ password });
      const lines = await http.log({ user: admin.user, password });
      const fresh = lines.filter(({ time, text }) => !before.has(`${time} ${text}`));
      for (const [what, labels] of [
        ['the start of a reset', gui.label('logResetStart')],
        ['a wrong code', gui.label('logWrongCode')],
        ['the success', gui.label('logResetSuccess')],
      ] as const) {
        const entries = fresh.filter(({ text }) => labels.some((label) => text.includes(label)));
        expect(entries, `entries of ${what}`).toHaveLength(1);
        const local = namesOne(entries[0]?.text ?? '', gui.label('logLocal'));
        expect(local, `the entry of ${what} says that it was local (${entries[0]?.text})`).toBe(true);
        expect(Number.isNaN(Date.parse(entries[0]?.time ?? '')), `${what} is without a time`).toBe(false);
      }
      const whole = lines.map(({ text }) => text).join('\n');
      for (const [what, secret] of [
        ['code', code],
        ['wrong code', wrongCode],
        ['old password', admin.password],
        ['new password', password],
        ['address', address],
      ] as const)
        expect(formsFound(whole, secret), `forms of the ${what} in the log`).toHaveLength(0);
    },
  }),
];
