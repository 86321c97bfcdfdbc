import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';
import sharp from 'sharp';
import t from 'tap';
import { openReader, openWasmReader, searchWriting } from './ocr.ts';
import { searchBytes } from './search.ts';
import type { Secret } from './secrets.ts';

const CODE = 'A7b9C2d4';
const ADDRESS = 'Reserved.Box@lab.example';
const PASSWORD = 'Lab "9" <w>&é/1';
const secret = (value: string, kind = 'secret'): Secret => ({ kind, value, anyCase: kind === 'address' });
const forms = (text: string | Uint8Array, ...values: readonly string[]) =>
  searchBytes(
    Buffer.from(text),
    values.map((value) => secret(value, value.includes('@') ? 'address' : 'code')),
  ).map(([, form]) => form);

t.test('a secret is found as it is, and as URLs, XML, JSON and mails write it', async (t) => {
  t.same(forms(`code: ${CODE}.`, CODE), ['as it is']);
  t.same(forms(`code: ${CODE.toLowerCase()}.`, CODE), [], 'in its own case');
  t.same(forms('to RESERVED.box@LAB.example', ADDRESS), ['as it is'], 'an address in any');
  const escaped = [
    encodeURIComponent(PASSWORD),
    encodeURIComponent(encodeURIComponent(PASSWORD)),
    PASSWORD.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    [...PASSWORD].map((one) => `&#${one.codePointAt(0)};`).join(''),
    JSON.stringify(PASSWORD),
    JSON.stringify(JSON.stringify(PASSWORD)),
    [...PASSWORD].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    [...Buffer.from(PASSWORD)].map((one) => `=${one.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    'Lab "9" =\r\n<w>&=C3=\r\n=A9/1',
  ];
  for (const text of escaped) t.same(forms(`x${text}y`, PASSWORD), ['escaped'], text);
});

t.test('a secret is found in base64 at each place in it, in hex and in UTF-16', async (t) => {
  for (const value of [CODE, PASSWORD, ADDRESS])
    for (let before = 0; before < 4; before += 1)
      for (const encoding of ['base64', 'base64url'] as const)
        t.same(forms(Buffer.from(`${'<'.repeat(before)}${value}~`).toString(encoding), value), ['base64']);
  const mail = Buffer.from(`${'-'.repeat(50)}${CODE}-`)
    .toString('base64')
    .replace(/.{70}/g, '$&\r\n');
  t.same(forms(mail, CODE), ['base64'], 'over the end of a line');
  t.same(forms(Buffer.from(PASSWORD).toString('hex').toUpperCase(), PASSWORD), ['hex']);
  t.same(forms(Buffer.from(CODE, 'utf16le'), CODE), ['UTF-16']);
});

t.test('digits of a longer number or of a hash are no finding', async (t) => {
  t.same(forms('"at":1763905123456', '905123'), []);
  t.same(forms(`${'ab12'.repeat(8)}905123${'cd34'.repeat(6)}ab`, '905123'), []);
  t.same(forms(`${'ab12'.repeat(12)}cafe1234${'ab12'.repeat(2)}`, 'cafe1234'), []);
  t.same(forms('code=905123&', '905123'), ['as it is']);
  t.same(forms('code=3D905123', '905123'), ['as it is']);
  t.same(forms('=20905123', '905123'), ['escaped']);
});

t.test(
  'writing that a reader confuses is still found; what is far apart is not a short secret',
  async (t) => {
    const found = (text: string, value: string) => searchWriting(text, [secret(value)]).length === 1;
    t.ok(found('Code: A7b9 C2d4\n', CODE));
    t.ok(found('Code\nA7b9C2d4', CODE));
    t.ok(found('OOI|lo', '00111O'));
    t.notOk(found('12\n34', '1234'));
    t.notOk(found('r***@lab.example', ADDRESS));
  },
);

/** A screen with one line of writing in a field, light on dark or dark on light. */
function screen(text: string, dark = true): Promise<Buffer> {
  const [ground, field, ink] = dark ? ['#0b0f14', '#12181f', '#dfe6ee'] : ['#f2f4f7', '#ffffff', '#222222'];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="100%" height="100%" fill="${ground}"/><rect x="120" y="140" width="400" height="40" fill="${field}" stroke="#62758a"/><text x="134" y="166" fill="${ink}" font-size="18" font-family="sans-serif">${text}</text></svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}

/** Runs the check on a folder. */
function check(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const program = fileURLToPath(new URL('../check-leaks.ts', import.meta.url));
    const child = spawn(process.execPath, [program, ...args]);
    const result = { out: '', err: '' };
    child.stdout.on('data', (part) => {
      result.out += part;
    });
    child.stderr.on('data', (part) => {
      result.err += part;
    });
    child.on('close', (code) => resolve({ code, ...result }));
  });
}

const noPdf =
  process.env.CI === undefined &&
  spawnSync('pdftotext', ['-v']).error !== undefined &&
  'the program pdftotext is not there';
const noReader = spawnSync('tesseract', ['--version']).status !== 0 && 'the program tesseract is not there';

t.test('the check names file and kind of each finding, never the secret', async (t) => {
  const folder = t.testdir({
    secrets: `code\t${CODE}\naddress\t${ADDRESS}\r\n\nplain-secret\nabc\n`,
    reports: { one: { 'run.json': `{"seen":"${CODE}"}`, '.hidden': 'a PLAIN-SECRET, a plain-secret' } },
  });
  const { code, out } = await check(`${folder}/reports`, '--secrets', `${folder}/secrets`);
  t.equal(code, 1);
  t.match(out, 'one/run.json: code (as it is)');
  t.match(out, 'one/.hidden: secret (as it is)');
  t.match(out, 'Searched 2 files and 0 pictures for 3 secrets: 2 findings.');
  t.notMatch(out, CODE);
  t.notMatch(out, 'plain-secret');
});

t.test(
  'writing in pictures is read, in stored ones and in those of data: URIs',
  { skip: noReader },
  async (t) => {
    const clean = await screen('r***@lab.example');
    const leak = await screen('Xk3mQ8wZ');
    const folder = t.testdir({
      secrets: `code\tXk3mQ8wZ\naddress\towner@lab.example\n`,
      reports: {
        evidence: { 'a.png': clean, 'b.png': await screen('owner@lab.example', false), 'c.png': clean },
        'index.html': `<img src="data:image/png;base64,${leak.toString('base64')}"><img src="data:image/webp;base64,AAAA">`,
      },
    });
    const { code, out } = await check(`${folder}/reports`, '--secrets', `${folder}/secrets`);
    t.same(out.trim().split('\n'), [
      'evidence/b.png: address (read in the picture)',
      'index.html (embedded picture): code (read in the picture)',
      'Searched 4 files and 3 pictures for 2 secrets: 2 findings.',
      '1 embedded pictures are no PNG; their writing was not read.',
    ]);
    t.equal(code, 1);
  },
);

t.test('a clean folder ends with 0', { skip: noReader }, async (t) => {
  const folder = t.testdir({
    secrets: CODE,
    reports: { 'a.png': await screen('[code 1]'), 'run.json': '{"code":"[code 1]"}' },
  });
  const { code, out } = await check(`${folder}/reports`, '--secrets', `${folder}/secrets`);
  t.equal(code, 0);
  t.match(out, 'Searched 2 files and 1 pictures for 1 secrets: 0 findings.');
});

t.test(
  'the text of a PDF is searched, and a PDF that cannot be read is not called clean',
  { skip: noPdf },
  async (t) => {
    const whole = new PDFDocument();
    const chunks: Buffer[] = [];
    whole.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => whole.once('end', resolve));
    whole.text(`the code was ${CODE}`).end();
    await ended;
    const pdf = Buffer.concat(chunks);
    t.notOk(pdf.includes(CODE), 'it stands there packed');
    const folder = t.testdir({
      secrets: `code\t${CODE}`,
      reports: { 'report.pdf': pdf },
      torn: { 'a.pdf': '%PDF-1.7 no' },
    });
    const found = await check(`${folder}/reports`, '--secrets', `${folder}/secrets`);
    t.equal(found.code, 1);
    t.match(found.out, 'report.pdf: code (text of a PDF, as it is)');
    const torn = await check(`${folder}/torn`, '--secrets', `${folder}/secrets`);
    t.equal(torn.code, 2);
    t.match(torn.err, 'a.pdf: not read: pdftotext refuses it');
  },
);

t.test('what cannot be looked into is not called clean', async (t) => {
  const folder = t.testdir({
    secrets: CODE,
    empty: 'abc\n',
    reports: { 'a.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]) },
  });
  const torn = await check(`${folder}/reports`, '--secrets', `${folder}/secrets`);
  t.equal(torn.code, 2);
  t.match(torn.err, /a\.png: not read|No OCR/);
  for (const args of [
    [],
    ['x'],
    [`${folder}/none`, '--secrets', `${folder}/secrets`],
    [`${folder}/reports`, '--secrets', `${folder}/empty`],
  ])
    t.equal((await check(...args)).code, 2, args.join(' '));
  t.equal((await check('--help')).code, 0);
});

t.test('both readers read a screen', async (t) => {
  for (const [name, open] of [['program', openReader] as const, ['WebAssembly', openWasmReader] as const]) {
    await using reader = await open();
    if (reader === undefined) {
      t.pass(name, { skip: 'no language data on this system' });
      continue;
    }
    t.equal(searchWriting(await reader.read(await screen('Xk3mQ8wZ')), [secret('Xk3mQ8wZ')]).length, 1, name);
  }
});
