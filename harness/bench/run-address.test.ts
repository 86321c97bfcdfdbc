import t from 'tap';
import { runTag, taggedAddress } from './run-address.ts';

t.test('each run has addresses of its own, the same all through it', async (t) => {
  const one = runTag(true, 'run-1');
  t.match(one, /^\+r[0-9a-f]{8}$/);
  t.equal(runTag('+', 'run-1'), one);
  t.not(runTag(true, 'run-2'), one);
  t.match(runTag('-', 'run-1'), /^-r/);
  t.equal(taggedAddress('shelf3@lab.example', one), `shelf3${one}@lab.example`);
});

t.test('without isolation addresses stay as they are', async (t) => {
  t.equal(runTag(false, 'run-1'), '');
  t.equal(taggedAddress('shelf3@lab.example', ''), 'shelf3@lab.example');
});

t.test('an address that becomes too long for mail is refused', async (t) => {
  const address = `${'x'.repeat(60)}@lab.example`;
  t.equal(taggedAddress(address, ''), address);
  t.throws(() => taggedAddress(address, '+r12345678'), {
    code: 'CONFIG_INVALID',
    hint: /plusAddress: false/,
  });
});
