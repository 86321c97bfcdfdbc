import { readFile } from 'node:fs/promises';

/** Something that must not stand in any report. */
export interface Secret {
  /** What is told of it in a finding; the value never is. */
  readonly kind: string;
  readonly value: string;
  /** Addresses are the same in any case. */
  readonly anyCase: boolean;
}

/** Shorter ones are found in any text. */
const SHORTEST = 4;

/** Reads a secrets file: one a line, the value alone or `kind<TAB>value`; empty lines and values under 4 characters do not count. */
export async function readSecrets(file: string): Promise<readonly Secret[]> {
  const secrets = new Map<string, Secret>();
  for (const line of (await readFile(file, 'utf8')).split(/\r?\n/)) {
    const tab = line.indexOf('\t');
    const kind = tab < 0 ? 'secret' : line.slice(0, tab).trim();
    const value = line.slice(tab + 1).trim();
    if (value.length < SHORTEST) continue;
    secrets.set(value, { kind, value, anyCase: kind === 'address' || value.includes('@') });
  }
  return [...secrets.values()];
}
