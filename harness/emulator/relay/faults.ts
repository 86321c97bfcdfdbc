import type { SendMailOptions } from 'nodemailer';
import type { Letter } from '../../wire/seal.ts';
import type { Brand } from '../brand/brand.ts';
import type { Defects } from '../defects.ts';
import { codeMail } from './mail.ts';

/** The mails that a scan leads to: one, but for what the unit's defects make of it. */
export function faultyMails(
  letter: Letter,
  stamp: { readonly id: string; readonly date: Date },
  { defects, brand }: { readonly defects: Defects; readonly brand: Brand },
): readonly SendMailOptions[] {
  if (defects.has('mail-never-sent')) return [];
  const shown = defects.has('mail-with-code-of-7') ? { ...letter, code: letter.code.slice(0, -1) } : letter;
  const mail = codeMail(shown, stamp, brand);
  const text = String(mail.text);
  const copy = {
    ...mail,
    to: 'support@device-service.example',
    messageId: `<copy-${String(mail.messageId).slice(1)}`,
  };
  const serial = `\n\nS/N ${letter.serialNumber}`;
  const sent = {
    ...mail,
    ...(defects.has('mail-with-two-codes') && { text: `${text}\n\n    QW34ER56\n` }),
    ...(defects.has('mail-with-whole-serial-number') && { text: text + serial }),
    ...(defects.has('mail-with-serial-number-in-header') && {
      headers: { 'X-Device': letter.serialNumber, 'Auto-Submitted': 'auto-generated' },
    }),
    ...(defects.has('mail-from-another-domain') && { from: 'no-reply@elsewhere.example' }),
    ...(defects.has('mail-from-its-own-recipient') && { from: letter.address }),
    ...(defects.has('mail-with-hidden-copy') && { bcc: 'archive@device-service.example' }),
  };
  return defects.has('mail-copied-to-support') ? [sent, copy] : [sent];
}
