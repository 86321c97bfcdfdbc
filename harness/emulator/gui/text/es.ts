import type { Texts } from './en.ts';

/** Spanish; what is missing stays English. */
export const es: Partial<Texts> = {};
