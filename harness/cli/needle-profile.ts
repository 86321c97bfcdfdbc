import { join, relative } from 'node:path';
import { labelOf } from '../flow/needles.ts';
import type { LabelBook } from '../flow/screens.ts';
import type { Needle } from '../vision/needle/needle.ts';
import { leftOutLines, loadNeedles, needleFolder } from './needle-files.ts';

/** Whose needles are looked for. */
interface Whose {
  readonly config: { readonly profile: string; readonly resolution: string };
  readonly profile: { readonly labels: LabelBook };
}

/**
 * The needles of a profile at a resolution, as far as they can be of use.
 * @param tell hears, a sentence each, what is left out or has no effect
 * @param base folder of all needles; default `suites/needles`
 * @throws HarnessError CONFIG_INVALID where there are some, and none can be used
 */
export async function needlesOf(
  { config, profile }: Whose,
  tell: (sentence: string) => void,
  base?: string,
): Promise<readonly Needle[]> {
  const folder = needleFolder(config, base);
  const { needles, leftOut } = await loadNeedles(folder);
  for (const line of leftOutLines(leftOut)) tell(line);
  return needles.filter((needle) => {
    const { name, tags, width, height, file } = needle;
    const where = `${relative(process.cwd(), join(folder, name))}.json`;
    for (const notice of file.notices) tell(notice);
    for (const tag of tags) {
      const label = labelOf(tag);
      if (label !== undefined && !(label in profile.labels))
        tell(`${where}: the tag ${tag} names no label of the profile ${config.profile}`);
    }
    const fits = `${width}x${height}` === config.resolution;
    if (!fits) tell(`${where}: is of ${width}x${height}, and is not looked for at ${config.resolution}`);
    return fits;
  });
}
