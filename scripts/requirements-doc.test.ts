import { readFileSync } from 'node:fs';
import t from 'tap';
import { requirementsDoc } from './requirements-doc.ts';

t.test('docs/requirements.md is what the requirements are', async (t) => {
  const text = readFileSync(new URL('../docs/requirements.md', import.meta.url), 'utf8');
  t.ok(text === requirementsDoc(), 'npm run docs brings it up to date');
  t.equal(text.match(/^\| CR\d\d \|/gm)?.length, 80);
});
