/** Where two values of JSON differ. */
export interface Difference {
  /** As `cases[3].verdict`. */
  readonly path: string;
  readonly there: string;
  readonly recomputed: string;
}

/** Longest text of a value, characters. */
const LONGEST = 80;

/** Places at which two values of JSON differ, in order, `most` at most. */
export function differences(there: unknown, recomputed: unknown, most = 20): readonly Difference[] {
  const found: Difference[] = [];
  const walk = (a: unknown, b: unknown, path: string): void => {
    if (found.length >= most || a === b) return;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
      return void found.push({ path: path || 'all of it', there: shown(a), recomputed: shown(b) });
    if (Array.isArray(a) !== Array.isArray(b))
      return void found.push({ path: path || 'all of it', there: shown(a), recomputed: shown(b) });
    const one = a as Readonly<Record<string, unknown>>;
    const other = b as Readonly<Record<string, unknown>>;
    const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
    for (const key of keys) {
      const step = Array.isArray(a) ? `[${key}]` : path === '' ? key : `.${key}`;
      walk(own(one, key), own(other, key), path + step);
    }
  };
  walk(there, recomputed, '');
  return found;
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
