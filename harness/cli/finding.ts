/** One line of `resetbench doctor`: something is in order, or what is missing and what to do. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** It was not looked at: neither in order nor wrong. */
  readonly untried?: true;
  readonly told: string;
  readonly cure?: string;
}

/** Where the text of a finding begins. */
const INDENT = ' '.repeat(9);

/**
 * A finding as text.
 * @param columns of the terminal; longer lines are broken between words. Default: not at all
 */
export function findingLine({ what, ok, untried, told, cure }: Finding, columns?: number): string {
  const mark = untried === true ? 'open   ' : ok ? 'ok     ' : 'WRONG  ';
  const line = `${mark}  ${what}: ${told}`;
  const lines = [broken(line, columns)];
  if (cure !== undefined) lines.push(broken(`${INDENT}=> ${cure}`, columns, `${INDENT}   `));
  return lines.join('\n');
}

/** Breaks a line between words so that none is longer than the terminal is wide, where words allow it. */
export function broken(line: string, columns = Number.POSITIVE_INFINITY, indent = INDENT): string {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const at = rest.lastIndexOf(' ', columns);
    // A word that is longer than a line stays whole.
    const end = at > indent.length ? at : rest.indexOf(' ', columns);
    if (end < 0) break;
    lines.push(rest.slice(0, end));
    rest = indent + rest.slice(end + 1);
  }
  return [...lines, rest].join('\n');
}
