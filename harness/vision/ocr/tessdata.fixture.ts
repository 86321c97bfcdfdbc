import { HarnessError } from '../../terms/error.ts';
import { findTessdata } from './tessdata.ts';

/** Why there is nothing to read with; false where there is. Where CI is set there must be. */
export function missingTessdata(languages: readonly string[]): string | false {
  try {
    findTessdata(languages);
    return false;
  } catch (error) {
    if (process.env.CI || !(error instanceof HarnessError)) throw error;
    return `${error.message} ${error.hint}`;
  }
}
