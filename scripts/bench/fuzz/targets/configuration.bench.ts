// Files that people write: inventory, profiles, expectations, answers and the like.
import { readFileSync } from 'node:fs';
import { parseAnswers } from '../../../../harness/config/answers.ts';
import { parseApp } from '../../../../harness/config/app.ts';
import { parseDefects } from '../../../../harness/config/defects.ts';
import { parseDevices } from '../../../../harness/config/devices.ts';
import { parseExpectations } from '../../../../harness/config/expectations.ts';
import { parseNotify } from '../../../../harness/config/notify.ts';
import { type Problem, refuse } from '../../../../harness/config/problems.ts';
import { parseProfile } from '../../../../harness/config/profile.ts';
import { parseRequirements } from '../../../../harness/config/requirements.ts';
import { parseSets } from '../../../../harness/config/sets.ts';
import { bytesOf, must, type Target, textOf } from '../target.ts';

const ROOT = new URL('../../../../', import.meta.url);
const own = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, ROOT)));

/** The first entries of a long list: what is read of one is read of all. */
function firstOf(path: string, characters: number): Uint8Array {
  const text = textOf(own(path));
  return bytesOf(text.slice(0, text.lastIndexOf('\n  - ', characters) + 1));
}

const HARDWARE = `version: 1
lab:
  domains: [&lab lab.resetbench.example, *lab]
  mailbox: { driver: imap, host: 192.0.2.2, user: lab, password: { env: LAB } }
  smtp: { host: 192.0.2.2, port: 25, from: lab@lab.resetbench.example }
duts:
  - id: nvr-shelf-3
    kind: hardware
    destructive: true
    serialNumber: DS-7616NI-K20123
    profile: nvr
    model: DS-7616NI-K2
    firmware: V4.30.097
    adminPassword: { env: NVR_SHELF_3_PASSWORD }
    reservedEmail: shelf3@lab.resetbench.example
    http: { url: "http://192.0.2.13" }
    serial: { path: /dev/ttyUSB0, baudRate: 115200 }
    display: { driver: browser, url: "http://192.0.2.40/kvm" }
    power: { driver: relay-board, path: /dev/ttyUSB1, channel: 2 }
    scanner: { driver: relay, url: "http://192.0.2.2:8095" }
`;
const TWIN = `version: 1
lab: { domains: [lab.resetbench.example] }
duts:
  - { id: my-nvr, kind: twin, profile: nvr, model: DS-7616NI-K2, firmware: V4.30.085, start: active }
`;
const NOTIFY = `version: 1
of: night
when: changes
link: https://lab.example/{run}/
retry: { attempts: 4, deadlineSeconds: 60 }
channels:
  - { name: ci, kind: webhook, url: "https://ci.example/hook", key: { env: HOOK_KEY } }
  - { name: qa, kind: slack, url: { env: SLACK_WEBHOOK }, insecure: false }
  - name: leads
    kind: email
    smtp: { host: mail.example, port: 587, tls: starttls, user: bench, password: { secret: smtp }, from: bench@lab.example }
    to: [leads@lab.example]
`;
const REQUIREMENTS = `version: 1
sources:
  FLY: { title: "a flyer (thresholds, GUI 3.0/4.0)", address: "https://maker.example/flyer" }
  SDK: { title: vendor headers, address: public code }
requirements:
  - id: CR01
    section: "Availability and set-up"
    statement: "An activated recorder with reserved email offers \\"Verify by Reserved Email\\""
    source: FLY
    kind: documented
    test: positive
    channels: [gui, http]
    applies: { firmware: at-or-above-threshold }
  - id: CR02
    section: "Availability and set-up"
    statement: "Below the threshold the option is not offered"
    source: "FLY, SDK (\\"and above\\")"
    kind: documented
    test: negative
    channels: [gui]
    applies: { firmware: below-threshold }
`;
const EXPECTATIONS = `version: 1
expectations:
  - id: known-one
    requirements: [CR01, CR02]
    when: { model: ["DS-*"], firmware: ">=V4.21.000 <V4.30.000", kind: twin }
    reason: it is so
    owner: ada
    until: 2027-03-31
    link: https://tracker.example/1
`;
const ANSWERS = `version: 1
by: Ada
answers:
  scan-qr: accepted
  nvr/code: [{ value: K7mQ2xWb, note: typed }, { command: [node, answer.mjs] }]
`;

/** One input in so many is read to its end, others for so many bytes: what is long is mostly one thing again and again. */
const WHOLE = 16;
const BEGIN_BYTES = 32 * 1024;

/** A target out of a parser that answers with problems, each with its place. */
function yamlTarget(
  name: string,
  samples: readonly Uint8Array[],
  parse: (file: string, text: string) => { readonly problems: readonly Problem[] },
): Target {
  return {
    name,
    samples,
    place: /^\S+\.yaml:\d+:\d+ /,
    open: () => ({
      read(bytes, dice) {
        const read = dice % WHOLE === 0 ? bytes : bytes.subarray(0, BEGIN_BYTES);
        const { problems } = parse('fuzz.yaml', textOf(read));
        for (const { line, column } of problems)
          must(line >= 1 && column >= 1, `a problem at ${line}:${column} is nowhere`);
        refuse(problems);
      },
    }),
  };
}

const menus = new Map(
  ['menu-4.0', 'menu-3.0', 'nvr'].map((name) => [name, textOf(own(`suites/profiles/${name}.yaml`))]),
);

export const CONFIGURATION: readonly Target[] = [
  yamlTarget('devices', [bytesOf(TWIN), own('devices.yaml'), bytesOf(HARDWARE)], parseDevices),
  yamlTarget('profile', [own('suites/profiles/nvr.yaml'), own('suites/profiles/nvr-3.0.yaml')], (_, text) =>
    parseProfile('fuzz', (name) => (name === 'fuzz' ? text : menus.get(name))),
  ),
  yamlTarget('expectations', [bytesOf(EXPECTATIONS), own('suites/expectations.yaml')], (file, text) =>
    parseExpectations(file, text, new Set(['CR01', 'CR02'])),
  ),
  yamlTarget('notify', [bytesOf(NOTIFY)], parseNotify),
  yamlTarget('answers', [bytesOf(ANSWERS)], parseAnswers),
  yamlTarget('app', [own('suites/apps/me.yaml')], (file, text) => parseApp(file, text, 'me')),
  yamlTarget('requirements', [bytesOf(REQUIREMENTS)], parseRequirements),
  yamlTarget('sets', [own('suites/sets.yaml')], parseSets),
  yamlTarget('defects', [firstOf('suites/defects.yaml', 3_000)], parseDefects),
];
