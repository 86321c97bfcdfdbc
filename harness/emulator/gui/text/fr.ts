import type { Texts } from './en.ts';

/** French; what is missing stays English. */
export const fr: Partial<Texts> = {};
