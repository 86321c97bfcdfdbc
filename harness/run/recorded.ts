import type { Bench } from '../bench/open.ts';
import { createRedactor, type Redactor } from '../evidence/redactor.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { About } from '../session/channels.ts';
import { rewriteSession } from '../session/rewrite.ts';
import { type Ended, openSessionWriter } from '../session/writer.ts';
import type { Clock } from '../terms/clock.ts';
import type { RunEvent } from '../terms/record.ts';
import { over } from './over.ts';
import { recordedDisplay } from './recorded-display.ts';
import {
  exchangeOf,
  type Keep,
  promptOf,
  recordedActs,
  recordedMailbox,
  recordedScanner,
  recordedSerial,
  redacted,
  stepOf,
} from './recorded-ports.ts';

/** One bench with its recording. */
export interface Recording {
  /** The bench, with every port listened to. */
  readonly bench: Bench;
  /** The same redactor; what it learns the recording learns too. */
  redactor(own: Redactor): Redactor;
  /** The same store; pictures that are kept are recorded, as they are kept. */
  store(own: EvidenceStore): EvidenceStore;
  /** The same writer; what cases do is recorded. */
  events(own: (event: RunEvent) => void): (event: RunEvent) => void;
  /** Ends it; the bench stays open. */
  close(): Promise<Ended>;
}

export interface RecordingOptions {
  /** Must not be there yet. */
  readonly file: string;
  readonly about: About;
  readonly clock: Clock;
  /** How the codes of its mails are led to; see {@link CodeRules}. */
  readonly codeTemplates?: readonly string[];
  readonly maxBytes?: number;
}

/**
 * Begins the recording of a bench: this is the one place where ports are listened to for it. What is written is redacted
 * with all that is known at that time; what turned out to be secret later is taken out when the recording ends.
 * @throws HarnessError RECORD_UNREADABLE where the file cannot be begun
 */
export async function recordBench(bench: Bench, options: RecordingOptions): Promise<Recording> {
  const { clock, about, file, codeTemplates, maxBytes } = options;
  const redactor = createRedactor();
  redactor.add('address', bench.homeAddress);
  if (bench.initial.password !== undefined) redactor.add('password', bench.initial.password);
  if (bench.initial.address !== undefined) redactor.add('address', bench.initial.address);
  const limit = maxBytes === undefined ? {} : { maxBytes };
  const writer = await openSessionWriter(file, { about, at: clock.now(), ...limit });
  const keep: Keep = (topic, value, at = clock.now()) => writer.write(topic, at, value);
  const display = recordedDisplay(bench.display, { keep, redactor, clock });
  const serial =
    bench.serial === undefined ? undefined : recordedSerial(bench.serial, { keep, redactor, clock });
  const stopHttp = bench.http.onExchange((exchange) =>
    keep('http', exchangeOf(exchange, redactor), exchange.at),
  );
  const stopPrompts = bench.operator?.watch((over) => keep('prompt', promptOf(over, redactor), over.at));
  const acts = <T extends object>(
    topic: 'power' | 'network' | 'usb' | 'hands',
    port: T | undefined,
    names: readonly (keyof T & string)[],
  ) =>
    port === undefined
      ? undefined
      : recordedActs(port, names, (value) => keep(topic, redacted(value, redactor)));
  const heard: Bench = {
    ...bench,
    display: display.port,
    serial: serial?.port,
    mailbox: recordedMailbox(bench.mailbox, {
      keep,
      redactor,
      rules: { length: about.codeLength, templates: codeTemplates },
    }),
    scanner: recordedScanner(bench.scanner, { keep, redactor }),
    power: acts('power', bench.power, ['on', 'off', 'reboot']),
    network: acts('network', bench.network, ['up', 'down']),
    usb: acts('usb', bench.usb, ['insert', 'remove', 'put']),
    hands: acts('hands', bench.hands, ['advance', 'snapshot', 'restore', 'setDefects', 'setMail']),
    sadp:
      bench.sadp === undefined
        ? undefined
        : over(bench.sadp, {
            async inquire(...asked) {
              const answer = await bench.sadp?.inquire(...asked);
              keep('sadp', { answer: answer === undefined ? null : redactor.text(answer.text) });
              return answer;
            },
          }),
  };
  return {
    bench: heard,
    redactor: (own) => ({
      ...own,
      add(kind, value) {
        own.add(kind, value);
        redactor.add(kind, value);
      },
    }),
    store: (own) => ({
      async put(item) {
        if (item.kind === 'frame' || item.kind === 'qr')
          display.picture({ ...item, frame: item.kind === 'qr' ? 'qr' : 'display' });
        return own.put(item);
      },
    }),
    events: (own) => (event) => {
      const step = stepOf(event);
      if (step !== undefined) keep('step', redacted(step.value, redactor), step.at);
      own(event);
    },
    async close() {
      stopHttp();
      stopPrompts?.();
      serial?.stop();
      await display.settled();
      const ended = await writer.close(clock.now());
      try {
        await rewriteSession(file, (text) => redactor.text(text));
        return ended;
      } catch (error) {
        // It must not end a run; whoever asked for it is told.
        return { ...ended, problem: `${ended.problem ?? ''} ${String(error)}`.trim() };
      }
    },
  };
}
