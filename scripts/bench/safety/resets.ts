import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../../../harness/bench/open.ts';
import { createRedactor } from '../../../harness/evidence/redactor.ts';
import { openStore } from '../../../harness/evidence/store.ts';
import { Strategy } from '../../../harness/flow/strategy.ts';
import type { CaseDefinition } from '../../../harness/kit/case.ts';
import { reset } from '../../../harness/kit/steps.ts';
import { runAttempt } from '../../../harness/run/attempt.ts';
import { ledgerOf } from '../../../harness/run/ledger.ts';
import type { PlannedDut } from '../../../harness/run/plan.ts';
import { systemClock as clock } from '../../../harness/terms/clock.ts';
import { benchTwin, profileOf } from '../bench-twin.ts';

const _SUITES = fileURLToPath(new URL('../../../suites', import.meta.url));
/**
 * Evidence and mails of so many resets lie there at a time, as those of one run. It divides the warm-up of 50, so that both
 * ends are compared at the same place of a run.
 */
const RUN_OF = 25;

const RESET: CaseDefinition = {
  id: 'CR59',
  title: 'A whole reset',
  needs: 'reserved',
  test: async (context) => void (await reset(context)),
};
const CONFIG = benchTwin('soak');

/** The twin that is reset, as a plan has it. */
export function soakedTwin(): PlannedDut {
  return { config: CONFIG, profile: profileOf(CONFIG.profile), cases: [] };
}

/**
 * One reset after the other, with all evidence; each tells the attempts that it took: as in a run, one that ends with a fault
 * of the bench is made once more.
 * @throws Error where it does not pass then
 */
export function resetting(dut: PlannedDut, bench: Bench, folder: string): () => Promise<number> {
  const strategy = new Strategy(bench.initial, { tries: ledgerOf(dut.profile, clock), byHand: true });
  const { signal } = new AbortController();
  const evidence = join(folder, 'evidence');
  let store = openStore(evidence);
  let count = 0;
  const attempt = async (number: number) =>
    runAttempt({
      dut,
      definition: RESET,
      attempt: number,
      bench,
      baseline: async () => undefined,
      strategy,
      redactor: createRedactor(),
      store: await store,
      clock,
      signal,
      write: () => undefined,
      onStep: () => undefined,
      withPartner: (body) => body(),
      nextNumber: () => count,
    });
  return async () => {
    count += 1;
    let attempts = 1;
    let judged = await attempt(attempts);
    if (judged.verdict === 'error' && judged.fault?.domain === 'bench') {
      attempts += 1;
      judged = await attempt(attempts);
    }
    const { verdict, reason, fault } = judged;
    if (verdict !== 'pass') throw new Error(`reset ${count}: ${verdict}: ${reason ?? fault?.facts ?? ''}`);
    if (count % RUN_OF === 0) await afresh();
    return attempts;
  };
  /** A new run begins with no evidence and no mails. */
  async function afresh(): Promise<void> {
    await rm(evidence, { recursive: true, force: true });
    store = openStore(evidence);
    await bench.mailbox.remove((await bench.mailbox.listAll()).map(({ id }) => id));
    // The mail service sends so many mails an hour for one recorder; bringing a twin back makes it forget.
    await bench.hands?.snapshot('now');
    await bench.hands?.restore('now');
  }
}
