/** A charset of one byte a character, by the name that mails declare. What it cannot write becomes `?`. */
export function encodeIn(charset: string, text: string): Buffer {
  const bytes = new Map(tableOf(charset).map((character, byte) => [character, byte]));
  return Buffer.from([...text].map((character) => bytes.get(character) ?? 0x3f));
}

function tableOf(charset: string): readonly string[] {
  const decoder = new TextDecoder(charset);
  return Array.from({ length: 256 }, (_, byte) => decoder.decode(Uint8Array.of(byte)));
}

/** Quoted-printable (RFC 2045, 6.7), with soft line breaks after every third character of `broken` besides. */
export function quotedPrintable(bytes: Buffer, broken?: string): string {
  return bytes
    .toString('latin1')
    .split(/\r?\n/)
    .map((line) => quotedLine(line, broken))
    .join('\r\n');
}

const LINE = 75;

function quotedLine(line: string, broken: string | undefined): string {
  const from = broken === undefined ? -1 : line.indexOf(broken);
  const rows: string[] = [];
  let row = '';
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    const last = at === line.length - 1;
    const plain = /[!-<>-~]/.test(character) || (/[ \t]/.test(character) && !last);
    const byte = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    const piece = plain ? character : `=${byte}`;
    const inside = from >= 0 && at > from && at < from + (broken?.length ?? 0);
    if (row.length + piece.length > LINE || (inside && (at - from) % 3 === 0)) {
      rows.push(`${row}=`);
      row = '';
    }
    row += piece;
  }
  return [...rows, row].join('\r\n');
}

/** The bytes that a quoted-printable body stands for. */
export function unquoted(body: string): Buffer {
  const joined = body.replace(/=[ \t]*\r?\n/g, '');
  const plain = joined.replace(/=([0-9A-F]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(plain, 'latin1');
}
