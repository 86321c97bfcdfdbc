import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import t from 'tap';
import { withoutChromium } from '../bench/drivers/display/chromium.fixture.ts';
import { findChromium } from '../bench/drivers/display/chromium.ts';
import type { RunRecord } from '../terms/record.ts';
import { htmlOf } from './html.ts';
import { cellsOf, countStates, evidenceName } from './reading.ts';
import { HOSTILE, sampleRun } from './sample.ts';
import { writeEach, writeReports } from './write.ts';

const sample = await sampleRun({ duts: 6, requirements: 42, frames: 6 });
const { record } = sample;
const lost = record.cases[3]?.attempts[0]?.steps[0]?.evidence.find((ref) => ref.ext === 'txt');
const folder = t.testdir({});

t.before(async () => {
  await mkdir(join(folder, 'evidence'));
  for (const [name, bytes] of sample.evidence)
    if (lost === undefined || name !== evidenceName(lost))
      await writeFile(join(folder, 'evidence', name), bytes);
});

t.test('All reports are written, whole, with no temporary file left', async (t) => {
  const written = await writeReports(folder, record);
  t.strictSame(written, [
    { file: 'run.json' },
    { file: 'results.tap' },
    { file: 'junit.xml' },
    { file: 'ctrf.json' },
    { file: 'security.sarif' },
    { file: 'summary.md' },
    { file: 'report.pdf' },
    { file: 'index.html' },
  ]);
  t.strictSame(
    JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')),
    JSON.parse(JSON.stringify(record)),
  );
  t.strictSame((await readdir(folder)).sort(), [
    'ctrf.json',
    'evidence',
    'index.html',
    'junit.xml',
    'report.pdf',
    'results.tap',
    'run.json',
    'security.sarif',
    'summary.md',
  ]);
});

t.test(
  'What pixels came through stands with the recorder, and nothing where a document was read',
  async (t) => {
    const html = await htmlOf(record, { evidence: async () => new Uint8Array() });
    const told = html.match(/captured at [^<]*/g);
    t.same(told, [
      'captured at 1920x1080, JPEG 80, 4:2:0, limited range (16 to 235), noise 2.4, softness 0.6 px, 10 % of frames repeated',
    ]);
  },
);

t.test(
  'A report that cannot be made does not stop the others, and leaves the old file as it was',
  async (t) => {
    const place = t.testdir({ 'a.txt': 'old' });
    const fails = () => {
      throw new Error('no');
    };
    const written = await writeEach(place, [
      ['a.txt', fails],
      ['b.txt', () => 'new'],
    ]);
    t.match(written, [{ file: 'a.txt', error: { message: 'no' } }, { file: 'b.txt' }]);
    t.equal(await readFile(join(place, 'a.txt'), 'utf8'), 'old');
    t.equal(await readFile(join(place, 'b.txt'), 'utf8'), 'new');
  },
);

t.test('The page names nothing outside of itself but files beside it', async (t) => {
  const page = await readFile(join(folder, 'index.html'), 'utf8');
  const addresses = [...page.matchAll(/ (?:src|href|data-full|data-file|action)="([^"]*)"/g)].map(
    (match) => match[1] ?? '',
  );
  t.ok(addresses.length > 100);
  t.strictSame(
    addresses.filter(
      (one) =>
        !/^(#|data:|evidence\/[0-9a-f]{64}\.(png|txt|json|eml)$|run\.json$|results\.tap$|junit\.xml$|ctrf\.json$|security\.sarif$|report\.pdf$)/.test(
          one,
        ),
    ),
    [],
  );
  t.notOk(page.includes('<img src=x'), 'markup of the device is text');
  t.notOk(page.includes('\u202e'), 'no bidirectional overrides');
});

t.test('A record that points outside of evidence/ is shown as missing, and nothing is read', async (t) => {
  const wrong = JSON.parse(
    JSON.stringify(record).replaceAll(/"sha256":"[0-9a-f]{64}"/g, '"sha256":"../../etc/passwd"'),
  );
  const read: string[] = [];
  const page = await htmlOf(wrong, {
    evidence: async (ref) => {
      read.push(ref.sha256);
      return new Uint8Array();
    },
  });
  t.strictSame(read, []);
  t.notOk(page.includes('etc/passwd'));
  t.match(page, /Picture missing/);
});

