import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { WebSocket } from 'ws';
import { PIKVM, PIKVM_PASSWORD, PIKVM_USER, SNAPSHOT_HEADERS } from '../../wire/pikvm.ts';
import { Atx } from './atx.ts';
import { sharedBrowser } from './browser.ts';
import { CREDENTIALS, noBrowser, OWNER, SIZE, testKvm } from './page.fixture.ts';

// Browsers are slow on a busy machine.
t.setTimeout(120_000);
const browser = sharedBrowser();
t.teardown(() => browser[Symbol.asyncDispose]());
const skip = noBrowser();

const error = (name: string, message: string) => ({
  ok: false,
  result: { error: name, error_msg: message },
});
const UNAUTHORIZED = error('UnauthorizedError', 'Unauthorized');
const FORBIDDEN = error('ForbiddenError', 'Forbidden');
const UNAVAILABLE = error('UnavailableError', 'Service Unavailable');
const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

t.test('every route but the login wants to know who asks', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  for (const route of Object.values(PIKVM).filter((one) => one !== PIKVM.login)) {
    const nobody = await twin.ask(route, { headers: {} });
    t.equal(nobody.status, 401, route);
    t.same(await nobody.json(), UNAUTHORIZED, route);
    t.equal(nobody.headers.get('www-authenticate'), null, route);
    const wrong = await twin.ask(route, { headers: { [PIKVM_USER]: OWNER.user, [PIKVM_PASSWORD]: 'x' } });
    t.equal(wrong.status, 403, route);
    t.same(await wrong.json(), FORBIDDEN, route);
  }
});

t.test('headers, Basic and cookie let in; the first that is there counts', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const check = async (headers: Readonly<Record<string, string>>) => {
    const answer = await twin.ask(PIKVM.check, { headers });
    return { status: answer.status, body: await answer.json() };
  };
  const login = (body: string | URLSearchParams | FormData) => twin.ask(PIKVM.login, { headers: {}, body });
  t.same(await check(CREDENTIALS), { status: 200, body: { ok: true, result: {} } });
  t.match(await check({ [PIKVM_USER]: 'guest', [PIKVM_PASSWORD]: OWNER.password }), { status: 403 });
  t.match(await check({ [PIKVM_USER]: 'No One' }), {
    status: 400,
    body: error('ValidatorError', "The argument 'No One' is not a valid username characters"),
  });
  t.match(await check(basic(OWNER.user, 'x')), { status: 403 });
  t.match(await check({ Authorization: 'Bearer x' }), { status: 401 });
  t.match(await check(basic(OWNER.user, OWNER.password)), { status: 401 }, 'a colon is too much for kvmd');
  const good = new URLSearchParams({ user: OWNER.user, passwd: OWNER.password });
  const answer = await login(good);
  const cookie = answer.headers.get('set-cookie') ?? '';
  t.match(cookie, /^auth_token=[0-9a-f]{64}; .*HttpOnly/);
  const session = { Cookie: cookie.split(';')[0] ?? '' };
  t.match(await check(session), { status: 200 });
  t.match(await check({ ...session, [PIKVM_USER]: OWNER.user }), { status: 403 }, 'headers come first');
  t.match(await check({ Cookie: `auth_token=${'0'.repeat(64)}` }), { status: 403 });
  t.match(await check({ Cookie: 'auth_token=me' }), { status: 400 });
  const form = new FormData();
  form.set('user', OWNER.user);
  form.set('passwd', OWNER.password);
  t.equal((await login(form)).status, 200, 'a form of many parts');
  t.equal((await login(new URLSearchParams({ user: OWNER.user, passwd: 'x' }))).status, 403);
  t.same(await (await login(JSON.stringify(OWNER))).json(), {
    ok: false,
    result: { error: 'ValidatorError', error_msg: "The argument '' is not a valid username characters" },
  });
  t.equal((await twin.ask(PIKVM.logout)).status, 400, 'nothing to end');
  t.equal((await twin.ask(PIKVM.logout, { headers: session })).status, 200);
  t.match(await check(session), { status: 403 });
});

t.test('a password without a colon works with Basic', { skip }, async (t) => {
  await using twin = await testKvm(browser, { password: 'rack-7' });
  t.equal((await twin.ask(PIKVM.check, { headers: basic(OWNER.user, 'rack-7') })).status, 200);
});

