import { compareFirmware, type FirmwareVersion, parseFirmware } from './version.ts';

/** Bounds that must all hold, e.g. `>=V4.21.000 <V4.30.000`. */
export type FirmwareRange = readonly {
  readonly sign: '<' | '<=' | '=' | '>=' | '>';
  readonly version: FirmwareVersion;
}[];

const SIGNS = {
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '=': (order: number) => order === 0,
  '>=': (order: number) => order >= 0,
  '>': (order: number) => order > 0,
} as const;

/** Reads bounds parted by blanks; undefined for anything else. Builds may stand there, and are not compared. A version without a sign is that version alone. */
export function parseRange(text: string): FirmwareRange | undefined {
  const parts = text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/([<>=]) /g, '$1')
    .split(/ (?=[<>=V])/i);
  const bounds = parts.map((part) => {
    const [, sign = '=', rest = ''] = /^(<=|>=|<|>|=)?(V.*)$/i.exec(part) ?? [];
    const version = parseFirmware(rest);
    return version === undefined ? undefined : { sign: sign as keyof typeof SIGNS, version };
  });
  const known = bounds.filter((bound) => bound !== undefined);
  return known.length === bounds.length ? known : undefined;
}

/** Whether a version lies within all bounds, compared number by number. */
export function inRange(version: FirmwareVersion, range: FirmwareRange): boolean {
  return range.every((bound) => SIGNS[bound.sign](compareFirmware(version, bound.version)));
}
