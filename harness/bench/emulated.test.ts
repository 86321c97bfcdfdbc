import t from 'tap';
import { copyId, originalOf } from './emulated.ts';

t.test('a copy is known by the DUT that it is one of', async (t) => {
  for (const copy of [1, 2, 12]) t.equal(originalOf(copyId('nvr-at', copy)), 'nvr-at');
  t.equal(new Set([1, 2, 12].map((copy) => copyId('nvr-at', copy))).size, 3);
});
