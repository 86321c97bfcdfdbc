// What a fault of the bench is, as data, and how one is played.
import type { CaseContext } from '../../../harness/kit/case.ts';
import { benchFault } from '../../../harness/run/shift.ts';
import type { Judgement } from '../../../harness/terms/judge.ts';
import type { FaultDomain, Verdict } from '../../../harness/terms/verdict.ts';
import type { Replaced, Stage } from './stage.ts';

/** When it comes: before the port is opened, as the case begins, or once the QR was scanned. */
export type Moment = 'open' | 'case' | 'scan';
/** What the design says of it; a `pass` is one that was ridden over, with all that the case is about really done. */
export interface Expected {
  readonly verdict: Verdict;
  readonly domain?: FaultDomain;
}

export interface BenchFault {
  readonly id: string;
  readonly port: string;
  /** What is injected, one sentence. */
  readonly what: string;
  readonly when: Moment;
  readonly expected: Expected;
  /** A word by which a reader knows the port again in what is said of it. */
  readonly names: RegExp;
  /** Faults of one scene differ by what is injected alone. */
  readonly scene: string;
  /** Why it cannot be played on this machine; false where it can. */
  readonly missing: () => string | false;
  /** @param healthy nothing is injected: the control */
  play(stage: Stage, healthy: boolean): Promise<Judgement>;
}

/** What a fault of the bench came to. */
export interface BenchResult {
  readonly id: string;
  readonly port: string;
  readonly what: string;
  readonly when: string;
  readonly verdict: string;
  readonly domain: string;
  readonly facts: string;
  readonly cure: string;
  readonly right: boolean;
  /** Why it is not right. */
  readonly wrong?: string;
  readonly milliseconds: number;
}

/** Stand-ins, the real drivers at them, and a small case that needs them. */
export interface Scene<W> {
  readonly scene: string;
  readonly port: string;
  readonly names: RegExp;
  readonly missing?: () => string | false;
  readonly needs?: 'active' | 'reserved';
  /** Starts the stand-ins; `on` keeps what is to be closed. */
  set(stage: Stage, on: AsyncDisposableStack): Promise<W>;
  open(world: W, stage: Stage, on: AsyncDisposableStack): Promise<Replaced>;
  /** @param at tells that a moment has come */
  test(
    context: CaseContext,
    of: { readonly ports: Replaced; readonly stage: Stage; readonly at: (moment: Moment) => Promise<void> },
  ): Promise<void>;
}
/** One fault of a scene. */
export interface Row<W> {
  readonly id: string;
  readonly what: string;
  readonly when: Moment;
  readonly expected?: Expected;
  readonly names?: RegExp;
  readonly inject: (world: W) => unknown;
}

/** The faults of a scene. */
export function faultsOf<W>(scene: Scene<W>, rows: readonly Row<W>[]): readonly BenchFault[] {
  return rows.map(({ inject, ...row }) => ({
    expected: { verdict: 'error', domain: 'bench' },
    names: scene.names,
    ...row,
    port: scene.port,
    scene: scene.scene,
    missing: scene.missing ?? (() => false),
    async play(stage, healthy) {
      const stack = new AsyncDisposableStack();
      try {
        return await playOn(stage, { scene, row, inject, stack, healthy });
      } finally {
        // What failed may not close either; the verdict is there by then.
        await stack.disposeAsync().catch(() => undefined);
      }
    },
  }));
}

async function playOn<W>(
  stage: Stage,
  {
    scene,
    row,
    inject,
    stack,
    healthy,
  }: {
    readonly scene: Scene<W>;
    readonly row: Pick<Row<W>, 'when'>;
    readonly inject: Row<W>['inject'];
    readonly stack: AsyncDisposableStack;
    readonly healthy: boolean;
  },
): Promise<Judgement> {
  const world = await scene.set(stage, stack);
  const at = async (moment: Moment) => {
    if (!healthy && moment === row.when) await inject(world);
  };
  let ports: Replaced;
  try {
    await at('open');
    ports = await scene.open(world, stage, stack);
  } catch (error) {
    // A bench that does not open ends as a run ends then.
    const fault = benchFault(error);
    return { verdict: 'error', fault, reason: fault.facts };
  }
  return stage.attempt(
    {
      needs: scene.needs ?? 'active',
      async test(context) {
        await context.gui.photograph('As it stands');
        await at('case');
        await scene.test(context, { ports, stage, at });
      },
    },
    ports,
  );
}
