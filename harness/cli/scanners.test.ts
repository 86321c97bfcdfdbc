// The whole way through `resetbench run`, with the QR mailed to the service, and with an operator whose answers are
// recorded: what is asked and answered stands in the record.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { withoutChromium } from '../bench/drivers/display/chromium.fixture.ts';
import { readJournal } from '../evidence/journal.ts';
import type { RunRecord } from '../terms/record.ts';
import { ROOT } from './root.ts';

t.setTimeout(240_000);
const skip = withoutChromium();

const inventory = (scanner: string) =>
  `version: 1
lab: { domains: [lab.resetbench.example] }
duts:
  - { id: a, kind: twin, profile: nvr, model: DS-7616NI-K2, firmware: V4.30.097, scanner: ${scanner} }
`;

/** A phone with the twin's app: finds where it is in the prompt, signs in and scans. */
const PHONE = `let text = '';
for await (const chunk of process.stdin) text += chunk;
const { qr, steps } = JSON.parse(text);
const url = /http:\\S+/.exec(steps.join(' '))[0];
const post = async (path, body, token) => (await fetch(url + path, {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: 'Bearer ' + token },
  body: JSON.stringify(body),
})).json();
const { token } = await post('/app/session', { mode: 'visitor' });
const { status, message } = await post('/app/scan', { payload: qr }, token);
console.log(status);
console.log(message);
`;

async function runIn(folder: string, requirements: string, ...more: readonly string[]) {
  const reports = join(folder, 'reports');
  const args = [
    'run',
    '--devices',
    join(folder, 'devices.yaml'),
    '--requirements',
    requirements,
    '--reports',
    reports,
  ];
  const ended = await new Promise<{ code: number | null; out: string }>((resolve) => {
    const main = join(ROOT, 'harness', 'cli', 'main.ts');
    const child = execFile(process.execPath, [main, ...args, ...more], { cwd: ROOT }, (_, out, err) =>
      resolve({ code: child.exitCode, out: out + err }),
    );
    child.stdin?.end();
  });
  const [id = ''] = readdirSync(reports);
  const record = JSON.parse(readFileSync(join(reports, id, 'run.json'), 'utf8')) as RunRecord;
  return { ...ended, record, run: join(reports, id) };
}

t.test('a whole reset with the QR mailed to the recovery service', { skip }, async (t) => {
  const folder = t.testdir({ 'devices.yaml': inventory('recovery-mail') });
  const { code, out, record } = await runIn(folder, 'CR32,CR59');
  t.equal(code, 0, out);
  t.same(
    record.cases.map(({ requirement, verdict }) => `${requirement} ${verdict}`),
    ['CR32 pass', 'CR59 pass'],
    'by the exported file, and by what was read on the screen',
  );
  const said = record.cases[1]?.attempts[0]?.steps.find(({ title }) => /^Scan the QR/.test(title));
  const [ref] = said?.evidence ?? [];
  const text = readFileSync(
    join(folder, 'reports', record.id, 'evidence', `${ref?.sha256}.${ref?.ext}`),
    'utf8',
  );
  t.match(text, /^The mail to .* was taken by 127\.0\.0\.1:\d+\.$/);
});

t.test('a whole reset with an operator, whose answers stand in a file', { skip }, async (t) => {
  const folder = t.testdir({
    'devices.yaml': inventory('operator'),
    'phone.mjs': PHONE,
    'answers.yaml': `version: 1
by: night of the lab
answers:
  scan-qr: { command: [${process.execPath}, phone.mjs] }
`,
  });
  const { code, out, record, run } = await runIn(folder, 'CR59', '--answers', join(folder, 'answers.yaml'));
  t.equal(code, 0, out);
  const [attempt] = record.cases[0]?.attempts ?? [];
  t.equal(attempt?.verdict, 'pass');
  t.match(attempt?.prompts, [
    {
      id: 'scan-qr',
      kind: 'options',
      outcome: 'answered',
      answer: { value: 'sent', by: 'night of the lab', way: 'script', note: /\S/ },
      shown: /^[0-9a-f]{64}$/,
    },
  ]);
  const { events, intact } = await readJournal(join(run, 'events.jsonl'));
  t.ok(intact);
  t.match(
    events.filter(({ type }) => type === 'prompt'),
    [{ dut: 'a', requirement: 'CR59', attempt: 1 }],
  );
  t.match(readFileSync(join(run, 'index.html'), 'utf8'), /Asked the operator: Scan this QR/);
});

t.test('an answer that is wrong, and nobody at all: whose fault it is', { skip }, async (t) => {
  const answers = 'version: 1\nby: night\nanswers: { scan-qr: perhaps }\n';
  const folder = t.testdir({ 'devices.yaml': inventory('operator'), 'answers.yaml': answers });
  const wrong = await runIn(folder, 'CR59', '--answers', join(folder, 'answers.yaml'));
  t.equal(wrong.code, 3, wrong.out);
  t.match(wrong.record.cases, [{ verdict: 'error', attempts: [{ fault: { domain: 'configuration' } }] }]);
  const alone = t.testdir({ 'devices.yaml': inventory('operator') });
  const nobody = await runIn(alone, 'CR59', '--operator', 'none');
  t.equal(nobody.code, 3);
  t.match(nobody.record.cases, [
    {
      verdict: 'error',
      attempts: [
        {
          fault: { domain: 'operator', rule: 'operator-absent', cure: /--operator terminal or page/ },
          prompts: [{ outcome: 'unanswered' }],
        },
      ],
    },
  ]);
});
