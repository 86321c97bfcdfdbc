import type { Segment } from '../bench/ports/recorder-http.ts';

/** Longest stretch between two times, s, that no segment covers. Times as `Date.parse` takes them. */
export function longestGap(segments: readonly Segment[], from: string, to: string): number {
  const spans = segments
    .map((segment) => ({ from: Date.parse(segment.from), to: Date.parse(segment.to) }))
    .sort((a, b) => a.from - b.from);
  const end = Date.parse(to);
  let covered = Date.parse(from);
  let longest = 0;
  for (const span of spans) {
    longest = Math.max(longest, Math.min(span.from, end) - covered);
    covered = Math.max(covered, Math.min(span.to, end));
  }
  return Math.max(longest, end - covered) / 1000;
}
