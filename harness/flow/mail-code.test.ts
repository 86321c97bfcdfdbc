import t from 'tap';
import { candidatesOf, codesIn, codesOf, refusedCodes } from './mail-code.ts';

t.test('the code is found where mails put it', async (t) => {
  for (const [mail, code] of [
    [
      'Your verification code for resetting the password is:\n\n    AB12CD34\n\nIt holds for 48 hours.',
      'AB12CD34',
    ],
    ['Verification Code: k7Qm2xZ9', 'k7Qm2xZ9'],
    ['Ihr Bestätigungscode lautet:\r\n\r\n7HGF3K2M\r\n', '7HGF3K2M'],
    ['Votre code de vérification : 5KD8PLM2', '5KD8PLM2'],
    ['**QWERTZUI**', 'QWERTZUI'],
    ['验证码:AB12CD34', 'AB12CD34'],
    ['> 12345678', '12345678'],
  ] as const)
    t.same(codesIn(mail, 8), [code], mail.slice(0, 40));
});

t.test('words, dates, numbers and addresses of other lengths are no codes', async (t) => {
  for (const text of [
    'Security\nPassword\npassword',
    'Date: 2026-11-23',
    'Serial No.: DS-7616NI-K20123456789',
    'owner123@lab.resetbench.example',
    'This AB12CD34 stands inside a sentence.',
    'Code: AB12CD3\nCode: AB12CD345',
  ])
    t.same(codesIn(text, 8), [], text);
});

t.test('two words that could be the code are both told, one written twice once', async (t) => {
  t.same(codesIn('AB12CD34\nEF56GH78', 8), ['AB12CD34', 'EF56GH78']);
  t.same(codesIn('AB12CD34\nCode: AB12CD34', 8), ['AB12CD34']);
  t.same(codesIn('AB12CD', 6), ['AB12CD']);
});

const TEMPLATES = [
  'Your verification code: {code}',
  'Votre code de vérification : {code}',
  'Ihr Freischaltcode lautet: {code}',
  '验证码为 {code} ，请',
  'Code {code} is valid',
];
const read = (text: string, html?: string) => codesOf({ text, html }, { length: 8, templates: TEMPLATES });

t.test('a template finds the code where it does not stand alone, or not alone there', async (t) => {
  for (const [text, code] of [
    ['Ticket: 20261125\nYour verification code: AB12CD34, valid for two days.', 'AB12CD34'],
    ['EF56GH78\n\nYour verification\n  code:\n\n    ab12cd34\n', 'ab12cd34'],
    ['Votre code de v\u00e9rification\u00a0: **5KD8PLM2**. Merci', '5KD8PLM2'],
    ['IHR FREISCHALTCODE LAUTET: \u201e7HGF3K2M\u201c und gilt zwei Tage', '7HGF3K2M'],
    ['\u9a8c\u8bc1\u7801\u4e3a AB12CD34 \uff0c\u8bf7\u5728', 'AB12CD34'],
    ['Code QWERTZUI is valid until 12:30', 'QWERTZUI'],
  ] as const)
    t.same(read(text), [code], text);
});

t.test('without a template that fits, exactly the word that stands alone is the code', async (t) => {
  t.same(read('Der Code\n\nAB12CD34\n'), ['AB12CD34']);
  t.same(read('Your verification code: is below\n\nAB12CD34\n'), ['AB12CD34']);
  t.same(read('Your verification code: AB12CD345'), [], 'a longer word is no code');
  t.same(read('Your verification code: password'), [], 'nor is a word of a language');
});

t.test('several that may be it are refused, and told without giving them away', async (t) => {
  const mail = { text: 'One\nAB12CD34\nTwo\nEF56GH78\n', html: undefined };
  const codes = codesOf(mail, { length: 8 });
  t.same(codes, ['AB12CD34', 'EF56GH78']);
  const told = refusedCodes(mail, codes);
  t.match(told, /2 words .*\(A\*{6}4 in line 2, E\*{6}8 in line 4\); expected one/);
  t.notMatch(told, /AB12|EF56/);
  t.match(refusedCodes(mail, []), /no word that looks like a code/);
  const led = { text: 'Your verification code: AB12CD34\nYour verification code: EF56GH78', html: undefined };
  t.same(codesOf(led, { length: 8, templates: TEMPLATES }).length, 2);
});

t.test('what a template settles does not hide that another word may be the code', async (t) => {
  const mail = { text: 'Your verification code: AB12CD34\n\nEF56GH78\n', html: undefined };
  const rules = { length: 8, templates: TEMPLATES };
  t.same(codesOf(mail, rules), ['AB12CD34']);
  t.same(candidatesOf(mail, rules), ['AB12CD34', 'EF56GH78']);
});

t.test('the HTML is read where the text has no code', async (t) => {
  const html =
    '<html><head><title>AB99CD99</title><style>.code::after { color: #A1B2C3D4 }</style></head><body>' +
    '<!-- AB88CD88 --><p>Hello&nbsp;<b>you</b></p><table><tr><td>Your verification&nbsp;code:</td>\r\n' +
    '<td class="ZZ77ZZ77">AB<span>12</span>CD&#51;&#x34;</td></tr></table><p>R&amp;D &lt;team&gt; &bogus; &#1114112;</p>';
  t.same(read('Please use a program that shows HTML.', html), ['AB12CD34']);
  t.same(codesOf({ text: '', html }, { length: 8 }), ['AB12CD34'], 'without a template too');
  t.same(read('XY98ZW76', html), ['AB12CD34'], 'a template is surer than standing alone');
});

t.test('long runs of anything in a mail take no time, and hide no code', async (t) => {
  const rules = { length: 8, templates: ['{code} is your code', 'Your code: {code}'] };
  for (const piece of [
    ' ',
    '<',
    '<p',
    '<!--',
    '<script',
    '*',
    ':',
    '|',
    'Your ',
    '"',
    '_ ',
    'a',
    '\n',
    '&',
  ]) {
    const long = piece.repeat(40_000);
    t.same(codesOf({ text: `Code: AB12CD34\n${long}x`, html: `${long}x` }, rules), ['AB12CD34'], piece);
    candidatesOf({ text: `${long}x`, html: `<b>${long}` }, rules);
  }
});

t.test('comments, scripts, styles and titles of HTML are not read', async (t) => {
  const html =
    '<title>ZZ11YY22</title><!-- XX33WW44 --><STYLE>\nVV55UU66\n</style ><script>\nTT77SS88\n</script\n><p>AB12CD34</p>';
  t.same(candidatesOf({ text: '', html }, { length: 8 }), ['AB12CD34']);
});
