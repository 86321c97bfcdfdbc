import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { openReplay } from '../replay/replay.ts';
import type { Entry } from '../session/channels.ts';
import { openSessionReader, type SessionReader } from '../session/reader.ts';
import { lineOf } from '../session/timeline.ts';
import { wholeOf } from '../session/whole.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type Args, type Command, EXIT } from './args.ts';

/** Channels whose last message tells how things stood at a time. */
const STATE = ['step', 'frame', 'reading', 'input', 'http', 'serial', 'mail', 'scan', 'power'] as const;

/** `resetbench replay`: a recorded session, looked at, or served as the recorder that it was made of. */
export const replay: Command = {
  name: 'replay',
  summary:
    'Look at a session that was recorded by `run --record`, or serve it as the recorder that it was made of.',
  positionals: 'FILE',
  options: {
    dut: { type: 'string', value: 'ID', help: 'FILE is the folder of a run: the session of this recorder' },
    list: { type: 'boolean', help: 'one time line of all channels' },
    at: {
      type: 'string',
      value: 'TIME',
      help: 'how things stood: s since the beginning, m:ss, or an ISO time',
    },
    step: { type: 'boolean', help: 'event by event: Enter goes on, q ends' },
    speed: { type: 'string', value: 'N', help: 'served: times as fast as it was (default: 1)' },
  },
  examples: [
    [
      'resetbench replay reports/2026-11-23T134500Z-1f2e/nvr-at/session.mcap --list',
      'what happened, line by line',
    ],
    [
      'resetbench replay reports/2026-11-23T134500Z-1f2e --dut nvr-at',
      'serve HTTP, console and a page, until Ctrl-C',
    ],
    ['resetbench replay session.mcap --at 1:07.5', 'what was there then'],
  ],
  async run(args) {
    const file = fileOf(args);
    await using session = await openSessionReader(file);
    const time = args.text('at');
    const at = time === undefined ? undefined : timeOf(time, session);
    if (session.cut)
      console.error(`${relative(process.cwd(), file)} was cut: the run died. What stands here was reached.`);
    if (args.flag('list')) return await list(session);
    if (args.flag('step')) return await step(session, at);
    if (at !== undefined) return await state(session, at);
    return await served(session, args.number('speed', 1) ?? 1);
  },
};

async function list(session: SessionReader): Promise<number> {
  for await (const entry of session.entries()) console.log(printed(session, entry));
  return EXIT.conformant;
}

async function state(session: SessionReader, at: number): Promise<number> {
  for (const topic of STATE) {
    const entry = await session.lastBefore(topic, at);
    if (entry !== undefined) console.log(printed(session, entry));
  }
  return EXIT.conformant;
}

/** One event whole at each line that is read; at the end of the input all that is left is not told. */
async function step(session: SessionReader, from: number | undefined): Promise<number> {
  const reading = createInterface({ input: process.stdin });
  try {
    const lines = reading[Symbol.asyncIterator]();
    for await (const entry of session.entries(from === undefined ? {} : { from })) {
      console.log(`${offsetOf(session, entry.at)} ${wholeOf(entry)}\n`);
      const { done, value } = await lines.next();
      if (done === true || value.trim() === 'q') break;
    }
  } finally {
    reading.close();
  }
  return EXIT.conformant;
}

async function served(session: SessionReader, speed: number): Promise<number> {
  await using open = await openReplay(session, { clock: systemClock, speed });
  const { about } = session;
  console.log(`${about.dut}, ${about.model} ${about.firmware}, ${offsetOf(session, session.to)} long`);
  console.log(`page    ${open.pageUrl}`);
  console.log(`http    ${open.httpUrl}`);
  console.log(`serial  ${open.serialPath ?? 'was not recorded'}`);
  console.log('Ctrl-C ends it.');
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  return EXIT.conformant;
}

function printed(session: SessionReader, entry: Entry): string {
  return `${offsetOf(session, entry.at)} ${entry.topic.padEnd(8)} ${lineOf(entry)}`;
}

/** `m:ss.mmm` since the beginning. */
function offsetOf({ from }: SessionReader, at: number): string {
  const ms = Math.max(0, Math.round(at - from));
  const seconds = String(Math.floor(ms / 1000) % 60).padStart(2, '0');
  return `${Math.floor(ms / 60_000)}:${seconds}.${String(ms % 1000).padStart(3, '0')}`;
}

/** @throws HarnessError USAGE for what is no time of the session */
function timeOf(text: string, { from, to }: SessionReader): number {
  const clock = /^(?:(\d+):)?(\d+(?:\.\d+)?)$/.exec(text);
  const at =
    clock === null ? Date.parse(text) : from + (Number(clock[1] ?? 0) * 60 + Number(clock[2] ?? 0)) * 1000;
  if (!Number.isNaN(at) && at >= from && at <= to) return at;
  throw new HarnessError('USAGE', `--at expects a time of the session, found ${text}`, {
    hint: `it goes from 0 to ${((to - from) / 1000).toFixed(1)} s, or from ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
  });
}

/** The recording that is meant. @throws HarnessError USAGE */
function fileOf(args: Args): string {
  const [name, ...more] = args.positionals;
  if (name === undefined || more.length > 0)
    throw new HarnessError('USAGE', 'replay takes one FILE', { hint: 'see `resetbench replay --help`' });
  if (!statSync(name, { throwIfNoEntry: false })?.isDirectory()) return name;
  const found = readdirSync(name).filter((dut) => existsSync(join(name, dut, 'session.mcap')));
  const asked = args.text('dut');
  const [only] = asked === undefined ? found : found.filter((dut) => dut === asked);
  if (only !== undefined && (asked !== undefined || found.length === 1))
    return join(name, only, 'session.mcap');
  if (existsSync(join(name, 'session.mcap')) && asked === undefined) return join(name, 'session.mcap');
  throw new HarnessError(
    'USAGE',
    asked === undefined ? `${name} holds ${found.length} sessions` : `${name} holds no session of ${asked}`,
    {
      hint:
        found.length === 0
          ? 'sessions are recorded by `resetbench run --record`'
          : `--dut takes one of ${found.join(', ')}`,
    },
  );
}
