import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { chromium } from 'playwright';
import t from 'tap';
import { withoutChromium } from '../../bench/drivers/display/chromium.fixture.ts';
import { findChromium } from '../../bench/drivers/display/chromium.ts';
import type { AttemptRecord, EvidenceRef } from '../../terms/record.ts';
import { sampleRun } from '../sample.ts';
import { writeReports } from '../write.ts';
import { spanLine, timelineOf } from './timeline.ts';

const AT = 1_800_000_000_000;

function piece(kind: EvidenceRef['kind'], after: number, more: Partial<EvidenceRef> = {}): EvidenceRef {
  const sha256 = `${kind.length}${after}`.padEnd(64, '0');
  return { sha256, ext: kind === 'frame' ? 'png' : 'txt', kind, title: kind, at: AT + after, ...more };
}

const exchange = piece('http', 3000);
const mail = piece('mail', 5000);
const attempt: AttemptRecord = {
  verdict: 'fail',
  at: AT,
  milliseconds: 7900,
  steps: [
    { title: 'Log in', at: AT, milliseconds: 2000, evidence: [piece('frame', 1000), piece('frame', 2000)] },
    { title: 'HTTP GET /x', at: AT + 2000, milliseconds: 1000, evidence: [exchange] },
    { title: 'Take the mail', at: AT + 4000, milliseconds: 1000, evidence: [mail] },
    {
      title: 'Serial console meanwhile',
      at: AT + 7900,
      milliseconds: 0,
      evidence: [piece('serial', 7900, { from: AT + 4000 })],
    },
  ],
  expectations: [
    { title: 'a', verdict: 'pass', at: AT + 3100, expected: 'x', seen: 'x', evidence: [{ ...exchange }] },
    { title: 'b', verdict: 'fail', at: AT + 6000, expected: 'x', seen: 'y', evidence: [{ ...mail }] },
    { title: 'c', verdict: 'pass', at: AT + 6500, expected: 'x', seen: 'x', evidence: [] },
  ],
  measurements: [],
};

t.test('each kind has a lane of its own, with all of it at its time and as long as it took', async (t) => {
  const drawn = timelineOf(attempt)?.text ?? '';
  const lanes = [...drawn.matchAll(/<span>(\w+) <b>(\d+)<\/b><\/span><svg[^>]*>(.*?)<\/svg>/g)].map(
    ([, name, count, paths]) => [
      name,
      Number(count),
      [...(paths ?? '').matchAll(/d="([^"]*)"/g)].map(([, d]) => d),
    ],
  );
  // Eight seconds are 996 wide.
  t.same(lanes, [
    ['Steps', 4, ['M0 7h249M249 7h125M498 7h125M984 7h4']],
    ['Screens', 2, ['M125 7h4M249 7h4']],
    ['Mail', 1, ['M623 7h4']],
    ['HTTP', 1, ['M249 7h125']],
    ['Serial', 1, ['M498 7h486']],
    ['Expected', 3, ['M386 7h4M809 7h4', 'M747 7h4']],
  ]);
  t.match(drawn, /<path data-s="fail" d="M747 7h4"/);
  t.match(drawn, /<rect data-band="0" x="249" width="137"/);
  t.same(
    [...drawn.matchAll(/<span>([\d.]+ s)<\/span>/g)].map(([, text]) => text),
    ['0 s', '2 s', '4 s', '6 s'],
  );
});

t.test(
  'an expectation tells from when to when its evidence came about, and what else did meanwhile',
  async (t) => {
    const told = attempt.expectations.map((one) => spanLine(one, attempt).text.replace(/<[^>]*>/g, ''));
    t.same(told, [
      'evidence +2.00 s to +3.10 s: 1 screen, 1 HTTP exchangeOn the time line',
      'evidence +5.00 s to +6.00 s: 1 piece of mail, 1 serial transcriptOn the time line',
      'evidence +4.00 s to +6.50 s: 1 piece of mail, 1 serial transcriptOn the time line',
    ]);
  },
);

t.test(
  'an attempt that left nothing has no time line, and times that cannot be stay within it',
  async (t) => {
    t.equal(timelineOf({ ...attempt, steps: [], expectations: [] }), undefined);
    const odd = {
      ...attempt,
      milliseconds: 0,
      steps: [{ title: 'x', at: AT - 5000, milliseconds: -3, evidence: [] }],
    };
    for (const [, x, width] of (timelineOf(odd)?.text ?? '').matchAll(/M(-?\d+) 7h(-?\d+)/g)) {
      t.ok(Number(x) >= 0);
      t.ok(Number(width) > 0 && Number(x) + Number(width) <= 1000);
    }
  },
);

t.test('in a browser', { skip: withoutChromium() }, async (t) => {
  const folder = t.testdir({});
  const { record, evidence } = await sampleRun({ duts: 3, requirements: 20, frames: 3 });
  await mkdir(join(folder, 'evidence'));
  for (const [name, bytes] of evidence) await writeFile(join(folder, 'evidence', name), bytes);
  await writeReports(folder, record);
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  t.teardown(() => browser.close());
  const shown = record.cases.find(
    ({ verdict, attempts }) => verdict === 'fail' && attempts[0]?.expectations.length,
  );
  const page = await browser.newPage({ viewport: { width: 1366, height: 800 } });
  const open = `${pathToFileURL(join(folder, 'index.html')).href}#${shown?.dut}/${shown?.requirement}`;

  await t.test(
    'a stretch is shown for one expectation at a time, and a click finds what went on',
    async (t) => {
      await page.goto(open);
      const button = page.locator('#case [data-show-band]').first();
      await button.click();
      t.equal(await button.getAttribute('aria-pressed'), 'true');
      t.equal(await page.locator('#case .tl-bands .on').getAttribute('data-band'), '0');
      await button.click();
      t.equal(await button.getAttribute('aria-pressed'), 'false');
      t.equal(await page.locator('#case .tl-bands .on').count(), 0);
      await page
        .locator('#case .tl-lane svg')
        .first()
        .click({ position: { x: 1, y: 5 } });
      t.equal(await page.locator('#case .line > .found').count(), 1);
      t.match(await page.locator('#case .line > .found .t').textContent(), /^\+0\.\d s$/);
    },
  );

  await t.test(
    'axe finds nothing: page, opened case and large screen, light and dark, wide and on a phone',
    async (t) => {
      for (const colorScheme of ['light', 'dark'] as const)
        for (const [width, height] of [[1366, 800] as const, [390, 844] as const]) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize({ width, height });
          await page.goto('about:blank');
          await page.goto(open.slice(0, open.indexOf('#')));
          await page.evaluate(axe.source);
          t.same(await violations(), [], `the page, ${colorScheme}, ${width}`);
          await page.evaluate((hash) => location.assign(hash), open.slice(open.indexOf('#')));
          await page.locator('#case .tl').waitFor();
          t.same(await violations(), [], `a case, ${colorScheme}, ${width}`);
          await page.locator('#case [data-shot]').first().click();
          await page.locator('#light[open]').waitFor();
          t.same(await violations(), [], `a large screen, ${colorScheme}, ${width}`);
        }
    },
  );

  function violations(): Promise<readonly string[]> {
    return page.evaluate(async () => {
      const { violations: found } = await (window as unknown as { axe: typeof axe }).axe.run();
      return found.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map(({ html }) => html)
            .slice(0, 3)
            .join(' | ')}`,
      );
    });
  }
});
