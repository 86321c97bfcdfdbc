/**
 * Device text made safe to show: control characters (but tab and line feed), line and paragraph separators,
 * bidirectional overrides, lone surrogates and noncharacters become visible escapes such as `\x1b`.
 * What is left is legal in XML 1.0, in TAP and on a terminal.
 */
export function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(HIDDEN, escapeOf);
}

/** `printable`, on one line; runs of white space become one blank. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}

const HIDDEN = /(?![\t\n])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\p{Cs}/gu;

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}
