import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openJournal } from '../evidence/journal.ts';
import { type EvidenceStore, openStore } from '../evidence/store.ts';
import { counted } from '../report/text.ts';
import type { Clock } from '../terms/clock.ts';
import type { RunEvent } from '../terms/record.ts';
import { ROOT } from './root.ts';
import { runId } from './run.ts';

/**
 * A run of which only the screens are kept that can become baselines: whoever is not its maker may approve them with
 * `resetbench baseline`.
 */
export interface Proposing extends AsyncDisposable {
  readonly id: string;
  /** Keeps pictures of screens, and of all else only the hash. */
  readonly store: EvidenceStore;
  write(event: RunEvent): void;
  /** How to look at what is proposed; nothing where nothing is. */
  lines(): readonly string[];
}

/** Begins such a run. @param reports where runs are kept; default `reports` */
export async function proposing(clock: Clock, reports = join(ROOT, 'reports')): Promise<Proposing> {
  const id = runId(clock.now());
  const folder = join(reports, id);
  await mkdir(folder, { recursive: true });
  const journal = await openJournal(join(folder, 'events.jsonl'), clock);
  const store = await openStore(folder);
  const screens = new Set<string>();
  return {
    id,
    store: {
      async put(item) {
        if (item.screen !== undefined) return store.put(item);
        const { bytes, ...facts } = item;
        return { sha256: createHash('sha256').update(bytes).digest('hex'), ...facts };
      },
    },
    write(event) {
      if (event.type === 'expectation' || event.type === 'measurement') return;
      if (event.type !== 'step') return journal.write(event);
      const evidence = event.step.evidence.filter(({ screen }) => screen !== undefined);
      for (const { screen } of evidence) screens.add(`${event.dut} ${screen?.name}`);
      if (evidence.length > 0) journal.write({ ...event, step: { ...event.step, evidence } });
    },
    lines: () =>
      screens.size === 0
        ? []
        : [`${counted(screens.size, 'screen')} to approve: resetbench baseline list ${id}`],
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  };
}
