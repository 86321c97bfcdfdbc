import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import t from 'tap';
import type { AttemptRecord, DutRecord, EvidenceRef, RequirementRecord, RunRecord } from '../terms/record.ts';
import type { FaultDomain } from '../terms/verdict.ts';
import { ctrfOf } from './ctrf.ts';
import { htmlOf } from './html.ts';
import { junitOf } from './junit.ts';
import { pdfOf } from './pdf.ts';
import { sarifOf } from './sarif.ts';
import { markdownOf } from './summary-md.ts';
import { tapOf } from './tap.ts';
import { jsonText } from './text.ts';
import { without } from './tools.fixture.ts';

// docs/formats.md says what each format can express. Here every field of a record holds a word of its own, and each format
// is searched for it: the table must say what is found.

/** A fault domain that no other text names. */
const domain = (word: string) => word as FaultDomain;
const AT = Date.UTC(2026, 10, 23);
const evidence = (letter: string, more: Partial<EvidenceRef> = {}): EvidenceRef => ({
  ...{ sha256: letter.repeat(64), ext: 'png', kind: 'frame', title: `markshot${letter}`, at: AT },
  ...more,
});
const attempt = (more: Partial<AttemptRecord>): AttemptRecord => ({
  ...{ verdict: 'pass', at: AT, milliseconds: 1_000, steps: [], expectations: [], measurements: [] },
  ...more,
});
const requirement = (id: string, more: Partial<RequirementRecord> = {}): RequirementRecord => ({
  ...{ id, statement: `${id} holds`, source: 'S', kind: 'policy', section: 'Part', security: ['CWE-640'] },
  ...more,
});
const dut = (id: string, more: Partial<DutRecord> = {}): DutRecord => ({
  ...{
    id,
    kind: 'twin',
    family: 'nvr',
    model: 'NVR',
    firmware: 'V4.1.0',
    gui: '4.0',
    resolution: '1280x720',
  },
  ...{ serialNumber: 'S1', profile: 'nvr' },
  ...more,
});

const RECORD: RunRecord = {
  ...{ schema: 1, id: 'markrun', startedAt: AT, endedAt: AT + 60_000, ended: 'cut', verdict: 'error' },
  harness: { version: '3.1.4', node: 'marknode', platform: 'linux', by: 'markaccount', commit: 'markcommit' },
  duts: [
    dut('one', {
      ...{ model: 'markmodel', firmware: 'markfirmware', serialNumber: 'markserial', profile: 'markprofile' },
      capture: { scaler: 'markcapture' },
      calibration: {
        ...{ width: 1920, height: 1080, black: 16, white: 235, range: 'limited', gamma: undefined },
        ...{ jpegQuality: 80, chroma: '4:2:0', across: undefined, down: undefined },
        ...{ softness: 0.6, noise: 43.21, deviation: undefined, latencyMs: undefined, repeated: 0 },
      },
      password: { restored: true, told: 'markpassword' },
    }),
    dut('two', {
      fault: { domain: domain('markbenchdomain'), rule: 'r', facts: 'markbench', cure: 'markbenchcure' },
    }),
  ],
  requirements: [
    requirement('CR01', { statement: 'markstatement', source: 'marksource', section: 'marksection' }),
    requirement('CR02', { security: ['CWE-4711'] }),
    requirement('CR03'),
    requirement('CR04'),
    { id: 'CR05', statement: 'markplain', source: 'S', kind: 'policy', section: 'Part' },
  ],
  cases: [
    {
      ...{ dut: 'one', requirement: 'CR01', title: 'marktitle', verdict: 'fail', flaky: true },
      attempts: [
        attempt({
          ...{ verdict: 'error', reason: 'markearlier' },
          fault: { domain: domain('markearlierdomain'), rule: 'r', facts: 'f' },
        }),
        attempt({
          ...{ verdict: 'fail', copy: 471_147, reason: 'markreason' },
          fault: { domain: domain('markdomain'), rule: 'markrule', facts: 'markfacts', cure: 'markcure' },
          steps: [
            {
              ...{ title: 'markstep', at: AT, milliseconds: 5, error: 'markerror' },
              evidence: [
                evidence('a', {
                  needles: {
                    ...{ width: 1280, height: 720 },
                    seen: [
                      {
                        ...{ name: 'markneedle', tags: [], matched: false, score: 0.5 },
                        ...{ box: { x: 1, y: 1, width: 9, height: 9 }, areas: [] },
                      },
                    ],
                  },
                }),
              ],
            },
          ],
          expectations: [
            {
              ...{ title: 'markfailed', verdict: 'fail', at: AT, expected: 'markexpected', seen: 'markseen' },
              evidence: [],
            },
          ],
          measurements: [{ name: 'markmeasure', value: 41.25, unit: 'markunit' }],
          prompts: [
            {
              ...{ id: 'markask', title: 'markprompt', kind: 'text', at: AT, milliseconds: 9 },
              ...{ outcome: 'answered', answer: { value: 'markanswer', by: 'markperson', way: 'page' } },
            },
          ],
        }),
      ],
    },
    {
      ...{ dut: 'one', requirement: 'CR02', title: 'CR02 holds', verdict: 'pass', flaky: false },
      expected: {
        ...{ id: 'markentry', reason: 'markknown', owner: 'markowner', until: '2031-12-24', past: false },
        link: 'https://marklink.example',
      },
      attempts: [
        attempt({
          steps: [{ title: 'markpassstep', at: AT, milliseconds: 5, evidence: [evidence('b')] }],
          expectations: [
            {
              ...{
                title: 'markheld',
                verdict: 'pass',
                at: AT,
                expected: 'markheldwant',
                seen: 'markheldseen',
              },
              evidence: [],
            },
          ],
        }),
      ],
    },
    {
      ...{ dut: 'one', requirement: 'CR05', title: 'markplain', verdict: 'pass', flaky: false },
      attempts: [attempt({})],
    },
  ],
  notRun: [
    { dut: 'one', requirement: 'CR03', why: 'no-case', reason: 'markleft' },
    { dut: 'one', requirement: 'CR04', why: 'not-reached', reason: 'markmissed' },
  ],
};

