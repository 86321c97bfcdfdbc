import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { originalOf } from '../bench/emulated.ts';
import { openBenches } from '../bench/open.ts';
import { taught } from '../flow/taught.ts';
import { randomPassword } from '../kit/fresh.ts';
import { execute } from '../run/execute.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type Command, EXIT } from './args.ts';
import { baselinesOf } from './baselines.ts';
import { harnessFacts } from './facts.ts';
import { interruptible } from './interrupt.ts';
import { lookLessons } from './learn-looks.ts';
import { needleLessons } from './learn-needles.ts';
import { planFrom, SELECTION } from './load.ts';
import { needleByHand } from './needle-by-hand.ts';
import { OPERATOR } from './operator.ts';
import { proposing } from './propose.ts';
import { STATE } from './state.ts';

/** `resetbench needle learn`: how the GUI of a profile looks, for displays that show pixels alone. */
export const needleLearn: Command = {
  name: 'needle learn',
  summary: 'Learn how the GUI of a profile looks, and needles of what a reset acts on.',
  positionals: '[DUT...]',
  options: {
    devices: SELECTION.devices,
    jobs: {
      type: 'string',
      value: 'N',
      help: 'recorders at a time, copies of twins among them (default: 6 a processor)',
    },
    requirements: SELECTION.requirements,
    'needles-only': { type: 'boolean', help: 'write needles, and leave the looks as they are' },
    'by-hand': { type: 'boolean', help: 'one recorder, of which a person brings up the screens' },
    ...OPERATOR,
    secrets: { type: 'string', value: 'FILE', help: 'YAML of names and values that devices.yaml refers to' },
    ...STATE,
  },
  examples: [
    [
      "resetbench needle learn 'nvr-*'",
      'walk through the GUI of some twins and write suites/looks and suites/needles',
    ],
    [
      'resetbench needle learn nvr-at --needles-only --requirements CR39',
      'needles alone, from a shorter walk',
    ],
    ['resetbench needle learn nvr-shelf-3 --by-hand', 'hardware: you bring the screens up, and confirm'],
  ],
  async run(args) {
    if (args.flag('by-hand')) return needleByHand(args);
    const onlyNeedles = args.flag('needles-only');
    if (args.text('requirements') !== undefined && !onlyNeedles)
      throw new HarnessError('USAGE', 'a look is learned from the whole suite', {
        hint: 'leave out --requirements, or add --needles-only',
      });
    const { loaded, plan } = await planFrom(args);
    const pupils = plan.duts.filter(({ config, cases }) => config.kind === 'twin' && cases.length > 0);
    const clock = systemClock;
    const looks = lookLessons();
    const needles = needleLessons();
    const walked = new Set<string>();
    const folder = await mkdtemp(join(tmpdir(), 'resetbench-learn-'));
    using stop = interruptible('the walk');
    const benches = openBenches({
      devices: loaded.devices,
      duts: pupils,
      secret: () => undefined,
      folder,
      clock,
      freshPassword: () => randomPassword(12),
      copies: COPIES,
      see(display, copy) {
        const { read } = display;
        if (read === undefined) return display;
        const dut = { ...copy, config: { ...copy.config, id: originalOf(copy.config.id) } };
        return taught({ ...display, read }, needles.beside(looks.pupil(dut), dut));
      },
    });
    const proposals = await proposing(clock);
    try {
      await execute({
        id: proposals.id,
        plan: { ...plan, duts: pupils },
        benches,
        store: proposals.store,
        baselines: baselinesOf,
        clock,
        jobs: args.number('jobs', 1) ?? 6 * availableParallelism(),
        harness: await harnessFacts(),
        signal: stop.signal,
        write: (event) => {
          proposals.write(event);
          if (event.type !== 'dut-end' || stop.signal.aborted) return;
          walked.add(event.dut);
          console.log(`${event.dut}: walked through`);
        },
      });
    } finally {
      await benches[Symbol.asyncDispose]();
      await proposals[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    }
    // Of an interrupted walk counts what was walked through to its end.
    const lines = [
      ...(onlyNeedles ? [] : await looks.write(walked)),
      ...(await needles.write(walked)),
      ...proposals.lines(),
    ];
    for (const line of lines) console.log(line);
    if (stop.signal.aborted) return EXIT.interrupted;
    return EXIT.conformant;
  },
};

/** Copies of a twin that walk at the same time. */
const COPIES = 10;
