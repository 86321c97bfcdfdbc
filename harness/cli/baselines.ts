import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlannedDut } from '../run/plan.ts';
import type { FindBaseline } from '../terms/baseline.ts';
import { HarnessError } from '../terms/error.ts';
import { decodePicture } from '../vision/png.ts';
import { ROOT } from './load.ts';

/** What is written beside an approved picture. */
export interface Approval {
  readonly source: string;
  readonly model: string;
  readonly firmware: string;
  /** Id of the run that saw it. */
  readonly run: string;
  readonly approvedAt: string;
}

/** Where the approved pictures of a profile at a resolution lie. */
export function baselineFolder(dut: { readonly profile: string; readonly resolution: string }): string {
  return join(ROOT, 'suites', 'baselines', dut.profile, dut.resolution);
}

/** Reads approved pictures when they are asked for. A picture that cannot be read is an error, not a missing one. */
export function baselinesOf({ config }: PlannedDut): FindBaseline {
  const folder = baselineFolder(config);
  return async (screen) => {
    const path = join(folder, screen);
    const bytes = await readFile(`${path}.png`).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes === undefined) return undefined;
    try {
      const { source } = JSON.parse(await readFile(`${path}.json`, 'utf8')) as Approval;
      return { pixels: await decodePicture(bytes), source };
    } catch (cause) {
      throw new HarnessError(
        'CONFIG_INVALID',
        `the baseline ${path}.png or the .json beside it cannot be read`,
        {
          cause,
          hint: 'approve it again with `resetbench baseline`, or delete both files',
        },
      );
    }
  };
}

/** Writes an approved picture and what is known of it. */
export async function approve(
  dut: { readonly profile: string; readonly resolution: string },
  screen: string,
  picture: { readonly bytes: Uint8Array; readonly approval: Approval },
): Promise<string> {
  const folder = baselineFolder(dut);
  await mkdir(folder, { recursive: true });
  const path = join(folder, screen);
  await writeFile(`${path}.png`, picture.bytes);
  await writeFile(`${path}.json`, `${JSON.stringify(picture.approval, undefined, 2)}\n`);
  return `${path}.png`;
}
