import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { isLook } from '../config/learned.ts';
import { HarnessError } from '../terms/error.ts';
import type { Look } from '../terms/look.ts';

/**
 * Reads a look that was learned, from a file that is there.
 * @throws HarnessError CONFIG_INVALID where it is none
 */
export function readLook(file: string): Look {
  const value = jsonOf(readFileSync(file, 'utf8'));
  if (isLook(value)) return value as Look;
  throw new HarnessError('CONFIG_INVALID', `${relative(process.cwd(), file)} is no look of a GUI`, {
    hint: 'bring it back as it was committed, or learn it again: resetbench needle learn',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
