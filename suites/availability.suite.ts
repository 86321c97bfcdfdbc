// Availability and set-up of the reserved email: CR01 to CR16.
import { type CaseContext, requirement } from '../harness/kit/case.ts';
import { randomCode } from '../harness/kit/fresh.ts';
import { addUser } from '../harness/kit/steps.ts';
import { sameFirmware } from '../harness/kit/version.ts';

const WRONG = 'Wrong-Key-77';
/** How long an operator may take to install a firmware, ms. */
const UPGRADE_MS = 12 * 60_000;

/** Whether the reset dialog offers the email method, from the login screen. */
async function offered({ owner, gui }: CaseContext): Promise<boolean> {
  const reading = await owner.forgotPassword();
  await gui.photograph('What Forgot Password leads to');
  const offers = owner.offersEmail(reading);
  if (gui.screens.message(reading) !== undefined) await owner.closeMessages();
  else await owner.cancel();
  return offers;
}

/** The address as the reset dialog shows it; what the recorder says instead where it does not offer that way. */
async function shownInReset({ owner, gui }: CaseContext): Promise<string> {
  const methods = await owner.forgotPassword();
  if (!owner.offersEmail(methods)) {
    const told = await owner.closeMessages();
    return told.map(({ text }) => text).join(' ') || 'another way than the reserved email';
  }
  await owner.acceptDisclaimer(await owner.chooseEmail(methods));
  return owner.valueBeside(gui.label('reservedEmail'));
}

/** Asks for a code: the codes of the mail that comes to this address in time; undefined where none does. */
async function mailed(
  { lab, profile }: CaseContext,
  address: string,
): Promise<readonly string[] | undefined> {
  const { finding } = await lab.showQr();
  const known = await lab.known(address);
  await lab.scan(finding.text);
  const mail = await lab.mailWithin(address, { known, timeoutMs: profile.mailWithinSeconds * 1000 });
  return mail === undefined ? undefined : lab.codesIn(mail);
}

