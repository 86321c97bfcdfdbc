import t from 'tap';
import type { Frame, Item, Reading } from '../terms/frame.ts';
import { isTold, newTexts } from './told.ts';

const text = (words: string, y = 0, x = 0): Item => ({
  kind: 'text',
  text: words,
  box: { x, y, width: 8 * words.length, height: 18 },
});
const document = (...items: readonly Item[]): Reading => ({ items, width: 640, height: 480 });
const byEye = (stillMs: number, ...items: readonly Item[]): Reading => ({
  ...document(...items),
  stillMs,
  frame: {} as Frame,
});

t.test('new texts are those that were not there before', async (t) => {
  const before = document(text('Login'));
  t.same(newTexts(before, document(text('Login'), text('Wrong password', 40))), ['Wrong password']);
  t.same(newTexts(before, document(text('ok', 40))), ['ok'], 'a document has no specks');
  t.ok(isTold(before, document(text('ok', 40))));
  t.notOk(isTold(before, before));
});

t.test('by eye, a speck is no text', async (t) => {
  const before = byEye(0, text('Login'));
  for (const speck of ['aN', 'YE', '- -', 'CQ)', '|'])
    t.same(newTexts(before, byEye(900, text('Login'), text(speck, 40))), [], speck);
  t.same(newTexts(before, byEye(900, text('Nein', 40), text('拒否', 80))), ['Nein', '拒否']);
});

t.test('by eye, what stood there before is not new, misread or parted another way', async (t) => {
  const before = byEye(0, text('Codes are sent to this address. E-mail Address'), text('Camera 01', 60));
  t.same(
    newTexts(before, byEye(900, text('Codes are sent to thls addres.'), text('E-mail Address', 20))),
    [],
  );
  t.same(newTexts(before, byEye(900, text('Camera 02', 60))), ['Camera 02'], 'a figure counts');
  t.same(newTexts(before, byEye(900, text('E-mail Address', 300))), ['E-mail Address'], 'so does the place');
  t.same(
    newTexts(byEye(0, text('6 attempts left')), byEye(900, text('5 attempts left'))),
    ['5 attempts left'],
    'so does a figure alone',
  );
  const files = byEye(0, text('GUID-51020WCVU-20261126164000058'));
  t.same(newTexts(files, byEye(900, text('GUID-51020WCVU-2026112616400OO58'))), [], 'not one of a name');
  t.same(
    newTexts(files, byEye(900, text('GUID-51020WCVU-20270101000000000'))).length,
    1,
    'another name does',
  );
});

t.test('by eye, what has not stood for a moment is not told yet', async (t) => {
  const before = byEye(0, text('Login'));
  const after = [text('Login'), text('Wrong password', 40)] as const;
  t.notOk(isTold(before, byEye(200, ...after)));
  t.ok(isTold(before, byEye(700, ...after)));
});
