import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../terms/clock.ts';
import { ordersOf } from '../terms/hold.ts';
import { runFile } from './files.ts';
import { followRun } from './follow.ts';
import { partsOf } from './pages/live.ts';

/** Follows runs for all who watch: each journal is read once, however many look. */
export interface Hub {
  /** The parts of the page as they are now, by id. */
  parts(folder: string): Promise<LiveParts>;
  /**
   * Tells of parts that change, until the signal fires or the run ends.
   * @param send resolves when more can be sent
   */
  watch(
    folder: string,
    send: (parts: Readonly<Record<string, string>>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
}
export interface LiveParts {
  readonly parts: Readonly<Record<string, string>>;
  readonly ended: boolean;
}

/** Ms between two looks at a journal. */
const LOOK_MS = 500;
/** Of a console's text that is shown, characters, from its end. */
const TAIL = 3_000;
/** Runs whose state is kept at hand. */
const KEPT = 8;

/** @param path of a run's folder, by its name */
export function openHub(path: (folder: string) => string, clock: Clock): Hub {
  const followed = new Map<string, ReturnType<typeof begin>>();
  const texts = new Map<string, string>();

  function begin(folder: string) {
    const follower = followRun(path(folder));
    let turn: Promise<unknown> = Promise.resolve();
    let looked = -Infinity;
    return {
      run: follower.run,
      /** One after another: two that read at once would take a line twice. */
      look() {
        turn = turn.then(
          async () => {
            if (clock.monotonic() - looked < LOOK_MS / 2) return;
            await follower.more();
            looked = clock.monotonic();
          },
          () => undefined,
        );
        return turn;
      },
    };
  }

  function of(folder: string) {
    const found = followed.get(folder) ?? begin(folder);
    followed.delete(folder);
    followed.set(folder, found);
    const [oldest] = followed.keys();
    if (followed.size > KEPT && oldest !== undefined) followed.delete(oldest);
    return found;
  }

  async function serialText(folder: string, sha256: string, ext: string): Promise<string> {
    const known = texts.get(sha256);
    if (known !== undefined) return known;
    const file = await runFile(path(folder), `evidence/${sha256}.${ext === 'json' ? 'json' : 'txt'}`);
    const text = (file?.bytes.toString('utf8') ?? '').slice(-TAIL);
    if (texts.size > 100) texts.clear();
    if (text !== '') texts.set(sha256, text);
    return text;
  }

  async function parts(folder: string): Promise<LiveParts> {
    const one = of(folder);
    await one.look();
    const serial = new Map<string, string>();
    for (const bench of one.run.benches.values())
      if (bench.serial !== undefined)
        serial.set(bench.dut, await serialText(folder, bench.serial.sha256, bench.serial.ext));
    const pause = join(path(folder), 'control', 'pause');
    const heldBy = await readFile(pause, 'utf8').then(ordersOf, () => []);
    return {
      parts: partsOf(one.run, folder, serial, { heldBy, now: clock.now() }),
      ended: one.run.ended !== undefined,
    };
  }

  return {
    parts,
    async watch(folder, send, signal) {
      let before: Readonly<Record<string, string>> = {};
      while (!signal.aborted) {
        const now = await parts(folder);
        const changed = Object.entries(now.parts).filter(([id, text]) => before[id] !== text);
        if (changed.length > 0) await send(Object.fromEntries(changed));
        before = now.parts;
        if (now.ended) return;
        await clock.sleep(LOOK_MS, signal).catch(() => undefined);
      }
    },
  };
}
