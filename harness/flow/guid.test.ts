import t from 'tap';
import type { Item, Reading } from '../terms/frame.ts';
import { entryOf } from './guid.ts';

const FILE = 'GUID-123456789-20260101120000';
const BEFORE = 'GUID-123456789-20260101115213';

function list(...texts: readonly string[]): Reading {
  const items: readonly Item[] = texts.map((text, row) => ({
    kind: 'option',
    text,
    box: { x: 10, y: 30 * row, width: 300, height: 20 },
  }));
  return { items, width: 640, height: 480 };
}

t.test('a file is found by its name', async (t) => {
  t.equal(entryOf(list(BEFORE, FILE), FILE, true)?.text, FILE);
});

t.test('a file of which one figure was misread is the nearest one', async (t) => {
  const misread = 'GUID-123456789-2026O101120000';
  t.equal(entryOf(list(BEFORE, misread), FILE, true)?.text, misread);
});

t.test('a blank that no name has is none', async (t) => {
  const apart = 'GUID-123456789-20260 101120000';
  const other = 'GUID-123456789-2026010112000x';
  t.equal(entryOf(list(apart, other), FILE, true)?.text, apart);
  t.equal(entryOf(list(apart, other), other, true)?.text, other);
});

t.test('a file that is not there is not taken for another', async (t) => {
  t.equal(entryOf(list(BEFORE), FILE, true), undefined);
  t.equal(entryOf(list('OK', 'Cancel'), FILE, true), undefined);
  t.equal(entryOf(list(), FILE, true), undefined);
});

t.test('what a document says is taken by its word', async (t) => {
  t.equal(entryOf(list('GUID-123456789-20260101120007'), FILE, false), undefined);
});

t.test('two files alike are told apart by no eye', async (t) => {
  const alike = ['GUID-123456789-2026O101120000', 'GUID-123456789-2026010112000O'];
  t.throws(() => entryOf(list(...alike), FILE, true), { code: 'LOCATOR_NOT_FOUND', message: /O101120000/ });
});
