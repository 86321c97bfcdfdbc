import t from 'tap';
import { codesIn } from './mail-code.ts';

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
