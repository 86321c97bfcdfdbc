// What changed, told to servers of this machine: webhook, chats, mail.

import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import t, { type Test } from 'tap';
import { resetbench } from '../cli/command.fixture.ts';
import { notifyByItself } from '../cli/notify.ts';
import { parseNotify } from '../config/notify.ts';
import { smallRecord, writeRuns } from '../history/history.fixture.ts';
import { openHistory } from '../history/store.ts';
import { updateHistory } from '../history/update.ts';
import type { Clock } from '../terms/clock.ts';
import type { RunRecord } from '../terms/record.ts';
import { type News, newsOf, titleOf } from './news.ts';
import { mailText, mattermostBody, slackBody, teamsBody } from './payload.ts';
import { postJson, signatureOf } from './post.ts';
import { sendAll } from './send.ts';

t.setTimeout(60_000);

/** Two nights: CR01 breaks, CR02 is mended, CR03 stays broken, CR04 comes to nothing, and b is missing. */
async function twoNights(folder: string): Promise<string> {
  await writeRuns(
    folder,
    {
      day: '2026-01-01',
      firmware: 'V4.20.000',
      cases: {
        a: { CR01: 'pass', CR02: 'fail', CR03: 'fail', CR04: 'pass', CR05: 'pass' },
        b: { CR01: 'pass' },
      },
    },
    {
      day: '2026-01-02',
      firmware: 'V4.21.000',
      cases: { a: { CR01: 'fail', CR02: 'pass', CR03: 'fail', CR04: 'inconc', CR05: 'pass' } },
    },
  );
  return folder;
}
async function newsIn(folder: string, run: string, of: News['of']): Promise<News> {
  using index = openHistory(folder, ':memory:');
  await updateHistory(index);
  return newsOf(index, run, of);
}

/** A clock whose sleep is over at once; it remembers for how long it was to be. */
function handClock(): { readonly clock: Clock; readonly slept: number[] } {
  const slept: number[] = [];
  let now = 0;
  const sleep = async (ms: number) => {
    slept.push(ms);
    now += ms;
  };
  return { slept, clock: { now: () => Date.UTC(2026, 0, 3), monotonic: () => now, sleep } };
}

