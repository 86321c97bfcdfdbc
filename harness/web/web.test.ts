// The pages, asked in this process: each of them, and each way of being refused.
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { writeRuns } from '../history/history.fixture.ts';
import { openHistory } from '../history/store.ts';
import { updateHistory } from '../history/update.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { beginRun, HOST, LIVE, openLab, PAGES, PASSWORD, RUNS, TOKEN, writeLab } from './lab.fixture.ts';
import { serveWeb } from './serve.ts';
import { openWatch } from './watch.ts';

const reports = join(t.testdir({ reports: {} }), 'reports');
await writeLab(reports);
const live = await beginRun(reports);
await live.step('open the menu');
t.teardown(() => live.end());
const lab = await openLab(reports);
t.teardown(() => lab.index[Symbol.dispose]());
const { app } = lab;

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  app.request(`${HOST}${path}`, { headers });
const post = (
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
  to = app,
) =>
  to.request(`${HOST}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: HOST, ...headers },
    body: new URLSearchParams(fields).toString(),
  });
/** Signs in. @returns the cookie, and the token of the forms */
async function signIn(to = app) {
  const answer = await post('/sign-in', { name: 'Ann', secret: PASSWORD, back: '/runs' }, {}, to);
  const cookie = answer.headers.get('set-cookie') ?? '';
  const pair = cookie.split(';')[0] ?? '';
  const page = await (await to.request(`${HOST}/recorders`, { headers: { cookie: pair } })).text();
  const form = /name="form" value="([^"]+)"/.exec(page)?.[1] ?? '';
  return { answer, cookie, pair, form };
}

t.test('every page is shown, with no text of a recorder as markup, and no secret', async (t) => {
  const pages = [
    ...PAGES,
    ...['/baselines', `/baselines?run=${RUNS[2]}`, `/runs/${RUNS[2]}?verdict=any`],
    '/runs?dut=nvr-*&firmware=%3E%3DV4.30.000&verdict=fail&since=2026-11-20&until=2026-11-30',
    '/requirements?dut=nvr-a&state=broken&text=keeps',
  ];
  for (const path of pages) {
    const answer = await get(path);
    const text = await answer.text();
    t.equal(answer.status, 200, path);
    t.match(
      answer.headers.get('content-security-policy'),
      /script-src 'self'; style-src 'self'.*frame-ancestors 'none'/,
    );
    t.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    t.equal(answer.headers.get('referrer-policy'), 'same-origin');
    t.equal(answer.headers.get('cache-control'), 'no-store');
    t.notMatch(
      text,
      /<img src=x|<script>|style="|\son\w+="/,
      `${path}: nothing of a recorder is markup, nothing is inline`,
    );
    t.notOk(text.includes(PASSWORD), `${path}: no secret`);
    t.notOk(text.includes(reports), `${path}: no path of the machine`);
  }
  t.match(await (await get('/runs')).text(), 'One folder holds no run that can be read');
  t.same(lab.problems, []);
});

t.test('where files lie is not told when one cannot be read either', async (t) => {
  const message = `the picture ${join(reports, RUNS[2], 'evidence', 'x.png')} cannot be read`;
  const waiting = () => Promise.reject(new HarnessError('RECORD_UNREADABLE', message));
  const broken = await openLab(reports, { baselines: { ...lab.options.baselines, waiting } });
  t.teardown(() => broken.index[Symbol.dispose]());
  const answer = await broken.app.request(`${HOST}/baselines`);
  const text = await answer.text();
  t.equal(answer.status, 500);
  t.match(text, `the picture ${RUNS[2]}/evidence/x.png cannot be read`);
  t.notOk(text.includes(reports));
});

t.test('what goes wrong inside is told to who runs the page, and not on it', async (t) => {
  const waiting = () => Promise.reject(new Error('secret detail'));
  const broken = await openLab(reports, { baselines: { ...lab.options.baselines, waiting } });
  t.teardown(() => broken.index[Symbol.dispose]());
  const answer = await broken.app.request(`${HOST}/baselines`);
  t.equal(answer.status, 500);
  t.notMatch(await answer.text(), 'secret detail');
  t.match(broken.problems, [/GET \/baselines: Error: secret detail/]);
});

t.test('tonight tells what is new, fixed and known, and that it is incomplete', async (t) => {
  t.equal((await get('/?night=2026-11-21')).status, 200);
  t.equal((await get('/?night=2020-01-01')).status, 400);
  const text = await (await get('/')).text();
  t.match(text, 'Night of 2026-11-22');
  t.match(text, 'This night is incomplete.');
  t.match(text, 'Run 2026-11-22T220000Z-0001 was interrupted.');
  const sections = Object.fromEntries(
    text
      .split('<h2>')
      .slice(1)
      .map((part) => [
        /^[^<]+/.exec(part)?.[0].trim() ?? '',
        [...part.matchAll(/>(CR\d\d)<\/a>/g)].map(([, id]) => id),
      ]),
  );
  t.match(sections, { 'New failures': ['CR01'], Fixed: ['CR04'], 'Known failures': ['CR02'] });
});

t.test('runs are narrowed by recorder, firmware, verdict and day', async (t) => {
  const shown = async (query: string) =>
    [...(await (await get(`/runs?${query}`)).text()).matchAll(/href="\/runs\/([^"]+)"/g)].map(
      ([, run]) => run,
    );
  t.same(await shown(''), [LIVE, RUNS[2], RUNS[1], RUNS[0]]);
  t.same(await shown('dut=dvr-b'), [LIVE, RUNS[1], RUNS[0]]);
  t.same(await shown('firmware=V4.30.085'), [RUNS[2]]);
  t.same(await shown('verdict=error'), []);
  t.same(await shown('since=2026-11-21&until=2026-11-21'), [RUNS[1]]);
  t.same(await shown('page=2'), []);
});

t.test('what cannot be asked for is said, not guessed', async (t) => {
  for (const path of [
    '/runs?since=yesterday',
    '/runs?page=0',
    '/runs?verdict=good',
    '/requirements?state=odd',
    `/runs?dut=${'*a'.repeat(20)}`,
  ])
    t.equal((await get(path)).status, 400, path);
  for (const path of [
    '/runs/no-such',
    '/requirements/CR99',
    '/nothing',
    '/baselines?run=no-such',
    '/runs/..%2f..',
  ])
    t.equal((await get(path)).status, 404, path);
  t.notMatch(await (await get('/runs?since=%3Cscript%3Ealert(1)%3C/script%3E')).text(), '<script>alert');
});

t.test('of a run only reports and evidence are sent, and never a file outside of it', async (t) => {
  const outside = join(reports, '..', 'outside.json');
  await writeFile(outside, '{"secret":1}');
  await symlink(outside, join(reports, RUNS[2], 'ctrf.json'));
  await mkdir(join(reports, RUNS[2], 'report.pdf'));
  const file = (name: string) => get(`/runs/${RUNS[2]}/files/${name}`);
  const report = await file('index.html');
  t.equal(report.status, 200);
  t.match(report.headers.get('content-security-policy'), /^sandbox allow-scripts/);
  t.notMatch(report.headers.get('content-security-policy'), 'allow-same-origin');
  t.equal((await file(`evidence/${'a'.repeat(64)}.png`)).headers.get('content-type'), 'image/png');
  t.equal((await file(`evidence/${'b'.repeat(64)}.jpg`)).headers.get('content-type'), 'image/jpeg');
  t.equal((await file('run.json')).status, 200);
  for (const name of [
    ...[
      'secret.txt',
      'events.jsonl',
      'ctrf.json',
      'report.pdf',
      'evidence',
      '../../outside.json',
      '%2e%2e/%2e%2e/outside.json',
    ],
    ...[
      'evidence/..%2f..%2frun.json',
      '%2fetc%2fpasswd',
      `..%5c..%5coutside.json`,
      'index.html%00.png',
      'evidence/x.png',
    ],
  ])
    t.equal((await file(name)).status, 404, name);
});

t.test('a foreign name of the host is refused, figures and names that were given are not', async (t) => {
  for (const host of ['evil.example', 'evil.example:8490', '10.0.0.1', 'localhost.evil.example', ''])
    t.equal((await get('/', { host })).status, 421, host);
  for (const host of ['127.0.0.1:8490', 'localhost:9', '[::1]:8490', 'lab.example'])
    t.equal((await get('/', { host })).status, 200, host);
});

t.test('whoever signs in gets a cookie of this site alone; a wrong password gets nothing', async (t) => {
  const { answer, cookie } = await signIn();
  t.equal(answer.status, 303);
  t.equal(answer.headers.get('location'), '/runs');
  t.match(cookie, /^resetbench-lab-8490=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/);
  const wrong = await post('/sign-in', { name: 'Ann', secret: 'guess' });
  t.equal(wrong.status, 403);
  t.equal(wrong.headers.get('set-cookie'), null);
  t.equal((await post('/sign-in', { name: ' ', secret: PASSWORD })).status, 403, 'nobody has no name');
  t.equal(
    (await post('/sign-in', { name: 'A', secret: PASSWORD }, { origin: 'http://evil.example' })).status,
    403,
  );
  for (const back of ['//evil.example', 'http://evil.example', '/\\evil.example', '/a\nb'])
    t.equal(
      (await post('/sign-in', { name: 'A', secret: PASSWORD, back })).headers.get('location'),
      '/',
      'it leads to no other site',
    );
});

t.test('after ten wrong passwords none is looked at for a while', async (t) => {
  const fresh = await openLab(reports);
  for (let count = 0; count < 10; count += 1)
    await post('/sign-in', { name: 'A', secret: `${count}` }, {}, fresh.app);
  const right = await post('/sign-in', { name: 'A', secret: PASSWORD }, {}, fresh.app);
  t.equal(right.status, 429);
  fresh.index[Symbol.dispose]();
});

t.test('a decision needs a person who signed in, a form of this page, and its origin', async (t) => {
  const fields = {
    run: RUNS[2],
    dut: 'nvr-a',
    screen: 'reset-qr',
    sha256: 'b'.repeat(64),
    decision: 'approved',
    reason: 'as in the manual',
  };
  const { pair, form } = await signIn();
  const decide = (own: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>>) =>
    post('/baselines/decide', { ...fields, ...own }, headers);
  t.equal((await decide({ form }, {})).status, 401, 'nobody');
  t.equal((await decide({ form }, { cookie: 'resetbench-lab-8490=guess' })).status, 401, 'a guessed cookie');
  t.equal((await decide({}, { cookie: pair })).status, 403, 'no token');
  t.equal((await decide({ form: 'x' }, { cookie: pair })).status, 403, 'a guessed token');
  t.equal(
    (await decide({ form }, { cookie: pair, origin: 'http://evil.example' })).status,
    403,
    'another site',
  );
  t.equal((await decide({ form }, { cookie: pair, origin: 'null' })).status, 403, 'no origin');
  t.equal((await decide({ form }, { cookie: pair, 'content-type': 'text/plain' })).status, 403, 'no form');
  t.equal((await decide({ form, reason: 'x'.repeat(20_000) }, { cookie: pair })).status, 403, 'too large');
  t.equal((await decide({ form, decision: 'maybe' }, { cookie: pair })).status, 400);
  t.equal((await decide({ form, run: '..' }, { cookie: pair })).status, 400);
  t.same(lab.decided, [], 'nothing was decided so far');
  const done = await decide({ form }, { cookie: pair });
  t.equal(done.status, 303);
  t.match(lab.decided, [
    { folder: RUNS[2], decision: 'approved', reviewer: 'Ann', reason: 'as in the manual' },
  ]);
  t.equal((await post('/sign-out', { form }, { cookie: pair })).status, 303);
  t.equal((await decide({ form }, { cookie: pair })).status, 401, 'whoever signed out is out');
});

t.test(
  'open to other machines, nothing is shown without signing in; a token reads, and changes nothing',
  async (t) => {
    const open = await openLab(reports, { isOpen: true });
    t.teardown(() => open.index[Symbol.dispose]());
    const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
      open.app.request(`${HOST}${path}`, { headers });
    for (const path of [
      '/',
      '/runs',
      `/runs/${LIVE}/events`,
      `/runs/${RUNS[2]}/files/index.html`,
      '/nothing',
    ]) {
      const answer = await ask(path);
      t.equal(answer.status, 303, path);
      t.match(answer.headers.get('location'), /^\/sign-in\?back=%2F/);
    }
    t.equal((await ask('/sign-in')).status, 200);
    t.equal(
      (await ask('/', { host: '192.0.2.7:8490' })).status,
      303,
      'figures cannot be made to point elsewhere',
    );
    t.equal((await ask('/', { host: 'evil.example' })).status, 421);
    t.equal((await ask('/runs', { authorization: `Bearer ${TOKEN}` })).status, 200);
    t.equal((await ask('/runs', { authorization: 'Bearer guess' })).status, 401);
    t.equal(
      (await post('/baselines/decide', {}, { authorization: `Bearer ${TOKEN}` }, open.app)).status,
      401,
      'a token decides nothing',
    );
    const { pair } = await signIn(open.app);
    t.equal((await ask('/', { cookie: pair })).status, 200);
  },
);

t.test('a run under way is held and let go by who signed in; one that is over is not', async (t) => {
  const { pair, form } = await signIn();
  const file = join(reports, LIVE, 'control', 'pause');
  const act = (run: string, word: string, headers: Readonly<Record<string, string>>) =>
    post(`/runs/${run}/${word}`, { form }, headers);
  t.equal((await act(LIVE, 'pause', {})).status, 401);
  t.equal((await act(RUNS[2], 'pause', { cookie: pair })).status, 400);
  t.equal((await act('%2e%2e', 'pause', { cookie: pair })).status, 404);
  t.notOk(existsSync(file));
  t.equal((await act(LIVE, 'pause', { cookie: pair })).status, 303);
  t.equal(await readFile(file, 'utf8'), 'case by Ann\n');
  t.match(await (await get(`/runs/${LIVE}`)).text(), 'Held by Ann: all recorders.');
  t.match(await (await get(`/runs/${LIVE}`)).text(), 'Nothing was written for 8 hours.');
  t.equal((await act(LIVE, 'go-on', { cookie: pair })).status, 303);
  t.notOk(existsSync(file));
  const dut = 'nvr-a';
  for (const [asked, written] of [
    [{ at: 'step' }, 'step by Ann\n'],
    [{ at: 'step', dut }, `step by Ann\nstep ${dut} by Ann\n`],
    [{ at: '../../x' }, `step ${dut} by Ann\ncase by Ann\n`],
  ] as const) {
    t.equal((await post(`/runs/${LIVE}/pause`, { form, ...asked }, { cookie: pair })).status, 303);
    t.equal(await readFile(file, 'utf8'), written);
  }
  t.match(
    await (await get(`/runs/${LIVE}`)).text(),
    /Held by Ann: <span class="mono">nvr-a<.*Held by Ann: all/s,
  );
  const asked = (word: string, of: string) =>
    post(`/runs/${LIVE}/${word}`, { form, dut: of }, { cookie: pair });
  t.equal((await asked('pause', 'nobody\nstep')).status, 400);
  t.equal((await asked('go-on', 'nobody')).status, 400);
  t.equal((await asked('go-on', dut)).status, 303);
  t.equal(await readFile(file, 'utf8'), 'case by Ann\n', 'who holds the others still does');
  t.equal((await asked('go-on', '')).status, 303);
  t.notOk(existsSync(file));
});

t.test('where operators answer is told, and nothing that lets one answer', async (t) => {
  const desk = join(reports, LIVE, 'control', 'desk');
  await writeFile(desk, 'http://127.0.0.1:45678');
  t.match(await (await get('/prompts')).text(), 'href="http://127.0.0.1:45678"');
  await writeFile(desk, 'javascript:alert(1)');
  t.notMatch(await (await get('/prompts')).text(), 'javascript:');
});

t.test('it does not listen without a secret, nor with one that is guessed at once', async (t) => {
  for (const secrets of [[], ['short']])
    await t.rejects(serveWeb({ ...lab.options, host: '0.0.0.0', port: 0, secrets }), { code: 'USAGE' });
  await using served = await serveWeb({ ...lab.options, host: '127.0.0.1', port: 0 });
  const answer = await fetch(`${served.url}runs`);
  t.equal(answer.status, 200);
  const port = Number(new URL(served.url).port);
  await t.rejects(serveWeb({ ...lab.options, host: '127.0.0.1', port }), { code: 'PORT_UNREACHABLE' });
});

t.test('what another process wrote into the index is seen', async (t) => {
  const folder = join(t.testdir({ reports: {} }), 'reports');
  await writeRuns(folder, { day: '2026-11-20', cases: { a: { CR01: 'pass' } } });
  let at = 0;
  const clock = { ...systemClock, monotonic: () => at };
  const onProblem = (line: string) => t.fail(line);
  using index = openHistory(folder);
  const watch = await openWatch(index, { clock, onProblem });
  t.equal(watch.nights().length, 1);
  await writeRuns(folder, { day: '2026-11-21', cases: { a: { CR01: 'fail' } } });
  {
    using other = openHistory(folder);
    await updateHistory(other);
  }
  at = 1e9;
  watch.nudge();
  await watch.settled();
  t.equal(watch.nights().length, 2);
  t.match(watch.standing(), [{ verdict: 'fail', change: 'new' }]);
});

t.test('an open page tells a stranger nothing of runs, and a head takes no place', async (t) => {
  const open = await openLab(reports, { isOpen: true });
  const strangers = await open.app.request('/sign-in', { headers: { host: 'lab.example' } });
  const text = await strangers.text();
  t.match(text, 'Sign in');
  t.notMatch(text, 'no run that can be read');
  t.match(await (await get('/sign-in')).text(), 'no run that can be read');
  for (let count = 0; count < 70; count += 1) {
    const head = await app.request(`${HOST}/runs/${LIVE}/events`, { method: 'HEAD' });
    if (head.status !== 200) t.equal(head.status, 200, `the ${count}th`);
  }
});

t.test('a run under way is told as it goes on, and when it is over', async (t) => {
  const answer = await get(`/runs/${LIVE}/events`);
  t.match(answer.headers.get('content-type'), 'text/event-stream');
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let heard = '';
  const until = async (text: string) => {
    while (!heard.includes(text)) {
      const next = await reader?.read();
      if (next === undefined || next.done)
        throw new Error(`the stream ended without ${text}: ${heard.slice(-500)}`);
      heard += next.value;
    }
  };
  await until('last step: open the menu');
  t.match(heard, 'U-Boot 2.0', 'the console is told');
  t.notMatch(heard, '<img src=x', 'as text');
  t.match(heard, /files\/evidence\/[0-9a-f]{64}\.png/, 'and the screen');
  await live.step('press OK');
  await until('last step: press OK');
  live.write({ type: 'case-end', ...live.ids, verdict: 'fail', at: live.at, milliseconds: 900 });
  await until('1 of 2 cases');
  live.write({ type: 'run-end', ended: 'complete' });
  await until('event: over');
});
