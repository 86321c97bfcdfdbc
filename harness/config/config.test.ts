import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { HarnessError } from '../terms/error.ts';
import { compareFirmware, parseFirmware } from '../terms/version.ts';
import { parseDevices } from './devices.ts';
import { problemText, refuse } from './problems.ts';
import { parseProfile } from './profile.ts';
import { parseRequirements } from './requirements.ts';
import { parseSets } from './sets.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const shippedProfile = (name: string) => {
  const file = `suites/profiles/${name}.yaml`;
  return readdirSync(join(ROOT, 'suites/profiles')).includes(`${name}.yaml`) ? read(file) : undefined;
};

/** The problems of an inventory, as text. */
function problems(...lines: readonly string[]): readonly string[] {
  const parsed = parseDevices('devices.yaml', lines.join('\n'));
  if ((parsed.devices === undefined) === (parsed.problems.length === 0))
    throw new Error('expected either an inventory or problems');
  return parsed.problems.map(problemText);
}
const HEAD = ['version: 1', 'lab: { domains: [lab.example] }', 'duts:'];
const TWIN = '  - { id: a, kind: twin, profile: nvr, model: M, firmware: V4.21.000 }';
const HARDWARE = [
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
const hardwareWith = (key: string, line: string) =>
  problems(...HEAD, ...HARDWARE.map((old) => (old.startsWith(`    ${key}:`) ? `    ${line}` : old)));

t.test('an inventory without mistakes is read, with its defaults', async (t) => {
  const { devices, problems } = parseDevices('devices.yaml', [...HEAD, TWIN, ...HARDWARE].join('\n'));
  t.strictSame(problems, []);
  t.match(devices, {
    lab: { mailbox: { driver: 'embedded' } },
    duts: [
      { id: 'a', start: 'active', resolution: '1280x720', language: 'en', digest: ['MD5'], bootMs: 1200 },
      { id: 'shelf', adminPassword: { env: 'SHELF_PASSWORD' } },
    ],
  });
});

t.test('every mistake is told at once, each with its place, in the order of the file', async (t) => {
  t.strictSame(
    problems(
      'version: 2',
      'lab:',
      '  domains: []',
      '  mailbox: { driver: postbox }',
      'duts:',
      '  - id: NVR 1',
      '    kind: twin',
      '    profile: nvr',
      '    firmware: 4.2',
      '    resolution: 800x600',
      '    bootMs: 1.5',
      '    digest: [MD5, SHA1]',
      '    colour: blue',
      '  - kind: camera',
      '  - hardware',
      'extra: 1',
    ),
    [
      'devices.yaml:1:10 version: expected 1, found 2',
      'devices.yaml:3:12 lab.domains: expected 1 or more entries, found an empty list',
      'devices.yaml:4:22 lab.mailbox.driver: expected one of embedded, mailhog, mailpit, imap, found "postbox"',
      'devices.yaml:6:5 duts.0.model: expected a text, found nothing',
      'devices.yaml:6:9 duts.0.id: expected lower-case letters, digits and dashes, found "NVR 1"',
      'devices.yaml:9:15 duts.0.firmware: expected a version like V4.21.000, found 4.2',
      'devices.yaml:10:17 duts.0.resolution: expected one of 1024x768, 1280x720, 1920x1080, found "800x600"',
      'devices.yaml:11:13 duts.0.bootMs: expected a whole number, found 1.5',
      'devices.yaml:12:19 duts.0.digest.1: expected one of MD5, SHA-256, found "SHA1"',
      'devices.yaml:13:5 duts.0.colour: unknown key',
      'devices.yaml:14:11 duts.1.kind: expected one of twin, hardware, found "camera"',
      'devices.yaml:15:5 duts.2: expected names and values, found "hardware"',
      'devices.yaml:16:1 extra: unknown key',
    ],
  );
});

t.test('bounds are told as numbers', async (t) => {
  const twin = (more: string) => problems(...HEAD, TWIN.replace(' }', `, ${more} }`));
  t.match(twin('bootMs: -1'), [/bootMs: expected 0 or more, found -1$/]);
  t.match(twin('bootMs: 900000'), [/bootMs: expected 600000 or less, found 900000$/]);
  t.match(problems('version: 1', 'lab: { domains: [x] }', 'duts:', TWIN), [
    /lab\.domains\.0: expected 3 or more characters, found "x"$/,
  ]);
  t.match(problems(...HEAD, TWIN.replace('model: M', 'model: ""')), [
    /model: expected a text that is not empty, found ""$/,
  ]);
});

t.test('an id used twice is told where it is used again, also beside other mistakes', async (t) => {
  t.strictSame(problems(...HEAD, TWIN, TWIN.replace('V4.21.000', 'new'), TWIN), [
    'devices.yaml:5:11 duts.1.id: expected a unique id, found a again (first in duts.0)',
    'devices.yaml:5:60 duts.1.firmware: expected a version like V4.21.000, found "new"',
    'devices.yaml:6:11 duts.2.id: expected a unique id, found a again (first in duts.0)',
  ]);
});

t.test('a file that is no YAML is told with the place of the mistake', async (t) => {
  t.match(problems('version: 1', 'lab: [x', 'duts: []'), [/^devices\.yaml:3:1 \(top level\): .*sequence/]);
  t.match(problems('version: 1', 'version: 1'), [
    /^devices\.yaml:2:1 \(top level\): Map keys must be unique$/,
  ]);
  t.match(problems(''), [/^devices\.yaml:1:1 \(top level\): expected names and values, found nothing$/]);
  t.match(problems('lab: *here'), [/^devices\.yaml:1:6 \(top level\): \* has a meaning of its own in YAML/]);
});

t.test('a mailbox is embedded, a catcher by URL or in a container, or on an IMAP server', async (t) => {
  const mailbox = (line: string, more = '') =>
    problems('version: 1', `lab: { domains: [lab.example], mailbox: ${line}${more} }`, 'duts:', TWIN);
  const smtp = 'smtp: { host: 127.0.0.1, port: 1025 }';
  const login = 'host: mail.lab.example, user: lab, password: { env: LAB_MAIL }';
  for (const right of [
    '{ driver: embedded }',
    `{ driver: mailhog, url: "http://127.0.0.1:8025", ${smtp} }`,
    `{ driver: mailpit, url: "https://mail.lab.example/pit", ${smtp} }`,
    '{ driver: mailpit, container: { image: "axllent/mailpit:v1.27" } }',
    '{ driver: mailhog, container: { image: hog, smtpPort: 25, httpPort: 80, ryuk: true, otherwise: embedded } }',
    `{ driver: imap, ${login} }`,
    `{ driver: imap, ${login}, port: 143, security: starttls, folder: Codes, mails: all, ${smtp} }`,
    `{ driver: imap, ${login}, tls: { ca: "-----BEGIN CERTIFICATE-----" } }`,
  ])
    t.strictSame(mailbox(right), [], right);
  for (const [wrong, problem] of [
    ['{ driver: mailhog }', /lab\.mailbox: expected url and smtp, or container/],
    [`{ driver: mailhog, ${smtp} }`, /expected url and smtp, or container/],
    [
      '{ driver: mailpit, url: "http://127.0.0.1:8025", container: { image: x } }',
      /expected url and smtp, or/,
    ],
    [
      '{ driver: mailpit, container: { image: x, otherwise: imap } }',
      /container\.otherwise: expected embedded/,
    ],
    [
      '{ driver: imap, host: mail.lab.example, user: lab, password: hunter2 }',
      /password: expected \{ env: NAME \}/,
    ],
    [`{ driver: imap, ${login}, security: none }`, /security: expected one of tls, starttls/],
    [`{ driver: imap, ${login}, tls: { fingerprint: ab } }`, /tls\.fingerprint: expected a SHA-256/],
  ] as const)
    t.match(mailbox(wrong), [problem], wrong);
  t.strictSame(mailbox('{ driver: embedded }', ', plusAddress: true'), []);
  t.strictSame(mailbox('{ driver: embedded }', ', plusAddress: "-"'), []);
  t.match(mailbox('{ driver: embedded }', ', plusAddress: "#"'), [/lab\.plusAddress: expected/]);
});

t.test('a reserved address lies in a domain of the lab', async (t) => {
  t.strictSame(hardwareWith('reservedEmail', 'reservedEmail: shelf@LAB.example'), []);
  t.strictSame(hardwareWith('reservedEmail', 'reservedEmail: shelf@mail.example'), [
    'devices.yaml:12:20 duts.0.reservedEmail: expected an address in one of lab.domains (lab.example), found one in mail.example',
  ]);
  t.match(hardwareWith('reservedEmail', 'reservedEmail: shelf'), [
    /expected an e-mail address, found "shelf"$/,
  ]);
});

t.test('a display that is a grabber or a stream, with a CH9329, is read with its defaults', async (t) => {
  const display = (video: string, hid = 'path: /dev/ttyUSB0') =>
    `display: { driver: capture, video: { ${video} }, hid: { ${hid} } }`;
  const read = (line: string) => {
    const lines = HARDWARE.map((old) => (old.startsWith('    display:') ? `    ${line}` : old));
    return parseDevices('devices.yaml', [...HEAD, ...lines].join('\n')).devices?.duts[0];
  };
  t.match(read(display('device: /dev/video0')), {
    display: {
      video: { device: '/dev/video0', framerate: 30, delayMs: 0 },
      hid: { path: '/dev/ttyUSB0', baudRate: 9600, address: 0 },
    },
  });
  t.match(
    read(display('device: /dev/video0, size: 1920x1080, framerate: 15, pixels: mjpeg, range: limited')),
    { display: { video: { size: '1920x1080', framerate: 15, pixels: 'mjpeg', range: 'limited' } } },
  );
  t.match(read(display('url: "rtsp://192.0.2.9/1", delayMs: 150', 'path: /dev/ttyS1, baudRate: 115200')), {
    display: { video: { url: 'rtsp://192.0.2.9/1', delayMs: 150 }, hid: { baudRate: 115200 } },
  });
  const told = (video: string, hid?: string) => hardwareWith('display', display(video, hid)).join('\n');
  t.match(
    told('device: video0'),
    /^devices.yaml:\d+:\d+ duts.0.display.video.device: expected a device like/,
  );
  t.match(told('device: /dev/video0, size: big'), /display.video.size: expected a size like 1280x720/);
  t.match(told('device: /dev/video0, framerate: 0'), /display.video.framerate: expected 1 or more/);
  t.match(told('device: /dev/video0, pixels: "-i"'), /display.video.pixels: expected a format/);
  t.match(told('url: "file:///etc/passwd"'), /display.video.url: expected an http, https or rtsp address/);
  t.match(told('url: "http://192.0.2.9/1", size: 1280x720'), /display.video.size: unknown key/);
  t.match(told('device: /dev/video0', 'path: COM3'), /display.hid.path: expected a device like/);
  t.match(told('device: /dev/video0', 'path: /dev/ttyUSB0, address: 255'), /display.hid.address/);
  const secret = told('url: "rtsp://admin:Hunter2-9@192.0.2.9/1"');
  t.match(secret, /display.video.url: expected an address without user and password/);
  t.notMatch(secret, 'Hunter2-9');
});

t.test('a unit is touched only where the inventory says so', async (t) => {
  t.match(hardwareWith('destructive', 'destructive: false'), [
    /^devices\.yaml:6:18 duts\.0\.destructive: expected true: .* found false$/,
  ]);
  t.match(hardwareWith('destructive', ''), [/destructive: expected true: .* found nothing$/]);
});

t.test('a password in the inventory is refused, and never shown', async (t) => {
  const literal = 'Hunter2-9';
  const ways = [
    `adminPassword: ${literal}`,
    `adminPassword: "${literal}"`,
    `adminPassword: { env: ${literal} }`,
    `adminPassword: { ${literal} }`,
    `adminPassword: { password: ${literal} }`,
    `adminPassword: { env: NAME, password: ${literal} }`,
    `adminPassword: [${literal}]`,
  ];
  for (const way of ways) {
    const [problem = '', ...others] = hardwareWith('adminPassword', way);
    const form = way.includes(`{ env: ${literal} }`)
      ? 'the name of a variable behind env (letters, digits and _; no dash, no digit first)'
      : '{ env: NAME } or { secret: NAME }';
    t.equal(problem, `devices.yaml:11:20 duts.0.adminPassword: expected ${form}, never the secret itself`);
    t.strictSame(others, [], way);
  }
  const elsewhere = [
    `adminPassword: !${literal}`,
    `adminPassword: *${literal}`,
    `adminPassword: &${literal}`,
    `adminPassword: @${literal}`,
    `adminPassword: "${literal}`,
    `http: { url: "ftp://admin:${literal}@192.0.2.1" }`,
    `http: [${literal}]`,
    `display: { driver: { password: ${literal} }, url: "http://192.0.2.2" }`,
    `password: ${literal}`,
  ];
  for (const way of elsewhere) {
    const [key = ''] = way.split(':');
    const told = hardwareWith(key === 'password' ? 'scanner' : key, way);
    t.ok(told.length > 0, way);
    t.notMatch(told.join('\n'), literal, way);
  }
  t.strictSame(hardwareWith('adminPassword', 'adminPassword: { secret: shelf admin }'), []);
});

t.test('a recorder may be named by https, and its certificate pinned', async (t) => {
  const http = (tls: string) => hardwareWith('http', `http: { url: "https://192.0.2.13"${tls} }`);
  const sha = 'ab'.repeat(32);
  for (const tls of ['', `, tls: { fingerprint: ${sha} }`, ', tls: { caFile: /etc/lab/ca.pem }'])
    t.strictSame(http(tls), [], tls);
  t.strictSame(http(', tls: { ca: "-----BEGIN CERTIFICATE-----" }'), []);
  t.match(http(', tls: { fingerprint: ab }'), [/http\.tls\.fingerprint: expected a SHA-256/]);
  t.match(http(', insecure: true'), [/http\.insecure: unknown key/]);
});

t.test(
  'a display is a page, a PiKVM, a VNC server or a grabber; what each lacks is told in its place',
  async (t) => {
    const display = (line: string) => hardwareWith('display', `display: ${line}`);
    const password = 'password: { env: KVM_PASSWORD }';
    const sha = Array.from({ length: 32 }, (_, at) => (at + 160).toString(16)).join(':');
    for (const right of [
      `{ driver: pikvm, url: "https://192.0.2.9", ${password} }`,
      `{ driver: pikvm, url: "http://127.0.0.1:8080", user: lab, ${password}, keyDelayMs: 20, maxAgeMs: 500 }`,
      `{ driver: pikvm, url: "https://kvm.lab.example", ${password}, tls: { fingerprint: "${sha}" } }`,
      `{ driver: pikvm, url: "https://kvm.lab.example", ${password}, tls: { fingerprint: ${sha.replaceAll(':', '')} } }`,
      `{ driver: pikvm, url: "https://kvm.lab.example", ${password}, tls: { ca: "-----BEGIN CERTIFICATE-----" } }`,
      '{ driver: vnc, host: 192.0.2.9 }',
      `{ driver: vnc, host: kvm.lab.example, port: 5901, ${password}, keyDelayMs: 5 }`,
    ])
      t.strictSame(display(right), [], right);
    for (const [wrong, problem] of [
      [
        '{ driver: vga }',
        /:14:24 duts\.0\.display\.driver: expected one of browser, pikvm, vnc, capture, found "vga"$/,
      ],
      [
        `{ driver: pikvm, url: "http://192.0.2.9", ${password} }`,
        /display\.url: expected an https address: each/,
      ],
      [
        '{ driver: pikvm, url: "https://192.0.2.9", password: hunter2 }',
        /password: expected \{ env: NAME \}.*itself$/,
      ],
      ['{ driver: pikvm, url: "https://192.0.2.9" }', /display\.password: expected \{ env: NAME \}/],
      [
        `{ driver: pikvm, url: "https://192.0.2.9", ${password}, tls: { fingerprint: ab:cd } }`,
        /tls\.fingerprint: expected a SHA-256 of 64 hexadecimal digits, found "ab:cd"$/,
      ],
      [
        `{ driver: pikvm, url: "https://192.0.2.9", ${password}, tls: { ca: lab.pem } }`,
        /tls\.ca: expected the text/,
      ],
      ['{ driver: vnc }', /display\.host: expected a text, found nothing$/],
      ['{ driver: vnc, host: kvm, port: 70000 }', /display\.port: expected 65535 or less, found 70000$/],
      ['{ driver: vnc, host: kvm, user: lab }', /display\.user: unknown key$/],
    ] as const)
      t.match(display(wrong), [problem], wrong);
    const { devices } = parseDevices(
      'devices.yaml',
      [...HEAD, ...HARDWARE, `    power: { driver: pikvm, url: "https://192.0.2.9", ${password} }`].join(
        '\n',
      ),
    );
    t.match(devices?.duts[0], {
      power: { driver: 'pikvm', user: 'admin', password: { env: 'KVM_PASSWORD' } },
    });
  },
);

t.test('all problems are thrown as one error, one a line', async (t) => {
  const { problems } = parseDevices('devices.yaml', 'version: 2\nlab: { domains: [lab.example] }\nduts: []');
  t.throws(() => refuse(problems), {
    code: 'CONFIG_INVALID',
    message: /^devices.yaml:1:10 .*\ndevices.yaml:3:7 .*$/,
  });
  t.throws(() => refuse(problems), HarnessError);
  t.doesNotThrow(() => refuse([]));
});

const SMALL = {
  base: read('suites/profiles/menu-4.0.yaml'),
  nvr: 'extends: base\nfamily: nvr\nthreshold: V4.21.000\nlabels:\n  ok: [Fine, OK]\n',
  below: 'extends: nvr\nthreshold: V4.20.000\n',
} as const;
const profileOf = (name: string, files: Readonly<Record<string, string>>) =>
  parseProfile(name, (one) => files[one]);
const profileProblems = (name: string, files: Readonly<Record<string, string>>) =>
  profileOf(name, files).problems.map(problemText);

t.test('a profile takes from those it extends what it does not say itself, key by key', async (t) => {
  const { profile } = profileOf('below', SMALL);
  t.match(profile, {
    family: 'nvr',
    threshold: 'V4.20.000',
    gui: '4.0',
    labels: { ok: ['Fine', 'OK'], cancel: ['Cancel'] },
  });
  t.strictSame(profile?.labels.ok, ['Fine', 'OK'], 'lists are replaced, not joined');
  t.notOk(profile !== undefined && 'extends' in profile);
});

t.test('a profile that extends itself, or one that is not there, is refused where it says so', async (t) => {
  t.strictSame(profileProblems('a', { a: 'gui: lite\nextends: b', b: 'extends: a' }), [
    'suites/profiles/b.yaml:1:10 extends: suites/profiles/a.yaml extends itself',
  ]);
  t.strictSame(profileProblems('a', { a: 'extends: a' }), [
    'suites/profiles/a.yaml:1:10 extends: suites/profiles/a.yaml extends itself',
  ]);
  t.strictSame(profileProblems('a', { a: '# a\nextends: b' }), [
    'suites/profiles/a.yaml:2:10 extends: expected a file suites/profiles/b.yaml, found none',
  ]);
  t.strictSame(profileProblems('a', {}), [
    'suites/profiles/a.yaml:1:1 (top level): expected a file suites/profiles/a.yaml, found none',
  ]);
  for (const parent of ['4', '[base]', '../x'])
    t.match(profileProblems('a', { a: `extends: ${parent}` }), [
      /a\.yaml:1:10 extends: expected the name of a file/,
    ]);
});

t.test('a mistake in a profile is told with the file it stands in', async (t) => {
  const files = {
    ...SMALL,
    base: SMALL.base
      .replace('codeLength: 8', 'codeLength: eight')
      .replace('  cancel: Cancel', '  cancel: [Cancel, ""]'),
    bad: 'extends: nvr\nthreshold: 4.21\nlabels:\n  no: 4\n  nope: No\n',
  };
  const line = (start: string) => SMALL.base.split('\n').findIndex((one) => one.startsWith(start)) + 1;
  t.strictSame(
    new Set(profileProblems('bad', files)),
    new Set([
      'suites/profiles/bad.yaml:2:12 threshold: expected a version like V4.21.000, found 4.21',
      'suites/profiles/bad.yaml:4:7 labels.no: expected a text or a list, found 4',
      'suites/profiles/bad.yaml:5:3 labels.nope: unknown key',
      `suites/profiles/base.yaml:${line('codeLength')}:13 codeLength: expected a number, found "eight"`,
      `suites/profiles/base.yaml:${line('  cancel')}:20 labels.cancel.1: expected a text that is not empty, found ""`,
    ]),
  );
});

t.test('requirements are told by id once, also beside other mistakes', async (t) => {
  const one = (id: string, more = '') =>
    `  - { id: ${id}, section: s, statement: s, source: FLY, kind: policy, test: both, channels: [gui]${more} }`;
  const told = (...lines: readonly string[]) =>
    parseRequirements('r.yaml', ['version: 1', 'requirements:', ...lines].join('\n')).problems.map(
      problemText,
    );
  t.strictSame(told(one('CR01'), one('CR02')), []);
  t.strictSame(
    told(one('CR01'), one('CR02'), one('CR01'), one('CR3'), one('CR04', ', applies: { gui: [] }')),
    [
      'r.yaml:5:11 requirements.2.id: expected a unique id, found CR01 again',
      'r.yaml:6:11 requirements.3.id: expected an id like CR01, found "CR3"',
      'r.yaml:7:115 requirements.4.applies.gui: expected 1 or more entries, found an empty list',
    ],
  );
  t.strictSame(told(one('CR01', ', security: [CWE-640, CWE-307]')), []);
  t.match(told(one('CR01', ', security: [640]')), [/requirements\.0\.security\.0: expected /]);
  t.match(told(one('CR01', ', security: [CWE640]')), [/security\.0: expected a weakness like CWE-640/]);
  t.match(told(one('CR01', ', security: []')), [/security: expected 1 or more entries/]);
  t.match(told(one('CR01').replace('[gui]', '[telnet]')), [
    /channels\.0: expected one of gui, http, .*found "telnet"$/,
  ]);
});

t.test('the requirements that come with it are CR01 to CR80, no statement twice', async (t) => {
  const { requirements = [], problems } = parseRequirements(
    'suites/requirements.yaml',
    read('suites/requirements.yaml'),
  );
  t.strictSame(problems, []);
  t.strictSame(
    requirements.map(({ id }) => id),
    Array.from({ length: 80 }, (_, at) => `CR${String(at + 1).padStart(2, '0')}`),
  );
  t.equal(new Set(requirements.map(({ statement }) => statement)).size, 80);
  t.strictSame(
    requirements
      .filter(({ section, security }) => section === 'Leaks and side channels' && security === undefined)
      .map(({ id }) => id),
    [],
    'what is about leaks is about security',
  );
});

t.test('the profiles that come with it have the thresholds of the documented families', async (t) => {
  const thresholds: Readonly<Record<string, string>> = {
    'dvr-k': 'V4.2.00',
    'hghi-f': 'V3.4.89',
    nvr: 'V4.21.000',
  };
  const names = readdirSync(join(ROOT, 'suites/profiles')).map((file) => file.replace(/\.yaml$/, ''));
  for (const name of names.filter((one) => !one.startsWith('menu-'))) {
    const { profile, problems } = parseProfile(name, shippedProfile);
    t.strictSame(problems, [], name);
    // The firmware of another maker begins to have it at a version of its own.
    if (['dvr-k', 'dvr-k-lite', 'hghi-f', 'nvr', 'nvr-3.0'].includes(name))
      t.equal(profile?.threshold, thresholds[profile?.family ?? ''], name);
  }
  t.strictSame(names.filter((name) => name in thresholds).sort(), Object.keys(thresholds).sort());
});

t.test('the inventory that comes with it has recorders below, at and above each threshold', async (t) => {
  const { devices, problems } = parseDevices('devices.yaml', read('devices.yaml'));
  t.strictSame(problems, []);
  t.ok((devices?.duts.length ?? 0) >= 12);
  const sides = new Map<string, Set<number>>();
  for (const { profile: name, firmware } of devices?.duts ?? []) {
    const { profile } = parseProfile(name, shippedProfile);
    const own = parseFirmware(firmware);
    const threshold = parseFirmware(profile?.threshold ?? '');
    if (profile === undefined || own === undefined || threshold === undefined)
      return t.fail(`${name} ${firmware}`);
    const side = Math.sign(compareFirmware(own, threshold));
    sides.set(profile.family, (sides.get(profile.family) ?? new Set()).add(side));
  }
  for (const family of ['dvr-k', 'hghi-f', 'nvr'])
    t.strictSame([...(sides.get(family) ?? [])].sort(), [-1, 0, 1], family);
});

t.test('sets are names and patterns, told with the place where they are wrong', async (t) => {
  t.same(parseSets('s', 'version: 1\nsets: { core: [CR01..CR09, CR1*, CR72] }').sets, {
    core: ['CR01..CR09', 'CR1*', 'CR72'],
  });
  const { sets, problems } = parseSets('s', 'version: 1\nsets:\n  core: [CR1..CR09, XY]\n  empty: []');
  t.equal(sets, undefined);
  t.same(
    problems.map(({ line, path }) => `${line} ${path}`),
    ['3 sets.core.0', '3 sets.core.1', '4 sets.empty'],
  );
});

t.test('a file that would fill the memory is refused with a place', async (t) => {
  const bomb = Array.from(
    { length: 12 },
    (_, at) => `b${at}: &b${at} [${at === 0 ? 'x' : `*b${at - 1}, `.repeat(9)}]`,
  );
  for (const [text, message] of [
    [bomb.join('\n'), /^1:1 .*aliases/],
    [`a: ${'['.repeat(20_000)}`, /^1:68 .*more than 64 levels/],
    [`a${': '.repeat(20_000)}`, /^1:1\d\d .*more than 64 levels/],
    [`a:\n  ${'b: '.repeat(20_000)}`, /^2:\d+ .*more than 64 levels/],
    [`- `.repeat(20_000), /^1:1\d\d .*more than 64 levels/],
    [`a: ${'x'.repeat(2_000_000)}`, /^1:1 .*at most 1048576 characters, found 2000003/],
    [`a: 1\nb: [${','.repeat(200_000)}`, /^2:99\d\d\d .*more than 100000 words and signs/],
  ] as const) {
    const [problem = '', ...more] = problems(text);
    t.match(problem.replace(/^devices\.yaml:/, ''), message);
    t.match(problem, /^devices\.yaml:\d+:\d+ \(top level\): /);
    t.same(more, []);
  }
});

t.test('how long a file takes to read goes with its length, whatever is wrong in it', async (t) => {
  const cpuMs = (text: string) => {
    const before = process.cpuUsage();
    problems(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  for (const [part, what] of [
    ['[],', 'keys that are lists'],
    ['{},', 'keys that are maps'],
    [',', 'nothing between commas'],
    ['@,', 'keys of which each is unknown'],
  ] as const) {
    const file = (parts: number) =>
      `version: 1\nlab: { domains: [lab.example] }\nduts:\n  - {${Array.from({ length: parts }, (_, at) => part.replace('@', `k${at}`)).join('')} }\n`;
    cpuMs(file(2_000));
    // Of ten times the parts, a hundred times the time was: 9 s for the first.
    t.ok(cpuMs(file(20_000)) < 4_000, what);
  }
  const before = process.cpuUsage();
  const told = problemText({ file: 'f', line: 1, column: 1, path: `v${' '.repeat(100_000)}x`, message: 'm' });
  t.ok(told.length < 1_200 && process.cpuUsage(before).user < 4_000_000, 'a key with a run of spaces');
});

t.test('a problem is one line, however long what is wrong is', async (t) => {
  for (const line of problems(`${'k'.repeat(5_000)}: 1`, `"a\\nb": 1`)) {
    t.ok(line.length < 1_200, `${line.length} characters`);
    t.notMatch(line, '\n');
  }
  t.ok(problems(`a: [${'{} {} '.repeat(2_000)}`).length <= 100);
});