/** The rows of the table, and what is looked for. */
const FIELDS: Readonly<Record<string, string | RegExp>> = {
  'that the run was cut or interrupted': /runwascut|"ended":"cut"/,
  'harness: version': '3.1.4',
  'harness: commit of harness and suites': 'markcommit',
  'harness: Node': 'marknode',
  'harness: who started it': 'markaccount',
  'recorder: model': 'markmodel',
  'recorder: firmware': 'markfirmware',
  'recorder: serial number': 'markserial',
  'recorder: profile': 'markprofile',
  'recorder: what its capture was set to': 'markcapture',
  'recorder: calibration of its capture': '43.2',
  'recorder: whether its first password is back': 'markpassword',
  'bench: fault domain of what ended it': 'markbenchdomain',
  'bench: facts': 'markbench',
  'bench: what to do': 'markbenchcure',
  'requirement: statement': 'markstatement',
  'requirement: source': 'marksource',
  'requirement: section': 'marksection',
  'requirement: weaknesses (CWE)': 'CWE-4711',
  'requirements that are not about security': 'markplain',
  'case: title of its own': 'marktitle',
  'not run: reason of the plan': 'markleft',
  'not run: reason why it was not reached': 'markmissed',
  'fault domain of an earlier attempt': 'markearlierdomain',
  'reason of an earlier attempt': 'markearlier',
  'fault domain': 'markdomain',
  'fault: rule': 'markrule',
  'fault: facts': 'markfacts',
  'fault: what to do': 'markcure',
  'reason of an attempt': 'markreason',
  'copy of the twin': '471147',
  'expectation that failed: title': 'markfailed',
  'expectation that failed: expected': 'markexpected',
  'expectation that failed: seen': 'markseen',
  'expectation that held: title': 'markheld',
  'expectation that held: seen': 'markheldseen',
  'steps of what did not pass': 'markstep',
  'steps of what passed': 'markpassstep',
  'step: error': 'markerror',
  'evidence of what did not pass': 'a'.repeat(64),
  'evidence of what passed': 'b'.repeat(64),
  'evidence: its pictures': 'PICTURE',
  'needles on a screen': 'markneedle',
  'measurement: figure': '41.25',
  'measurement: unit': 'markunit',
  'prompt: what the operator was asked': 'markprompt',
  'prompt: answer': 'markanswer',
  'prompt: who answered': 'markperson',
  'expected failure: entry': 'markentry',
  'expected failure: owner': 'markowner',
  'expected failure: last day': '2031-12-24',
  'expected failure: reason': 'markknown',
  'expected failure: link': 'marklink',
};

/** Each report as text without blanks, which a page may put anywhere. */
async function reports(folder: string): Promise<Readonly<Record<string, string>>> {
  const png = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#345' } })
    .png()
    .toBuffer();
  const read = async () => png;
  const pdf = await pdfOf(RECORD, { evidence: read });
  await writeFile(join(folder, 'report.pdf'), pdf);
  const { stdout } = spawnSync('pdftotext', [join(folder, 'report.pdf'), '-'], { encoding: 'utf8' });
  const pictures = Buffer.from(pdf).includes('/Subtype /Image') ? 'PICTURE' : '';
  const page = await htmlOf(RECORD, { evidence: read });
  return {
    'run.json': jsonText(RECORD),
    // What the page itself is made of says nothing of the run.
    'index.html': `${page.replace(/<style>.*?<\/style>/s, '').replace(/<script>.*?<\/script>/s, '')}${page.includes('data-mime="image/') ? 'PICTURE' : ''}`,
    'results.tap': await tapOf(RECORD),
    'junit.xml': junitOf(RECORD),
    'ctrf.json': ctrfOf(RECORD),
    'security.sarif': sarifOf(RECORD),
    'summary.md': markdownOf(RECORD),
    'report.pdf': `${stdout}${pictures}`,
  };
}

function has(text: string, word: string | RegExp): boolean {
  return typeof word === 'string' ? text.includes(word) : word.test(text);
}

function bare(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_whole, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\s+/g, '');
}

t.test(
  'docs/formats.md says what each format can express',
  { skip: without('pdftotext', 'poppler-utils') },
  async (t) => {
    const found = await reports(t.testdir({}));
    const names = Object.keys(found);
    const bareTexts = Object.values(found).map(bare);
    const table = Object.entries(FIELDS).map(
      ([field, word]) =>
        `| ${[field, ...bareTexts.map((text) => (has(text, word) ? 'yes' : '–'))].join(' | ')} |`,
    );
    const doc = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'formats.md'), 'utf8');
    const rows = doc.split('\n').filter((line) => /^\| .* \| (yes|–) \|$/.test(line));
    t.match(doc, `| what | ${names.map((name) => `\`${name}\``).join(' | ')} |\n`);
    t.strictSame(rows, table);
    t.strictSame(
      rows.filter((row) => row.split(' | ')[1] !== 'yes').map((row) => row.split(' | ')[0]),
      ['| evidence: its pictures'],
      'the record has all but pictures, which lie beside it',
    );
  },
);
