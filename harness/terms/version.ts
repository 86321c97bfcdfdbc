/** A firmware version, compared number by number. */
export type FirmwareVersion = readonly [number, number, number];

/** Reads `V4.21.000`, `V5.5.82build 190910` or `V4.30.085 build 200922`; undefined for anything else. */
export function parseFirmware(text: string): FirmwareVersion | undefined {
  // One blank for many: a pattern with several blanks in a row tries each way to share them out.
  const match = /^ ?V(\d+)\.(\d+)\.(\d+) ?(?:build ?\d{6})? ?$/i.exec(text.replaceAll(/\s+/g, ' '));
  if (match === null) return undefined;
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Negative, zero or positive, as a is older, equal or newer. */
export function compareFirmware(a: FirmwareVersion, b: FirmwareVersion): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
