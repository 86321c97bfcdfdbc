import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import jsqr from 'jsqr';
import type { Page } from 'playwright';
import sharp from 'sharp';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { Answer } from '../../../terms/record.ts';
import { type OperatorUnderTest, operatorContract } from '../../ports/operator.contract.ts';
import type { Prompt } from '../../ports/operator.ts';
import { testBrowser } from '../display/page.fixture.ts';
import { type Desk, openDesk } from './desk.ts';
import { openPage, type PageWay } from './page.ts';

t.setTimeout(120_000);
const LONG = { timeoutMs: 60_000 };
const SCAN: Prompt = {
  id: 'scan-qr',
  title: 'Scan this QR with the app (as a visitor).',
  steps: ['Open the app without an account (visitor mode).', 'Scan the QR here, or on the screen.'],
  qr: `RB1.${'aZ09-_.+'.repeat(40)}`,
  kind: 'options',
  options: [
    { value: 'sent', label: 'The app says that a code was sent' },
    { value: 'refused', label: 'The app refuses the QR' },
  ],
  note: 'What the app said, word for word',
};
const NUMBER: Prompt = {
  id: 'label',
  title: 'Which <b>number</b> stands on "the label" & the box?',
  kind: 'text',
  pattern: String.raw`\d{3}`,
  example: '123',
};

interface Opened extends AsyncDisposable {
  readonly desk: Desk;
  readonly page: PageWay;
  readonly links: string[];
}
async function open(): Promise<Opened> {
  const links: string[] = [];
  const page = await openPage({ clock, by: 'ann', onLink: (link) => links.push(link) });
  const desk = openDesk({ ways: [page], clock });
  return { desk, page, links, [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose]() };
}

