import { simpleParser } from 'mailparser';
import { createTransport } from 'nodemailer';
import t from 'tap';
import { HOUSE_BRAND } from '../brand/brand.ts';
import { codeMail } from './mail.ts';
import { MAIL_WORDS } from './mail-texts.ts';
import { type Rewriting, rewrite } from './rewrite.ts';

const CODE = 'K7MPQ2XW';
const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

/** The code mail in a language, rewritten; its bytes (one character a byte), and what a reader sees. */
async function rewritten(language: 'en' | 'de' | 'pl' | 'fr' | 'es', how: Rewriting) {
  const letter = {
    serialNumber: 'DS-7616NI-K21620190416CCRR123456789WCVU',
    address: 'owner@lab.example',
    code: CODE,
    sealedAt: 0,
    language,
    model: 'DS-7616NI-K2',
  };
  const { message } = await composer.sendMail(
    codeMail(letter, { id: 'one', date: new Date(0) }, HOUSE_BRAND),
  );
  const bytes = rewrite(message as Buffer, how);
  const mail = await simpleParser(bytes);
  return { raw: bytes.toString('latin1'), text: mail.text ?? '', html: mail.html || '', mail };
}

t.test('what is not asked for stays as it was', async (t) => {
  const plain = await rewritten('pl', {});
  const same = await rewritten('pl', { htmlOnly: false });
  t.equal(
    same.raw.replace(/--_NmP-[\w-]+|boundary="[^"]*"/g, ''),
    plain.raw.replace(/--_NmP-[\w-]+|boundary="[^"]*"/g, ''),
  );
  t.match(plain.text, MAIL_WORDS.pl.codeIs);
});

t.test('soft line breaks tear the code in every part, and readers put it together', async (t) => {
  for (const language of ['en', 'de', 'pl'] as const) {
    const { raw, text, html } = await rewritten(language, { broken: CODE });
    t.equal(raw.match(/K7M=\r\nPQ2=\r\nXW/g)?.length, 2, 'text and HTML');
    t.notMatch(raw, CODE);
    t.match(raw, /Content-Transfer-Encoding: quoted-printable/);
    t.ok(raw.split('\r\n').every((line) => line.length <= 78));
    t.match(text, new RegExp(`^\\s*${CODE}\\s*$`, 'm'));
    t.match(text, MAIL_WORDS[language].life);
    t.match(html, `>${CODE}<`);
  }
});

t.test('a legacy charset is declared and used', async (t) => {
  const polish = await rewritten('pl', { charset: { declared: 'windows-1250', used: 'windows-1250' } });
  t.match(polish.raw, /charset=windows-1250\r\nContent-Transfer-Encoding: 8bit/);
  t.match(polish.raw, 'has\xb3a urz\xb9dzenia', 'one byte a letter');
  t.match(polish.text, 'zresetowanie hasła administratora urządzenia');
  const german = await rewritten('de', {
    charset: { declared: 'iso-8859-1', used: 'iso-8859-1' },
    broken: CODE,
  });
  t.match(german.raw, /Pr=FCfcode/);
  t.match(german.text, /Ihr Prüfcode:/);
});

t.test('a wrong charset spoils the letters and leaves the code', async (t) => {
  for (const charset of [
    { declared: 'windows-1250', used: 'utf-8' },
    { declared: 'utf-8', used: 'iso-8859-1' },
    { declared: 'x-unknown', used: 'iso-8859-1' },
  ]) {
    const { text } = await rewritten('de', { charset });
    t.notMatch(text, 'Prüfcode');
    t.match(text, new RegExp(`^\\s*${CODE}\\s*$`, 'm'), charset.declared);
    t.match(text, 'DS-7616NI-K2 (S/N ***6789)');
  }
});

t.test('HTML only: one part, and its text holds the code on a line of its own', async (t) => {
  const { raw, text, mail } = await rewritten('fr', { htmlOnly: true, broken: CODE });
  t.notMatch(raw, 'multipart');
  t.notMatch(raw, 'text/plain');
  t.equal(raw.match(/^Content-Type:/gm)?.length, 1);
  t.match(mail.subject, 'mot de passe');
  t.match(text, new RegExp(`^\\s*${CODE}\\s*$`, 'm'));
});

t.test('headers as spam filters leave them, another date, another Message-ID', async (t) => {
  const { mail, raw } = await rewritten('es', {
    spam: true,
    date: new Date(Date.UTC(2020, 1, 3, 4, 5, 6)),
    messageId: '<two@mail.example>',
  });
  t.equal(mail.subject, `[SPAM] ${MAIL_WORDS.es.subject}`);
  t.match(raw, /^X-Spam-Flag: YES\r$/m);
  t.match(raw, /^X-Spam-Status: Yes, score=/m);
  t.equal(mail.date?.toISOString(), '2020-02-03T04:05:06.000Z');
  t.match(raw, /^Date: Mon, 03 Feb 2020 04:05:06 \+0000\r$/m);
  t.equal(mail.messageId, '<two@mail.example>');
});
