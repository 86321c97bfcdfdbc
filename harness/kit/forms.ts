/** A text in the forms in which it could hide in another: raw, reversed, hex, Base64 at each alignment, URL-encoded. */
export function hiddenForms(secret: string): readonly { readonly form: string; readonly text: string }[] {
  const bytes = Buffer.from(secret, 'utf8');
  // Base64 looks different at each of three alignments; only the characters that the secret alone decides count.
  const aligned = [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const full = padded.toString('base64').replace(/=+$/, '');
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor((padded.length * 8) / 6);
    return { form: `Base64 (shift ${shift})`, text: full.slice(from, to) };
  });
  const reversed = [...secret].reverse().join('');
  return [
    { form: 'raw', text: secret },
    { form: 'reversed', text: reversed },
    { form: 'hex', text: bytes.toString('hex') },
    { form: 'URL-encoded', text: encodeURIComponent(secret) },
    ...aligned,
    ...aligned.map(({ form, text }) => ({
      form: `${form}, URL alphabet`,
      text: text.replaceAll('+', '-').replaceAll('/', '_'),
    })),
  ];
}

/** The forms in which a secret stands in a text, upper and lower case alike where the form does not tell them apart. */
export function formsFound(text: string, secret: string): readonly string[] {
  if (secret === '') return [];
  const low = text.toLowerCase();
  const own = hiddenForms(secret)
    .filter(({ form, text: hidden }) =>
      form.startsWith('Base64') ? text.includes(hidden) : low.includes(hidden.toLowerCase()),
    )
    .map(({ form }) => form);
  const needle = secret.toLowerCase();
  const wide = Buffer.from(secret, 'utf16le').subarray(0, -1).toString('hex');
  const packed = low.replace(/0x|[\s:.,-]+/g, '');
  const views = [
    ['UTF-16', low.replaceAll('\0', '').includes(needle)],
    ['hex with separators', packed.includes(Buffer.from(secret).toString('hex'))],
    ['hex of UTF-16', packed.includes(wide)],
    ['percent-encoded', unescaped(low, /%([0-9a-f]{2})/g).includes(needle)],
    ['quoted-printable', unescaped(low.replace(/=\r?\n/g, ''), /=([0-9a-f]{2})/g).includes(needle)],
    ['Base64 in lines', own.length === 0 && formsInLines(text, secret)],
  ] as const;
  const others = own.includes('raw') ? [] : views.flatMap(([form, found]) => (found ? [form] : []));
  // What is itself encoded is looked into once.
  const inside = [decoded(text, 'base64'), decoded(text, 'hex')].some((bytes) =>
    bytes.toLowerCase().includes(secret.toLowerCase()),
  );
  return [...new Set([...own, ...others, ...(inside ? ['inside an encoded text'] : [])])];
}

function decoded(text: string, encoding: 'base64' | 'hex'): string {
  const fits = encoding === 'hex' ? /^[0-9a-f]+$/i : /^[A-Za-z0-9+/_=-]+$/;
  return fits.test(text.trim()) ? Buffer.from(text.trim(), encoding).toString('latin1') : '';
}

/** Each escape of a byte undone. */
function unescaped(text: string, form: RegExp): string {
  const bytes = text.replace(form, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').toLowerCase();
}

function formsInLines(text: string, secret: string): boolean {
  const flat = text.replace(/[\r\n]+/g, '');
  return hiddenForms(secret).some(
    ({ form, text: hidden }) => form.startsWith('Base64') && flat.includes(hidden),
  );
}
