import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { type AppProfile, parseApp } from '../../../config/app.ts';
import { systemClock as clock } from '../../../terms/clock.ts';
import { type ScannerUnderTest, scannerContract } from '../../ports/scanner.contract.ts';
import type { ScanAnswer } from '../../ports/scanner.ts';
import { type AppiumOptions, type AppWays, openAppium } from './appium.ts';
import { type AppScreen, servePhone } from './webdriver.fixture.ts';

const ACCOUNT = { user: 'lab@phone.example', password: 'Phone-55' };
const QUICK = { clock, language: 'en', capabilities: {}, screenMs: 300, resultMs: 300 };
const id = (value: string) => ({ using: 'id', value });

/** An app of the simplest kind. */
const PLAIN: AppWays = {
  name: 'plain',
  from: '1.0.0',
  texts: { en: { sent: 'It was sent' } },
  locators: Object.fromEntries(
    ['visitor', 'login', 'user', 'password', 'reset', 'tip', 'camera', 'sent', 'refused'].map((one) => [
      one,
      id(one),
    ]),
  ),
  visitor: [{ tap: 'visitor' }],
  account: [{ type: 'user', what: 'user' }, { type: 'password', what: 'password' }, { tap: 'login' }],
  menu: [{ tap: 'reset' }, { waitFor: 'camera' }],
  sent: ['sent'],
  refused: ['refused'],
};
const START: AppScreen = {
  items: { visitor: 'Visitor', login: 'Log in', user: 'User', password: 'Password' },
  next: { visitor: 'menu', login: 'menu' },
};
const MENU: AppScreen = { items: { reset: 'Reset' }, next: { reset: 'camera' } };

function plain(url: string, options: Partial<AppiumOptions> = {}) {
  return openAppium({ ...QUICK, url, appVersion: '1.2.3', apps: [PLAIN], account: ACCOUNT, ...options });
}

scannerContract(
  t,
  'appium',
  async (): Promise<ScannerUnderTest> => {
    const queue: { readonly payload: string; readonly answer: ScanAnswer }[] = [];
    const scans: { readonly payload: string; readonly as: 'visitor' | 'account' }[] = [];
    const phone = await servePhone({
      start: START,
      menu: MENU,
      camera: {
        items: { camera: 'Scan' },
        // What stands before the camera is seen without a hand of the driver's.
        leaves: () => {
          const seen = queue.shift();
          if (seen === undefined) return { items: {} };
          scans.push({ payload: seen.payload, as: phone.taps.includes('visitor') ? 'visitor' : 'account' });
          return { items: { [seen.answer.accepted ? 'sent' : 'refused']: seen.answer.message } };
        },
      },
    });
    const scanner = plain(phone.url);
    return {
      scanner,
      expectScan: (payload, answer) => void queue.push({ payload, answer }),
      scans: () => scans,
      vanish: () => phone[Symbol.asyncDispose](),
      async [Symbol.asyncDispose]() {
        await scanner[Symbol.asyncDispose]();
        await phone[Symbol.asyncDispose]();
      },
    };
  },
  { isSerial: true },
);

t.test('each scan has a session of its own, and logs in with the account where it is told to', async (t) => {
  const result: AppScreen = { items: { sent: '' } };
  await using phone = await servePhone({
    start: START,
    menu: MENU,
    camera: { items: { camera: 'Scan' }, leaves: () => result },
  });
  await using scanner = plain(phone.url);
  t.same(
    await scanner.scan({ payload: 'x' }, { as: 'account' }),
    {
      accepted: true,
      message: 'It was sent',
    },
    'where the element has no text, what it stands for',
  );
  t.same(
    [...phone.typed],
    [
      ['user', ACCOUNT.user],
      ['password', ACCOUNT.password],
    ],
  );
  await scanner.scan({ payload: 'x' });
  t.same(phone.sessions, { open: 0, begun: 2 }, 'none is left open');
  t.equal(phone.commands[0], 'POST /session');
  t.equal(phone.commands.at(-1), 'DELETE ');
  await using without = plain(phone.url, { account: undefined } as unknown as Partial<AppiumOptions>);
  await t.rejects(without.scan({ payload: 'x' }, { as: 'account' }), { code: 'CONFIG_MISSING' });
});

t.test(
  'a screen that does not come is told with a picture of the phone; the session ends all the same',
  async (t) => {
    await using phone = await servePhone({ start: START, menu: { items: { other: 'Something new' } } });
    await using scanner = plain(phone.url);
    const error = await scanner.scan({ payload: 'x' }).catch((thrown: unknown) => thrown);
    t.match(error, {
      code: 'LOCATOR_NOT_FOUND',
      domain: 'bench',
      message: 'The app shows nothing that fits reset (profile plain).',
      frame: { format: 'png', width: 1, height: 1 },
    });
    t.equal(phone.sessions.open, 0);
  },
);

