import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { RunRecord } from '../terms/record.ts';
import { piecesOf } from './pdf/fonts.ts';
import { pdfOf } from './pdf.ts';
import { evidenceName } from './reading.ts';
import { sampleRun } from './sample.ts';
import { ask, without } from './tools.fixture.ts';

const sample = await sampleRun({ frames: 3 });
const { record } = sample;
const evidence = async (ref: Parameters<typeof evidenceName>[0]) => {
  const bytes = sample.evidence.get(evidenceName(ref) ?? '');
  if (bytes === undefined) throw new Error('no such file');
  return bytes;
};
const skip = without('pdftotext', 'poppler-utils');
const bytes = await pdfOf(record, { evidence });
const folder = t.testdir({});

t.test(
  'The PDF is tagged, has a title and numbered pages, and each says that the run was cut',
  { skip },
  async (t) => {
    const file = join(folder, 'report.pdf');
    await writeFile(file, bytes);
    const info = ask('pdfinfo', [file]).output;
    t.match(info, /Tagged: +yes/);
    t.match(info, new RegExp(`Title: +Conformance report ${record.id}`));
    t.match(info, /Page size: +595\.28 x 841\.89 pts \(A4\)/);
    const pages = Number(info.match(/Pages: +(\d+)/)?.[1]);
    const text = ask('pdftotext', [file, '-']).output;
    const each = text.split('\f').slice(0, -1);
    t.equal(each.length, pages);
    for (const [index, page] of each.entries()) {
      t.match(page, `Page ${index + 1} of ${pages}`);
      t.match(page, /INCOMPLETE: the run was cut/);
    }
    t.match(text, /11 of the 12 recorders are twins/);
    t.match(text, /a twin can never be certified/);
    t.match(text, /Failures of recorders \(2\)/);
    t.match(text, /Without a verdict: this says nothing of a recorder \(3\)/);
    t.match(text, /The bench failed \(bench\)/);
    t.match(text, /captured at 1920x1080, JPEG 80/);
    for (const { id, kind } of record.duts) t.match(text, `${id} (${kind})`, 'a chapter for each recorder');
  },
);

t.test('A screen reader finds headings, tables and what a picture shows', { skip }, async (t) => {
  const file = join(folder, 'structure.pdf');
  await writeFile(file, bytes);
  const structure = ask('pdfinfo', ['-struct-text', file]).output;
  const count = (type: string) => structure.match(new RegExp(`^ +${type}\\b`, 'gm'))?.length ?? 0;
  t.equal(count('H1'), 1);
  t.ok(count('H2') >= record.duts.length + 4);
  t.equal(count('Figure'), 5, 'three cases failed, one was inconclusive, one an error');
  t.ok(count('TD') > record.duts.length * record.requirements.length, 'each field of each matrix');
  t.match(structure, /TD[^\n]*\n +"CR31 flaky ERROR/);
});

t.test('The same record gives the same bytes', async (t) => {
  t.ok(Buffer.from(await pdfOf(record, { evidence })).equals(Buffer.from(bytes)));
});

t.test('A lost screen is told of, and a run without recorders is still a document', { skip }, async (t) => {
  const file = join(folder, 'lost.pdf');
  const lost = async () => {
    throw new Error('no such file');
  };
  await writeFile(file, await pdfOf(record, { evidence: lost }));
  t.match(ask('pdftotext', [file, '-']).output, /The screen is missing in evidence\//);
  const empty: RunRecord = {
    ...record,
    ended: 'complete',
    duts: [],
    cases: [],
    notRun: [],
    requirements: [],
  };
  await writeFile(file, await pdfOf(empty, { evidence: lost }));
  const text = ask('pdftotext', [file, '-']).output;
  t.match(text, /Nothing was tested/);
  t.notMatch(text, /INCOMPLETE/);
});

t.test('Only a run that left nothing out says that it is conformant', { skip }, async (t) => {
  const file = join(folder, 'part.pdf');
  const said = async (one: RunRecord) => {
    await writeFile(file, await pdfOf(one, { evidence }));
    return ask('pdftotext', ['-l', '1', file, '-']).output;
  };
  const dut = record.duts.find(({ fault }) => fault === undefined);
  if (dut === undefined) return t.fail('the sample has a bench that held');
  const passed = record.cases.filter((one) => one.dut === dut.id && one.verdict === 'pass' && !one.expected);
  const whole: RunRecord = { ...record, ended: 'complete', duts: [dut], cases: passed, notRun: [] };
  const tested = {
    ...whole,
    requirements: record.requirements.filter(({ id }) => passed.some((one) => one.requirement === id)),
  };
  t.match(await said(tested), /Conformant/);
  const [first] = passed;
  const left = {
    dut: dut.id,
    requirement: first?.requirement ?? '',
    why: 'not-selected',
    reason: '-',
  } as const;
  const part = await said({ ...tested, cases: passed.slice(1), notRun: [left] });
  t.match(part, /Passed in part/);
  t.match(part, /1 case that applies was left out/);
  t.notMatch(part, /\nConformant/);
});

t.test(
  'Where hundreds fail, each is named, and the report stays one that can be read',
  { skip },
  async (t) => {
    const failing = record.cases.find(({ verdict }) => verdict === 'fail');
    const cases = record.cases.flatMap((one) => {
      const { expected: _, ...rest } = one;
      return failing === undefined ? [] : [{ ...rest, verdict: failing.verdict, attempts: failing.attempts }];
    });
    const file = join(folder, 'many.pdf');
    const none = async () => {
      throw new Error('no such file');
    };
    await writeFile(file, await pdfOf({ ...record, cases }, { evidence: none }));
    const text = ask('pdftotext', [file, '-']).output.replace(/\s+/g, '');
    t.match(text, `Failuresofrecorders(${cases.length})`);
    t.match(text, `${cases.length - 60}more,inshort`);
    t.strictSame(
      cases.filter(({ dut, requirement }) => !text.includes(`${requirement}on${dut}`)),
      [],
    );
    t.ok(Number(ask('pdfinfo', [file]).output.match(/Pages: +(\d+)/)?.[1]) < 150);
  },
);

t.test('What a recorder says is text, in letters that the font has', async (t) => {
  t.strictSame(piecesOf('Łódź', 'bold'), [
    { font: 'latin-ext-700', text: 'Ł' },
    { font: 'latin-700', text: 'ód' },
    { font: 'latin-ext-700', text: 'ź' },
  ]);
  t.strictSame(piecesOf('Код\u202e 中😀', 'regular'), [
    { font: 'cyrillic-400', text: 'Код' },
    { font: 'latin-400', text: '\\u202e \\u4e2d\\u{1f600}' },
  ]);
});
