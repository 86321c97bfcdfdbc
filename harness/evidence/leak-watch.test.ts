import t from 'tap';
import { leaksIn, type Printed } from './leak-watch.ts';
import { createRedactor } from './redactor.ts';

const SECRETS = {
  code: 'k7Wq2xZ9',
  password: 'Harbour/77+x',
  address: 'owner@lab.example',
  secret: 'RB1:AAECAwQFBgcICQ+/xyz==',
} as const;
const redactor = createRedactor();
for (const kind of ['code', 'password', 'address', 'secret'] as const) redactor.add(kind, SECRETS[kind]);

const hexOf = (text: string) => [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0'));
const wide = (text: string) => Buffer.from(text, 'utf16le');
/** What a console shows of bytes. */
const shown = (bytes: Buffer) => new TextDecoder().decode(bytes);

/** The forms in which a log may hold a text. */
function formsOf(text: string): Readonly<Record<string, string>> {
  const base = (before: string) => Buffer.from(`${before}${text}!?`).toString('base64');
  return {
    raw: text,
    'base64, alignment 0': base(''),
    'base64, alignment 1': base('x'),
    'base64, alignment 2': base('xy'),
    'base64 in lines': base('0123456789').replace(/.{7}/g, '$&\r\n'),
    'base64 of UTF-16': wide(`a${text}`).toString('base64'),
    hex: hexOf(text).join(''),
    'hex, capitals': hexOf(text).join('').toUpperCase(),
    'hex dump': hexOf(text).join(' '),
    'hex with colons': hexOf(text).join(':'),
    'C array': hexOf(text)
      .map((byte) => `0x${byte}`)
      .join(', '),
    'hex of UTF-16': wide(text).toString('hex'),
    percent: hexOf(text)
      .map((byte) => `%${byte}`)
      .join(''),
    'quoted-printable': hexOf(text)
      .map((byte) => `=${byte.toUpperCase()}`)
      .join(''),
    'quoted-printable, broken': `${text.slice(0, 3)}=\r\n${text.slice(3)}`,
    'UTF-16, low bytes first': shown(wide(text)),
    'UTF-16, high bytes first': shown(wide(text).swap16()),
    'UTF-16 in JSON': JSON.stringify(shown(wide(text))).slice(1, -1),
  };
}

t.test('each secret is found in each form, wherever it is cut into two pieces', async (t) => {
  for (const [kind, secret] of Object.entries(SECRETS))
    for (const [form, text] of Object.entries(formsOf(secret))) {
      const whole = `[0.6] log: <${text}>\r\n`;
      const missed: number[] = [];
      for (let cut = 0; cut <= whole.length; cut += kind === 'code' ? 1 : 7) {
        const pieces = [
          { at: 10, text: whole.slice(0, cut) },
          { at: 20, text: whole.slice(cut) },
        ];
        if (!leaksIn(pieces, [redactor]).some(({ label }) => label === `[${kind} 1]`)) missed.push(cut);
      }
      t.same(missed, [], `${kind}, ${form}`);
    }
});

t.test('a leak has the time of the piece in which it begins', async (t) => {
  const printed: Printed[] = [...`log ${SECRETS.code}\r\n`].map((text, at) => ({ at, text }));
  t.same(leaksIn(printed, [redactor]), [{ label: '[code 1]', at: 4 }]);
  const payloads = createRedactor();
  payloads.add('secret', 'payload-of-the-qr');
  const more = [...printed, { at: 99, text: 'payload-of-the-qr' }];
  t.same(
    leaksIn(more, [payloads, redactor]).map(({ at }) => at),
    [4, 99],
    'in the order of their times, of all that know secrets',
  );
  t.same(leaksIn([], [redactor]), []);
});

t.test('nothing is pieced together across a gap', async (t) => {
  for (const text of Object.values(formsOf(SECRETS.code))) {
    const printed = [
      { at: 0, text: text.slice(0, text.length / 2) },
      { at: 1, text: '\n[5 ms were not heard]\n', missedMs: 5 },
      { at: 2, text: text.slice(text.length / 2) },
    ];
    t.same(leaksIn(printed, [redactor]), []);
  }
});

t.test('a log without secrets gives no alarm', async (t) => {
  const log = Array.from(
    { length: 3000 },
    (_, at) => `[${at}.5] eth0: 44:19:b6:0${at % 10} 0x${at} link up\r\n`,
  );
  t.same(leaksIn([{ at: 0, text: log.join('') }], [redactor]), []);
});
