import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { verifierPage } from './verifier-page.ts';

t.test('docs/verify.html is what its sources make', async (t) => {
  const there = readFileSync(join(import.meta.dirname, '..', 'docs', 'verify.html'), 'utf8');
  t.ok(there === (await verifierPage()), 'npm run docs');
});
