import t from 'tap';
import { isWhole, rootOf } from './body.ts';
import { parse } from './tree.ts';

t.test('the root element stands behind declarations and comments', async (t) => {
  const xml =
    '<?xml version="1.0"?>\n<!-- <not>this</not> -->\n<!DOCTYPE a>\n<h:Info version="2.0"><a/></h:Info>\0';
  t.same(rootOf(xml), { name: 'h:Info', attributes: ' version="2.0"' });
  t.ok(isWhole(xml));
  t.equal(rootOf('<!-- no end <a>'), undefined);
});

t.test('comments, declarations and tails without end take no time', async (t) => {
  for (const piece of ['<!-- -->', '<?a?>', '<!a>', '<!--', '<']) {
    t.equal(rootOf(piece.repeat(20_000)), undefined, piece);
    t.notOk(isWhole(`${piece.repeat(20_000)}\0`));
  }
  t.equal(rootOf(`<${'a'.repeat(400_000)}`), undefined, 'a name without end');
  t.ok(isWhole(`{}${' \0'.repeat(50_000)}`));
  t.notOk(isWhole(`{}${' '.repeat(100_000)}x`));
});

t.test('a root element may have any name', async (t) => {
  const name = 'A1'.repeat(16_500);
  t.ok(isWhole(`<${name}></${name} >`));
  t.notOk(isWhole(`<${name}></${name}a>`));
  t.ok(isWhole('<a.b></axb></a.b>'));
  t.notOk(isWhole('<a.b></axb>'), 'a dot is a dot');
});

t.test('what is deeper than any answer of a recorder is none', async (t) => {
  t.equal(parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`), undefined);
  t.equal(parse(`{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`), undefined);
  t.equal(parse(`${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`), undefined);
  t.same(parse('{"a":[{"b":[1]}]}'), { a: [{ b: [1] }] });
});
