import type { DutRecord } from '../terms/record.ts';

/** A value that was fitted to what was seen may lie beyond what there is. */
const grey = (value: number) => Math.round(Math.min(255, Math.max(0, value)));

/** What pictures came through, one line. */
export function calibrationText(c: NonNullable<DutRecord['calibration']>): string {
  const jpeg = c.jpegQuality === undefined ? 'lossless' : `JPEG ${c.jpegQuality}, ${c.chroma ?? 'other'}`;
  const levels = `${c.range === undefined ? 'range not told' : `${c.range} range`} (${grey(c.black)} to ${grey(c.white)})`;
  const repeated = c.repeated === undefined ? '' : `, ${Math.round(c.repeated * 100)} % of frames repeated`;
  const gamma = c.gamma === undefined ? '' : `, gamma ${c.gamma.toFixed(2)}`;
  const latency = c.latencyMs === undefined ? '' : `, ${Math.round(c.latencyMs)} ms late`;
  return `captured at ${c.width}x${c.height}, ${jpeg}, ${levels}${gamma}, noise ${c.noise.toFixed(1)}, softness ${c.softness.toFixed(1)} px${latency}${repeated}`;
}

/** What the capture of a twin was set to, one line. */
export function settingText(capture: NonNullable<DutRecord['capture']>): string {
  return Object.entries(capture)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
