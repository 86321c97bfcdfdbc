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
      cure === '' ? facts : `${facts}. Cure: ${cure}`,
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
<html lang="en"><meta charset="utf-8"><title>Fault matrix</title>
<style>body{font:14px/1.4 sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.3em .5em;text-align:left;vertical-align:top}.wrong td{background:#fdd}</style>
<h1>Fault matrix</h1><p>${escaped(last)}</p>
<table><tr>${HEAD.map(cell('th')).join('')}</tr>
${rows.join('\n')}
</table></html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
