import { printable } from '../terms/printable.ts';

/** `950 ms`, `4.2 s`, `3 min 05 s`, `1 h 02 min`. */
export function durationText(milliseconds: number): string {
  if (!Number.isFinite(milliseconds) || milliseconds < 0) return '–';
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** ISO 8601 in UTC; `unknown` for a number that is no time. */
export function isoTime(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString();
}

/** `1 case`, `2 cases`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Data as JSON with a line feed behind it; each text in it `printable`, since readers bring it to terminals. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, (_key, one: unknown) => (typeof one === 'string' ? printable(one) : one), 1)}\n`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
