import t from 'tap';
import type { SequenceRecord } from '../terms/proof.ts';
import { lotsOf } from './lots.ts';

const drew = (drawn: number, seed: number, found = false): SequenceRecord => ({
  defect: 'lock-does-nothing',
  dut: 'door-1',
  seed,
  drawn,
  played: drawn,
  moves: 2 * drawn,
  ...(found ? { violation: { moves: [], facts: 'it opens' } } : {}),
  undecided: [],
  milliseconds: 100,
});

t.test(
  'what is drawn until a defect is found is dealt out, the first lots of all defects first',
  async (t) => {
    const lots = lotsOf([
      { defect: 'a', runs: 25, seed: 1 },
      { defect: 'b', runs: 10, seed: 2 },
      { runs: 40, seed: 3 },
    ]);
    t.same(
      lots.map(({ defect, runs, seed }) => [defect, runs, seed]),
      [
        ['a', 10, 1],
        ['b', 10, 2],
        [undefined, 40, 3],
        ['a', 10, 10_001],
        ['a', 5, 20_001],
      ],
    );
    t.same(lotsOf([]), []);
    t.equal(
      lotsOf([{ defect: 'a', runs: 25, seed: 1, moves: ['knock'] }]).length,
      1,
      'what is named is played once',
    );
  },
);

t.test('the lots of a defect are told of once: when it is found, or when none has found it', async (t) => {
  const [first, second, third] = lotsOf([{ defect: 'a', runs: 30, seed: 1 }]);
  t.equal(first?.done(drew(10, 1)), undefined);
  t.equal(second?.enough(), false);
  t.match(second?.done(drew(4, 10_001, true)), { drawn: 14, moves: 28, seed: 10_001, milliseconds: 200 });
  t.equal(third?.enough(), true);
  t.equal(third?.done(drew(0, 20_001)), undefined);
  const [one, two] = lotsOf([{ defect: 'a', runs: 20, seed: 1 }]);
  t.equal(one?.done(drew(10, 1)), undefined);
  t.match(two?.done(drew(10, 10_001)), { drawn: 20, violation: undefined });
});
