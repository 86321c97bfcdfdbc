import type { Serial } from '../bench/ports/serial.ts';
import type { BootWatch } from './away.ts';

/** One boot, as the console told it. */
export interface Boot {
  /** Wall time of its first sign, ms since the epoch. */
  readonly at: number;
  /** The line with that sign. */
  readonly sign: string;
  /** Lines that name versions, in their order: boot loader, kernel, firmware. */
  readonly versions: readonly string[];
}

/** Reads a console on, and tells of the boots that it saw. */
export interface BootWitness extends BootWatch {
  /** Boots since the witness began, the oldest first. The last one may still go on. */
  boots(): readonly Boot[];
}

/** Boot loader, kernel, and firmware as these recorders write it: `V4.21.000 build 190416`, `V5.5.82build 190910`. */
const VERSION = /U-Boot \d|Linux version \d|\bV\d+\.\d+\.\d+\s*,?\s*build\s*\d{6}/i;
/** Longest line that is kept, characters. */
const LINE = 500;

/**
 * @param signs what consoles print at the start of a boot, capitals alike; one that comes again begins another boot
 * @param from where in the transcript to begin; default: now
 */
export function watchBoots(
  serial: Pick<Serial, 'transcript'>,
  signs: readonly string[],
  from = serial.transcript().length,
): BootWitness {
  const low = signs.map((sign) => sign.toLowerCase());
  const boots: { at: number; sign: string; versions: string[]; seen: Set<string> }[] = [];
  let next = from;
  let line = '';
  let count = 0;
  let settled = 0;

  const signsIn = (text: string) => {
    const lower = text.toLowerCase();
    return low.flatMap((sign) => Array.from({ length: lower.split(sign).length - 1 }, () => sign));
  };
  function close(at: number): void {
    const text = line.trim();
    line = '';
    const found = signsIn(text);
    count += found.length;
    for (const sign of found) {
      const last = boots.at(-1);
      if (last === undefined || last.seen.has(sign))
        boots.push({ at, sign: text, versions: [], seen: new Set([sign]) });
      else last.seen.add(sign);
    }
    const boot = boots.at(-1);
    if (VERSION.test(text) && boot !== undefined && !boot.versions.includes(text)) boot.versions.push(text);
  }
  function read(): void {
    const chunks = serial.transcript();
    for (const { text, at, missedMs } of chunks.slice(next)) {
      if (missedMs !== undefined) {
        close(at);
        continue;
      }
      for (const [index, part] of text.split(/[\r\n]+/).entries()) {
        if (index > 0) close(at);
        line = (line + part).slice(0, LINE);
      }
    }
    next = chunks.length;
  }
  const counted = () => {
    read();
    return count + signsIn(line).length;
  };
  return {
    boots() {
      read();
      return boots.map(({ at, sign, versions }) => ({ at, sign, versions: [...versions] }));
    },
    fresh: () => counted() > settled,
    settle() {
      settled = counted();
    },
  };
}
