import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecuteOptions } from '../run/execute.ts';
import { recordBench } from '../run/recorded.ts';
import type { Clock } from '../terms/clock.ts';

/**
 * Begins the recordings of a run: `DUT/session.mcap` in its folder, of further copies of a twin `DUT+2/session.mcap` ...
 * @param folder the run's folder
 */
export function recordingIn(
  folder: string,
  {
    clock,
    harness,
    onProblem,
  }: {
    readonly clock: Clock;
    readonly harness: string;
    /** Hears of what is not in a recording, or not all. */
    readonly onProblem: (line: string) => void;
  },
): NonNullable<ExecuteOptions['record']> {
  /** How often each was begun: a copy that is opened again has a recording of its own. */
  const begun = new Map<string, number>();
  return async (bench, { dut: { config, profile }, copy }) => {
    const name = copy === 1 ? config.id : `${config.id}+${copy}`;
    const time = (begun.get(name) ?? 0) + 1;
    begun.set(name, time);
    const place = join(folder, time === 1 ? name : `${name}.${time}`);
    await mkdir(place, { recursive: true });
    const { kind, model, firmware, language, resolution } = config;
    const file = join(place, 'session.mcap');
    const recording = await recordBench(bench, {
      file,
      clock,
      codeTemplates: Object.values(profile.mailTemplates ?? {}).flat(),
      about: {
        event: 'begin',
        version: 1,
        harness,
        dut: config.id,
        copy,
        kind,
        model,
        firmware,
        profile: config.profile,
        language,
        resolution,
        codeLength: profile.codeLength,
      },
    });
    return {
      ...recording,
      async close() {
        const ended = await recording.close();
        if (ended.problem !== undefined) onProblem(`the recording ${file}: ${ended.problem}`);
        return ended;
      },
    };
  };
}
