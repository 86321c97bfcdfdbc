import { randomBytes } from 'node:crypto';
import t from 'tap';
import { ExpectationFailed, expectInto, type Finding } from './expect.ts';
import { formsFound, hiddenForms } from './forms.ts';
import { randomCode, randomPassword } from './fresh.ts';
import { longestGap } from './gaps.ts';
import { heardSince } from './heard.ts';
import { sameFirmware } from './version.ts';

t.test('every expectation is reported, and ends the case where it does not hold', async (t) => {
  const findings: Finding[] = [];
  const expect = expectInto((finding) => findings.push(finding));
  const holds: readonly (() => void)[] = [
    () => expect(1, 'a').toBe(1),
    () => expect(1, 'a').notToBe(2),
    () => expect('abc', 'a').toMatch(/b/),
    () => expect('abc', 'a').notToMatch(/x/),
    () => expect('abc', 'a').toContain('bc'),
    () => expect('abc', 'a').notToContain('x'),
    () => expect(['x'], 'a').toHaveLength(1),
    () => expect('four', 'a').toHaveLength(4),
    () => expect(3, 'a').toBeAtMost(3, 's'),
    () => expect(3, 'a').toBeAtLeast(3, 's'),
    () => expect(401, 'a').toBeOneOf([400, 401]),
  ];
  const fails: readonly (() => void)[] = [
    () => expect(1, 'a').toBe('1'),
    () => expect(Number.NaN, 'a').notToBe(Number.NaN),
    () => expect('abc', 'a').toMatch(/x/),
    () => expect('abc', 'a').notToMatch(/b/),
    () => expect('abc', 'a').toContain('x'),
    () => expect('abc', 'a').notToContain('b'),
    () => expect(undefined, 'a').toHaveLength(0),
    () => expect(3.1, 'a').toBeAtMost(3, 's'),
    () => expect('9', 'a').toBeAtLeast(3, 's'),
    () => expect(200, 'a').toBeOneOf([400, 401]),
  ];
  for (const one of holds) t.doesNotThrow(one);
  t.equal(findings.filter(({ ok }) => ok).length, holds.length);
  for (const one of fails) t.throws(one, ExpectationFailed);
  t.equal(findings.length, holds.length + fails.length, 'what fails is reported before it is thrown');
  t.match(findings.at(-3), { expected: 'at most 3 s', seen: '3.1 s' });
  const box = { x: 1, y: 2, width: 3, height: 4 };
  const screen = { code: { kind: 'field', text: '', box }, next: { kind: 'button', text: 'Next', box } };
  t.throws(() => expect(screen, 'the dialog').toBe(undefined), ExpectationFailed);
  t.match(findings.at(-1), { seen: '{"code":"field","next":"button Next"}' }, 'items by name, not by place');
});

t.test('a secret is found in whatever form it hides', async (t) => {
  for (let round = 0; round < 60; round += 1) {
    const secret = randomPassword(8 + (round % 9));
    for (const before of ['', 'x', 'xy', 'xyz']) {
      const hidden = Buffer.from(`${before}${secret}, and more`).toString('base64');
      t.not(formsFound(`payload ${hidden}`, secret).length, 0, `base64 behind ${before.length}`);
    }
    for (const { form, text } of hiddenForms(secret))
      t.not(formsFound(`<< ${text} >>`, secret).length, 0, form);
    t.not(formsFound(Buffer.from(`key=${secret}`).toString('hex'), secret).length, 0, 'inside hex');
  }
});

t.test('a secret is found in the forms of consoles and mails', async (t) => {
  const secret = 'Pass/77+ word';
  const hex = [...Buffer.from(secret)].map((byte) => byte.toString(16).padStart(2, '0'));
  const wide = Buffer.from(secret, 'utf16le');
  for (const [form, text] of Object.entries({
    'UTF-16': wide.toString('latin1'),
    'hex with separators': hex.join(' '),
    'hex of UTF-16': wide.toString('hex'),
    'percent-encoded': hex.map((byte) => `%${byte}`).join(''),
    'quoted-printable': `=50ass/7=\r\n7+=20word`,
    'Base64 in lines': Buffer.from(`---${secret}---`).toString('base64').replace(/.{5}/g, '$&\r\n'),
  }))
    t.same(formsFound(`log: ${text};`, secret), [form]);
});

t.test('a console of which a part was not heard proves nothing', async (t) => {
  const chunks = [
    { at: 0, text: 'before' },
    { at: 1, text: 'one ' },
    { at: 2, text: 'two' },
  ];
  t.equal(heardSince({ transcript: () => chunks }, 1), 'one two');
  const gap = { at: 3, text: '[gap]', missedMs: 12.4 };
  t.throws(() => heardSince({ transcript: () => [...chunks, gap] }, 1), {
    code: 'PORT_CLOSED',
    domain: 'bench',
    message: /12 ms/,
  });
  t.equal(heardSince({ transcript: () => [gap, ...chunks] }, 1), 'beforeone two');
});

t.test('texts without the secret give no alarm', async (t) => {
  for (let round = 0; round < 200; round += 1)
    t.same(formsFound(randomBytes(300).toString(round % 2 === 0 ? 'base64' : 'hex'), randomPassword(12)), []);
  t.same(formsFound('anything', ''), []);
});

t.test('fresh passwords obey every rule that recorders have', async (t) => {
  const seen = new Set<string>();
  for (let round = 0; round < 3000; round += 1) {
    const length = 8 + (round % 9);
    const password = randomPassword(length);
    seen.add(password);
    const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((one) => one.test(password)).length;
    const good = password.length === length && classes >= 3 && !/(.)\1|admin|user|123/i.test(password);
    if (!good) t.fail(`${length} characters asked, ${classes} classes in one that breaks a rule`);
  }
  t.ok(seen.size > 2990, 'hardly any comes twice');
  t.match(randomPassword(8, 1), /^[a-z]{8}$/);
  t.match(randomCode(8), /^[A-Z2-9]{8}$/);
});

t.test('one version written in two ways is the same', async (t) => {
  t.equal(sameFirmware('V4.21.000', 'V4.21.0 build 190416'), true);
  t.equal(sameFirmware('V4.21.000', 'V4.21.001'), false);
  t.equal(sameFirmware('V4.21.000', 'unknown'), undefined);
});

t.test('the longest gap between recordings, at either end too', async (t) => {
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
  const gap = (...spans: readonly (readonly [number, number])[]) =>
    longestGap(
      spans.map(([from, to]) => ({ from: at(from), to: at(to) })),
      at(10),
      at(50),
    );
  t.equal(gap(), 40, 'nothing recorded');
  t.equal(gap([0, 60]), 0, 'all of it');
  t.equal(gap([10, 30], [30, 50]), 0, 'one after the other');
  t.equal(gap([20, 30], [35, 50]), 10, 'at the beginning');
  t.equal(gap([35, 44], [0, 30]), 6, 'at the end, in any order');
  t.equal(gap([0, 40], [20, 25], [47, 60]), 7, 'one inside another');
  t.equal(gap([0, 5], [55, 60]), 40, 'all beyond it');
});
