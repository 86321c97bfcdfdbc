import { invalid } from './reply.ts';

/** Parameters of a query, checked as kvmd's validators do. All throw ApiError, 400 ValidatorError. */
export class Params {
  readonly #query: URLSearchParams;

  constructor(query: URLSearchParams) {
    this.#query = query;
  }

  has(name: string): boolean {
    return this.#query.has(name);
  }

  /** One of a list; without a fallback it must be there. */
  oneOf<T extends string>(name: string, what: string, known: readonly T[]): T {
    const value = this.#given(name, what).toLowerCase();
    const found = known.find((one) => one === value);
    if (found === undefined) throw wrong(value, what);
    return found;
  }

  flag(name: string, fallback: boolean): boolean {
    if (!this.#query.has(name)) return fallback;
    const value = this.#given(name, BOOL).toLowerCase();
    if (['1', 'true', 'yes'].includes(value)) return true;
    if (['0', 'false', 'no'].includes(value)) return false;
    throw wrong(value, BOOL);
  }

  /** A whole number, in decimals or as 0x...; without a fallback it must be there. */
  whole(
    name: string,
    what: string,
    { fallback, min }: { readonly fallback?: number; readonly min?: number } = {},
  ) {
    if (fallback !== undefined && !this.#query.has(name)) return fallback;
    const value = this.#given(name, what);
    if (!/^(0[xX][0-9a-fA-F]+|[+-]?\d+)$/.test(value)) throw wrong(value, what);
    return inRange(Number(value), what, min);
  }

  real(
    name: string,
    what: string,
    range: { readonly fallback: number; readonly min: number; readonly max: number },
  ) {
    if (!this.#query.has(name)) return range.fallback;
    const value = this.#given(name, what);
    const number = Number(value);
    if (value === '' || !Number.isFinite(number)) throw wrong(value, what);
    return inRange(number, what, range.min, range.max);
  }

  /** Values with commas, blanks or tabs between. */
  list(name: string, what: string): readonly string[] {
    return this.#given(name, what)
      .split(/[,\t ]+/)
      .filter((one) => one !== '');
  }

  text(name: string, what: string, fallback?: string): string {
    return fallback !== undefined && !this.#query.has(name) ? fallback : this.#given(name, what);
  }

  #given(name: string, what: string): string {
    const value = this.#query.get(name);
    if (value === null) throw invalid(`None argument is not a valid ${what}`);
    return value.trim();
  }
}

const BOOL = "bool (['1', 'true', 'yes'] or ['0', 'false', 'no'])";

/** The error for a value; kvmd quotes it. */
export function wrong(value: string, what: string) {
  return invalid(`The argument '${value}' is not a valid ${what}`);
}

function inRange(value: number, what: string, min = -Infinity, max = Infinity): number {
  if (value < min) throw invalid(`The argument '${value}' must be ${what} and greater or equial than ${min}`);
  if (value > max) throw invalid(`The argument '${value}' must be ${what} and lesser or equal then ${max}`);
  return value;
}
