import t from 'tap';
import { withoutChromium } from '../../../harness/bench/drivers/display/chromium.fixture.ts';
import { BENCH_FAULTS, chosen, playBench } from './faults.bench.ts';
import { PRODUCT_FAULTS, playProduct } from './product.ts';
import { figuresOf, matrixHtml, matrixLines } from './table.ts';

t.setTimeout(900_000);
const skip = withoutChromium();
/** Faults of each kind. */
const SAMPLE = { sample: 6, seed: 5 };
/** A drawing whose cases are short ones: all defects are proved in `npm test` besides. */
const SHORT = { sample: 2, seed: 8 };

t.test('each fault has a name of its own, and there are 40 of each kind at least', async (t) => {
  for (const faults of [BENCH_FAULTS, PRODUCT_FAULTS]) {
    t.ok(faults.length >= 40, `${faults.length}`);
    t.equal(new Set(faults.map(({ id }) => id)).size, faults.length);
  }
});

t.test('a drawing is the same for the same seed', async (t) => {
  const drawn = chosen(BENCH_FAULTS, SAMPLE);
  t.equal(drawn.length, SAMPLE.sample);
  t.same(drawn, chosen(BENCH_FAULTS, SAMPLE));
  t.notSame(drawn, chosen(BENCH_FAULTS, { ...SAMPLE, seed: 6 }));
  t.same(
    chosen(BENCH_FAULTS, { only: 'pdu-l*, kvm-gone' }).map(({ id }) => id),
    ['pdu-lies', 'kvm-gone'],
  );
});

t.test('what is wrong stands out in both tables', async (t) => {
  const told = { port: 'power', what: 'It is <stuck>', when: 'case', verdict: 'fail', domain: 'product' };
  const said = { facts: 'f', cure: 'c', milliseconds: 1 };
  const bench = [{ id: 'stuck', ...told, ...said, right: false, wrong: 'expected error bench' }];
  const matrix = { bench, product: [] };
  t.match(matrixLines(matrix).join('\n'), /stuck +fail, product +WRONG: expected error bench/);
  t.match(matrixHtml(matrix), /class="wrong".*It is &lt;stuck&gt;/);
  t.same(figuresOf(matrix), { bench_faults: 1, bench_right: 0, product_faults: 0, product_right: 0 });
});

t.test("a sample of faults of the bench is not the recorder's", { skip }, async (t) => {
  const said: string[] = [];
  const faults = chosen(BENCH_FAULTS, SAMPLE);
  const results = await playBench(faults, (line) => said.push(line));
  t.ok(results.length > 0);
  for (const { id, missing } of faults) {
    const result = results.find((one) => one.id === id);
    if (result === undefined) t.pass(id, { skip: missing() || 'not played' });
    else t.ok(result.right, result.right ? id : `${id}\n${said.join('\n')}`);
  }
});

t.test(
  'an outlet that lies about what it switches is found out by the way cases cut',
  { skip },
  async (t) => {
    const said: string[] = [];
    const results = await playBench(chosen(BENCH_FAULTS, { only: 'pdu-lies' }), (line) => said.push(line));
    t.match(results, [{ verdict: 'error', domain: 'bench', right: true }], said.join('\n'));
  },
);

t.test('a sample of faults of recorders is theirs', { skip }, async (t) => {
  const said: string[] = [];
  const results = await playProduct(chosen(PRODUCT_FAULTS, SHORT), (line) => said.push(line));
  t.equal(results.length, 2);
  for (const { id, right } of results) t.ok(right, right ? id : `${id}\n${said.join('\n')}`);
});