export const cases = [
  requirement({
    id: 'CR01',
    title: 'The reset dialog offers Verify by Reserved Email, and HTTP does not deny it',
    needs: 'reserved',
    async test(context) {
      const { expect, http, admin } = context;
      expect(await offered(context), 'Verify by Reserved Email is offered').toBe(true);
      expect(await http.supportsSecurityEmail(admin), 'isSupportSecurityEmail over HTTP').notToBe(false);
    },
  }),
  requirement({
    id: 'CR02',
    title: 'Below the threshold neither the wizard nor the reset dialog knows the reserved email',
    needs: 'inactive',
    async test(context) {
      const { owner, gui, expect, freshPassword, changed } = context;
      const { value: wizard } = await gui.until('the activation wizard', (r) => gui.screens.activation(r));
      expect(wizard.reserve, 'the checkbox Reserved Email Settings').toBe(undefined);
      const password = freshPassword();
      const outcome = await owner.activate(password, undefined);
      expect(outcome.accepted, 'the activation without it').toBe(true);
      changed({ password });
      await owner.finishWizard();
      expect(await offered(context), 'Verify by Reserved Email is offered').toBe(false);
    },
  }),
  requirement({
    id: 'CR03',
    title: 'deviceInfo and the information page of the GUI name the same firmware',
    needs: 'active',
    async test({ owner, gui, http, admin, expect, measure, dut, sadpIfThere }) {
      const info = await http.deviceInfo(admin);
      const told = info?.firmwareVersion ?? '';
      await owner.toMenu(admin.user, admin.password);
      const shown = await owner.infoValue(gui.label('firmwareVersion'));
      measure('firmware over HTTP', `${told} ${info?.firmwareReleasedDate ?? ''}`.trim(), '');
      measure('firmware on the screen', shown, '');
      expect(sameFirmware(told, shown), 'the same version over HTTP and on the screen').toBe(true);
      expect(sameFirmware(told, dut.firmware), 'the version that the inventory names').toBe(true);
      const found = await sadpIfThere?.inquire({ timeoutMs: 5000 });
      if (found === undefined) return;
      const announced = /^V\d+\.\d+\.\d+/.exec(found.fields.SoftwareVersion ?? '')?.[0] ?? '';
      measure('firmware over SADP', found.fields.SoftwareVersion ?? 'not told', '');
      expect(sameFirmware(told, announced), 'the same version over HTTP and SADP').toBe(true);
    },
  }),
  requirement({
    id: 'CR04',
    title: 'The wizard has the checkbox Reserved Email Settings; ticking it leads to an email field',
    needs: 'inactive',
    async test({ owner, gui, expect, looksAsApproved, freshPassword, freshAddress, changed }) {
      const { value: wizard } = await gui.until('the activation wizard', (r) => gui.screens.activation(r));
      expect(wizard.reserve?.kind, 'the control Reserved Email Settings').toBe('checkbox');
      await looksAsApproved('activation');
      const password = freshPassword();
      const address = freshAddress('wizard');
      const outcome = await owner.activate(password, address);
      expect(outcome.accepted, `the address is asked for and taken (${outcome.message})`).toBe(true);
      changed({ password, address });
      await owner.finishWizard();
      const reading = await owner.forgotPassword();
      await gui.photograph('The methods');
      expect(owner.offersEmail(reading), 'Verify by Reserved Email is offered after it').toBe(true);
    },
  }),
  requirement({
    id: 'CR05',
    title: 'Activated without the checkbox, the recorder does not offer the email method, nor after a reboot',
    needs: 'inactive',
    async test(context) {
      const { owner, http, admin, expect, freshPassword, changed, step, rebooted } = context;
      const password = freshPassword();
      const outcome = await owner.activate(password, undefined);
      expect(outcome.accepted, 'the activation').toBe(true);
      changed({ password });
      await owner.finishWizard();
      expect(await offered(context), 'Verify by Reserved Email is offered').toBe(false);
      await step('Reboot over HTTP', async () => {
        expect((await http.reboot({ ...admin, password })).status, 'the answer to the reboot').toBe(200);
        await rebooted();
      });
      expect(await offered(context), 'Verify by Reserved Email is offered after a reboot').toBe(false);
    },
  }),
  requirement({
    id: 'CR06',
    title: 'A recorder that is not activated offers no password reset, on the screen or over HTTP',
    needs: 'inactive',
    async test({ gui, http, profile, expect }) {
      await gui.until('the activation wizard', (r) => gui.screens.activation(r));
      const { after } = await gui.poke('Right click, to leave the wizard', async () =>
        gui.rightClickOn(await gui.look()),
      );
      expect(gui.screens.forgot(after), 'the link Forgot Password').toBe(undefined);
      expect((await http.emailQrCode()).payload, 'a reset QR over HTTP').toBe(undefined);
      const answer = await http.emailCertification(randomCode(profile.codeLength), 'Other-Key-66');
      expect(answer.status, 'the answer to a code over HTTP').toBeOneOf([400, 401, 403, 404, 405, 501, 503]);
      expect(await http.activated(), 'the recorder is activated now').toBe(false);
    },
  }),
  requirement({
    id: 'CR07',
    title: 'An active recorder takes the address in the user menu of its GUI generation',
    needs: 'active',
    async test(context) {
      const { owner, admin, expect, freshAddress, changed } = context;
      const address = freshAddress('menu');
      await owner.toMenu(admin.user, admin.password);
      const outcome = await owner.reserveEmail(admin.password, address);
      expect(outcome.accepted, 'the address is taken').toBe(true);
      changed({ address });
      expect(await offered(context), 'Verify by Reserved Email is offered after it').toBe(true);
    },
  }),
  requirement({
    id: 'CR08',
    title: 'The field for the address does not open without the admin password',
    needs: 'reserved',
    async test({ owner, gui, admin, expect }) {
      await owner.toMenu(admin.user, admin.password);
      await owner.toReservedEmail();
      for (const time of ['first', 'second']) {
        const outcome = await owner.authorise('');
        expect(outcome.accepted, `an empty admin password is accepted the ${time} time`).toBe(false);
        expect(gui.screens.email(await gui.look()), 'the field for the address').toBe(undefined);
      }
      const right = await owner.authorise(admin.password);
      expect(right.accepted, 'the right admin password is accepted').toBe(true);
    },
  }),
  requirement({
    id: 'CR09',
    title: 'A wrong admin password there counts towards the lock and changes nothing',
    needs: 'reserved',
    locks: ['login'],
    async test(context) {
      const { owner, admin, address, expect, profile, measure } = context;
      await owner.toMenu(admin.user, admin.password);
      await owner.toReservedEmail();
      const said: string[] = [];
      for (let count = 0; count < profile.loginLock.tries; count += 1) {
        const outcome = await owner.authorise(`${WRONG}${count}`);
        expect(outcome.accepted, `wrong admin password number ${count + 1} is accepted`).toBe(false);
        said.push(outcome.message);
        // Where the recorder tells the tries left, two are enough.
        if (count === 1 && falls(said[0], said[1])) break;
      }
      measure('wrong admin passwords tried', said.length, '');
      if (falls(said[0], said[1])) expect(said[1], 'the second refusal leaves fewer tries').notToBe(said[0]);
      else {
        const locked = await owner.authorise(admin.password);
        expect(locked.accepted, 'the right password is accepted during the lock').toBe(false);
        return;
      }
      const right = await owner.authorise(admin.password);
      expect(right.accepted, 'the right admin password is accepted').toBe(true);
      expect(await owner.allText(), 'the address shown').notToContain(address);
      await owner.finishWizard();
      const shown = await shownInReset(context);
      expect(matchesMask(shown, address), `the masked address still fits (${shown})`).toBe(true);
    },
  }),
  requirement({
    id: 'CR10',
    title: 'An operator can neither see nor change the reserved email',
    needs: 'reserved',
    async test(context) {
      const { owner, gui, http, address, expect } = context;
      const operator = await addUser(context, 'Operator');
      const name = address.split('@')[0] ?? '';
      const read = await http.emailParameter(operator);
      expect(read.status, 'email/parameter as operator').toBeOneOf([401, 403]);
      expect(read.body, 'the answer to the operator').notToContain(name);
      await owner.toMenu(operator.user, operator.password);
      const opened = await owner.toReservedEmail().then(
        () => true,
        () => false,
      );
      await gui.photograph('How far an operator comes');
      const asked = await gui.look();
      const told = gui.screens.message(asked) !== undefined;
      const field = gui.screens.email(asked) !== undefined;
      const password = asked.items.some((item) => item.kind === 'field' && item.concealed === true);
      const texts = [await owner.allText()];
      if (told) {
        await owner.closeMessages();
        await gui.photograph('What is behind the refusal');
        texts.push(await owner.allText());
      }
      expect(texts.join('\n'), 'texts that an operator sees').notToContain(name);
      expect(!told && (field || password), `the way to the address is open to an operator (${opened})`).toBe(
        false,
      );
    },
  }),
  requirement({
    id: 'CR11',
    title: 'Malformed addresses are refused with a message; one of 128 bytes and a tagged one get the mail',
    needs: 'active',
    long: true,
    async test(context) {
      const { owner, admin, mailbox, expect, freshAddress, changed, step } = context;
      const domain = freshAddress().split('@')[1] ?? '';
      // One that no other recorder of the run has: its mails must be this one's.
      const local = (freshAddress('long').split('@')[0] ?? '').padEnd(64, 'm').slice(0, 64);
      const long = `${local}@${'d'.repeat(128 - 64 - 2 - domain.length)}.${domain}`;
      const tagged = freshAddress('plus').replace('@', '+tag@');
      await owner.toMenu(admin.user, admin.password);
      await owner.toReservedEmail();
      const permission = await owner.authorise(admin.password);
      expect(permission.accepted, 'the admin password is accepted').toBe(true);
      await owner.openEmailField();
      for (const [what, bad] of [
        ['without @', `nobody.${domain}`],
        ['without a domain', 'nobody@'],
        ['with a blank inside', `no body@${domain}`],
        ['with two @', `no@body@${domain}`],
        ['of 129 bytes', `m${long}`],
      ] as const) {
        const outcome = await owner.enterEmail(bad);
        expect(outcome.accepted, `an address ${what} is accepted`).toBe(false);
        expect(outcome.message, `the message about an address ${what}`).notToBe('');
      }
      expect(Buffer.byteLength(long), 'bytes of the long address').toBe(128);
      const saved = await owner.enterEmail(long);
      expect(saved.accepted, 'the address of 128 bytes is accepted').toBe(true);
      changed({ address: long });
      expect((await mailed(context, long)) !== undefined, 'a mail came to exactly this address').toBe(true);
      await step('Change to a tagged address', async () => {
        await owner.cancel();
        await owner.toMenu(admin.user, admin.password);
        const changedTo = await owner.reserveEmail(admin.password, tagged);
        expect(changedTo.accepted, 'the tagged address is accepted').toBe(true);
        changed({ address: tagged });
      });
      const codes = await mailed(context, tagged);
      expect(codes !== undefined, 'a mail came to exactly the tagged address').toBe(true);
      const elsewhere = (await mailbox.listAll()).filter(
        ({ text, envelopeTo }) =>
          codes?.some((code) => text.includes(code)) && envelopeTo.some((to) => to !== tagged),
      );
      expect(elsewhere, 'mails with that code to any other address').toHaveLength(0);
    },
  }),
  requirement({
    id: 'CR12',
    title: 'After saving, the address is shown masked in the menu and in the reset dialog',
    needs: 'reserved',
    async test(context) {
      const { owner, admin, address, expect } = context;
      const name = address.split('@')[0] ?? '';
      await owner.toMenu(admin.user, admin.password);
      await owner.toReservedEmail();
      await owner.authorise(admin.password);
      expect(await owner.allText(), 'texts of the user menu').notToContain(name);
      await owner.openEmailField();
      expect(await owner.allText(), 'texts of the dialog for the address').notToContain(name);
      await owner.finishWizard();
      await owner.openReset();
      const texts = await owner.allText();
      expect(texts, 'texts of the reset dialog').notToContain(name);
      expect(texts, 'a masked address in the reset dialog').toMatch(/\S\*+\S*@\S+/);
    },
  }),
  requirement({
    id: 'CR13',
    title: 'The reserved email survives a reboot and a power cut',
    needs: 'reserved',
    with: ['power'],
    async test(context) {
      const { owner, http, admin, cutPower, expect, rebooted, step } = context;
      const before = await shownInReset(context);
      await owner.cancel();
      await step('Reboot over HTTP', async () => {
        expect((await http.reboot(admin)).status, 'the answer to the reboot').toBe(200);
        await rebooted();
      });
      expect(await shownInReset(context), 'the masked address after the reboot').toBe(before);
      await step('Cut the power', () => cutPower());
      expect(await shownInReset(context), 'the masked address after the power cut').toBe(before);
    },
  }),
  requirement({
    id: 'CR14',
    title: 'A full factory reset clears the reserved email; what a basic restore does is reported',
    needs: 'reserved',
    async test(context) {
      const { owner, http, admin, expect, measure, changed, freshPassword, rebooted, step } = context;
      await step('Restore the basic settings', async () => {
        expect((await http.factoryReset(admin, 'basic')).status, 'the answer to the restore').toBe(200);
        await rebooted();
      });
      measure('the reserved email after a basic restore', (await offered(context)) ? 'kept' : 'gone', '');
      await step('Reset to factory settings', async () => {
        expect((await http.factoryReset(admin, 'full')).status, 'the answer to the reset').toBe(200);
        await rebooted();
      });
      changed({ password: undefined, address: undefined });
      expect(await http.activated(), 'the recorder is activated after the full reset').toBe(false);
      const password = freshPassword();
      const outcome = await owner.activate(password, undefined);
      expect(outcome.accepted, 'the activation').toBe(true);
      changed({ password });
      await owner.finishWizard();
      expect(await offered(context), 'Verify by Reserved Email is offered after the full reset').toBe(false);
    },
  }),
  requirement({
    id: 'CR15',
    title: 'A firmware upgrade keeps the address and the admin account',
    needs: 'reserved',
    with: ['operator'],
    needsHardware: 'twins take no firmware files',
    async test(context) {
      const { http, admin, ask, expect, booted } = context;
      const before = await shownInReset(context);
      const firmware = (await http.deviceInfo(admin))?.firmwareVersion;
      await ask(
        {
          id: 'install-firmware',
          title: `Install another firmware of the same generation; now it is ${firmware}.`,
          steps: ['Restore no settings.', 'Answer when the recorder has started again.'],
          kind: 'options',
          options: [
            { value: 'installed', label: 'It is installed' },
            { value: 'impossible', label: 'It cannot be installed', unable: true },
          ],
        },
        UPGRADE_MS,
      );
      await booted();
      const after = (await http.deviceInfo(admin))?.firmwareVersion;
      expect(after === firmware, `the firmware is still ${firmware}`).toBe(false);
      expect(await shownInReset(context), 'the masked address after the upgrade').toBe(before);
      expect((await http.userCheck(admin)).http, 'userCheck of admin after the upgrade').toBe(200);
    },
  }),
  requirement({
    id: 'CR16',
    title: 'isSupportSecurityEmail, where HTTP has it, agrees with the user menu',
    needs: 'active',
    async test({ owner, http, admin, expect, measure }) {
      const node = await http.supportsSecurityEmail(admin);
      measure('isSupportSecurityEmail', node === undefined ? 'absent' : String(node), '');
      await owner.toMenu(admin.user, admin.password);
      const place = await owner.hasReservedEmailPlace(admin.password);
      expect(node === undefined || node === place, `the node agrees with the menu (${place})`).toBe(true);
    },
  }),
];

/** Whether the last number of a text is lower in the second: tries left. */
function falls(first: string | undefined, second: string | undefined): boolean {
  const number = (text: string | undefined) => Number(/(\d+)(?!.*\d)/.exec(text ?? '')?.[1] ?? Number.NaN);
  return number(second) < number(first);
}

/** Whether a masked address can be the mask of an address: what is not hidden stands where it must. */
function matchesMask(shown: string, address: string): boolean {
  const [name = '', domain = ''] = address.split('@');
  const mask = /(\S*?)\*+(\S*?)@(\S+)/.exec(shown);
  if (mask === null) return false;
  const [, head = '', tail = '', host = ''] = mask;
  const fits = host.includes('*') || host === domain;
  return name.startsWith(head) && name.endsWith(tail) && fits;
}
