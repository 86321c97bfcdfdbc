import { escaped } from '../terms/escaped.ts';
import type { Declaration } from '../verify/declaration.ts';

/**
 * A vendor's declarations as a page for people, without scripts and addresses. It is not what is signed, and says so.
 * @param file name of the signed file beside it
 */
export function declarationPage(declarations: readonly Declaration[], file: string): string {
  const [first] = declarations;
  const title = `Conformance statement: ${declarations.map(({ model }) => model).join(', ')}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
dt { font-weight: 600; margin-top: .5rem }
dd { margin: 0; overflow-wrap: anywhere }
code { font-size: .9em }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
</style>
<main>
<h1>${escaped(title)}</h1>
${declarations.map(section).join('\n')}
<h2>How to verify it</h2>
<p>This page is not signed; <code>${escaped(file)}</code> is. With the folder of the run, the public key of the lab that
made it and that of ${escaped(first?.vendor ?? 'the vendor')}:</p>
<pre><code>resetbench verify ${escaped(first?.run.id ?? 'RUN')} --key lab.pub --statement ${escaped(file)} --statement-key vendor.pub</code></pre>
</main>
</html>
`;
}

function section(one: Declaration): string {
  const { run } = one;
  const rows: readonly (readonly [string, string])[] = [
    ['Vendor', one.vendor],
    ['Model', one.model],
    ['Firmwares declared', one.firmware.range],
    ['Firmwares tested', one.firmware.tested.join(', ')],
    ['Recorders tested', one.recorders.map(({ id, serialNumber }) => `${id} (${serialNumber})`).join(', ')],
    ['Passed', `${one.passed.length}: ${one.passed.join(', ')}`],
    [
      'Not tested',
      one.untested.map(({ requirement, why }) => `${requirement} (${why})`).join(', ') || 'none',
    ],
    ['Declared', one.declaredAt],
    ['Run', `${run.id}, ended ${run.endedAt}`],
    ['Attestation of the run (sha256)', run.attestation],
    ['Harness', `${run.harness.version}, ${run.harness.digest ?? 'without a digest'}`],
    ['Suite', `${run.suite.commit ?? 'no commit'}, ${run.suite.digest ?? 'without a digest'}`],
    ['Key of the vendor', one.signer.by === 'key' ? one.signer.id : 'Sigstore'],
  ];
  return `<section>
<h2>${escaped(one.model)}, ${escaped(one.firmware.range)}</h2>
<p>${escaped(one.says)}</p>
<dl>
${rows.map(([term, text]) => `<dt>${escaped(term)}</dt><dd>${escaped(text)}</dd>`).join('\n')}
</dl>
</section>`;
}
