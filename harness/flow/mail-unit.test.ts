import t from 'tap';
import { namedIn } from './mail-unit.ts';

const UNIT = { model: 'DS-7616NI-K2', serialNumber: 'DS-7616NI-K21620190416CCRR123456789WCVU' };
const told = (text: string, unit = UNIT, html?: string) => namedIn({ subject: 'Code', text, html }, unit);

t.test(
  'a mail for this recorder is known by its masked or whole serial number, or by its model',
  async (t) => {
    for (const text of [
      'the password of DS-7616NI-K2 (S/N ***6789).',
      'Serial No.: DS-76***********9WCVU',
      'Seriennummer: *****9WCVU',
      'numer seryjny ••••6789',
      'Device 12*****89 wants a code',
      'S/N 1234*****',
      `S/N ${UNIT.serialNumber}`,
      'Ihr Rekorder DS-7616NI-K2 möchte',
    ])
      t.equal(told(text), 'this', text);
    t.equal(told('see below', UNIT, '<p>DS-7616NI-K2 (S/N <b>***6789</b>)</p>'), 'this', 'in the HTML part');
    const odd = { model: 'DS-7108HGHI-K1(R)', serialNumber: 'DS-7108HGHI-K1(R)0820200601CCWR000111222' };
    t.equal(told('of DS-7108HGHI-K1(R) today', odd), 'this');
  },
);

t.test('a mail for another recorder, also for one of the same model', async (t) => {
  for (const text of [
    'the password of DS-7616NI-K2 (S/N ***1234).',
    'Serial No.: DS-76***********1WCVU',
    'Numéro de série : ***0000',
    'the password of DS-7732NI-M4.',
    'your DS-7616NI-K2B is waiting',
  ])
    t.equal(told(text), 'another', text);
});

t.test('what decides nothing names nobody', async (t) => {
  for (const text of [
    'Your verification code:\n\n    K7MPQ2XW',
    'Your code: **K7MPQ2XW**',
    'For the account o***r@lab.example',
    'The phone 138****1234 asked for it',
    '*** do not answer ***',
    '',
  ])
    t.equal(told(text), 'nobody', text);
  t.equal(
    told('DS-9999XX-1', { model: 'Recorder', serialNumber: 'A1B2C3' }),
    'nobody',
    'models of another shape',
  );
});

t.test('both names: it is for this recorder too', async (t) => {
  t.equal(told('S/N ***1234 and S/N ***6789'), 'this');
});

t.test('long words take no time', async (t) => {
  for (const piece of ['a', '*a', '* ', 'S/N ', '<'])
    t.ok(
      ['this', 'another', 'nobody'].includes(told(piece.repeat(60_000), UNIT, piece.repeat(60_000))),
      piece,
    );
});
