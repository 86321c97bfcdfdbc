// Writes docs/verify.html, the verifier as one page, from harness/verify/page; with --check, only says whether it is up to
// date (exit code 1 when not).
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { pageOf } from '../harness/verify/page/page.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'docs', 'verify.html');

/** The page: the verifier and all it imports as one script in it, readable by whoever wants to know what it does. */
export async function verifierPage(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['harness/verify/page/client.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2024',
    charset: 'utf8',
    legalComments: 'none',
  });
  const script = outputFiles[0]?.text ?? '';
  // A script ends where its text says so, even within quotes.
  if (script.includes('</script')) throw new Error('the script of the page holds its own end');
  const hash = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;
  return pageOf({ script, hash });
}

if (import.meta.main) {
  const text = await verifierPage();
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error('docs/verify.html is not up to date: npm run docs');
    process.exitCode = 1;
  }
}
