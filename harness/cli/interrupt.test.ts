import t from 'tap';
import { HarnessError } from '../terms/error.ts';
import { EXIT } from './args.ts';
import { interruptible } from './interrupt.ts';

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  t.test(`${signal} ends what is under way, and the process when it comes again`, async (t) => {
    const before = process.listenerCount(signal);
    const exits = t.capture(process, 'exit', () => undefined as never);
    let told = 0;
    {
      using stop = interruptible('the walk', () => {
        told += 1;
      });
      t.notOk(stop.signal.aborted);
      process.emit(signal);
      t.ok(stop.signal.aborted);
      t.ok(stop.signal.reason instanceof HarnessError);
      t.match(stop.signal.reason, { code: 'INTERRUPTED', message: /the walk was interrupted/ });
      t.same([told, exits().length], [1, 0]);
      stop.now();
      t.match(exits(), [{ args: [EXIT.interrupted] }]);
      t.equal(told, 1);
    }
    t.equal(process.listenerCount(signal), before, 'and nothing of it is left');
  });
