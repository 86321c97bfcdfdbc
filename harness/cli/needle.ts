import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { openBenches } from '../bench/open.ts';
import { fingerprint } from '../flow/look.ts';
import { type Pupil, taught } from '../flow/taught.ts';
import { randomPassword } from '../kit/fresh.ts';
import { execute } from '../run/execute.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Frame, Reading } from '../terms/frame.ts';
import { captured, decodePicture } from '../vision/png.ts';
import { LookLearner } from '../vision/see/learn.ts';
import { type Command, EXIT } from './args.ts';
import { baselinesOf } from './baselines.ts';
import { harnessFacts } from './facts.ts';
import { needleLessons } from './learn-needles.ts';
import { planFrom, SELECTION } from './load.ts';
import { needleByHand } from './needle-by-hand.ts';
import { OPERATOR } from './operator.ts';
import { proposing } from './propose.ts';
import { lookFile } from './sight.ts';
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
    const schools = new Map<string, School>();
    const lessons = needleLessons();
    const folder = await mkdtemp(join(tmpdir(), 'resetbench-learn-'));
    const stop = new AbortController();
    const interrupt = () => stop.abort(new HarnessError('INTERRUPTED', 'the walk was interrupted'));
    process.on('SIGINT', interrupt);
    const benches = openBenches({
      devices: loaded.devices,
      duts: pupils,
      secret: () => undefined,
      folder,
      clock,
      freshPassword: () => randomPassword(12),
      copies: COPIES,
      see(display, dut) {
        const { config } = dut;
        const { read } = display;
        if (read === undefined) return display;
        const file = lookFile(config.profile, config.resolution);
        const school = schools.get(file) ?? new School();
        schools.set(file, school);
        return taught({ ...display, read }, lessons.beside(school, dut));
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
          if (event.type === 'dut-end') console.log(`${event.dut}: walked through`);
        },
      });
    } finally {
      await benches[Symbol.asyncDispose]();
      await proposals[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
      process.off('SIGINT', interrupt);
    }
    if (stop.signal.aborted) return EXIT.interrupted;
    for (const [file, school] of onlyNeedles ? [] : schools) {
      const look = school.look();
      if (look === undefined) continue;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${JSON.stringify(look)}\n`);
      console.log(
        `${relative(process.cwd(), file)}: ${school.screens} screens, ${look.boxes.length} rectangles, ${look.lines.length} kinds of writing`,
      );
    }
    for (const line of [...(await lessons.write()), ...proposals.lines()]) console.log(line);
    return EXIT.conformant;
  },
};

/** Copies of a twin that walk at the same time. */
const COPIES = 10;

/** What is learned of the GUI of one profile at one resolution. */
class School implements Pupil {
  readonly #known = new Set<string>();
  #learner: LookLearner | undefined;

  get screens(): number {
    return this.#known.size;
  }

  isNew(reading: Reading): boolean {
    return reading.items.length > 0 && !this.#known.has(printOf(reading));
  }

  /** Learns from a screen, unless one alike was shown before. */
  async show(frame: Frame, reading: Reading): Promise<void> {
    if (!this.isNew(reading)) return;
    this.#known.add(printOf(reading));
    this.#learner ??= new LookLearner(emOf(reading));
    // As it is, and as a capture gives it.
    this.#learner.add({ pixels: await decodePicture(frame.bytes), reading }, true);
    this.#learner.add({ pixels: await captured(frame.bytes), reading }, false);
  }

  look() {
    return this.#learner?.look();
  }
}

/** What tells screens apart: not what was typed. */
function printOf(reading: Reading): string {
  const items = reading.items.map((item) => (item.kind === 'field' ? { ...item, text: '' } : item));
  return fingerprint({ ...reading, items });
}

/** Size of the usual text, px: a line of it is a third higher. */
function emOf({ items, height }: Reading): number {
  const heights = items
    .filter(({ kind, box }) => kind === 'text' && box.height < height / 20)
    .map(({ box }) => box.height)
    .sort((a, b) => a - b);
  return Math.round((heights[heights.length >> 1] ?? height / 36) / 1.37);
}
