import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openBenches } from '../bench/open.ts';
import { openJournal } from '../evidence/journal.ts';
import { openStore } from '../evidence/store.ts';
import { randomPassword } from '../kit/fresh.ts';
import { execute } from '../run/execute.ts';
import { makePlan } from '../run/plan.ts';
import { openSessionReader } from '../session/reader.ts';
import { systemClock as clock } from '../terms/clock.ts';
import { load } from './load.ts';
import { recordingIn } from './record.ts';
import { renderRun } from './render.ts';
import { ROOT } from './root.ts';
import { openSight } from './sight.ts';

/** What is run, and how. */
interface WholeRun {
  readonly duts: readonly string[];
  readonly requirements: readonly string[];
  readonly byHand?: boolean;
  /** Sessions are recorded. */
  readonly record?: boolean;
  /** Twins are seen by pixels. */
  readonly pixels?: boolean;
}

/** Runs some requirements on some recorders; every password and code that came up is told. */
export async function wholeRun(
  folder: string,
  { duts, requirements, byHand = false, record = false, pixels = false }: WholeRun,
) {
  const loaded = await load(join(ROOT, 'devices.yaml'));
  const plan = makePlan({
    duts: loaded.duts.filter(({ config }) => duts.includes(config.id)),
    requirements: loaded.requirements,
    cases: loaded.cases,
    selected: (id) => requirements.includes(id),
  });
  const secrets = new Set<string>();
  const problems: string[] = [];
  const freshPassword = () => {
    const password = randomPassword(12);
    secrets.add(password);
    return password;
  };
  await mkdir(folder, { recursive: true });
  const store = await openStore(folder);
  {
    await using journal = await openJournal(join(folder, 'events.jsonl'), clock);
    await using eyes = await openSight(pixels ? 'pixels' : 'document', plan.duts, clock);
    await using benches = openBenches({
      ...eyes.benches,
      devices: loaded.devices,
      duts: plan.duts,
      secret: () => undefined,
      folder: join(folder, '..', 'drives'),
      clock,
      freshPassword,
    });
    await execute({
      id: 'whole',
      plan,
      benches,
      store,
      baselines: () => async () => undefined,
      clock,
      jobs: 3,
      byHand,
      ...(record
        ? {
            record: recordingIn(folder, {
              clock,
              harness: '0.0.0',
              onProblem: (line) => problems.push(line),
            }),
          }
        : {}),
      harness: { version: '0.0.0', node: process.version, platform: process.platform },
      signal: new AbortController().signal,
      write: (event) => journal.write(event),
    });
    // Every mail of the run, seen from one more bench.
    const [first] = plan.duts;
    await using bench = await benches.open(first?.config.id ?? '');
    for (const mail of await bench.mailbox.listAll()) {
      for (const address of mail.envelopeTo) secrets.add(address);
      for (const code of mail.text.match(/^\s*[A-Z0-9]{8}\s*$/gm) ?? []) secrets.add(code.trim());
    }
  }
  return { secrets, problems, rendered: await renderRun(folder) };
}

/**
 * Writes the contents of a recording into its folder, beside it: there its chunks are packed, and nobody would find a
 * secret in them.
 * @returns how many messages there are
 */
export async function writeOut(folder: string): Promise<number> {
  await using session = await openSessionReader(join(folder, 'session.mcap'));
  const texts: unknown[] = [];
  let pictures = 0;
  for await (const entry of session.entries()) {
    if (entry.topic !== 'frame') texts.push(entry);
    else {
      pictures += 1;
      const name = join(folder, `${pictures}.${entry.value.format}`);
      await writeFile(name, Buffer.from(entry.value.data, 'base64'));
    }
  }
  await writeFile(join(folder, 'texts.json'), JSON.stringify(texts, undefined, 1));
  return texts.length + pictures;
}

/** Searches a folder for secrets. Code 0: none; 1: some; 2: it could not be looked everywhere. */
export async function findLeaks(
  base: string,
  folder: string,
  secrets: ReadonlySet<string>,
): Promise<{ readonly code: number; readonly stdout: string }> {
  const list = join(base, 'secrets.txt');
  await writeFile(list, [...secrets].join('\n'));
  const args = [join(ROOT, 'scripts', 'check-leaks.ts'), folder, '--secrets', list];
  return promisify(execFile)(process.execPath, args).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => ({ code: error.code, stdout: error.stdout }),
  );
}
