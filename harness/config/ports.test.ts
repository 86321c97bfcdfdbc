import t from 'tap';
import { parseDevices } from './devices.ts';
import { problemText } from './problems.ts';

const SHELF = [
  'version: 1',
  'lab: { domains: [lab.example] }',
  'duts:',
  '  - id: shelf',
  '    kind: hardware',
  '    destructive: true',
  '    serialNumber: S1',
  '    profile: nvr',
  '    model: M',
  '    firmware: V4.21.000',
  '    adminPassword: { env: SHELF_PASSWORD }',
  '    reservedEmail: shelf@lab.example',
  '    http: { url: "http://192.0.2.1" }',
  '    display: { driver: browser, url: "http://192.0.2.2" }',
  '    scanner: { driver: relay, url: "http://192.0.2.3" }',
];
const read = (line: string) => parseDevices('devices.yaml', [...SHELF, `    ${line}`].join('\n'));
const entry = (line: string) => {
  const dut = read(line).devices?.duts[0];
  return dut?.kind === 'hardware' ? dut : undefined;
};
const told = (line: string) => read(line).problems.map(problemText).join('\n');

t.test('a console is an adapter of this machine, or one that is served over TCP', async (t) => {
  const speed = { baudRate: 115_200, reopenMs: 20_000 };
  t.same(entry('serial: { path: /dev/ttyUSB0 }')?.serial, { path: '/dev/ttyUSB0', ...speed });
  t.same(entry('serial: { path: /dev/ttyUSB0, baudRate: 9600 }')?.serial, {
    path: '/dev/ttyUSB0',
    ...speed,
    baudRate: 9600,
  });
  t.same(entry('serial: { driver: tty, path: /dev/ttyUSB0, reopenMs: 0 }')?.serial, {
    driver: 'tty',
    path: '/dev/ttyUSB0',
    baudRate: 115_200,
    reopenMs: 0,
  });
  t.same(entry('serial: { driver: tcp, host: lab-pi, port: 2001 }')?.serial, {
    driver: 'tcp',
    host: 'lab-pi',
    port: 2001,
    protocol: 'rfc2217',
    ...speed,
  });
  t.match(told('serial: { driver: tcp, host: lab-pi }'), /serial\.port: expected/);
  t.match(
    told('serial: { driver: tcp, host: a, port: 1, protocol: ssh }'),
    /protocol: expected one of raw, rfc2217/,
  );
  t.match(
    told('serial: { driver: usb, path: x }'),
    /serial\.driver: expected one of tty, tcp, found "usb"/,
    'what is the driver where none is named stands there by name',
  );
  t.match(
    told('serial: { path: x, commands: [reset] }'),
    /commands: unknown key/,
    'no list is longer by configuration',
  );
});

const PDU =
  'on: { url: "URL/on" }, off: { url: "URL/off" }, state: { url: "URL", read: { pointer: /on, on: true, off: false } }';
const pdu = (rest: string, url = 'http://192.0.2.9') =>
  `power: { driver: http-pdu, ${PDU.replaceAll('URL', url)}${rest === '' ? '' : `, ${rest}`} }`;
const PASSWORD = 'password: { env: P }';

t.test('the power is switched by a relay, an outlet, or not at all', async (t) => {
  t.same(entry('power: { driver: relay-board, path: /dev/ttyUSB1 }')?.power, {
    driver: 'relay-board',
    path: '/dev/ttyUSB1',
    channel: 1,
    contact: 'normally-closed',
  });
  t.match(told('power: { driver: relay-board, path: x, channel: 0 }'), /channel: expected 1 or more/);
  t.match(told('power: { driver: relay-board, path: x, contact: changeover }'), /contact: expected one of/);
  t.match(entry(pdu(''))?.power, {
    driver: 'http-pdu',
    on: { method: 'GET', url: 'http://192.0.2.9/on' },
    auth: { kind: 'none' },
    settleMs: 10_000,
  });
  t.same(entry(`power: { driver: isapi, url: "http://192.0.2.1", user: bench, ${PASSWORD} }`)?.power, {
    driver: 'isapi',
    url: 'http://192.0.2.1',
    user: 'bench',
    password: { env: 'P' },
  });
});

