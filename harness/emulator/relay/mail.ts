import type { SendMailOptions } from 'nodemailer';
import type { Letter } from '../../wire/seal.ts';
import type { Brand } from '../brand/brand.ts';
import { escapeXml } from '../http/xml.ts';
import { MAIL_WORDS, type MailWords } from './mail-texts.ts';

const HOUSE_WORDS: Readonly<Record<string, MailWords>> = MAIL_WORDS;

/** Model, and the serial number's last four digits: enough to tell units apart. */
export function maskSerial(letter: Pick<Letter, 'serialNumber' | 'model'>): string {
  const digits = letter.serialNumber.replace(/\D/g, '').slice(-4);
  return `${letter.model} (S/N ***${digits})`;
}

/**
 * The mail with the code: text and HTML, in the recorder's language, from its maker's service. In each part the code stands alone, on a line or
 * in an element of its own, and nothing else of that shape does.
 */
export function codeMail(
  letter: Letter,
  stamp: { readonly id: string; readonly date: Date },
  { service, mail }: Pick<Brand, 'service' | 'mail'>,
): SendMailOptions {
  const words = { ...MAIL_WORDS.en, ...HOUSE_WORDS[letter.language], ...mail[letter.language] };
  const asked = words.asked.replace('{unit}', maskSerial(letter));
  const text = [
    words.greeting,
    asked,
    `${words.codeIs}\n\n    ${letter.code}`,
    `${words.how}\n${words.life}`,
    words.notYou,
    `${words.closing}\n${service.name}`,
    `--\n${words.automatic}`,
  ].join('\n\n');
  const paragraph = (content: string) => `<p style="margin:0 0 16px">${escapeXml(content)}</p>`;
  const html = `<!DOCTYPE html>
<html lang="${letter.language}">
<head><meta charset="utf-8"><title>${escapeXml(words.subject)}</title></head>
<body style="margin:0;background:#f3f4f6;font-family:Arial,Helvetica,sans-serif;font-size:15px;color:#1f2937">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px">
<table role="presentation" width="560" cellpadding="0" cellspacing="0" style="background:#fff;border-radius:6px">
<tr><td style="padding:32px">
${paragraph(words.greeting)}
${paragraph(asked)}
${paragraph(words.codeIs)}
<p style="margin:0 0 16px;padding:14px;background:#eef2f7;text-align:center;font:bold 24px Consolas,monospace;letter-spacing:4px">${letter.code}</p>
${paragraph(words.how)}
${paragraph(words.life)}
${paragraph(words.notYou)}
${paragraph(words.closing)}
${paragraph(service.name)}
<p style="margin:0;font-size:12px;color:#6b7280">${escapeXml(words.automatic)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
  return {
    from: { name: service.name, address: service.sender },
    to: letter.address,
    subject: words.subject,
    messageId: `<${stamp.id}@mail.${service.sender.split('@')[1]}>`,
    date: stamp.date,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': letter.language },
    text,
    html,
  };
}
