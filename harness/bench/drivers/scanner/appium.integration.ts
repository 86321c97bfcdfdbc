// The driver against a real Appium server. Its driver for apps of words shows an XML file as the app: nothing moves in it,
// so that all that a menu leads to stands there at once.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { parseApp } from '../../../config/app.ts';
import { systemClock as clock } from '../../../terms/clock.ts';
import { openAppium } from './appium.ts';
import { beginSession } from './webdriver.ts';

t.setTimeout(600_000);
const ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const ACCOUNT = { user: 'lab@phone.example', password: 'Phone-55' };

const installed = await promisify(execFile)(process.execPath, [
  join(ROOT, 'scripts', 'setup', 'appium.mjs'),
]).then(
  ({ stdout }) => ({ folder: stdout.trim().split('\n').at(-1) ?? '', skip: false as const }),
  (error: { stderr?: string }) => {
    if (process.env.CI) throw error;
    return { folder: '', skip: `no Appium: ${error.stderr ?? ''}` };
  },
);

interface Server extends AsyncDisposable {
  readonly url: string;
  kill(): Promise<void>;
}
/** An Appium server on a free port of loopback. */
async function serve(): Promise<Server> {
  const port = await new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
  const args = ['server', '--address', '127.0.0.1', '--port', String(port), '--use-drivers', 'fake'];
  const child: ChildProcess = spawn(
    process.execPath,
    [join(installed.folder, 'node_modules', 'appium', 'index.js'), ...args, '--log-level', 'error'],
    { env: { ...process.env, APPIUM_HOME: installed.folder }, stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const isUp = () =>
    fetch(`${url}/status`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (child.exitCode === null && !(await isUp())) await clock.sleep(100);
  const kill = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  return { url, kill, [Symbol.asyncDispose]: kill };
}

const apps = readdirSync(join(ROOT, 'suites', 'apps')).flatMap((file) => {
  const text = readFileSync(join(ROOT, 'suites', 'apps', file), 'utf8');
  const { app } = parseApp(file, text, basename(file, '.yaml'));
  return app === undefined ? [] : [app];
});

/** All that some texts of the app name, as buttons and fields. */
function appOf(texts: Readonly<Record<string, string>>, says: string): string {
  const { account = '', password = '', ...words } = texts;
  const results = ['sent', 'failed', 'invalid'];
  const buttons = Object.entries(words)
    .filter(([name]) => !results.includes(name))
    .map(([name, text]) => `<MockButton id="${name}" text="${text}"/>`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<app width="400" height="852">
${buttons.join('\n')}
<MockInputField id="user" hint="${account}"/>
<MockInputField id="password" hint="${password}"/>
<MockTextField text="${says}"/>
</app>
`;
}

t.test('each profile, in each language, on a real server', { skip: installed.skip }, async (t) => {
  await using server = await serve();
  const folder = t.testdir({});
  t.equal(apps.length, 3);
  for (const app of apps)
    for (const [language, texts] of Object.entries(app.texts)) {
      const file = join(folder, `${app.name}-${language}.xml`);
      const capabilities = {
        platformName: 'Fake',
        'appium:automationName': 'Fake',
        'appium:deviceName': 'Fake',
        'appium:app': file,
      };
      const scanner = openAppium({
        url: server.url,
        capabilities,
        appVersion: app.from,
        language,
        apps,
        clock,
        account: ACCOUNT,
        screenMs: 2_000,
        resultMs: 2_000,
      });
      const name = `${app.name}, ${language}`;
      writeFileSync(file, appOf(texts, `It was ${texts.sent}.`));
      t.same(
        await scanner.scan({ payload: 'x' }),
        { accepted: true, message: texts.sent },
        `${name}: a visitor`,
      );
      t.ok((await scanner.scan({ payload: 'x' }, { as: 'account' })).accepted, `${name}: with the account`);
      writeFileSync(file, appOf(texts, `${texts.invalid}!`));
      t.same(
        await scanner.scan({ payload: 'x' }),
        { accepted: false, message: texts.invalid },
        `${name}: refused`,
      );
      const { reset: _, ...others } = texts;
      writeFileSync(file, appOf(others, ''));
      await t.rejects(
        scanner.scan({ payload: 'x' }),
        { code: 'LOCATOR_NOT_FOUND', domain: 'bench', frame: { format: 'png', width: Number } },
        `${name}: a menu that moved, with a picture`,
      );
      await scanner[Symbol.asyncDispose]();
    }
});

t.test(
  'a session that is lost, a phone that is none, a server that dies',
  { skip: installed.skip },
  async (t) => {
    await using server = await serve();
    const folder = t.testdir({ 'app.xml': appOf({ more: 'More' }, '') });
    const of = (app: string) => ({
      platformName: 'Fake',
      'appium:automationName': 'Fake',
      'appium:deviceName': 'Fake',
      'appium:app': join(folder, app),
    });
    const begin = (capabilities: Record<string, unknown>) =>
      beginSession({ url: server.url, capabilities, clock });
    const more = { using: 'xpath', value: '//*[@text="More"]' };
    const session = await begin({ ...of('app.xml'), 'appium:newCommandTimeout': 1 });
    t.type(await session.find(more), 'string');
    t.equal(await session.find({ using: 'id', value: 'nothing' }), undefined);
    t.match(await session.screenshot(), { format: 'png', width: Number, height: Number });
    // The server itself ends a session that is idle for longer than it may be.
    await clock.sleep(2_500);
    await t.rejects(session.find(more), { code: 'SESSION_LOST', domain: 'bench' });
    await t.rejects(begin(of('missing.xml')), { code: 'PORT_UNREACHABLE', domain: 'bench' });
    await t.rejects(begin({ ...of('app.xml'), 'appium:automationName': 'UiAutomator2' }), {
      code: 'PORT_UNREACHABLE',
      hint: /capabilities/,
    });
    const dying = await begin(of('app.xml'));
    await server.kill();
    await t.rejects(dying.find(more), { code: 'PORT_UNREACHABLE', message: /does not answer/ });
    await t.rejects(begin(of('app.xml')), { code: 'PORT_UNREACHABLE' });
  },
);