t.test('a password goes over the network as it is only where the entry says so', async (t) => {
  const basic = `auth: { kind: basic, user: u, ${PASSWORD} }`;
  const bearer = `auth: { kind: bearer, ${PASSWORD} }`;
  for (const right of [
    pdu(`auth: { kind: digest, user: u, ${PASSWORD} }`),
    pdu(basic, 'https://192.0.2.9'),
    pdu(basic, 'http://127.0.0.1:80'),
    pdu(`${bearer}, plainHttp: true`),
  ])
    t.equal(told(right), '', right);
  for (const wrong of [pdu(basic), pdu(bearer), pdu(`auth: { kind: template, ${PASSWORD} }`)])
    t.match(told(wrong), /auth: expected https addresses, digest, or plainHttp/, wrong);
  t.match(told(pdu('auth: { kind: bearer, password: hunter2 }')), /password: expected \{ env: NAME \}/);
  t.notMatch(told(pdu('auth: { kind: bearer, password: hunter2 }')), /hunter2/);
  t.match(told(pdu('', 'http://u:hunter2@192.0.2.9')), /without user and password/);
});

t.test('how a state is read is checked before a run', async (t) => {
  const reading = (text: string) => told(pdu('').replace('{ pointer: /on, on: true, off: false }', text));
  t.equal(reading('{ pattern: "state=(1|0)", on: 1, off: 0 }'), '');
  t.equal(reading('{ pointer: "", on: "ON", off: "OFF" }'), '');
  for (const [wrong, problem] of [
    ['{ pattern: "(", on: 1, off: 0 }', /read\.pattern: expected a regular expression/],
    ['{ pointer: on, on: 1, off: 0 }', /read\.pointer: expected a JSON pointer like/],
    ['{ on: 1, off: 0 }', /state\.read\.pointer: expected a text/],
    ['{ pointer: /on, on: 1 }', /state\.read\.off: expected/],
    ['{ pointer: /on, on: true, off: true }', /state\.read\.off: .* never be read as off/],
    ['{ pattern: "s=(.*)", on: "On", off: " on" }', /state\.read\.off: .* never be read as off/],
  ] as const)
    t.match(reading(wrong), problem, wrong);
});

t.test('what does not go together is told as it stands there, and nothing of a secret', async (t) => {
  const auth = told(pdu(`auth: { kind: basic, user: u, ${PASSWORD} }`));
  t.match(auth, /as it is$/, 'and not that names and values were found');
  const named = told(pdu('auth: { kind: digest, user: u, password: { env: KVM-PW } }'));
  t.match(named, /password: expected the name of a variable behind env .*no dash/);
  t.notMatch(named, /KVM/);
});

t.test('a unit stands in an inventory once', async (t) => {
  const again = SHELF.slice(3).map((line) => line.replace('id: shelf', 'id: other'));
  const { problems } = parseDevices('devices.yaml', [...SHELF, ...again].join('\n'));
  t.same(problems.map(problemText), [
    'devices.yaml:19:19 duts.1.serialNumber: expected a unique serialNumber, found S1 again (first in duts.0)',
  ]);
});

t.test('the app of a phone is one that a profile is for, told with its place', async (t) => {
  const texts = { en: {}, de: {} };
  const apps = [
    { name: 'old', from: '4.9.0', before: '4.25.0', texts },
    { name: 'new', from: '4.25.0', texts: { en: {} } },
  ];
  const appium = (rest: string) =>
    parseDevices(
      'devices.yaml',
      SHELF.map((line) =>
        /scanner:/.test(line)
          ? `    scanner: { driver: appium, url: "http://192.0.2.3:4723", capabilities: {}, ${rest} }`
          : line,
      ).join('\n'),
      { apps },
    ).problems.map(problemText);
  t.same(appium('appVersion: 4.24.10, language: de'), []);
  t.same(appium('appVersion: 5.0.0'), []);
  t.match(appium('appVersion: 4.8.99'), [
    /^devices\.yaml:15:\d+ .*appVersion: .*\(old: 4\.9\.0 to 4\.25\.0, new: 4\.25\.0 to any\), found 4\.8\.99$/,
  ]);
  t.match(appium('appVersion: 4.25.0, language: de'), [/language: .*new\.yaml \(en\), found de$/]);
});

t.test('a reference to a secret is known by its place', async (t) => {
  const { devices, references } = parseDevices('devices.yaml', SHELF.join('\n'));
  const [dut] = devices?.duts ?? [];
  t.match(references?.get(dut?.kind === 'hardware' ? dut.adminPassword : undefined), {
    line: 11,
    column: 20,
  });
});