/** A browser without a screen: keeps its cookie, follows nothing. */
async function visit(link: string) {
  const { origin } = new URL(link);
  const first = await fetch(link, { redirect: 'manual' });
  const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const get = (path: string) => fetch(origin + path, { headers: { cookie }, redirect: 'manual' });
  const formOf = (text: string) => /name="form" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${origin}/answer`, {
      method: 'POST',
      headers: { cookie, origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
  const form = async () => formOf(await (await get('/')).text());
  return { first, origin, get, post, form };
}

operatorContract(t, 'a page', async (): Promise<OperatorUnderTest> => {
  const { desk, page } = await open();
  const visitor = await visit(page.link());
  const answers = new Map<string, Pick<Answer, 'value' | 'note'>>();
  const titles: Record<string, RegExp> = {
    cable: /Is the cable plugged in/,
    version: /Which version/,
    logo: /Is the picture whole/,
  };
  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    const text = await (await visitor.get('/')).text();
    for (const [card = ''] of text.matchAll(/<article[\s\S]*?<\/article>/g)) {
      const [id] = Object.entries(titles).find(([, title]) => title.test(card)) ?? [''];
      const reply = answers.get(id);
      const number = /data-number="(\d+)"/.exec(card)?.[1] ?? '';
      const form = /name="form" value="([^"]+)"/.exec(card)?.[1] ?? '';
      if (reply === undefined || !answers.delete(id)) continue;
      await visitor.post({ form, number, value: reply.value, note: reply.note ?? '' });
    }
    busy = false;
  }, 20);
  return {
    operator: desk.at('shelf'),
    answer: (id, reply) => void answers.set(id, reply),
    tooLong: async () => undefined,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      while (busy) await clock.sleep(5);
      await desk[Symbol.asyncDispose]();
    },
  };
});

t.test('an address opens the page once; nobody else sees anything', async (t) => {
  await using bench = await open();
  const asked = bench.desk.at('shelf').ask(SCAN, { timeoutMs: 5_000 });
  const [link = ''] = bench.links;
  const { first, get, origin } = await visit(link);
  t.equal(first.status, 303);
  t.match(first.headers.get('set-cookie'), /HttpOnly; SameSite=Strict; Path=\/$/);
  const again = await fetch(link, { redirect: 'manual' });
  t.equal(again.status, 403, 'the token is void');
  t.notMatch(await again.text(), /RB1|scan|form/);
  t.equal((await fetch(`${origin}/`)).status, 403, 'without a cookie');
  t.equal((await fetch(`${origin}/?open=guessed`)).status, 403);
  const page = await get('/');
  t.equal(page.status, 200);
  t.match(
    page.headers.get('content-security-policy'),
    /^default-src 'none'; style-src 'sha256-.*frame-ancestors 'none'$/,
  );
  t.equal(page.headers.get('cache-control'), 'no-store');
  const text = await page.text();
  t.notMatch(text, /(src|href)="(?!data:)/, 'nothing from anywhere else');
  // A name of its own that points to this machine: the browser would send no cookie, but must not get so far.
  const { get: httpGet } = await import('node:http');
  const rebound = await new Promise<number | undefined>((resolve) => {
    httpGet(`${origin}/`, { headers: { host: 'evil.example' } }, (response) => resolve(response.statusCode));
  });
  t.equal(rebound, 421);
  await t.rejects(asked, { code: 'OPERATOR_TIMEOUT' });
});

t.test('a form counts only from the page itself, and once', async (t) => {
  await using bench = await open();
  const asked = bench.desk.at('shelf').ask(SCAN, LONG);
  const other = bench.desk.at('shelf').ask(NUMBER, LONG);
  const { form, post, get } = await visit(bench.page.link());
  const token = await form();
  const right = { form: token, number: '1', value: 'sent', note: 'Sent to o***r', by: 'bob' };
  t.equal((await post({ ...right, form: 'other' })).status, 403);
  t.equal((await post(right, { origin: 'http://evil.example' })).status, 403);
  t.equal((await post(right, { origin: 'null' })).status, 403);
  t.equal((await post(right, { cookie: '' })).status, 403);
  t.equal((await post({ ...right, note: 'x'.repeat(20_000) })).status, 400, 'too large');
  const wrong = await post({ ...right, value: 'maybe' });
  t.equal(wrong.status, 422);
  t.match(await wrong.text(), 'Expected one of sent, refused.');
  t.equal((await post(right)).status, 303);
  t.same(await asked, { value: 'sent', note: 'Sent to o***r', by: 'bob', way: 'page' });
  const late = await post({ ...right, value: 'refused' });
  t.equal(late.status, 409);
  t.match(
    await late.text(),
    /It was over before your answer came[\s\S]*Answered: sent \(Sent to o\*\*\*r\), by bob, on the page\./,
  );
  const text = await (await get('/')).text();
  t.match(text, 'Which &#60;b&#62;number&#60;/b&#62; stands on &#34;the label&#34; &#38; the box?');
  t.match(text, 'name="by" value="bob"', 'the name is kept');
  t.equal((await post({ form: token, number: '2', value: ' 042 ', by: '' })).status, 303);
  t.same(await other, { value: '042', by: 'ann', way: 'page' });
});

const browser = await testBrowser(t);
t.test('in a browser', { skip: browser.skip }, async (t) => {
  await using bench = await open();
  const frame = await sharp({ create: { width: 1280, height: 720, channels: 3, background: '#234' } })
    .png()
    .toBuffer();
  const operator = bench.desk.at('nvr-shelf-3');
  const context = await browser.get().newContext({ viewport: { width: 1000, height: 1100 } });
  t.teardown(() => context.close());
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(bench.page.link()).origin) && !request.url().startsWith('data:'))
      troubles.push(request.url());
  });
  await page.goto(bench.page.link());
  t.match(await page.textContent('h1'), 'Nothing is asked now.');

  const scanned = operator.ask(SCAN, LONG);
  await page.waitForSelector('svg.qr');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const shot = await page.screenshot({ fullPage: true });
    await keep(`scan-${scheme}`, shot);
    t.equal(await readQr(shot), SCAN.qr, `the QR is read from the page, ${scheme}`);
  }
  t.match(await page.textContent('.left'), /^\d+:\d\d left$/);
  await page.fill('input[name=note]', 'A code was sent to o***r@lab.example');
  await page.fill('input[name=by]', 'Ann B.');
  await page.press('input[name=note]', 'Enter');
  t.equal(await page.locator('article').count(), 1, 'Enter in a field chooses nothing');
  await page.click('button[value=sent]');
  t.same(await scanned, {
    value: 'sent',
    note: 'A code was sent to o***r@lab.example',
    by: 'Ann B.',
    way: 'page',
  });
  await page.waitForSelector('.over li');

  const judged = operator.ask(
    {
      id: 'judge',
      title: 'Is the disclaimer shown whole?',
      kind: 'picture',
      frame: { bytes: frame, format: 'png' },
      options: [
        { value: 'whole', label: 'Whole' },
        { value: 'cut', label: 'Something is cut off' },
      ],
    },
    LONG,
  );
  await page.waitForSelector('img.frame');
  t.equal(await widthOf(page), 1280, 'the frame is embedded');
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await keep(`judge-${scheme}`, await page.screenshot({ fullPage: true }));
  }
  await page.focus('button[value=cut]');
  await page.keyboard.press('Enter');
  t.match(await judged, { value: 'cut', by: 'Ann B.' }, 'by keyboard, with the name given before');

  // What somebody writes is not taken away by a question that comes; but by one that is over.
  const written = operator.ask(NUMBER, LONG);
  await page.waitForSelector('input[name=value]');
  await page.fill('input[name=value]', '12');
  const stop = new AbortController();
  const more = operator.ask({ ...NUMBER, id: 'more' }, { ...LONG, signal: stop.signal });
  await page.waitForTimeout(2_500);
  t.equal(await page.inputValue('input[name=value]'), '12');
  await page.click('button');
  await page.waitForSelector('.bad');
  t.match(await page.textContent('.bad'), 'Expected something like 123.');
  await page.fill('input[name=value] >> nth=0', '123');
  await page.click('button >> nth=0');
  t.equal((await written).value, '123');
  stop.abort(new Error('over'));
  await t.rejects(more);
  await page.waitForFunction(() => document.querySelectorAll('article').length === 0);
  t.match(await page.textContent('.over'), 'It was withdrawn.');
  t.same(
    troubles.filter((text) => !/422/.test(text)),
    [],
    'no request to anywhere else, nothing against the policy',
  );
});

function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.querySelector<HTMLImageElement>('img.frame')?.naturalWidth ?? 0);
}

async function readQr(png: Buffer): Promise<string | undefined> {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return jsqr.default(new Uint8ClampedArray(data), info.width, info.height)?.data;
}

/** For eyes: where a folder for pictures is named. */
async function keep(name: string, png: Buffer): Promise<void> {
  const folder = process.env.RESETBENCH_SHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.png`), png);
}