t.test('the streamer sleeps until somebody looks, and a while after', { skip }, async (t) => {
  await using twin = await testKvm(browser, { streamer: 'on-demand' });
  const asleep = async (why: string) => {
    for (const query of ['', '?allow_offline=1']) {
      const answer = await twin.ask(PIKVM.snapshot + query);
      t.equal(answer.status, 503, why + query);
      t.same(await answer.json(), UNAVAILABLE);
    }
    t.match(await (await twin.ask(PIKVM.streamer)).json(), { ok: true, result: { streamer: null } });
  };
  await asleep('nobody');
  const quiet = await twin.view('?stream=0');
  await asleep('one who wants no pictures');
  const viewer = await twin.view();
  while ((await twin.ask(PIKVM.snapshot)).status !== 200) await sleep(10);
  t.match(await (await twin.ask(PIKVM.streamer)).json(), {
    ok: true,
    result: {
      streamer: { source: { online: true, resolution: SIZE, captured_fps: 30 }, encoder: { quality: 95 } },
    },
  });
  viewer.close();
  quiet.close();
  await Promise.all([viewer, quiet].map((one) => new Promise((resolve) => one.once('close', resolve))));
  t.equal((await twin.ask(PIKVM.snapshot)).status, 200, 'awake still');
});

t.test('a viewer is greeted, its pings answered; others are refused with an answer', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const url = `${twin.kvm.url.replace('http', 'ws')}/api/ws`;
  const messages: unknown[] = [];
  const socket = new WebSocket(url, { headers: CREDENTIALS });
  const seen = async (type: string) => {
    while (!messages.some((one) => (one as { event_type?: string }).event_type === type)) await sleep(5);
  };
  socket.on('message', (data, binary) =>
    messages.push(binary ? [...(data as Buffer)] : JSON.parse(String(data))),
  );
  await seen('streamer');
  t.match(messages[0], { event_type: 'loop', event: { version: { major: 4 } } });
  socket.send('no JSON');
  socket.send(Buffer.from([0]));
  socket.send('{"event_type":"ping","event":{}}');
  await seen('pong');
  t.same(messages.at(-2), [255]);
  socket.close();
  const refused = (query: string, headers: Readonly<Record<string, string>>) =>
    new Promise<number | undefined>((resolve) => {
      const other = new WebSocket(url + query, { headers });
      other.on('unexpected-response', (_, response) => resolve(response.statusCode));
      other.on('open', () => resolve(101));
      other.on('error', () => undefined);
    });
  t.equal(await refused('', {}), 401);
  t.equal(await refused('', basic(OWNER.user, 'x')), 403);
  t.equal(await refused('?stream=abc', CREDENTIALS), 400);
  t.equal((await twin.ask(PIKVM.ws)).status, 400, 'no upgrade');
});

t.test('what is wrong with a request is said as kvmd does, and nothing is done', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const from = twin.heard.length;
  const wrong: readonly (readonly [string, string])[] = [
    [`${PIKVM.mouseMove}?to_x=1`, 'None argument is not a valid Mouse move'],
    [`${PIKVM.mouseMove}?to_x=1&to_y=1.5`, "The argument '1.5' is not a valid Mouse move"],
    [`${PIKVM.mouseButton}?button=fourth`, "The argument 'fourth' is not a valid Mouse button"],
    [
      `${PIKVM.mouseButton}?button=left&state=down`,
      "The argument 'down' is not a valid bool (['1', 'true', 'yes'] or ['0', 'false', 'no'])",
    ],
    [`${PIKVM.key}?key=keya`, "The argument 'keya' is not a valid Keyboard key"],
    [PIKVM.key, 'None argument is not a valid Keyboard key'],
    [`${PIKVM.shortcut}?keys=ControlLeft,Nope`, "The argument 'Nope' is not a valid Keyboard key"],
    [`${PIKVM.print}?limit=-1`, "The argument '-1' must be int and greater or equial than 0"],
    [`${PIKVM.print}?keymap=xx`, "The argument 'xx' is not a valid keymap"],
    [`${PIKVM.print}?delay=6`, "The argument '6' must be keys delay and lesser or equal then 5"],
    [`${PIKVM.atxPower}?action=explode`, "The argument 'explode' is not a valid ATX power action"],
    [`${PIKVM.atxClick}?button=`, "The argument '' is not a valid ATX button"],
    [`${PIKVM.info}?fields=secrets`, "The argument 'secrets' is not a valid info fields"],
  ];
  for (const [route, message] of wrong) {
    const answer = await twin.ask(route, route.startsWith('POST') ? { body: 'x' } : {});
    t.equal(answer.status, 400, route);
    t.same(await answer.json(), error('ValidatorError', message), route);
  }
  t.equal(twin.heard.length, from, 'the page heard nothing');
  for (const [route, status] of [
    ['GET /api/nothing', 404],
    ['GET /', 404],
    ['GET /api/hid/print', 405],
    ['GET /api//auth/check/', 200],
  ] as const)
    t.equal((await twin.ask(route)).status, status, route);
  const large = await twin.ask(PIKVM.print, { body: 'x'.repeat(1024 * 1024 + 1) });
  t.equal(large.status, 413);
});

