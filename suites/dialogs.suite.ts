// The dialogs of the reset and its QR: CR17 to CR30.
import { requirement } from '../harness/kit/case.ts';
import { formsFound } from '../harness/kit/forms.ts';

/** A dialog that a right click leaves is gone within, ms. */
const LEAVES_MS = 2_000;

export const cases = [
  requirement({
    id: 'CR17',
    title: 'Forgot Password is reachable from the password login and from the pattern login',
    needs: 'reserved',
    async test({ owner, gui, admin, expect }) {
      const login = await owner.toLogin();
      expect(gui.screens.forgot(login)?.text ?? '', 'the link of the password login').notToBe('');
      await owner.toMenu(admin.user, admin.password);
      await owner.setPattern(admin.password, [1, 2, 3, 6, 9]);
      const pattern = await owner.toPatternLogin();
      const forgot = gui.screens.forgot(pattern);
      expect(forgot?.text ?? '', 'the link of the pattern login').notToBe('');
      await gui.photograph('The login by pattern');
      const methods = await owner.forgotFrom(pattern);
      await gui.photograph('The methods');
      expect(owner.offersEmail(methods), 'Verify by Reserved Email behind it').toBe(true);
    },
  }),
  requirement({
    id: 'CR18',
    title: 'The dialog lists exactly the methods that are configured',
    needs: 'reserved',
    async test({ owner, expect, looksAsApproved }) {
      const shown = await owner.forgotPassword();
      const methods = owner.methodsOf(shown);
      await looksAsApproved('reset-methods');
      expect(methods, 'methods listed, with the email alone configured').toHaveLength(1);
      expect(owner.offersEmail(shown), `the method is the one by email (${methods.join()})`).toBe(true);
    },
  }),
  requirement({
    id: 'CR19',
    title: 'A disclaimer with a QR of its own comes before the reset QR',
    needs: 'reserved',
    async test({ owner, gui, lab, expect }) {
      const reading = await owner.chooseEmail(await owner.forgotPassword());
      expect(gui.screens.disclaimer(reading)?.next.text ?? '', 'the way on from the disclaimer').notToBe('');
      expect(gui.screens.resetQr(reading), 'the field for the code before the disclaimer is accepted').toBe(
        undefined,
      );
      const { findings } = await lab.qrsIn(await gui.photograph('The disclaimer'));
      expect(findings, 'QRs beside the disclaimer').toHaveLength(1);
      const shown = await lab.readDialog(await owner.acceptDisclaimer(reading));
      expect(shown.finding.text === findings[0]?.text, 'the disclaimer QR is the reset QR').toBe(false);
    },
  }),
  requirement({
    id: 'CR20',
    title: 'Leaving the disclaimer by Cancel or right click shows no reset QR',
    needs: 'reserved',
    async test({ owner, gui, lab, expect }) {
      await owner.chooseEmail(await owner.forgotPassword());
      await gui.photograph('The disclaimer');
      const cancelled = await owner.cancel();
      expect(gui.screens.resetQr(cancelled), 'the reset dialog after Cancel').toBe(undefined);
      const first = await lab.qrsIn(await gui.photograph('After Cancel'));
      expect(first.findings, 'QRs on the screen after Cancel').toHaveLength(0);
      await owner.chooseEmail(await owner.forgotPassword());
      await gui.poke('Right click on the disclaimer', async () => gui.rightClickOn(await gui.look()), {
        frame: false,
        waitMs: LEAVES_MS,
      });
      // The first change need not be the one that counts; a dialog may also stay.
      await gui
        .until('the disclaimer to go', (r) => gui.screens.disclaimer(r) === undefined || undefined, {
          timeoutMs: LEAVES_MS,
        })
        .catch(() => undefined);
      const { frame, reading } = await gui.pictured('After a right click');
      expect(gui.screens.resetQr(reading), 'the reset dialog after a right click').toBe(undefined);
      const left = gui.screens.disclaimer(reading) === undefined;
      const second = await lab.qrsIn(frame);
      expect(second.findings, 'QRs on the screen after a right click').toHaveLength(left ? 0 : 1);
    },
  }),
  requirement({
    id: 'CR21',
    title: 'The reset QR decodes from a lossless frame at this output resolution',
    needs: 'reserved',
    async test({ owner, lab, dut, expect, measure, looksAsApproved }) {
      const { frame } = await owner.openReset();
      const { pixels, findings } = await lab.resetQrsIn(await frame);
      expect(`${pixels.width}x${pixels.height}`, 'size of the frame').toBe(dut.resolution);
      const [finding] = findings;
      expect(finding === undefined ? 'none' : 'a QR', 'what the decoders find in the dialog').toBe('a QR');
      if (finding === undefined) return;
      const { modules, pixelsPerModule, contrast, quietZone } = finding.metrology;
      measure('modules a side', modules, '');
      measure('pixels a module', Math.round(pixelsPerModule * 100) / 100, 'px');
      measure('contrast', Math.round(contrast * 100) / 100, '');
      measure('quiet zone', Math.round(quietZone * 10) / 10, 'modules');
      expect(finding.decoders.zxing === finding.text, 'ZXing reads it').toBe(true);
      expect(finding.decoders.jsqr === finding.text, 'jsQR reads the same').toBe(true);
      expect(pixelsPerModule, 'pixels a module').toBeAtLeast(2, 'px');
      expect(finding.metrology.inverted, 'the QR is drawn light on dark').toBe(false);
      expect(contrast, 'contrast of dark and light').toBeAtLeast(0.5, '');
      expect(quietZone, 'quiet zone').toBeAtLeast(2, 'modules');
      await looksAsApproved('reset-qr');
    },
  }),
  requirement({
    id: 'CR22',
    title: 'Disclaimer QR and reset QR differ, and only the reset QR makes the app send a code',
    needs: 'reserved',
    async test({ owner, gui, lab, address, expect }) {
      const reading = await owner.chooseEmail(await owner.forgotPassword());
      const { findings } = await lab.qrsIn(await gui.photograph('The disclaimer'));
      const disclaimer = findings[0]?.text ?? '';
      const { finding } = await lab.readDialog(await owner.acceptDisclaimer(reading));
      expect(disclaimer === finding.text, 'both QRs hold the same').toBe(false);
      const wrong = await lab.scan(disclaimer);
      expect(wrong.accepted, 'the app takes the disclaimer QR for a reset').toBe(false);
      const { answer } = await lab.codeFor(finding, address);
      expect(answer.accepted, 'the app takes the reset QR').toBe(true);
    },
  }),
  requirement({
    id: 'CR23',
    title: 'The payload is not empty, at most 1024 bytes, and no address with credentials',
    needs: 'reserved',
    async test({ lab, expect }) {
      const { finding } = await lab.showQr();
      const bytes = Buffer.byteLength(finding.text);
      expect(bytes, 'length of the payload').toBeAtLeast(1, 'bytes');
      expect(bytes, 'length of the payload').toBeAtMost(1024, 'bytes');
      const credentials =
        /^[a-z][a-z0-9+.-]*:\/\/[^/\s]*@/i.test(finding.text) ||
        /[?&](user|name|pass|pwd|password)=/i.test(finding.text);
      expect(credentials, 'the payload is an address with credentials').toBe(false);
    },
  }),
  requirement({
    id: 'CR24',
    title: 'The payload holds neither password, nor address, nor code, in any simple encoding',
    needs: 'reserved',
    async test({ lab, admin, address, expect }) {
      const { code, qr } = await lab.obtainCode(address);
      for (const [what, secret] of [
        ['the admin password', admin.password],
        ['the reserved address', address],
        ['the name before the @', address.split('@')[0] ?? ''],
        ['the code', code],
      ] as const) {
        expect(formsFound(qr.text, secret), `forms in which ${what} stands in the payload`).toHaveLength(0);
      }
    },
  }),
  requirement({
    id: 'CR25',
    title: 'Two recorders show different payloads',
    needs: 'reserved',
    with: ['partner'],
    async test({ lab, partner, expect }) {
      const { finding } = await lab.showQr();
      const other = await partner.qrPayload();
      expect(other === finding.text, 'the other recorder shows the same payload').toBe(false);
    },
  }),
];
