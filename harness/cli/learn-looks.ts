import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fingerprint } from '../flow/look.ts';
import type { Pupil } from '../flow/taught.ts';
import type { Frame, Reading } from '../terms/frame.ts';
import { captured, decodePicture } from '../vision/png.ts';
import { LookLearner } from '../vision/see/learn.ts';
import { unfinished } from './learn-needles.ts';
import { lookFile } from './sight.ts';

/** What is learned of how some GUIs look, each at its resolutions. */
export interface LookLessons {
  /** Who learns from the screens of a DUT. */
  pupil(dut: LookLesson): Pupil;
  /** Writes the looks of which every DUT was walked through; answers a line for each. */
  write(walked: ReadonlySet<string>): Promise<readonly string[]>;
}
interface LookLesson {
  readonly config: { readonly id: string; readonly profile: string; readonly resolution: string };
}

/** @param base folder of all looks; default `suites/looks` */
export function lookLessons(base?: string): LookLessons {
  const schools = new Map<string, { readonly school: School; readonly duts: Set<string> }>();
  return {
    pupil({ config }) {
      const file = lookFile(config.profile, config.resolution, base);
      const known = schools.get(file) ?? { school: new School(), duts: new Set() };
      schools.set(file, known);
      known.duts.add(config.id);
      return known.school;
    },
    async write(walked) {
      const lines: string[] = [];
      for (const [file, { school, duts }] of schools) {
        const told = relative(process.cwd(), file);
        const missing = unfinished(told, duts, walked);
        const look = missing === undefined ? school.look() : undefined;
        if (missing !== undefined) lines.push(missing);
        if (look === undefined) continue;
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, `${JSON.stringify(look)}\n`);
        lines.push(
          `${told}: ${school.screens} screens, ${look.boxes.length} rectangles, ${look.lines.length} kinds of writing`,
        );
      }
      return lines;
    },
  };
}

/** What is learned of the GUI of one profile at one resolution. */
class School implements Pupil {
  readonly #known = new Set<string>();
  #learner: LookLearner | undefined;

  get screens(): number {
    return this.#known.size;
  }

  isNew(reading: Reading): boolean {
    return reading.items.length > 0 && !this.#known.has(printOf(reading));
  }

  /** Learns from a screen, unless one alike was shown before. */
  async show(frame: Frame, reading: Reading): Promise<void> {
    if (!this.isNew(reading)) return;
    this.#known.add(printOf(reading));
    this.#learner ??= new LookLearner(emOf(reading));
    // As it is, and as captures give it: a good one, and a PiKVM as it is delivered.
    this.#learner.add({ pixels: await decodePicture(frame.bytes), reading }, 'none');
    this.#learner.add({ pixels: await captured(frame.bytes, 90), reading }, 'little');
    this.#learner.add({ pixels: await captured(frame.bytes, 80), reading }, 'coarse');
  }

  look() {
    return this.#learner?.look();
  }
}

/** What tells screens apart: not what was typed. */
function printOf(reading: Reading): string {
  const items = reading.items.map((item) => (item.kind === 'field' ? { ...item, text: '' } : item));
  return fingerprint({ ...reading, items });
}

/** Size of the usual text, px: a line of it is a third higher. */
function emOf({ items, height }: Reading): number {
  const heights = items
    .filter(({ kind, box }) => kind === 'text' && box.height < height / 20)
    .map(({ box }) => box.height)
    .sort((a, b) => a - b);
  return Math.round((heights[heights.length >> 1] ?? height / 36) / 1.37);
}
