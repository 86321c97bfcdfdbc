/** Offset of a recorder's zone east of UTC, minutes: `CST-8:00:00` is +480. Anything unreadable is 0. */
export function zoneMinutes(timeZone: string): number {
  const match = /^[A-Za-z]{3,}([+-]?)(\d{1,2}):(\d{2})/.exec(timeZone);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? minutes : -minutes;
}

/** ISO 8601 with offset, to the second, as recorders write it: `2024-05-01T12:00:00+01:00`. */
export function localTime(epochMs: number, timeZone: string): string {
  const minutes = zoneMinutes(timeZone);
  const shifted = new Date(epochMs + minutes * 60_000).toISOString().slice(0, 19);
  const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${shifted}${minutes < 0 ? '-' : '+'}${pad(size / 60)}:${pad(size % 60)}`;
}

/** The machine's two clocks; tests hand in their own. */
export interface HostClock {
  /** Wall time, ms since the epoch. */
  now(): number;
  /** Monotonic time, ms. */
  monotonic(): number;
}
/** The host's clocks. */
export const hostClock: HostClock = { now: () => Date.now(), monotonic: () => performance.now() };
