/**
 * A number that a measurement is given, as its size.
 * @throws Error that says what was expected
 */
export function sizeOf(name: string, text: string | undefined, usual: number, least = 1): number {
  if (text === undefined) return usual;
  const size = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(size) && size >= least) return size;
  throw new Error(`--${name} expects a whole number from ${least}, found "${text}"`);
}
