import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BenchesOptions } from '../bench/open.ts';
import { sighted } from '../flow/sight.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Look } from '../terms/look.ts';
import { seerOf, type TextReader } from '../vision/see/seer.ts';
import { ROOT } from './load.ts';

/** Where the look of a profile at a resolution is kept. */
export function lookFile(profile: string, resolution: string): string {
  return join(ROOT, 'suites', 'looks', profile, `${resolution}.json`);
}

/** Reads displays that show pixels alone, by the looks of `suites/looks`. */
export function seeing(read: TextReader, clock: Clock): NonNullable<BenchesOptions['see']> {
  const looks = new Map<string, Look>();
  return (display, { config }) => {
    if (display.read !== undefined) return display;
    const file = lookFile(config.profile, config.resolution);
    const look = looks.get(file) ?? loadLook(file, config.id);
    looks.set(file, look);
    return sighted(display, { seer: seerOf(look, read), clock });
  };
}

function loadLook(file: string, dut: string): Look {
  if (!existsSync(file))
    throw new HarnessError('CONFIG_MISSING', `${relative(process.cwd(), file)} is not there: how the GUI of ${dut} looks was never learned`, {
      hint: `resetbench needle learn ${dut}`,
    });
  return JSON.parse(readFileSync(file, 'utf8')) as Look;
}
