import { HarnessError } from '../../../terms/error.ts';

type Scalar = string | number | boolean;

/**
 * How the state stands in an answer. `pointer`: a JSON pointer (RFC 6901) to it; `pattern`: a regular expression whose
 * first group, or whole match, is it. `on` and `off` are what it then is; compared as text, capitals alike.
 */
export type PduReading =
  | { readonly pointer: string; readonly on: Scalar; readonly off: Scalar }
  | { readonly pattern: string; readonly on: Scalar; readonly off: Scalar };

/** The state in an answer. @throws HarnessError PORT_PROTOCOL where it is not in there, with what is */
export function readPduState(body: string, reading: PduReading): 'on' | 'off' {
  const found = 'pointer' in reading ? atPointer(body, reading.pointer) : atPattern(body, reading.pattern);
  const seen = found === undefined ? undefined : String(found).trim().toLowerCase();
  for (const state of ['on', 'off'] as const)
    if (seen === String(reading[state]).trim().toLowerCase()) return state;
  const where = 'pointer' in reading ? `at ${reading.pointer || 'the root'}` : `by /${reading.pattern}/`;
  const what =
    seen === undefined ? `nothing ${where}` : `${JSON.stringify(String(found).slice(0, 60))} ${where}`;
  throw new HarnessError('PORT_PROTOCOL', `the power switch tells no state: ${what}`, {
    port: 'power',
    hint: `correct state.read in devices.yaml; the answer begins ${JSON.stringify(body.slice(0, 120))}`,
  });
}

function atPointer(body: string, pointer: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parts = pointer.split('/').slice(1);
  for (const part of parts) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return typeof value === 'object' ? undefined : value;
}

function atPattern(body: string, pattern: string): string | undefined {
  const match = new RegExp(pattern).exec(body);
  return match?.[1] ?? match?.[0];
}