t.test('states have the shape of a PiKVM', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const result = async (route: string) =>
    ((await (await twin.ask(route)).json()) as { readonly result: unknown }).result;
  t.match(await result(PIKVM.hid), {
    online: true,
    busy: false,
    enabled: true,
    keyboard: { online: true, leds: { caps: false } },
    mouse: { online: true, absolute: true, outputs: { active: 'usb' } },
  });
  t.match(await result(PIKVM.atx), {
    enabled: true,
    busy: false,
    acts: { power: false, reset: false },
    leds: { power: true, hdd: false },
  });
  t.same(await result(PIKVM.keymaps), { keymaps: { default: 'en-us', available: ['en-us'] } });
  t.match(await result(PIKVM.info), { system: { kvmd: { version: /^4\./ } } });
  t.same(Object.keys((await result(`${PIKVM.info}?fields=auth,hw`)) as object), ['auth', 'hw']);
});

t.test('the power button cuts the mains: no signal, a dead keyboard, and back', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  const power = (action: string) => twin.ask(`${PIKVM.atxPower}?action=${action}`);
  t.equal((await power('on')).status, 200, 'on already');
  t.same(twin.mains.powered, true);
  t.equal((await power('off')).status, 200);
  t.same(twin.mains.powered, false);
  const again = await twin.ask(`${PIKVM.atxPower}?action=on`);
  t.equal(again.status, 409, 'the switch is at work');
  t.match(await again.json(), { ok: false, result: { error: 'AtxIsBusyError' } });
  t.equal((await twin.ask(PIKVM.snapshot)).status, 503);
  const offline = await twin.snapshot('?allow_offline=1');
  t.match([offline.status, offline.width, offline.height], [200, SIZE.width, SIZE.height]);
  t.equal(offline.headers.get(SNAPSHOT_HEADERS.online), 'false');
  t.match(await (await twin.ask(PIKVM.streamer)).json(), {
    result: { streamer: { source: { online: false, captured_fps: 0 } } },
  });
  t.match(await (await twin.ask(PIKVM.hid)).json(), { result: { keyboard: { online: false } } });
  const from = twin.heard.length;
  t.equal((await twin.ask(`${PIKVM.key}?key=KeyA`)).status, 200, 'it cannot know');
  while ((await twin.ask(`${PIKVM.atxPower}?action=on&wait=1`)).status === 409) await sleep(20);
  t.same(twin.mains.powered, true);
  t.match(await (await twin.ask(PIKVM.atx)).json(), { result: { busy: false, leds: { power: true } } });
  t.equal((await twin.ask(PIKVM.snapshot)).status, 200);
  t.equal(twin.heard.length, from, 'the key was lost');
});

t.test('a long press only switches off, and a reset takes the power away for a moment', async (t) => {
  const told: string[] = [];
  const mains = {
    powered: true,
    on: () => {
      mains.powered = true;
      told.push('on');
    },
    off: () => {
      mains.powered = false;
      told.push('off');
    },
  };
  using atx = new Atx(mains, { clickMs: 1, longClickMs: 5, settleMs: 5 });
  const reset = atx.power('reset_hard', true);
  t.match(atx.state(), { busy: true, acts: { power: false, reset: true }, leds: { power: false } });
  await reset;
  t.same(told.splice(0), ['off', 'on']);
  const long = atx.click('power_long', true);
  t.equal(mains.powered, true, 'not before it was long enough');
  await t.rejects(atx.power('off', false), { name: 'AtxIsBusyError', status: 409 });
  await long;
  await atx.click('power_long', true);
  await atx.power('reset_hard', true);
  await atx.power('off', true);
  t.same(told.splice(0), ['off'], 'what is off stays off');
  await atx.click('power', true);
  await atx.click('power', true);
  t.same(told, ['on', 'off']);
});
