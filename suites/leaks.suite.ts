// Leaks and side channels: CR69 to CR75.
import { type CaseContext, requirement } from '../harness/kit/case.ts';
import { wrongCode } from '../harness/kit/codes.ts';
import { formsFound } from '../harness/kit/forms.ts';
import { randomCode } from '../harness/kit/fresh.ts';
import { heardSince } from '../harness/kit/heard.ts';
import { addUser } from '../harness/kit/steps.ts';

/** Paths that somebody without a password may try. */
const PATHS = [
  '/',
  '/ISAPI/Security/userCheck',
  '/ISAPI/System/deviceInfo',
  '/SDK/activateStatus',
  '/ISAPI/Security/capabilities',
  '/ISAPI/System/capabilities',
  '/ISAPI/Security/extern/capabilities',
  '/ISAPI/Security/sessionLogin/capabilities?username=admin',
  '/ISAPI/Security/users',
  '/ISAPI/Security/users/1',
  '/ISAPI/Security/onlineUser',
  '/ISAPI/Security/adminAccesses',
  '/ISAPI/Security/illegalLoginLock',
  '/ISAPI/Security/questionConfiguration',
  '/ISAPI/Security/GUIDFileData',
  '/ISAPI/Security/email/parameter?format=json',
  '/ISAPI/Security/email/parameter/capabilities?format=json',
  '/ISAPI/Security/email/qrCode?format=json',
  '/ISAPI/Security/emailCertification?format=json',
  '/ISAPI/System/time',
  '/ISAPI/System/configurationData',
] as const;

/** Whether a field of SADP says yes. */
function yes(field: string | undefined): boolean {
  return /^(true|[1-9]\d*)$/i.test(field ?? '');
}

/** What SADP says; a recorder that is silent fails. */
async function asked({ sadp, expect }: CaseContext, when: string) {
  const answer = await sadp.inquire({ timeoutMs: 5000 });
  expect(answer === undefined ? 'silence' : 'an answer', `what SADP says ${when}`).toBe('an answer');
  return answer ?? { text: '', fields: {} };
}

/** Fails logins of admin until the lock, at the recorder itself and over the network. */
async function lockLogin({ owner, http, admin, profile, expect }: CaseContext): Promise<void> {
  for (let count = 1; count <= profile.loginLock.tries; count += 1) {
    const outcome = await owner.login(admin.user, `Wrong-Key-77${count}`);
    expect(outcome.accepted, `wrong login number ${count}`).toBe(false);
  }
  const right = await owner.login(admin.user, admin.password);
  expect(right.accepted, 'the right password at the locked recorder').toBe(false);
  const tries = (await http.loginLimits(admin))?.tries ?? profile.loginLock.tries;
  for (let count = 1; count <= tries; count += 1)
    await http.userCheck({ user: admin.user, password: `Wrong-Key-77${count}` });
}

