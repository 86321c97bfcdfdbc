// The matrix of faults, for people: lines, and one page of HTML.
import type { BenchResult } from './fault.ts';
import type { ProductResult } from './product.ts';

export interface Matrix {
  readonly bench: readonly BenchResult[];
  readonly product: readonly ProductResult[];
}

/** What `--json` prints. */
export interface FaultFigures {
  readonly bench_faults: number;
  readonly bench_right: number;
  readonly product_faults: number;
  readonly product_right: number;
}

export function figuresOf({ bench, product }: Matrix): FaultFigures {
  const right = (all: readonly { readonly right: boolean }[]) => all.filter((one) => one.right).length;
  return {
    bench_faults: bench.length,
    bench_right: right(bench),
    product_faults: product.length,
    product_right: right(product),
  };
}

/** Rows of cells: port or channel, fault, blamed on, what was said. */
function rowsOf({ bench, product }: Matrix): readonly (readonly string[])[] {
  return [
    ...bench.map(({ port, id, what, when, verdict, domain, facts, cure, right, wrong }) => [
      port,
      id,
      `${what} (${when === 'scan' ? 'once the QR was scanned' : when === 'case' ? 'as the case begins' : 'before the port is opened'})`,
      domain === '' ? verdict : `${verdict}, ${domain}`,
      right ? 'right' : `WRONG: ${wrong ?? ''}`,
      cure === '' ? facts : `${facts.replace(/\.$/, '')}. Cure: ${cure}`,
    ]),
    ...product.map(({ channel, id, what, requirement, verdict, right, facts }) => [
      channel,
      id,
      `${what} (${requirement})`,
      verdict === 'fail' ? 'fail, product' : verdict,
      right ? 'right' : 'WRONG',
      facts,
    ]),
  ];
}

/** One line a fault, and the sums. */
export function matrixLines(matrix: Matrix): readonly string[] {
  const sums = figuresOf(matrix);
  const rows = rowsOf(matrix).map(([place = '', id = '', , blamed = '', right = '']) =>
    [place.padEnd(10), id.padEnd(42), blamed.padEnd(24), right].join(' ').trimEnd(),
  );
  return [
    ...rows,
    '',
    `bench: ${sums.bench_right} of ${sums.bench_faults} right; product: ${sums.product_right} of ${sums.product_faults} right`,
  ];
}

const HEAD = ['Port', 'Fault', 'What is wrong', 'Verdict', 'Right', 'What is said'];

/** The same as a page that needs nothing else. */
export function matrixHtml(matrix: Matrix): string {
  const cell = (tag: string) => (text: string) => `<${tag}>${escaped(text)}</${tag}>`;
  const rows = rowsOf(matrix).map(
    (cells) =>
      `<tr${cells[4] === 'right' ? '' : ' class="wrong"'}>${cells.map((text) => cell('td')(text)).join('')}</tr>`,
  );
  const last = matrixLines(matrix).at(-1) ?? '';
  return `<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Fault matrix</title>
<style>:root{color-scheme:light dark;--line:light-dark(#ccc,#3a424c);--wrong:light-dark(#fdd,#5a1f24)}
body{font:14px/1.45 system-ui,sans-serif;margin:2em;background:light-dark(#fff,#11161b)}
table{border-collapse:collapse;width:100%}td,th{border:1px solid var(--line);padding:.3em .5em;text-align:left;vertical-align:top}td{overflow-wrap:anywhere}
td:nth-child(-n+2),td:nth-child(4),td:nth-child(5){overflow-wrap:normal}.wrong td{background:var(--wrong)}
@media(max-width:50em){body{margin:1em}th{display:none}td{display:block;border:0;padding:.1em 0}td:nth-child(2){font-weight:bold}tr{display:block;border-bottom:1px solid var(--line);padding:.6em 0}}</style>
<h1>Fault matrix</h1><p>${escaped(last)}</p>
<table><thead><tr>${HEAD.map(cell('th')).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table></html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