interface Taken {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
/** A server on loopback. @param answer what each request is answered, in turn; then 200 */
async function serve(t: Test, ...answer: readonly ((response: ServerResponse) => void)[]) {
  const taken: Taken[] = [];
  const left = [...answer];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    taken.push({ headers: request.headers, body });
    (left.shift() ?? ((one) => one.end('ok')))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/of-mine` };
}
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse) => {
    response.writeHead(code, headers).end();
  };

t.test('one line a change, worst first; a night says what it lacks', async (t) => {
  const folder = await twoNights(t.testdir({}));
  const night = await newsIn(folder, '2026-01-02T220000Z-0001', 'night');
  t.same(
    night.lines.map(({ kind, text }) => [kind, text]),
    [
      ['new', 'CR01 on a (V4.21.000): fails, passed on V4.20.000: it holds: expected yes, seen no'],
      ['undecided', 'CR04 on a (V4.21.000): inconc, unknown: Not reached.'],
      ['gap', 'b is missing; it was there the night before.'],
      ['fixed', 'CR02 on a (V4.21.000): passes; failed on V4.20.000'],
      ['known', 'CR03 on a (V4.21.000): fails since 2026-01-01: it holds: expected yes, seen no'],
    ],
  );
  t.equal(
    titleOf(night),
    'Night of 2026-01-02: 1 new failure, 1 undecided, INCOMPLETE, 1 fixed, 1 known; 2 of 5 cases pass on 1 recorder',
  );
  const first = await newsIn(folder, '2026-01-01T220000Z-0001', 'run');
  t.same(
    first.lines.map(({ kind }) => kind),
    ['new', 'new'],
    'what came later does not count',
  );
  await t.rejects(newsIn(folder, 'none', 'run'), { code: 'USAGE' });
});

t.test(
  'of a night all that is known counts, also runs that began later, and none that is under way',
  async (t) => {
    const folder = t.testdir({});
    await writeRuns(folder, { day: '2026-01-01', cases: { a: { CR01: 'pass' }, b: { CR01: 'pass' } } });
    const write = async (name: string, record: RunRecord, change: Partial<RunRecord>) => {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, 'run.json'), JSON.stringify({ ...record, id: name, ...change }));
    };
    const of = (dut: string) => smallRecord({ day: '2026-01-02', cases: { [dut]: { CR01: 'pass' } } });
    const began = of('a').startedAt;
    await write('2026-01-02T220000Z-aaaa', of('a'), { endedAt: began + 14_400_000 });
    await write('2026-01-02T220100Z-bbbb', of('b'), {
      startedAt: began + 60_000,
      endedAt: began + 3_600_000,
    });
    for (const run of ['2026-01-02T220000Z-aaaa', '2026-01-02T220100Z-bbbb']) {
      const { lines, recorders, runs } = await newsIn(folder, run, 'night');
      t.same(lines, [], `${run}: nobody is missing`);
      t.same(recorders, ['a', 'b']);
      t.equal(runs.length, 2);
    }
    const alone = await newsIn(folder, '2026-01-02T220000Z-aaaa', 'run');
    t.same(alone.recorders, ['a']);
  },
);

t.test('an expected failure is said to be one; a pass in its place is news', async (t) => {
  const folder = t.testdir({});
  const expected = { id: 'x', reason: 'known', owner: 'me', until: '2027-01-01', past: false };
  await writeRuns(
    folder,
    { day: '2026-01-01', cases: { a: { CR01: 'fail' } }, expected },
    { day: '2026-01-02', cases: { a: { CR01: 'fail' } }, expected },
    { day: '2026-01-03', cases: { a: { CR01: 'pass' } }, expected },
  );
  const known = await newsIn(folder, '2026-01-02T220000Z-0001', 'run');
  t.match(known, { isNews: false, lines: [{ kind: 'known', text: /\(expected\)/ }] });
  const passed = await newsIn(folder, '2026-01-03T220000Z-0001', 'run');
  t.match(passed, { isNews: true, lines: [{ kind: 'unexpected' }] });
});

/** What a recorder might say to be heard. */
const EVIL = '<!channel> @channel @here <@U1> <script>alert(1)</script> [x](http://e.example) *b* `c` "q"';
const evil: News = {
  ...{ of: 'run', night: '2026-01-02', runs: ['r-1'], recorders: [EVIL], cases: 1, passed: 0, isNews: true },
  lines: [{ kind: 'new', text: EVIL, dut: EVIL }],
};

t.test('what a recorder says is shown as it stands, and wakes nobody', async (t) => {
  const message = { news: evil, link: 'https://lab.example/r-1/' };
  const chats = { slack: slackBody(message), mattermost: mattermostBody(message), teams: teamsBody(message) };
  for (const [chat, body] of Object.entries(chats)) {
    const text = JSON.stringify(body);
    t.notMatch(text, /@(channel|here|U1|all)/, chat);
    t.match(text, 'https://lab.example/r-1/', chat);
  }
  t.match(chats.slack, { blocks: [{}, { type: 'section', text: { type: 'plain_text', emoji: false } }] });
  t.notMatch(JSON.stringify(chats.slack), '"mrkdwn"');
  t.match(chats.teams, {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: { type: 'AdaptiveCard', body: [{}, { inlines: [{ type: 'TextRun' }] }] },
      },
    ],
  });
  const { text } = chats.mattermost as { readonly text: string };
  t.notMatch(text, '<!');
  t.match(text, String.raw`\[x\]\(http\:\/\/e\.example\) \*b\* \`c\``);
  const { html, text: plain } = mailText(message);
  t.notMatch(html, '<script');
  t.match(html, '&lt;script&gt;');
  t.match(html, '<a href="https://lab.example/r-1/">');
  t.match(plain, '<script>', 'text is text');
  const many = { ...evil, lines: Array.from({ length: 99 }, () => ({ kind: 'new' as const, text: 'x' })) };
  t.match(JSON.stringify(slackBody({ news: many })), 'and 69 more');
});

