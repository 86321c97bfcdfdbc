// What `npm run bench:report` measures, small: that each figure is one, and is of what it says.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { withoutChromium } from '../../../harness/bench/drivers/display/chromium.fixture.ts';
import { generateRuns } from './generate.ts';
import { measureReports } from './report.bench.ts';
import { measureTampering } from './tampering.bench.ts';
import { measureHistory, served } from './views.ts';

t.setTimeout(120_000);
const SMALL = { runs: 4, duts: 2, requirements: 6, frames: 1, tamperings: 12 };

t.test('history and tampering', async (t) => {
  const said: string[] = [];
  const figures = await measureReports({
    ...SMALL,
    only: ['history', 'tampering'],
    say: (line) => said.push(line),
  });
  t.same(Object.keys(figures), [
    'index_per_second',
    'first_view_ms',
    'filter_ms',
    'tampered',
    'tamper_found',
  ]);
  t.match(figures, { tampered: 12, tamper_found: 12 });
  for (const [id, value] of Object.entries(figures)) t.ok(value > 0, id);
  t.match(said.join('\n'), 'a history of 4 runs with 48 results');
});

t.test('rendering, and opening in a browser', { skip: withoutChromium() }, async (t) => {
  const figures = await measureReports({ ...SMALL, only: ['render'] });
  t.same(Object.keys(figures), ['render_seconds', 'open_ms', 'report_mb']);
  for (const [id, value] of Object.entries(figures)) t.ok(value > 0, id);
});

t.test('every kind of filter is asked, of whatever answers', async (t) => {
  const folder = t.testdir({});
  await generateRuns(folder, { runs: 2, duts: 1, requirements: 3 });
  const asked: string[] = [];
  const figures = await measureHistory(folder, {
    times: 2,
    open: async (reports) => {
      const pages = await served(reports);
      return {
        async page(path) {
          asked.push(path);
          const text = await pages.page(path);
          t.match(text, /<main/, path);
          return text;
        },
        [Symbol.asyncDispose]: () => pages[Symbol.asyncDispose](),
      };
    },
  });
  t.equal(figures.results, 6);
  t.same(new Set(['/', ...Object.keys(figures.filters)]), new Set(asked));
  t.equal(asked.length, 2 * (1 + Object.keys(figures.filters).length));
  const words = new Set(asked.flatMap((path) => [...new URL(path, 'http://x').searchParams.keys()]));
  t.same([...words].sort(), ['dut', 'firmware', 'night', 'since', 'state', 'text', 'until', 'verdict']);
  const empty = t.testdir({});
  await t.rejects(measureHistory(empty), { message: /holds no run/ });
});

t.test('all kinds of tampering are tried, and a folder of its own is used', async (t) => {
  const folder = t.testdir({});
  t.match(await measureTampering(folder, 6, 7), { tampered: 6, found: 6, missed: [] });
  t.same((await readdir(folder)).sort(), ['lab.key', 'lab.key.pub', 'run']);
  t.ok((await readdir(join(folder, 'run'))).includes('attestation.intoto.jsonl'));
  await t.rejects(measureReports({ ...SMALL, only: ['nothing'] }), { message: /^no part "nothing"/ });
});
