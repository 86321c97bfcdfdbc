/**
 * The codes that stand alone in a mail's text: words of exactly `length` letters and digits that hold a digit
 * or a capital beyond the first letter, in lines of their own or behind a colon. No template: mails differ by service and language, and
 * a mail that offers two such words is not one to guess from.
 */
export function codesIn(text: string, length: number): readonly string[] {
  const words = new Set<string>();
  const own = new RegExp(`^[A-Za-z0-9]{${length}}$`);
  for (const line of text.split(/\r?\n/)) {
    // A code stands alone on its line, or last on it behind a colon; addresses, serial numbers and dates do neither.
    const trimmed = line.trim().replace(/^[*_>|\s]+|[*_.|\s]+$/g, '');
    const last = /[::]\s*(\S+)$/u.exec(trimmed)?.[1] ?? '';
    for (const word of [trimmed, last]) {
      if (own.test(word) && (/\d/.test(word) || /.[A-Z]/.test(word))) words.add(word);
    }
  }
  return [...words];
}