t.test('Pictures beyond the limit are linked, those of cases that did not pass come first', async (t) => {
  const evidence = async (ref: Parameters<typeof evidenceName>[0]) =>
    sample.evidence.get(evidenceName(ref) ?? '') ?? new Uint8Array();
  const page = await htmlOf(record, {
    evidence,
    limits: { screens: 12, pictureBytes: 60_000, textLength: 1e6, oneText: 10 },
  });
  t.ok(page.length < 2_500_000);
  t.match(page, /data-file="evidence\//);
  const failing =
    page.slice(page.indexOf('<template id="case:hghi-f-at/CR40"')).split('</template>')[0] ?? '';
  t.match(failing, /img data-p="/);
  t.match(page, /Only the first 10 characters/);
});

t.test(
  'An empty run, a lone surrogate in a name and an unknown requirement make a page all the same',
  async (t) => {
    const evidence = async () => new Uint8Array();
    const none: RunRecord = {
      ...record,
      duts: [],
      requirements: [],
      cases: [],
      notRun: [],
      verdict: 'none',
      ended: 'complete',
    };
    t.match(await htmlOf(none, { evidence }), /No verdict/);
    const odd = {
      ...none,
      duts: record.duts.slice(0, 1).map((dut) => ({ ...dut, id: 'x\ud800"' })),
      notRun: [{ dut: 'x\ud800"', requirement: 'ZZ9', why: 'no-case' as const, reason: 'why' }],
    };
    t.match(await htmlOf(odd, { evidence }), /ZZ9/);
  },
);

t.test('In a browser, offline', { skip: withoutChromium() }, async (t) => {
  const browser: Browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  t.teardown(() => browser.close());
  const problems: string[] = [];
  const opened = async (width = 1366, height = 800): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width, height } });
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => /^(file|data):/.test(request.url()) || problems.push(request.url()));
    await page.goto(pathToFileURL(join(folder, 'index.html')).href);
    return page;
  };

  await t.test('the matrix has a field for each requirement on each DUT, named in words', async (t) => {
    const page = await opened();
    t.equal(await page.locator('a.c').count(), record.duts.length * record.requirements.length);
    t.equal(await page.getByRole('link', { name: 'CR40 on hghi-f-at: fail' }).count(), 1);
    t.match(await page.locator('.banner.cut').first().textContent(), /cut/);
    t.equal(
      await page.locator('#gaps li').count(),
      new Set(record.notRun.filter((one) => one.why === 'no-case').map((one) => one.requirement)).size,
    );
    await page.close();
  });

  await t.test('the filter shows only what fits, and gives all back', async (t) => {
    const page = await opened();
    const rows = page.locator('.matrix tr[data-req]:visible');
    await page.keyboard.press('/');
    await page.keyboard.type('cr40');
    t.equal(await rows.count(), 1);
    await page.locator('#clear').click();
    await page.waitForFunction(() => document.querySelectorAll('.matrix tr[data-req][hidden]').length === 0);
    await page.getByRole('button', { name: 'fail' }).click();
    const fails = countStates([...cellsOf(record).values()].flat()).fail;
    t.equal(await page.locator('a.c:not(.off):visible').count(), fails);
    t.equal(await page.locator('.attention > li:visible').count(), fails);
    await page.getByRole('combobox', { name: 'Recorder' }).selectOption('hghi-f-at');
    t.equal(await page.locator('a.c:visible').count(), 1);
    await page.close();
  });

  await t.test('a case opens with its failure first, its pictures, texts and QR', async (t) => {
    const page = await opened();
    await page.getByRole('link', { name: 'CR40 on hghi-f-at: fail' }).click();
    const dialog = page.locator('#case');
    await dialog.waitFor();
    t.match(
      await dialog.locator('.why').textContent(),
      /Expected[\s\S]*Wrong verification code\.[\s\S]*Seen[\s\S]*first part[\s\S]*product[\s\S]*What to do/,
    );
    const widths = await dialog.locator('img').evaluateAll((images) =>
      Promise.all(
        images.map(async (image) => {
          if (!(image instanceof HTMLImageElement)) return 0;
          await image.decode();
          return image.naturalWidth;
        }),
      ),
    );
    t.equal(widths.length, 7, 'six screens and a QR');
    t.ok(widths.every((width) => Number(width) > 100));
    await dialog.locator('summary', { hasText: 'Serial' }).click();
    t.ok(
      (await dialog.locator('pre[data-text]').nth(1).textContent())?.includes(
        '</script></template><img src=x',
      ),
    );
    await dialog.locator('[data-shot="3"]').click();
    await page.waitForFunction(() =>
      document.querySelector<HTMLImageElement>('#light-image')?.src.startsWith('file:'),
    );
    t.match(await page.locator('#light-caption').textContent(), /^3 of 6/);
    await page.keyboard.press('ArrowRight');
    t.match(await page.locator('#light-caption').textContent(), /^4 of 6/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    t.equal(await dialog.isVisible(), false);
    await page.close();
  });

  await t.test('needles are drawn on their screen and told in words, large and small', async (t) => {
    const page = await opened();
    await page.evaluate(() => location.assign('#nvr-below/CR01'));
    const shot = page.locator('#case .film > li').nth(2);
    await shot.locator('.needles').waitFor();
    t.match(
      await shot.locator('.needles').textContent(),
      [
        /1 needle matched: ok \(99\.3 %\)/,
        /Needle ok-red \(97\.1 %\) did worse than ok/,
        /Needle cancel missed: nearest at \d+,\d+, alike by 91\.3 % of the 96 % asked for/,
        /Needle export missed: .* 62 %/,
      ].reduce((whole, part) => new RegExp(`${whole.source}[\\s\\S]*${part.source}`)),
    );
    t.same(
      await shot.locator('.marks g').evaluateAll((all) => all.map((one) => one.getAttribute('data-n'))),
      ['matched', 'near', 'far'],
    );
    await shot.locator('[data-shot]').click();
    await page.locator('#light-marks .marks text', { hasText: 'cancel 91.3 %' }).waitFor();
    t.match(await page.locator('#light-caption').textContent(), /1 needle matched, missed: cancel, export$/);
    const offBy = await page.evaluate(() => {
      const [image, marks] = ['#light-image', '#light-marks svg'].map((one) =>
        document.querySelector(one)?.getBoundingClientRect(),
      );
      return (
        Math.abs((image?.width ?? 0) - (marks?.width ?? 9)) +
        Math.abs((image?.height ?? 0) - (marks?.height ?? 9))
      );
    });
    t.ok(offBy < 2, 'the marks lie over the picture');
    await page.keyboard.press('ArrowRight');
    t.equal(await page.locator('#light-marks .marks').count(), 0, 'the next screen has none');
    await page.close();
  });

  await t.test(
    'keys are enough: tab to the matrix, arrows, Enter, next case, Escape back to the field',
    async (t) => {
      const page = await opened();
      await page.locator('a.c').first().focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
      t.match(await page.locator(':focus').getAttribute('aria-label'), /^CR02 on hghi-f-below/);
      await page.keyboard.press('Enter');
      await page.locator('#case .crumbs', { hasText: 'CR02 on hghi-f-below' }).waitFor();
      await page.keyboard.press('ArrowRight');
      await page.locator('#case .crumbs', { hasText: 'CR02 on nvr-below' }).waitFor();
      await page.keyboard.press('Escape');
      await page.waitForFunction(() =>
        document.activeElement?.getAttribute('aria-label')?.startsWith('CR02 on nvr-below'),
      );
      t.equal(
        await page.locator('a.c[tabindex="0"], a.c:not([tabindex])').count(),
        1,
        'the matrix is one stop of the tab key',
      );
      await page.close();
    },
  );

  await t.test(
    'an attempt that was overruled stays, a lost file is called missing, a field without case says why',
    async (t) => {
      const page = await opened();
      const at = (hash: string) => page.evaluate((to) => location.assign(to), hash);
      await at('#hghi-f-below/CR17');
      await page.locator('#case[open]').waitFor();
      t.equal(await page.locator('#case .attempt').count(), 2);
      await at(`#${record.cases[3]?.dut}/${record.cases[3]?.requirement}`);
      t.match(await page.locator('#case .missing').first().textContent(), /missing/);
      await at('#dvr-k-below/CR02');
      await page.locator('#case .why', { hasText: 'at-or-above-threshold is false' }).waitFor();
      t.pass('reason shown');
      await page.close();
    },
  );

  await t.test('a picture that is not embedded is taken from evidence/ beside the page', async (t) => {
    const evidence = (ref: Parameters<typeof evidenceName>[0]) =>
      readFile(join(folder, 'evidence', evidenceName(ref) ?? ''));
    const limits = { screens: 0, pictureBytes: 1e6, textLength: 1e6, oneText: 1000 };
    await writeFile(join(folder, 'index.html'), await htmlOf(record, { evidence, limits }));
    const page = await opened();
    await page.getByRole('link', { name: 'CR40 on hghi-f-at: fail' }).click();
    await page.waitForFunction(
      () => (document.querySelector<HTMLImageElement>('#case .film img')?.naturalWidth ?? 0) >= 1024,
    );
    t.match(await page.locator('#case .film img').first().getAttribute('src'), /^evidence\//);
    await page.close();
  });

  await t.test('nothing is wider than a phone, and the theme can be chosen', async (t) => {
    const page = await opened(390, 844);
    t.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.locator('#theme').click();
    const light = await colour();
    await page.locator('#theme').click();
    t.not(await colour(), light);
    await page.close();
  });

  t.strictSame(problems, [], 'no errors, no request but for files beside the page');
});

t.test('What the sample holds is hostile indeed', (t) => {
  t.match(HOSTILE, /<\/script>/);
  t.end();
});
t.teardown(() => rm(folder, { recursive: true, force: true }));

t.test('The head says who started the run, and at which commit; an older run says neither', async (t) => {
  const evidence = async () => new Uint8Array();
  const page = await htmlOf(record, { evidence });
  t.match(page, /<dt>Started by<\/dt><dd>lab2<\/dd>/);
  t.match(page, /<dd class="mono">c0ffee00c0ff<\/dd>/);
  const { version, node, platform } = record.harness;
  const older = await htmlOf({ ...record, harness: { version, node, platform } }, { evidence });
  t.notMatch(older, /Started by|Commit of the suite/);
});
