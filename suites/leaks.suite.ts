// Leaks and side channels: CR69 to CR75.
import { requirement } from '../harness/kit/case.ts';
import { formsFound } from '../harness/kit/forms.ts';
import { randomCode } from '../harness/kit/fresh.ts';

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

export const cases = [
  requirement({
    id: 'CR69',
    title: 'Without a password HTTP gives away neither address, nor code, nor password',
    needs: 'reserved',
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
    },
  }),
  requirement({
    id: 'CR72',
    title: 'The serial console prints neither address, nor code, nor password, nor payload',
    needs: 'inactive',
    with: ['serial'],
    async test({ owner, lab, serial, expect, freshPassword, freshAddress, changed }) {
      const from = serial.transcript().length;
      const password = freshPassword();
      const address = freshAddress('serial');
      const activated = await owner.activate(password, address);
      expect(activated.accepted, 'the activation').toBe(true);
      changed({ password, address });
      await owner.finishWizard();
      const { code, qr } = await lab.obtainCode(address);
      const wrong = await owner.enterCode('AAAA2222');
      expect(wrong.accepted, 'a wrong code').toBe(false);
      const right = await owner.enterCode(code);
      expect(right.accepted, 'the mailed code').toBe(true);
      const next = freshPassword();
      const saved = await owner.setNewPassword(next);
      expect(saved.accepted, 'the new password').toBe(true);
      changed({ password: next });
      const printed = serial
        .transcript()
        .slice(from)
        .map(({ text }) => text)
        .join('');
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
];
