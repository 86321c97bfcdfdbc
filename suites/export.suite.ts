// Export of the QR (CR28, CR29), and who sends the mail, how often (CR36, CR38).
import { type CaseContext, requirement } from '../harness/kit/case.ts';
import { formsFound } from '../harness/kit/forms.ts';

/** Presses Export in the reset dialog; what the recorder said. */
async function exportQr({ owner, gui }: CaseContext): Promise<string> {
  await gui.poke('Export the QR', () => gui.confirm(gui.label('export')));
  // A button that looks pressed is a change, too, and comes first. Who says nothing is told so by what is expected.
  await gui.until('what the recorder says', (r) => gui.screens.message(r)).catch(() => undefined);
  await gui.photograph('What Export leads to');
  const told = await owner.closeMessages();
  return told.map(({ text }) => text).join(' ');
}

export const cases = [
  requirement({
    id: 'CR28',
    title: 'Export writes a picture of the QR on the screen, and nothing else',
    needs: 'reserved',
    with: ['usb'],
    async test(context) {
      const { lab, http, admin, address, usb, expect } = context;
      const serial = (await http.deviceInfo(admin))?.serialNumber ?? '';
      await usb.insert();
      const before = new Set((await usb.files()).map(({ name }) => name));
      const { finding } = await lab.showQr();
      await exportQr(context);
      const fresh = (await usb.files()).filter(({ name }) => !before.has(name));
      expect(fresh, 'files that the export wrote').toHaveLength(1);
      const bytes = fresh[0]?.bytes ?? new Uint8Array();
      const { findings } = await lab.qrsIn({ bytes });
      expect(findings, 'QRs in the exported picture').toHaveLength(1);
      expect(findings[0]?.text === finding.text, 'the picture holds the QR of the screen').toBe(true);
      const whole = Buffer.from(bytes).toString('latin1');
      for (const [what, secret] of [
        ['serial number', serial],
        ['address', address],
        ['password', admin.password],
      ] as const)
        expect(formsFound(whole, secret), `forms of the ${what} in the file`).toHaveLength(0);
    },
  }),
  requirement({
    id: 'CR29',
    title: 'Without a drive, with a full and with a write-protected one Export gives a message and goes on',
    needs: 'reserved',
    with: ['usb'],
    async test(context) {
      const { gui, lab, usb, expect, step } = context;
      await lab.showQr();
      for (const [what, plug] of [
        ['without a drive', () => usb.remove()],
        ['with a full drive', () => usb.insert('full')],
        ['with a write-protected drive', () => usb.insert('read-only')],
      ] as const) {
        const before = (await usb.files()).length;
        await step(`Export ${what}`, plug);
        const said = await exportQr(context);
        expect(said, `the message ${what}`).notToBe('');
        expect((await usb.files()).length, `files on the drive ${what}`).toBe(before);
        expect(gui.screens.resetQr(await gui.look())?.code.kind, `the dialog ${what}`).toBe('field');
      }
    },
  }),
  requirement({
    id: 'CR36',
    title: 'The mail comes from a domain that the profile lists; SPF, DKIM and DMARC are recorded',
    needs: 'reserved',
    async test({ lab, address, profile, expect, measure }) {
      const { mail } = await lab.obtainCode(address);
      const domain = /@([^\s>]+)>?\s*$/.exec(mail.from)?.[1]?.toLowerCase() ?? '';
      const results = mail.headers['authentication-results'] ?? 'no Authentication-Results';
      for (const check of ['spf', 'dkim', 'dmarc'])
        measure(check, new RegExp(`\\b${check}=(\\w+)`).exec(results)?.[1] ?? 'not told', '');
      measure('domain of the sender', domain, '');
      expect(domain, 'the domain of the sender').toBeOneOf(profile.senderDomains);
    },
  }),
  requirement({
    id: 'CR38',
    title: 'Many scans in a short time are refused by the service',
    needs: 'reserved',
    // Only where the service is a double: the live one is not to be tried so.
    with: ['time'],
    async test({ lab, expect, measure }) {
      const { finding } = await lab.showQr();
      let taken = 0;
      let refusal = '';
      for (let count = 1; count <= 12 && refusal === ''; count += 1) {
        const answer = await lab.scan(finding.text);
        if (answer.accepted) taken += 1;
        else refusal = answer.message;
      }
      measure('scans of one QR until the service refuses', taken, '');
      expect(refusal, 'the refusal after twelve scans').notToBe('');
      const next = await lab.scan(finding.text);
      expect(next.accepted, 'the scan right after the refused one is taken').toBe(false);
    },
  }),
];