t.test(
  'a webhook: signed over its very bytes, tried again with backoff, the same message each time',
  async (t) => {
    const { clock, slept } = handClock();
    const server = await serve(t, status(503), status(429, { 'retry-after': '7' }));
    const post = { url: server.url, body: { hello: 'wörld' }, id: 'm-1', key: 'k3y' };
    t.equal(await postJson(post, { attempts: 4, deadlineMs: 60_000, clock }), undefined);
    t.same(slept, [1000, 7000]);
    t.same(new Set(server.taken.map(({ body }) => body)).size, 1);
    for (const { headers, body } of server.taken) {
      t.equal(headers['x-resetbench-signature-256'], signatureOf(body, 'k3y'));
      t.equal(headers['x-resetbench-delivery'], 'm-1');
    }
    // RFC 4231, test case 2.
    t.equal(
      signatureOf('what do ya want for nothing?', 'Jefe'),
      'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  },
);

t.test(
  'what makes no sense to try again is not, and nothing is tried for ever or followed elsewhere',
  async (t) => {
    const { clock, slept } = handClock();
    const limits = { attempts: 3, deadlineMs: 60_000, clock };
    const post = async (...answers: readonly ReturnType<typeof status>[]) => {
      const { url, taken } = await serve(t, ...answers);
      return [await postJson({ url, body: {}, id: '1' }, limits), taken.length] as const;
    };
    t.same(await post(status(404)), ['answered 404', 1]);
    const other = await serve(t);
    t.match(await post(status(307, { location: other.url })), [/answered 307: it leads elsewhere/, 1]);
    t.equal(other.taken.length, 0);
    t.same(await post(status(500), status(500), status(500)), ['answered 500 (3 attempts)', 3]);
    slept.length = 0;
    t.same(await post(status(503, { 'retry-after': '3600' })), ['answered 503', 1]);
    t.same(slept, [], 'the deadline comes first');
    const gone = await postJson(
      { url: 'http://127.0.0.1:1/secret', body: {}, id: '1' },
      { ...limits, attempts: 1 },
    );
    t.match(gone, /^no answer: /);
    t.notMatch(gone, 'secret');
  },
);

/** An SMTP server on loopback that refuses each first mail for a while. */
async function serveMail(t: Test) {
  const mails: ParsedMail[] = [];
  const refusals = ['451 4.7.1 Later'];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', async () => {
        const refusal = refusals.shift();
        if (refusal !== undefined)
          return done(Object.assign(new Error(refusal.slice(4)), { responseCode: 451 }));
        mails.push(await simpleParser(Buffer.concat(chunks)));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return { mails, port: (server.server.address() as AddressInfo).port };
}

t.test('every channel is told, by the configuration; one that fails stops no other', async (t) => {
  const { clock } = handClock();
  const [hook, chat, mail] = [await serve(t), await serve(t), await serveMail(t)];
  const { config, problems } = parseNotify(
    'notify.yaml',
    `version: 1
link: https://lab.example/{run}/
channels:
  - { name: hook, kind: webhook, url: "${hook.url}", key: { env: HOOK_KEY } }
  - { name: chat, kind: slack, url: { secret: chat } }
  - { name: mail, kind: email, smtp: { host: 127.0.0.1, port: ${mail.port}, tls: none, from: bench@lab.example }, to: [qa@lab.example] }
  - { name: lost, kind: teams, url: { env: NOT_SET } }
  - { name: plain, kind: teams, url: { secret: plain } }
`,
  );
  t.same(problems, []);
  if (config === undefined) return;
  const values = new Map([
    ['HOOK_KEY', 'k3y'],
    ['chat', chat.url],
    ['plain', 'http://192.0.2.1/s3cret'],
  ]);
  const sent = await sendAll(
    config,
    { news: evil },
    {
      clock,
      secret: (ref) => values.get('env' in ref ? ref.env : ref.secret),
    },
  );
  t.same(
    sent.map(({ name, problem }) => [name, problem]),
    [
      ['hook', undefined],
      ['chat', undefined],
      ['mail', undefined],
      ['lost', 'the variable NOT_SET is not set'],
      ['plain', 'its address is not https, and insecure: true is not said'],
    ],
  );
  t.match(JSON.parse(hook.taken[0]?.body ?? ''), {
    schema: 1,
    runs: ['r-1'],
    lines: [{ kind: 'new', text: EVIL }],
  });
  t.match(JSON.parse(chat.taken[0]?.body ?? ''), { blocks: [{ type: 'header' }] });
  t.notMatch(JSON.stringify([hook.taken, sent]), 'k3y');
  const [one] = mail.mails;
  t.match(one?.subject, /^Resetbench: Run r-1: 1 new failure/);
  t.match(one?.text, '@channel');
  t.notMatch(one?.html, '<script');
});

t.test('what is wrong with a configuration is told with its place, and no secret', async (t) => {
  const { problems } = parseNotify(
    'notify.yaml',
    `version: 1
when: never
channels:
  - { name: a, kind: webhook, url: "http://192.0.2.1/s3cret" }
`,
  );
  t.match(problems, [{ line: 2, path: 'when', message: /^expected one of changes, always/ }]);
  const more = parseNotify(
    'notify.yaml',
    `version: 1
channels:
  - { name: a, kind: webhook, url: "http://192.0.2.1/s3cret" }
  - { name: a, kind: slack, url: "http://192.0.2.1/s3cret", insecure: true }
  - { name: b, kind: email, to: [x@lab.example], smtp: { host: mail.example, port: 25, tls: none, user: u, password: { env: P }, from: a@lab.example } }
`,
  );
  t.match(more.problems, [
    { line: 3, path: 'channels.0.url', message: 'expected an https address, or insecure: true' },
    { line: 4, path: 'channels.1.name', message: /unique/ },
    { line: 5, path: 'channels.2.smtp.tls', message: /in clear/ },
  ]);
  const literal = parseNotify(
    'n',
    'version: 1\nchannels: [{ name: a, kind: webhook, url: nonsense-s3cret }]\n',
  );
  t.equal(literal.problems.length, 1);
  t.notMatch(JSON.stringify([problems, more, literal]), 's3cret');
});

t.test('the command: dry, sent, not reached; and at the end of a run a failure is only told', async (t) => {
  const server = await serve(t);
  const file = (url: string, more = '') =>
    `version: 1\n${more}retry: { attempts: 1 }\nchannels:\n  - { name: hook, kind: webhook, url: "${url}" }\n`;
  const place = t.testdir({
    'notify.yaml': file(server.url),
    'gone.yaml': file('http://127.0.0.1:1/'),
    'bad.yaml': 'version: 2\n',
  });
  const folder = await twoNights(join(place, 'reports'));
  // What makes a folder that of a run; the history reads the record.
  await writeFile(join(folder, '2026-01-02T220000Z-0001', 'events.jsonl'), '');
  const ask = (...words: readonly string[]) =>
    resetbench(['notify', '--reports', folder, '--index', ':memory:', ...words], { cwd: place });
  const dry = await ask('--dry-run');
  t.match(dry, { code: 0, out: /^Run 2026-01-02T220000Z-0001: 1 new failure/ });
  t.notMatch(dry.out, 'of-mine', 'no address');
  t.equal(server.taken.length, 0);
  t.match(await ask(), { code: 0, out: 'notified: hook (webhook)\n' });
  t.equal(server.taken.length, 1);
  t.match(await ask('--config', 'gone.yaml'), { code: 3, err: /^NOT notified: hook \(webhook\): no answer/ });
  t.match(await ask('--config', 'bad.yaml'), { code: 2, err: /bad\.yaml:1:10 version: expected 1/ });
  t.match(await ask('--config', 'none.yaml'), { code: 2, err: /none\.yaml/ });
  const run = `${folder}/2026-01-02T220000Z-0001`;
  const options = { secret: () => undefined, env: {} };
  t.same(await notifyByItself(run, { ...options, file: undefined }), []);
  t.match(await notifyByItself(run, { ...options, file: `${place}/gone.yaml` }), [/^NOT notified/]);
  t.match(await notifyByItself(run, { ...options, file: `${place}/bad.yaml` }), [/^Nobody was notified: /]);
  t.match(await notifyByItself('/nowhere/x', { ...options, file: `${place}/notify.yaml` }), [
    /^Nobody was notified: /,
  ]);
});
