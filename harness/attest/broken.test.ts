import { createHash } from 'node:crypto';
import { join } from 'node:path';
import t from 'tap';
import { type Bytes, textOf, utf8 } from '../verify/bytes.ts';
import { differences } from '../verify/difference.ts';
import { readEnvelopes } from '../verify/envelope.ts';
import { FILES, folderOf } from '../verify/folder.ts';
import type { Statement } from '../verify/statement.ts';
import { verificationLines } from '../verify/text.ts';
import { verifyRun } from '../verify/verify.ts';
import { attestRun } from './attest.ts';
import { diskFolder } from './disk.ts';
import { newKey, readSigningKey } from './keys.ts';
import { writeRun } from './run.fixture.ts';
import { keyNotary, signAll } from './sign.ts';

// Whoever signs may sign nonsense: a verifier says so, and never stumbles.

const base = t.testdir({});
const file = join(base, 'lab.key');
const key = await newKey(file, 'ed25519');
const notary = keyNotary(await readSigningKey(file));
await writeRun(join(base, 'run'));
await attestRun(join(base, 'run'), notary, Date.UTC(2026, 10, 26));
const disk = diskFolder(join(base, 'run'));
const files = new Map<string, Bytes>();
for (const path of await disk.list()) files.set(path, await disk.read(path));
const NONSENSE: readonly unknown[] = [null, 7, 'x', [], {}, [null], undefined];

/** Copies of a JSON value, each with one member replaced by nonsense. */
function* replaced(value: unknown, depth: number): Generator<unknown> {
  if (typeof value !== 'object' || value === null || depth === 0) return;
  const members = Object.entries(value);
  for (const [name, member] of members) {
    const others = [...NONSENSE, ...replaced(member, depth - 1)];
    for (const other of others)
      yield Array.isArray(value)
        ? value.map((one, at) => (String(at) === name ? other : one))
        : Object.fromEntries(members.map(([own, one]) => [own, own === name ? other : one]));
  }
}

/** Verifies the run with other files, and writes what it came to out for a person. */
async function outcomeWith(changed: Readonly<Record<string, Bytes>>): Promise<string> {
  const folder = folderOf(new Map([...files, ...Object.entries(changed)]));
  await verifyRun(folder, { keys: [key], certification: true });
  const result = await verifyRun(folder, { keys: [key] });
  if (verificationLines(result).length === 0) throw new Error('nothing was written out');
  return result.outcome;
}

t.test('a signed statement of any shape is refused, and nothing is thrown', async (t) => {
  const read = readEnvelopes(textOf(files.get(FILES.attestation) ?? utf8('')));
  if ('problem' in read) throw new Error(read.problem);
  const statements = read.envelopes.map(({ statement }) => statement);
  const all = [...replaced(statements[0], 3)];
  t.ok(all.length > 100, `${all.length} statements`);
  const accepted: string[] = [];
  for (const one of all) {
    if (JSON.stringify(one) === JSON.stringify(statements[0])) continue;
    const { envelopes } = await signAll([one as Statement, ...statements.slice(1)], notary);
    const outcome = await outcomeWith({ [FILES.attestation]: utf8(envelopes) });
    if (outcome !== 'refused') accepted.push(JSON.stringify(differences(one, statements[0])));
  }
  // Which files lay beside the record is for who signs to say: the others are told of as not signed.
  t.strictSame(
    accepted.filter((text) => !text.includes('"path":"predicate.files')),
    [],
  );
});

t.test('events of any shape, in a chain that holds, are refused, and nothing is thrown', async (t) => {
  const whole = textOf(files.get(FILES.events) ?? utf8(''));
  const lines = whole.trimEnd().split('\n');
  let tried = 0;
  for (const [index, line] of lines.entries()) {
    const all = [...replaced(JSON.parse(line), 3)];
    for (const one of all.filter((_, number) => number % 9 === 0)) {
      const changed = lines.map((text, at) => (at === index ? JSON.stringify(one) : text));
      const text = chained(changed);
      if (text === whole) continue;
      const outcome = await outcomeWith({ [FILES.events]: utf8(text) });
      if (outcome !== 'refused') t.fail(JSON.stringify(one));
      tried += 1;
    }
  }
  t.ok(tried > 100, `${tried} journals`);
});

/** Lines with the hashes that they would have had. */
function chained(lines: readonly string[]): string {
  let prev = '0'.repeat(64);
  let text = '';
  for (const line of lines) {
    const event: unknown = JSON.parse(line);
    const own = JSON.stringify(typeof event === 'object' && event !== null ? { ...event, prev } : event);
    prev = createHash('sha256').update(own).digest('hex');
    text += `${own}\n`;
  }
  return text;
}
