import { createLogUpdate } from 'log-update';
import { counted } from '../report/text.ts';
import type { Clock } from '../terms/clock.ts';
import { type ExpectedFailure, expectedText } from '../terms/expected.ts';
import type { RunEvent } from '../terms/record.ts';
import type { Verdict } from '../terms/verdict.ts';

/** Tells people how a run goes. */
export interface Progress {
  event(event: RunEvent): void;
  step(dut: string, title: string): void;
  /** Writes nothing until the function that it returns is called: somebody is asked something. */
  hold(): () => void;
  /** Writes a line between the others. */
  say(line: string): void;
  close(): void;
}

interface Row {
  readonly id: string;
  readonly planned: number;
  done: number;
  now: string;
  state: 'waiting' | 'running' | 'ended' | 'fault';
  readonly counts: Map<Verdict, number>;
  /** By requirement: the verdict of the attempt before, which a further attempt at the same case takes the place of. */
  readonly last: Map<string, Verdict>;
}

const SHOWN: readonly Verdict[] = ['pass', 'fail', 'inconc', 'error', 'none'];
const COLOUR: Readonly<Record<Verdict, string>> = {
  pass: '32',
  fail: '31',
  inconc: '33',
  error: '35',
  none: '90',
};

/** A line a recorder that keeps moving on a terminal; plain lines, one a case, anywhere else. */
export function openProgress(clock: Clock, out: NodeJS.WriteStream, env = process.env): Progress {
  const colour = out.isTTY === true && env.NO_COLOR === undefined;
  const paint = (code: string, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const rows = new Map<string, Row>();
  const expected = new Map<string, ExpectedFailure>();
  const started = clock.monotonic();
  const live = out.isTTY === true && env.CI === undefined ? createLogUpdate(out) : undefined;

  const counts = (row: Row) =>
    SHOWN.filter((verdict) => row.counts.has(verdict))
      .map((verdict) => paint(COLOUR[verdict], `${row.counts.get(verdict)} ${verdict}`))
      .join(' ');
  const left = () => {
    const all = [...rows.values()];
    const done = all.reduce((sum, row) => sum + row.done, 0);
    const planned = all.reduce((sum, row) => sum + (row.state === 'fault' ? row.done : row.planned), 0);
    if (done === 0) return '';
    return `, about ${time(((clock.monotonic() - started) / done) * (planned - done))} left`;
  };
  const frame = () => {
    const width = Math.max(20, (out.columns ?? 100) - 1);
    const name = Math.max(...[...rows.keys()].map((id) => id.length));
    const lines = [...rows.values()].map((row) => {
      const tail = row.state === 'running' || row.state === 'fault' ? row.now : row.state;
      const head = `${row.id.padEnd(name)} ${String(row.done).padStart(3)}/${row.planned}`;
      const plain = SHOWN.filter((v) => row.counts.has(v)).map((v) => `${row.counts.get(v)} ${v}`);
      const room = Math.max(0, width - head.length - plain.join(' ').length - 4);
      return `${head}  ${counts(row)}  ${paint('90', tail.slice(0, room))}`;
    });
    const total = [...rows.values()];
    const done = total.reduce((sum, row) => sum + row.done, 0);
    const planned = total.reduce((sum, row) => sum + row.planned, 0);
    return [...lines, `${done} of ${planned} cases, ${time(clock.monotonic() - started)}${left()}`].join(
      '\n',
    );
  };
  let held = 0;
  let late = '';
  const timer = live === undefined ? undefined : setInterval(() => held > 0 || live(frame()), 200);
  timer?.unref();
  const tell = (line: string) => {
    if (held > 0) {
      late += `${line}\n`;
      return;
    }
    live?.clear();
    out.write(`${line}\n`);
  };

  return {
    event(event) {
      if (event.type === 'run-start') {
        for (const one of event.planned)
          if (one.expected !== undefined) expected.set(`${one.dut} ${one.requirement}`, one.expected);
        for (const { id } of event.duts) {
          const planned = event.planned.filter(({ dut }) => dut === id).length;
          if (planned > 0)
            rows.set(id, {
              id,
              planned,
              done: 0,
              now: '',
              state: 'waiting',
              counts: new Map(),
              last: new Map(),
            });
        }
        if (live === undefined)
          out.write(
            `run ${event.id}: ${counted(event.planned.length, 'case')} on ${counted(rows.size, 'recorder')}\n`,
          );
        return;
      }
      const row = 'dut' in event ? rows.get(event.dut) : undefined;
      if (row === undefined) return;
      if (event.type === 'dut-start') row.state = 'running';
      if (event.type === 'dut-end' && row.state !== 'fault') row.state = 'ended';
      if (event.type === 'dut-fault') {
        row.state = 'fault';
        const { domain, facts, cure } = event.fault;
        row.now = `${domain}: ${facts}`;
        const text = `${row.id}: error (${domain}): ${facts}${cure === undefined ? '' : ` => ${cure}`}`;
        tell(text);
      }
      if (event.type === 'case-end') {
        const before = row.last.get(event.requirement);
        if (before === undefined) row.done += 1;
        else count(row, before, -1);
        row.last.set(event.requirement, event.verdict);
        count(row, event.verdict, 1);
        const known = expected.get(`${event.dut} ${event.requirement}`);
        const note = known === undefined ? undefined : expectedText(event.verdict, known);
        const why = `${event.fault === undefined ? '' : `  ${event.fault.domain}: ${event.fault.facts}`}${note === undefined ? '' : `  [${note}]`}`;
        const line = `${row.id} ${event.requirement} ${paint(COLOUR[event.verdict], event.verdict)} ${(event.milliseconds / 1000).toFixed(1)} s${why}`;
        if (live === undefined || event.verdict !== 'pass' || known !== undefined) tell(line);
      }
    },
    step(dut, title) {
      const row = rows.get(dut);
      if (row !== undefined) row.now = title;
    },
    say: tell,
    hold() {
      live?.clear();
      held += 1;
      return () => {
        held -= 1;
        if (held > 0 || late === '') return;
        out.write(late);
        late = '';
      };
    },
    close() {
      clearInterval(timer);
      held = 0;
      out.write(late);
      if (live !== undefined && rows.size > 0) {
        live(frame());
        live.done();
      }
    },
  };
}

function count(row: Row, verdict: Verdict, by: 1 | -1): void {
  const sum = (row.counts.get(verdict) ?? 0) + by;
  if (sum > 0) row.counts.set(verdict, sum);
  else row.counts.delete(verdict);
}

/** `1 min 05 s`. */
export function time(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
