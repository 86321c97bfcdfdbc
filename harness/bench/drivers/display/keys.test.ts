import t from 'tap';
import { keyFor, keyNamed } from './keys.ts';

t.test('every character that a US keyboard writes has its key', async (t) => {
  const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
  for (const character of printable) {
    const key = keyFor(character);
    t.equal(key?.text, character, `writes ${character}`);
    t.equal(key?.key, character);
  }
  const places = new Set(printable.map((c) => `${keyFor(c)?.code} ${keyFor(c)?.shift}`));
  t.equal(places.size, 95, 'no two characters share a key and its Shift');
});

t.test('keys stand where they stand on the keyboard', async (t) => {
  t.match(keyFor('q'), { code: 'KeyQ', windowsVirtualKeyCode: 81, shift: false });
  t.match(keyFor('Q'), { code: 'KeyQ', windowsVirtualKeyCode: 81, shift: true });
  t.match(keyFor('2'), { code: 'Digit2', windowsVirtualKeyCode: 50, shift: false });
  t.match(keyFor('@'), { code: 'Digit2', windowsVirtualKeyCode: 50, shift: true });
  t.match(keyFor(')'), { code: 'Digit0', shift: true });
  t.match(keyFor('_'), { code: 'Minus', shift: true });
});

t.test('what the keyboard has not, it does not write', async (t) => {
  for (const text of ['ä', '€', '', 'ab', '\n', '12']) t.equal(keyFor(text), undefined, JSON.stringify(text));
});

t.test('keys with a name write nothing, but Enter', async (t) => {
  t.match(keyNamed('Enter'), { key: 'Enter', text: '\r' });
  t.equal(keyNamed('Backspace').text, undefined);
});
