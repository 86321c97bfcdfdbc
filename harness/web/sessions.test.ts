import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { openSessions } from './sessions.ts';

const SECRET = 'correct horse battery';
const HOUR = 3_600_000;

t.test(
  'a session is over after twelve hours in which nobody used it, or when its person ends it',
  async (t) => {
    const clock = handClock();
    const sessions = openSessions([SECRET, 'another-secret'], clock);
    const session = sessions.signIn('Ann', SECRET);
    const other = sessions.signIn('Bob', 'another-secret');
    if (typeof session === 'string' || typeof other === 'string') throw new Error('nobody could sign in');
    t.not(session.key, other.key);
    t.not(session.formToken, other.formToken);
    await clock.advance(11 * HOUR);
    t.equal(sessions.find(session.key), session);
    await clock.advance(11 * HOUR);
    t.equal(sessions.find(session.key), session, 'it was used meanwhile');
    t.equal(sessions.find(other.key), undefined);
    sessions.end(session);
    t.equal(sessions.find(session.key), undefined);
    t.equal(sessions.find(undefined), undefined);
  },
);

t.test('after ten wrong secrets none is looked at for a minute', async (t) => {
  const clock = handClock();
  const sessions = openSessions([SECRET], clock);
  for (let count = 0; count < 9; count += 1) t.equal(sessions.signIn('A', `${count}`), 'wrong');
  t.notOk(sessions.fits('guess'), 'a token of a program counts, too');
  t.equal(sessions.signIn('A', SECRET), 'wait');
  t.notOk(sessions.fits(SECRET));
  await clock.advance(60_000);
  t.type(sessions.signIn('A', SECRET), Object);
});
