import type { Texts } from './en.ts';

/** Polish; what is missing stays English. */
export const pl: Partial<Texts> = {};
