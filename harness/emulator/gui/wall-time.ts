import type { RecorderCore } from '../recorder/api.ts';

/** Offset of the recorder's zone east of UTC, ms: the one that its start-up time carries. */
export function zoneMs(core: RecorderCore): number {
  const match = /([+-])(\d\d):(\d\d)$/.exec(core.facts.bootTime);
  if (match === null) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}

/** The recorder's local time, `YYYY-MM-DD HH:MM:SS`. */
export function wallTime(core: RecorderCore): string {
  return new Date(core.now + zoneMs(core)).toISOString().slice(0, 19).replace('T', ' ');
}