t.test('a tip that comes up is tapped away, one that does not is not missed', async (t) => {
  const apps = [{ ...PLAIN, menu: [{ tap: 'reset' }, { tapIfShown: 'tip' }, { waitFor: 'camera' }] }];
  const camera: AppScreen = { items: { camera: 'Scan' }, leaves: () => ({ items: { sent: 'sent' } }) };
  const tip: AppScreen = { items: { tip: 'Got it' }, next: { tip: 'camera' } };
  await using phone = await servePhone({
    start: START,
    menu: { ...MENU, next: { reset: 'tip' } },
    tip,
    camera,
  });
  await using scanner = plain(phone.url, { apps });
  t.ok((await scanner.scan({ payload: 'x' })).accepted);
  t.same(phone.taps, ['visitor', 'reset', 'tip']);
  await using bare = await servePhone({ start: START, menu: MENU, camera });
  await using other = plain(bare.url, { apps });
  t.ok((await other.scan({ payload: 'x' })).accepted);
});

t.test(
  'a phone that is gone, a session that is lost, and a server that is none are faults of the bench',
  async (t) => {
    await using phone = await servePhone({ start: START });
    await using scanner = plain(phone.url);
    const scan = () => scanner.scan({ payload: 'x' });
    phone.trouble('refuses');
    await t.rejects(scan(), { code: 'PORT_UNREACHABLE', domain: 'bench', message: /no device 4711/ });
    phone.trouble('gone');
    await t.rejects(scan(), { code: 'PORT_UNREACHABLE', message: /device '4711' not found/, hint: /cable/ });
    phone.trouble('lost');
    await t.rejects(scan(), { code: 'SESSION_LOST', domain: 'bench' });
    phone.trouble(undefined);
    const { serveJson } = await import('../json-server.fixture.ts');
    await using web = await serveJson(async () => [200, '<h1>hello</h1>']);
    await using stray = plain(web.url);
    await t.rejects(stray.scan({ payload: 'x' }), { code: 'PORT_PROTOCOL', hint: /Appium server/ });
  },
);

t.test('a version or a language that no profile knows is told at once', async (t) => {
  const apps = [
    { ...PLAIN, name: 'old', from: '1.0.0', before: '2.10.0' },
    { ...PLAIN, name: 'new', from: '3.0.0' },
  ];
  for (const version of ['0.9.9', '2.10.0'])
    t.throws(() => plain('http://127.0.0.1:1', { apps, appVersion: version }), {
      code: 'CONFIG_INVALID',
      domain: 'configuration',
      message: /there are: old \(1\.0\.0 to below 2\.10\.0\), new \(3\.0\.0 and above\)/,
    });
  t.doesNotThrow(() => plain('http://127.0.0.1:1', { apps, appVersion: '2.9.30' }));
  t.throws(() => plain('http://127.0.0.1:1', { language: 'fi' }), {
    code: 'CONFIG_INVALID',
    hint: /there are: en/,
  });
});

/** The profiles of the product. */
function profiles(): readonly AppProfile[] {
  const folder = join(import.meta.dirname, '..', '..', '..', '..', 'suites', 'apps');
  return readdirSync(folder).map((file) => {
    const { app, problems } = parseApp(
      file,
      readFileSync(join(folder, file), 'utf8'),
      basename(file, '.yaml'),
    );
    if (app === undefined) throw new Error(JSON.stringify(problems));
    return app;
  });
}

for (const [version, path] of [
  ['3.5.4', ['more', 'reset']],
  ['4.25.0', ['more', 'reset']],
  ['5.1.0', ['me', 'reset']],
  ['6.0.0', ['applications', 'tool', 'reset']],
] as const) {
  for (const language of ['en', 'de']) {
    t.test(
      `the app ${version} in ${language}: ${path.join(' > ')}, as a visitor and with the account`,
      async (t) => {
        const apps = profiles();
        const texts =
          apps.find((one) => path.every((name) => name in (one.texts[language] ?? {})))?.texts[language] ??
          {};
        const word = (name: string) => texts[name] ?? '';
        const way = Object.fromEntries(
          path.map((name, at) => [
            name,
            { items: { [name]: word(name) }, next: { [name]: path[at + 1] ?? 'allow' } },
          ]),
        );
        let says = `Code ${word('sent')}.`;
        await using phone = await servePhone({
          ...way,
          start: {
            items: {
              visitor: word('visitor'),
              login: word('login'),
              user: word('account'),
              password: word('password'),
            },
            next: { visitor: path[0], login: 'form' },
          },
          form: {
            items: { user: word('account'), password: word('password'), login: word('login') },
            next: { login: path[0] },
          },
          allow: { items: { allow: `${word('allow')} once` }, next: { allow: 'camera' } },
          camera: { items: { camera: `${word('camera')} QR` }, leaves: () => ({ items: { said: says } }) },
        });
        await using scanner = openAppium({
          ...QUICK,
          url: phone.url,
          appVersion: version,
          language,
          apps,
          account: ACCOUNT,
        });
        t.same(await scanner.scan({ payload: 'x' }), { accepted: true, message: says });
        t.same(phone.taps, ['visitor', ...path, 'allow']);
        says = `${word('invalid')}!`;
        t.match(await scanner.scan({ payload: 'x' }, { as: 'account' }), { accepted: false, message: says });
        t.same(phone.taps, ['login', 'login', ...path, 'allow']);
        t.equal(phone.typed.get('password'), ACCOUNT.password);
      },
    );
  }
}