export const cases = [
  requirement({
    id: 'CR69',
    title: 'Without a password HTTP gives away neither address, nor code, nor password',
    needs: 'reserved',
    locks: ['code'],
    async test({ owner, lab, http, admin, address, profile, expect, measure }) {
      const { code } = await lab.obtainCode(address);
      for (const path of PATHS) {
        const answer = await http.get(path);
        const whole = `${JSON.stringify(answer.headers)}\n${answer.body}`;
        for (const [what, secret] of [
          ['address', address],
          ['code', code],
          ['password', admin.password],
        ] as const)
          expect(formsFound(whole, secret), `forms of the ${what} in GET ${path}`).toHaveLength(0);
      }
      const parameter = await http.emailParameter(undefined);
      expect(parameter.status, 'email/parameter without a password').toBeOneOf([401, 403]);
      const first = await http.emailCertification(randomCode(profile.codeLength));
      expect(first.status, 'a dummy code over HTTP').notToBe(200);
      const local = await owner.enterCode(randomCode(profile.codeLength));
      expect(local.accepted, 'a dummy code at the GUI').toBe(false);
      const second = await http.emailCertification(randomCode(profile.codeLength));
      expect(second.status, 'another dummy code over HTTP').notToBe(200);
      measure(
        'tries left over HTTP',
        `${first.retryTimes ?? 'not told'} then ${second.retryTimes ?? 'not told'}`,
        '',
      );
      if (first.retryTimes !== undefined && second.retryTimes !== undefined)
        expect(second.retryTimes, 'tries left after a wrong code at the GUI and one over HTTP').toBe(
          first.retryTimes - 2,
        );
      // One ledger: five wrong codes at the screen and five over HTTP are ten, and ten are more than may be free.
      for (let count = 0; count < 4; count += 1) await owner.enterCode(randomCode(profile.codeLength));
      const plain = ({ status, subStatusCode }: typeof first) => `${status} ${subStatusCode ?? ''}`;
      const refusals = [first, second];
      let last = second;
      for (let count = 0; count < 3 && plain(last) === plain(second); count += 1) {
        last = await http.emailCertification(randomCode(profile.codeLength));
        refusals.push(last);
      }
      const words = refusals.map(({ body }) => body).join('\n');
      for (const [what, secret] of [
        ['address', address],
        ['code', code],
      ] as const)
        expect(formsFound(words, secret), `forms of the ${what} in refusals of dummy codes`).toHaveLength(0);
      measure('the answer to the last dummy code', plain(last), '');
      expect(plain(last), 'the answer after ten dummy codes, as to a locked one').notToBe(plain(second));
    },
  }),
  requirement({
    id: 'CR70',
    title: 'email/parameter shows admin what the profile says, and operator and guest nothing',
    needs: 'reserved',
    async test(context) {
      const { http, admin, address, profile, expect, measure } = context;
      const shown = await http.emailParameter(admin);
      measure('address over HTTP as admin', shown.address === address ? 'complete' : 'not complete', '');
      expect(shown.status, 'email/parameter as admin').toBe(profile.emailParameter === 'none' ? 404 : 200);
      expect(shown.address === address, 'admin sees the complete address').toBe(
        profile.emailParameter === 'complete',
      );
      expect((shown.address ?? '').includes('*'), 'admin sees a mask').toBe(
        profile.emailParameter === 'masked',
      );
      if (profile.emailParameter !== 'complete')
        expect(formsFound(shown.body, address), 'forms of the address in the answer').toHaveLength(0);
      for (const level of ['Operator', 'Viewer'] as const) {
        const answer = await http.emailParameter(await addUser(context, level));
        expect(answer.status, `email/parameter as ${level}`).toBe(403);
        expect(formsFound(answer.body, address), `forms of the address for ${level}`).toHaveLength(0);
      }
    },
  }),
  requirement({
    id: 'CR71',
    title: 'SADP holds no address, code or password, and agrees with the GUI about reset and lock',
    needs: 'active',
    locks: ['login', 'network'],
    long: true,
    with: ['sadp'],
    async test(context) {
      const { owner, http, lab, admin, expect, freshAddress, changed } = context;
      const serialNumber = (await http.deviceInfo(admin))?.serialNumber ?? '';
      const first = await asked(context, 'of an active recorder');
      expect(first.fields.DeviceSN, 'DeviceSN').toBe(serialNumber);
      expect(yes(first.fields.DeviceLock), 'DeviceLock before any wrong login').toBe(false);
      await owner.toMenu(admin.user, admin.password);
      const place = await owner.hasReservedEmailPlace(admin.password);
      expect(yes(first.fields.SupportMailBox), `SupportMailBox, as the menu has it (${place})`).toBe(place);
      const told = [first.text];
      const secrets: (readonly [string, string])[] = [['password', admin.password]];
      if (place) {
        const address = freshAddress('sadp');
        await owner.toMenu(admin.user, admin.password);
        const saved = await owner.reserveEmail(admin.password, address);
        expect(saved.accepted, 'the address is taken').toBe(true);
        changed({ address });
        const { code } = await lab.obtainCode(address);
        secrets.push(['address', address], ['code', code]);
        told.push((await asked(context, 'while a code is open')).text);
        await owner.cancel();
      }
      const offers = owner.methodsOf(await owner.forgotPassword()).length > 0;
      await (offers ? owner.cancel() : owner.closeMessages());
      const later = await asked(context, 'of that recorder');
      expect(yes(later.fields.PasswordResetAbility), 'PasswordResetAbility, as the login has it').toBe(
        offers,
      );
      await lockLogin(context);
      const locked = await asked(context, 'of a locked recorder');
      expect(yes(locked.fields.DeviceLock), 'DeviceLock while the login is locked').toBe(true);
      const whole = [...told, later.text, locked.text].join('\n');
      for (const [what, secret] of secrets)
        expect(formsFound(whole, secret), `forms of the ${what} in SADP`).toHaveLength(0);
    },
  }),
  requirement({
    id: 'CR72',
    title: 'The serial console prints neither address, nor code, nor password, nor payload',
    needs: 'inactive',
    with: ['serial'],
    async test({ owner, lab, http, serial, expect, freshPassword, freshAddress, changed, rebooted, step }) {
      const from = serial.transcript().length;
      const password = freshPassword();
      const address = freshAddress('serial');
      const activated = await owner.activate(password, address);
      expect(activated.accepted, 'the activation').toBe(true);
      changed({ password, address });
      await owner.finishWizard();
      const { code, qr } = await lab.obtainCode(address);
      const wrong = await owner.enterCode(wrongCode(code));
      expect(wrong.accepted, 'a wrong code').toBe(false);
      const right = await owner.enterCode(code);
      expect(right.accepted, 'the mailed code').toBe(true);
      const next = freshPassword();
      const saved = await owner.setNewPassword(next);
      expect(saved.accepted, 'the new password').toBe(true);
      changed({ password: next });
      await step('Reboot over HTTP', async () => {
        const told = await http.reboot({ user: 'admin', password: next });
        expect(told.status, 'the answer to the reboot').toBe(200);
        await rebooted();
      });
      const printed = heardSince(serial, from);
      for (const [what, secret] of [
        ['address', address],
        ['first password', password],
        ['code', code],
        ['new password', next],
        ['payload', qr.text],
      ] as const)
        expect(formsFound(printed, secret), `forms of the ${what} on the console`).toHaveLength(0);
    },
  }),
  requirement({
    id: 'CR73',
    title: 'The locked shell of the console lists no command that shows or clears a password',
    needs: 'active',
    with: ['serial'],
    async test({ serial, profile, expect, measure }) {
      const help = await serial.command('help', { timeoutMs: 5000 });
      const listed = help
        .split('\n')
        .flatMap((line) => /^\s*([a-z]\w*)\s*(?:[-,(].*)?$/i.exec(line)?.[1] ?? []);
      measure('commands on the console', listed.join(' '), '');
      expect(listed.length, 'commands that help lists').toBeAtLeast(1, '');
      const beyond = listed.filter((name) => !profile.consoleCommands.includes(name));
      expect(beyond, 'commands that the profile does not know').toHaveLength(0);
      const risky = listed.filter((name) =>
        /pass|pwd|user|account|reset|clear|restore|default|key/i.test(name),
      );
      expect(risky, 'commands about passwords, users or resets').toHaveLength(0);
    },
  }),
  requirement({
    id: 'CR74',
    title: 'Exported configuration, log and soft keyboard show neither password nor code in clear',
    needs: 'reserved',
    async test({ owner, gui, lab, http, admin, address, expect, freshPassword }) {
      const { code } = await lab.obtainCode(address);
      const exported = await http.get('/ISAPI/System/configurationData', admin);
      expect(exported.status, 'the answer to the export of the configuration').toBe(200);
      expect(exported.body.length, 'length of the exported configuration').toBeAtLeast(1, 'characters');
      const log = (await http.log(admin)).map(({ text }) => text).join('\n');
      for (const [what, secret] of [
        ['password', admin.password],
        ['code', code],
      ] as const) {
        expect(formsFound(exported.body, secret), `forms of the ${what} in the export`).toHaveLength(0);
        expect(formsFound(log, secret), `forms of the ${what} in the log`).toHaveLength(0);
      }
      const right = await owner.enterCode(code);
      expect(right.accepted, 'the mailed code').toBe(true);
      const password = freshPassword();
      await owner.fillNewPassword(password);
      await gui.photograph('The new password, keyed in with the soft keyboard in front');
      expect((await owner.allText()).includes(password), 'the new password stands on the screen').toBe(false);
      // Clicked on once more, the field shows the soft keyboard while it holds the password.
      const typed = gui.screens.newPassword(await gui.look())?.password;
      if (typed !== undefined) await gui.poke('Click on the typed password', () => gui.click(typed));
      const parts = (await gui.look()).items.filter(
        ({ kind, text }) => kind !== 'field' && text.length >= 3 && password.includes(text),
      );
      expect(parts, 'texts beside the soft keyboard that are part of the password').toHaveLength(0);
      await owner.toLogin();
      const empty = gui.screens.login(await owner.toLogin())?.password;
      // An empty field shows nobody what it does to a password.
      if (empty !== undefined) await gui.fill('Type a password that nobody confirms', empty, password);
      const field = gui.screens.login(await gui.look())?.password;
      expect(field?.concealed, 'the login shows the password as dots').toBe(true);
      const again = await owner.login(admin.user, admin.password);
      expect(again.accepted, 'the login with the password that was not changed').toBe(true);
    },
  }),
  requirement({
    id: 'CR75',
    title: 'Without a reset method, Forgot Password logs nobody in, whatever is answered',
    needs: 'active',
    async test({ owner, gui, expect, measure }) {
      for (const answer of ['yes', 'no'] as const) {
        await owner.tryForgotPassword();
        await gui.photograph('What Forgot Password leads to');
        const told = await owner.closeMessages(answer);
        measure(`questions answered by ${answer}`, told.filter(({ choice }) => choice).length, '');
        expect(await owner.menuOpens(), `the menu opens after "${answer}"`).toBe(false);
      }
    },
  }),
];
