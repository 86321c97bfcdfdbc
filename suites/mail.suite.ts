// The mail with the code: CR31 to CR38.
import { requirement } from '../harness/kit/case.ts';
import { formsFound } from '../harness/kit/forms.ts';

export const cases = [
  requirement({
    id: 'CR31',
    title: 'After a valid scan a mail reaches the reserved mailbox in time',
    needs: 'reserved',
    async test({ lab, address, profile, expect, measure }) {
      const { finding } = await lab.showQr();
      const known = await lab.known(address);
      const answer = await lab.scan(finding.text);
      expect(answer.accepted, `the app takes the QR (${answer.message})`).toBe(true);
      const from = Date.now();
      const timeoutMs = profile.mailWithinSeconds * 1000;
      const mail = await lab.mailWithin(address, { known, timeoutMs });
      expect(mail === undefined ? 'none' : 'a mail', 'what came to the reserved address').toBe('a mail');
      const seconds = Math.max(0, ((mail?.receivedAt ?? from) - from) / 1000);
      measure('scan to mail', Math.round(seconds * 1000) / 1000, 's');
      expect(seconds, 'from the scan to the mail').toBeAtMost(profile.mailWithinSeconds, 's');
    },
  }),
  requirement({
    id: 'CR32',
    title: 'After the exported QR was mailed as an attachment, a mail reaches the reserved mailbox in time',
    needs: 'reserved',
    with: ['usb', 'recovery-mail'],
    async test({ owner, gui, lab, address, usb, profile, expect, measure }) {
      await usb.insert();
      await lab.showQr();
      const known = await lab.known(address);
      const before = new Set((await usb.files()).map(({ name }) => name));
      await gui.poke('Export the QR', () => gui.confirm(gui.label('export')));
      await owner.closeMessages();
      const exported = (await usb.files()).find(({ name }) => !before.has(name));
      expect(exported?.name ?? '', 'the file on the drive').notToBe('');
      const answer = await lab.scanPicture(exported?.bytes ?? new Uint8Array());
      expect(answer.accepted, `the service takes the attachment (${answer.message})`).toBe(true);
      const from = Date.now();
      const timeoutMs = profile.mailWithinSeconds * 1000;
      const mail = await lab.mailWithin(address, { known, timeoutMs });
      expect(mail === undefined ? 'none' : 'a mail', 'what came to the reserved address').toBe('a mail');
      const seconds = Math.max(0, ((mail?.receivedAt ?? from) - from) / 1000);
      measure('attachment to mail', Math.round(seconds * 1000) / 1000, 's');
      expect(seconds, 'from the attachment to the mail').toBeAtMost(profile.mailWithinSeconds, 's');
    },
  }),
  requirement({
    id: 'CR33',
    title: 'The mail goes to the reserved address alone, whoever scans',
    needs: 'reserved',
    async test({ lab, address, mailbox, expect }) {
      const { finding } = await lab.showQr();
      const before = new Set((await mailbox.listAll()).map(({ id }) => id));
      const known = await lab.known(address);
      const answer = await lab.scan(finding.text, 'account');
      expect(answer.accepted, 'the app takes the QR from an account').toBe(true);
      const mail = await lab.mailFor(address, known);
      expect(mail.envelopeTo.join() === address, 'the mail is for the reserved address alone').toBe(true);
      // Other recorders of the run get mails meanwhile: only those that hold this code count. That servers on the way
      // bring a mail twice to where it belongs is none of the recorder's doing.
      const [code = ''] = lab.codesIn(mail);
      const copies = (await mailbox.listAll()).filter(
        (other) =>
          code !== '' &&
          !before.has(other.id) &&
          other.text.includes(code) &&
          other.envelopeTo.some((to) => to !== address),
      );
      expect(copies, 'copies of the mail to anybody else').toHaveLength(0);
    },
  }),
  requirement({
    id: 'CR34',
    title: 'The mail holds exactly one code of 8 characters',
    needs: 'reserved',
    async test({ lab, address, profile, expect }) {
      const { finding } = await lab.showQr();
      const known = await lab.known(address);
      await lab.scan(finding.text);
      const codes = lab.codesIn(await lab.mailFor(address, known));
      expect(codes, 'words in the mail that can be the code').toHaveLength(1);
      expect(codes[0] ?? '', 'the code').toHaveLength(profile.codeLength);
    },
  }),
  requirement({
    id: 'CR35',
    title: 'The mail carries no password and no complete serial number',
    needs: 'reserved',
    async test({ lab, http, admin, address, expect }) {
      const serial = (await http.deviceInfo(admin))?.serialNumber ?? '';
      expect(serial, 'the serial number over HTTP').notToBe('');
      const { mail } = await lab.obtainCode(address);
      const whole = `${mail.subject}\n${mail.text}\n${mail.html ?? ''}\n${mail.raw}`;
      expect(formsFound(whole, admin.password), 'forms of the admin password in the mail').toHaveLength(0);
      expect(formsFound(whole, serial), 'forms of the complete serial number in the mail').toHaveLength(0);
    },
  }),
];
