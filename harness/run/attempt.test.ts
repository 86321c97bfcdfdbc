import t from 'tap';
import { timedText } from './attempt.ts';

t.test('each line of a console has the time at which it began, however it came', async (t) => {
  const heard = [
    { at: 1250, text: '[ 1.0] boot\n[ 1.2] st' },
    { at: 1900, text: 'ill boot' },
    { at: 2000, text: 'ing\n\nlogin: ' },
    { at: 3000, text: '(nothing was heard for 500 ms)\n', missedMs: 500 },
  ];
  t.equal(
    timedText(heard, 1000),
    [
      '+0.250 s  [ 1.0] boot',
      '+0.250 s  [ 1.2] still booting',
      '+1.000 s  ',
      '+1.000 s  login: (nothing was heard for 500 ms)',
      '',
    ].join('\n'),
  );
  t.equal(timedText([], 1000), '');
});
