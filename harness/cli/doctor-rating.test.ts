import t from 'tap';
import { ratingLines } from './doctor-rating.ts';

t.test('a rating hides no cause: what a bench lacks, and what of it must be mended besides', async (t) => {
  const [, ...rest] = ratingLines('shelf', [
    { requirement: 'CR13', is: 'unfit', absent: ['power'], broken: ['http'] },
    { requirement: 'CR52', is: 'unfit', absent: ['power'], broken: [] },
    { requirement: 'CR79', is: 'unfit', absent: [], broken: ['http', 'serial'] },
  ]);
  t.same(
    rest.map((line) => line.trim()),
    [
      'this bench has no switch that cuts its power; http must be mended: CR13',
      'this bench has no switch that cuts its power: CR52',
      'http, serial must be mended: CR79',
    ],
  );
});
