import { rename, rm } from 'node:fs/promises';
import { HarnessError } from '../terms/error.ts';
import { TOPICS } from './channels.ts';
import { openSessionReader } from './reader.ts';
import { openSessionWriter } from './writer.ts';

/**
 * Takes out of a recording what was learned to be secret only after it was written: changes every text of it, but
 * pictures. Where nothing changes the file is left alone.
 * @param file a recording that was closed
 * @param text what a text becomes
 * @returns whether anything changed
 * @throws HarnessError RECORD_UNREADABLE where that could not be done
 */
export async function rewriteSession(file: string, text: (s: string) => string): Promise<boolean> {
  await using reader = await openSessionReader(file);
  const rest = { topics: TOPICS.filter((topic) => topic !== 'frame' && topic !== 'session') };
  let differs = false;
  for await (const { value } of reader.entries(rest)) {
    differs = JSON.stringify(value) !== JSON.stringify(changed(value, text));
    if (differs) break;
  }
  if (!differs) return false;
  const draft = `${file}.draft`;
  await rm(draft, { force: true });
  const writer = await openSessionWriter(draft, { about: reader.about, at: reader.from, maxBytes: Infinity });
  for await (const entry of reader.entries()) {
    // The beginning and the end are written anew.
    if (entry.topic === 'session' && entry.value.event !== 'full') continue;
    const { topic, at, value } = entry.topic === 'frame' ? entry : changed(entry, text);
    writer.write(topic, at, value);
  }
  const { problem } = await writer.close(reader.to);
  if (problem !== undefined)
    throw new HarnessError('RECORD_UNREADABLE', `${file} was not written anew: ${problem}`);
  await rename(draft, file);
  return true;
}

/** The same with every text in it changed. */
function changed<T>(value: T, text: (s: string) => string): T {
  const of = (one: unknown): unknown => {
    if (typeof one === 'string') return text(one);
    if (Array.isArray(one)) return one.map(of);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, of(inner)]));
  };
  return of(value) as T;
}
