import t from 'tap';
import type { PasswordFact } from '../../../harness/safety/candidates.ts';
import {
  drawInstants,
  drawRecoverInstants,
  enteredBy,
  newLengths,
  type Phase,
  phaseOf,
  STAGES,
} from './instants.ts';

const [FIRST, NEW] = ['the first one', 'a new one'];
/** The journal of a whole run; line n is written at the nth second. */
const WHOLE: readonly PasswordFact[] = [
  { kind: 'first', user: 'admin', password: FIRST, seq: 1, at: 1000 },
  { kind: 'intended', user: 'admin', password: NEW, seq: 2, at: 2000 },
  { kind: 'keyed', of: 2, seq: 3, at: 3000 },
  { kind: 'confirmed', of: 2, by: 'screen', seq: 4, at: 4000 },
  { kind: 'intended', user: 'admin', password: FIRST, seq: 5, at: 5000 },
  { kind: 'keyed', of: 5, seq: 6, at: 6000 },
  { kind: 'confirmed', of: 5, by: 'http', seq: 7, at: 7000 },
  { kind: 'ended', seq: 8, at: 8000 },
];

t.test('instants are the same for the same seed, and others for another', async (t) => {
  t.strictSame(drawInstants(20, 1), drawInstants(20, 1));
  t.notSame(drawInstants(20, 1), drawInstants(20, 2));
});

t.test('of recover a fifth as many are drawn, before and after each line that it adds', async (t) => {
  const drawn = drawRecoverInstants(50, 1);
  t.equal(drawn.length, 10);
  for (const lines of [0, 1, 2, 3, 4]) t.equal(drawn.filter((one) => one.lines === lines).length, 2);
  t.ok(drawn.every(({ share }) => share >= 0 && share < 1));
  t.equal(drawRecoverInstants(1, 1).length, 1);
});

t.test('each stage gets as many instants, spread over all of its length', async (t) => {
  const drawn = drawInstants(70, 3);
  for (const stage of STAGES) {
    const shares = drawn.filter((one) => one.stage === stage).map(({ share }) => share);
    t.strictSame(
      shares.sort((a, b) => a - b).map((share) => Math.floor(share * 10)),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      stage,
    );
  }
});

t.test(
  'a series of any length has so many instants, and a short one those of the critical window',
  async (t) => {
    for (const count of [1, 6, 7, 12, 300]) t.equal(drawInstants(count, 1).length, count);
    t.strictSame(
      drawInstants(4, 1)
        .map(({ stage }) => stage)
        .sort(),
      ['kept', 'keyed', 'restoring', 'taken'],
    );
  },
);

t.test('the journal tells when a run came to its stages', async (t) => {
  t.strictSame(
    [...enteredBy(WHOLE, FIRST)],
    [
      ['begun', 1000],
      ['kept', 2000],
      ['keyed', 3000],
      ['taken', 4000],
      ['restoring', 5000],
      ['ended', 8000],
    ],
  );
  t.equal(enteredBy([], FIRST).size, 0);
});

t.test('where a kill fell: the recorder decides, then the journal', async (t) => {
  const phase = (lines: number, holdsFirst: boolean): Phase =>
    phaseOf(enteredBy(WHOLE.slice(0, lines), FIRST), holdsFirst);
  t.equal(phase(0, true), 'before');
  t.equal(phase(1, true), 'begun');
  t.equal(phase(2, true), 'kept');
  t.equal(phase(3, true), 'kept', 'keyed in, and not yet saved');
  t.equal(phase(3, false), 'changed', 'saved, and the harness had not seen it');
  t.equal(phase(4, false), 'changed');
  t.equal(phase(6, false), 'changed');
  t.equal(phase(6, true), 'restored');
  t.equal(phase(8, true), 'restored');
});

t.test('lengths are the median of those stages that were seen whole', async (t) => {
  const lengths = newLengths();
  t.equal(lengths.of('kept'), 0, 'nothing was seen');
  for (const ms of [10, 900, 30])
    lengths.add(
      new Map([
        ['start', 0],
        ['begun', 500],
        ['kept', 500 + ms],
      ]),
    );
  t.equal(lengths.of('start'), 500);
  t.equal(lengths.of('begun'), 30);
  t.equal(lengths.of('kept'), 0, 'a kill cut it');
  lengths.add(new Map([['ended', 100]]), 350);
  t.equal(lengths.of('ended'), 250, 'the end of the process ends the last one');
});
