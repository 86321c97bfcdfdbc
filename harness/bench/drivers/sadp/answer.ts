import type { SadpAnswer } from '../../ports/sadp.ts';

/** Reads an answer to the question with this id; undefined for one to another question, and for what is none. */
export function readSadp(text: string, uuid: string): SadpAnswer | undefined {
  if (!/<ProbeMatch\b/.test(text)) return undefined;
  // Recorders send XML that no parser takes: each leaf is read for itself.
  const leaves = [...text.matchAll(/<([A-Za-z][\w.-]*)>([^<]*)<\/\1>/g)];
  const fields = Object.fromEntries(leaves.map(([, name = '', value = '']) => [name, value.trim()]));
  const own = fields.Uuid === undefined || fields.Uuid.toUpperCase() === uuid.toUpperCase();
  return own ? { text, fields } : undefined;
}
