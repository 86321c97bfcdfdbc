import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseAnswers } from './answers.ts';
import { parseApp } from './app.ts';
import { parseDevices } from './devices.ts';
import { problemText } from './problems.ts';

const SMTP =
  'smtp: { host: mail.lab.example, port: 587, user: bench, password: { env: SMTP }, from: bench@lab.example }';
const shelf = (scanner: string, lab = '') => `version: 1
lab:
  domains: [lab.example]
  ${lab}
duts:
  - id: shelf
    kind: hardware
    destructive: true
    serialNumber: S1
    profile: nvr
    model: M
    firmware: V4.21.000
    adminPassword: { env: SHELF_PASSWORD }
    reservedEmail: shelf@lab.example
    http: { url: "http://192.0.2.1" }
    display: { driver: browser, url: "http://192.0.2.2" }
    scanner: ${scanner}
`;
function read(scanner: string, lab?: string) {
  const { devices, problems } = parseDevices('d.yaml', shelf(scanner, lab));
  return { devices, told: problems.map(problemText) };
}

t.test('each scanner, with its defaults', async (t) => {
  const [dut] = read('{ driver: operator }').devices?.duts ?? [];
  t.match(dut, { scanner: { driver: 'operator', timeoutSeconds: 600 } });
  const { devices } = read('{ driver: recovery-mail, service: recovery@service.example }', SMTP);
  t.match(devices?.duts, [{ scanner: { driver: 'recovery-mail', timeoutSeconds: 120 } }]);
  t.match(devices?.lab.smtp, { tls: 'starttls', password: { env: 'SMTP' } });
  const phone = read(
    '{ driver: appium, url: "http://127.0.0.1:4723", appVersion: 4.25.0, capabilities: { platformName: Android, "appium:noReset": true } }',
  );
  t.match(phone.devices?.duts, [
    { scanner: { language: 'en', capabilities: { platformName: 'Android', 'appium:noReset': true } } },
  ]);
  const twin =
    'version: 1\nlab: { domains: [lab.example] }\nduts:\n  - { id: a, kind: twin, profile: nvr, model: M, firmware: V4.21.000 }\n';
  t.match(parseDevices('d.yaml', twin).devices?.duts, [{ scanner: 'relay' }]);
});

t.test('what is wrong with them is told with its place, and without secrets', async (t) => {
  const mail = '{ driver: recovery-mail, service: recovery@service.example }';
  t.same(read(mail).told, [
    'd.yaml:17:14 duts.0.scanner: expected lab.smtp, through which it mails; found nothing',
  ]);
  t.match(read(mail, SMTP.replace('bench@lab', 'bench@elsewhere')).told, [
    /lab\.smtp\.from: expected an address in one of lab\.domains \(lab\.example\), found one in elsewhere\.example$/,
  ]);
  t.match(read(mail, SMTP.replace(', user: bench', '')).told, [
    /lab\.smtp.*: expected user and password, or neither$/,
  ]);
  t.match(read(mail, SMTP.replace('587', '25, tls: none')).told, [
    /lab\.smtp\.tls: expected implicit or starttls/,
  ]);
  t.same(read(mail, SMTP.replace('587', '25, tls: none').replace('mail.lab.example', '127.0.0.1')).told, []);
  const [secret = ''] = read(mail, SMTP.replace('{ env: SMTP }', 'Harbour-77')).told;
  t.match(secret, /lab\.smtp\.password: expected \{ env: NAME \}/);
  t.notMatch(secret, 'Harbour');
  t.match(
    read('{ driver: appium, url: "http://127.0.0.1:4723", appVersion: latest, capabilities: {} }').told,
    [/scanner\.appVersion: expected a version like 4\.25\.0, found "latest"/],
  );
  t.match(read('{ driver: telepathy }').told, [
    /scanner\.driver: expected one of relay, operator, recovery-mail, appium/,
  ]);
});

t.test('a file of answers: one, several in turn, with a note, by a program', async (t) => {
  const { answers, problems } = parseAnswers(
    'answers.yaml',
    `version: 1
by: night
answers:
  scan-qr: sent
  shelf-3/scan-qr: { value: refused, note: "Not valid." }
  level: [1, { value: 2 }]
  install-firmware: { command: [./install.sh, V4.30.100] }
`,
  );
  t.same(problems, []);
  t.same(answers?.answers, {
    'scan-qr': [{ value: 'sent' }],
    'shelf-3/scan-qr': [{ value: 'refused', note: 'Not valid.' }],
    level: [{ value: '1' }, { value: '2' }],
    'install-firmware': [{ command: ['./install.sh', 'V4.30.100'] }],
  });
  const wrong = parseAnswers('a.yaml', 'version: 1\nanswers:\n  Scan QR: sent\n  b: []\n').problems.map(
    problemText,
  );
  t.equal(wrong.length, 3, wrong.join('\n'));
  t.ok(wrong.some((text) => /by: expected/.test(text)));
  t.ok(wrong.some((text) => /a\.yaml:3.*expected the id of a prompt, or DUT\/id/.test(text)));
  t.ok(wrong.some((text) => /a\.yaml:4/.test(text)));
});

const APPS = join(import.meta.dirname, '..', '..', 'suites', 'apps');
const text = (name: string) => readFileSync(join(APPS, `${name}.yaml`), 'utf8');

t.test('the profiles of the app have no gap and no overlap, and are without mistakes', async (t) => {
  const apps = readdirSync(APPS).map((file) => {
    const { app, problems } = parseApp(file, readFileSync(join(APPS, file), 'utf8'), file);
    t.same(problems.map(problemText), [], file);
    return app;
  });
  const ranges = apps
    .map((app) => [app?.from, app?.before])
    .sort(([a = ''], [b = '']) => a.localeCompare(b, 'en', { numeric: true }));
  for (const [at, [, before]] of ranges.entries()) t.equal(before, ranges[at + 1]?.[0]);
});

t.test('names that are none are told: of a locator, and of a text that a language lacks', async (t) => {
  const told = (from: string, to: string) =>
    parseApp('app.yaml', text('me').replace(from, to), 'me').problems.map(problemText);
  t.match(told('  - tap: me\n', '  - tap: mee\n'), [
    /^app\.yaml:\d+:\d+ menu\.0\.tap: expected a name of locators, found mee$/,
  ]);
  t.match(told('    me: Ich\n', ''), [/locators\.me\.value: expected texts\.de\.me, found nothing$/]);
  t.match(told('sent: [sent]\n', 'sent: [gone]\n'), [/sent\.0: expected a name of locators, found gone$/]);
  t.match(told('from: 5.0.0', 'from: five'), [/from: expected a version like 4\.25\.0, found "five"/]);
});
