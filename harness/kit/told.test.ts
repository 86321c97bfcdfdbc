import t from 'tap';
import { namesOne, toldSeconds } from './told.ts';

const english = { minute: ['min', 'minutes'], second: ['s', 'sec.'] };
const german = { minute: ['Min.', 'Minuten'], second: ['Sek.', 'Sekunden'] };

t.test('a time is read from a message in the words of its language', async (t) => {
  t.equal(toldSeconds('Too many attempts. Try again in 30 min.', english), 1800);
  t.equal(toldSeconds('The user is locked. Try again in 57 s.', english), 57);
  t.equal(toldSeconds('Locked for 1 min 5 s', english), 65);
  t.equal(toldSeconds('Gesperrt, noch 29 Minuten', german), 1740);
  t.equal(toldSeconds('Gesperrt (12 SEK.)', german), 12);
  t.equal(toldSeconds('5 attempts left', english), undefined, 'no unit begins with another word');
  t.equal(toldSeconds('3 sent, 4 minus', english), undefined);
  t.equal(toldSeconds('', german), undefined);
});

t.test('a word is found as a whole, whatever its case', async (t) => {
  t.equal(namesOne('Copy it to the connected Cameras?', ['camera', 'cameras']), true);
  t.equal(namesOne('Auf die IP-Kameras übertragen?', ['Kameras']), true);
  t.equal(namesOne('Reset Password: Start local', ['local']), true);
  t.equal(namesOne('a locality', ['local']), false);
  t.equal(namesOne('örtlicher', ['örtlich']), false);
  t.equal(namesOne('anything', []), false);
  t.equal(toldSeconds('5', { minute: [], second: [] }), undefined);
});
