import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { newKey, readSigningKey, readTrustedKey } from './keys.ts';

const base = t.testdir({});
const file = join(base, 'lab.key');
const key = await newKey(file, 'ed25519');

t.test('a key is drawn for its owner alone, and never over another', async (t) => {
  t.equal((await stat(file)).mode & 0o777, 0o600);
  t.equal((await readTrustedKey(`${file}.pub`)).id, key.id);
  await t.rejects(newKey(file, 'ed25519'), { code: 'USAGE' });
  const kept = join(base, 'kept.key');
  await writeFile(kept, 'a private key');
  await t.rejects(newKey(kept, 'ed25519'), { code: 'USAGE' });
  await t.rejects(stat(`${kept}.pub`), { code: 'ENOENT' }, 'no public half of a key that there is not');
  const half = join(base, 'half.key');
  await writeFile(`${half}.pub`, 'a public key');
  await t.rejects(newKey(half, 'ed25519'), { code: 'USAGE' });
  await t.rejects(stat(half), { code: 'ENOENT' }, 'nor a private one beside a foreign public half');
  await t.rejects(readTrustedKey(file), { code: 'CONFIG_INVALID', hint: /\.pub/ });
  await t.rejects(readSigningKey(`${file}.pub`), { code: 'CONFIG_INVALID' });
  await t.rejects(readSigningKey(join(base, 'none')), { code: 'CONFIG_MISSING', hint: /--new-key/ });
  const open = join(base, 'open.key');
  await writeFile(open, await readFile(file));
  await chmod(open, 0o644);
  await t.rejects(readSigningKey(open), { code: 'CONFIG_INVALID', hint: /chmod 600/ });
});
