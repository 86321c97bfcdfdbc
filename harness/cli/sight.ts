import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BenchesOptions } from '../bench/open.ts';
import { needleEyes } from '../flow/needles.ts';
import { sighted } from '../flow/sight.ts';
import type { Sight } from '../run/parity.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Pixels } from '../terms/frame.ts';
import type { Look } from '../terms/look.ts';
import type { Needle } from '../vision/needle/needle.ts';
import { type Ocr, openOcr } from '../vision/ocr/ocr.ts';
import { seerOf } from '../vision/see/seer.ts';
import { readLook } from './looks.ts';
import { needlesOf } from './needle-profile.ts';
import { ROOT } from './root.ts';

type Duts = BenchesOptions['duts'];

/** Twins that are seen by pixels at a time, a processor: to read a picture takes it a quarter of a second. */
export const PIXEL_JOBS = 2;

/** How the displays of a run are seen. */
export interface Eyes extends AsyncDisposable {
  /** What the benches need to know of it. */
  readonly benches: Pick<BenchesOptions, 'pixels' | 'see'>;
}

/** Where the look of a profile at a resolution is kept. */
export function lookFile(profile: string, resolution: string, base = join(ROOT, 'suites', 'looks')): string {
  return join(base, profile, `${resolution}.json`);
}

/** What `--display` says. @throws HarnessError USAGE for anything else */
export function sightOf(text: string | undefined): Sight {
  if (text === undefined || text === 'document') return 'document';
  if (text === 'pixels') return 'pixels';
  throw new HarnessError('USAGE', `--display expects document or pixels, found ${text}`);
}

/**
 * Opens what reads displays that show pixels alone: for twins by pixels, and for hardware behind a KVM or a grabber.
 * What of the needles of their profiles is left out, or has no effect, is told at once.
 * @throws HarnessError CONFIG_MISSING at once where the look of a GUI was never learned, or OCR has no models;
 * CONFIG_INVALID for needles that are none
 */
export async function openSight(sight: Sight, duts: Duts, clock: Clock): Promise<Eyes> {
  const blind = duts.filter(({ config }) =>
    config.kind === 'twin' ? sight === 'pixels' : config.display.driver !== 'browser',
  );
  if (blind.length === 0) return { benches: {}, [Symbol.asyncDispose]: async () => undefined };
  const looks = new Map(blind.map(({ config }) => [keyOf(config), loadLook(config)]));
  const needles = new Map<string, readonly Needle[]>();
  for (const dut of blind)
    if (!needles.has(keyOf(dut.config))) needles.set(keyOf(dut.config), await needlesOf(dut, notice));
  const ocr = await openReader(blind, clock);
  const read = async (line: Pixels) => (await ocr.line(line)).text;
  return {
    benches: {
      ...(sight === 'pixels' ? { pixels: true } : {}),
      see(display, { config, profile }) {
        const look = looks.get(keyOf(config));
        if (display.read !== undefined || look === undefined) return display;
        const own = needles.get(keyOf(config)) ?? [];
        const eyes = needleEyes({ needles: own, labels: profile.labels, readText: read });
        return sighted(display, {
          seer: seerOf(look, read),
          clock,
          ...(own.length === 0 ? {} : { needles: eyes }),
        });
      },
    },
    [Symbol.asyncDispose]: () => ocr[Symbol.asyncDispose](),
  };
}

/** A reader of writing in the languages of some GUIs. @throws HarnessError CONFIG_MISSING where models are missing */
export function openReader(duts: Duts, clock: Clock): Promise<Ocr> {
  const languages = new Set(['eng', ...duts.map(({ config }) => LANGUAGES[config.language] ?? 'eng')]);
  const tessdata = process.env.RESETBENCH_TESSDATA;
  return openOcr({ languages: [...languages], clock, ...(tessdata === undefined ? {} : { tessdata }) });
}

/** Tesseract's names (ISO 639-2) of the languages of GUIs. */
const LANGUAGES: Readonly<Record<string, string>> = { en: 'eng', de: 'deu', fr: 'fra', es: 'spa', pl: 'pol' };

type Config = Duts[number]['config'];

function notice(sentence: string): void {
  console.error(`notice: ${sentence}`);
}

function keyOf({ profile, resolution }: Config): string {
  return `${profile} ${resolution}`;
}

function loadLook({ id, profile, resolution }: Config): Look {
  const file = lookFile(profile, resolution);
  if (!existsSync(file))
    throw new HarnessError(
      'CONFIG_MISSING',
      `${relative(process.cwd(), file)} is not there: how the GUI of ${id} looks was never learned`,
      { hint: `resetbench needle learn ${id}` },
    );
  return readLook(file);
}
