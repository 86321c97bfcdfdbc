import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import { paceOf } from './pace.ts';

const display = () => fakeDisplay({ clock: handClock(), width: 640, height: 480 });

t.test('a display that has been slow is waited for three times as long as it took, by every GUI', (t) => {
  const slow = display();
  const pace = paceOf(slow);
  t.equal(pace.patience(1500), 1500);
  pace.answered(900);
  pace.answered(200);
  t.equal(pace.longest(), 900);
  t.equal(pace.patience(1500), 2700);
  t.equal(paceOf(slow).patience(1500), 2700);
  t.equal(paceOf(display()).patience(1500), 1500);
  t.end();
});

t.test('what took longer than any display takes is not its pace', (t) => {
  const pace = paceOf(display());
  pace.answered(3001);
  t.equal(pace.longest(), 0);
  t.end();
});
