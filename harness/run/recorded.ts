import { createHash } from 'node:crypto';
import type { Bench } from '../bench/open.ts';
import type { HttpExchange } from '../bench/ports/http.ts';
import type { Mail, Mailbox } from '../bench/ports/mailbox.ts';
import type { Scanner } from '../bench/ports/scanner.ts';
import type { Serial } from '../bench/ports/serial.ts';
import { createRedactor, type Redactor } from '../evidence/redactor.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { codesIn } from '../flow/mail-code.ts';
import type { About, Message, Topic } from '../session/channels.ts';
import { rewriteSession } from '../session/rewrite.ts';
import { type Ended, openSessionWriter } from '../session/writer.ts';
import type { Clock } from '../terms/clock.ts';
import type { RunEvent } from '../terms/record.ts';
import { over } from './over.ts';
import { recordedDisplay } from './recorded-display.ts';

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
  readonly maxBytes?: number;
}

/** Writes a message, now or at a time in ms since the epoch. */
export type Keep = <T extends Topic>(topic: T, value: Message<T>, at?: number) => void;

/** How often the console is asked for what is new, ms, and how long the end of a line is waited for. */
const SERIAL_MS = 200;
const LINE_MS = 1000;

/**
 * Begins the recording of a bench: this is the one place where ports are listened to for it. What is written is redacted
 * with all that is known at that time; what turned out to be secret later is taken out when the recording ends.
 * @throws HarnessError RECORD_UNREADABLE where the file cannot be begun
 */
export async function recordBench(bench: Bench, options: RecordingOptions): Promise<Recording> {
  const { clock, about, file, maxBytes } = options;
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
    mailbox: recordedMailbox(bench.mailbox, { keep, redactor, codeLength: about.codeLength }),
    scanner: recordedScanner(bench.scanner, { keep, redactor }),
    power: acts('power', bench.power, ['on', 'off']),
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

/** Every text in a message, redacted. */
function redacted<T>(value: T, redactor: Redactor): T {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [
    name,
    typeof one === 'string' ? redactor.text(one) : one,
  ]);
  // The same names with values of the same kinds.
  return Object.fromEntries(entries) as T;
}

function exchangeOf(exchange: HttpExchange, redactor: Redactor): Message<'http'> {
  const text = (one: string) => redactor.text(one);
  // A header is secret by its name.
  const headers = (all: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(all).map(([name, value]) => [name, text(`${name}: ${value}`).slice(name.length + 2)]),
    );
  const { milliseconds, request, response, failure, notes = [] } = exchange;
  return {
    milliseconds: Math.max(0, milliseconds),
    request: {
      method: request.method,
      path: text(request.path),
      headers: headers(request.headers),
      body: text(request.body),
    },
    ...(response === undefined
      ? {}
      : {
          response: {
            status: response.status,
            headers: headers(response.headers),
            body: text(response.body),
          },
        }),
    ...(failure === undefined ? {} : { failure: text(failure) }),
    notes: notes.map(text),
  };
}

interface Heard {
  readonly keep: Keep;
  readonly redactor: Redactor;
}

/** What the console prints, line by line: a secret may come in two pieces. */
function recordedSerial(serial: Serial, { keep, redactor, clock }: Heard & { readonly clock: Clock }) {
  let next = serial.transcript().length;
  let held = '';
  let heldAt = 0;
  const take = (all: boolean) => {
    const chunks = serial.transcript();
    for (const { at, text } of chunks.slice(next)) {
      if (held === '') heldAt = at;
      held += text;
    }
    next = chunks.length;
    const end = all || clock.now() - heldAt > LINE_MS ? held.length : held.lastIndexOf('\n') + 1;
    if (end === 0) return;
    keep('serial', { direction: 'in', text: redactor.text(held.slice(0, end)) }, heldAt);
    held = held.slice(end);
    heldAt = clock.now();
  };
  const over_ = new AbortController();
  const watch = async () => {
    for (;;) {
      await clock.sleep(SERIAL_MS, over_.signal);
      take(false);
    }
  };
  watch().catch(() => undefined);
  return {
    port: over(serial, {
      async command(...asked) {
        take(true);
        keep('serial', { direction: 'out', text: `${asked[0]}\r` });
        return serial.command(...asked);
      },
    }),
    stop() {
      over_.abort();
      take(true);
    },
  };
}

/** Mails to addresses of this recorder. Their codes are secrets from the moment that they are seen. */
function recordedMailbox(
  mailbox: Mailbox,
  { keep, redactor, codeLength }: Heard & { readonly codeLength: number },
): Mailbox {
  const known = new Set<string>();
  const see = (mail: Mail) => {
    if (known.has(mail.id)) return;
    known.add(mail.id);
    for (const address of mail.envelopeTo) redactor.add('address', address);
    for (const code of codesIn(mail.text, codeLength)) redactor.add('code', code);
    const text = (one: string) => redactor.text(one);
    keep('mail', {
      from: text(mail.from),
      to: mail.envelopeTo.map(text),
      subject: text(mail.subject),
      text: text(mail.text),
      headers: Object.fromEntries(Object.entries(mail.headers).map(([name, value]) => [name, text(value)])),
      receivedAt: mail.receivedAt,
    });
  };
  return over(mailbox, {
    async list(address) {
      const mails = await mailbox.list(address);
      for (const mail of mails) see(mail);
      return mails;
    },
    async wait(...asked) {
      const mail = await mailbox.wait(...asked);
      see(mail);
      return mail;
    },
  });
}

function recordedScanner(scanner: Scanner, { keep, redactor }: Heard): Scanner {
  return over(scanner, {
    async scan(scan, options) {
      const shown = {
        as: options?.as ?? 'visitor',
        characters: scan.payload.length,
        sha256: createHash('sha256').update(scan.payload).digest('hex'),
        picture: scan.picture !== undefined,
      } as const;
      try {
        const answer = await scanner.scan(scan, options);
        keep('scan', { ...shown, accepted: answer.accepted, message: redactor.text(answer.message) });
        return answer;
      } catch (error) {
        keep('scan', { ...shown, failure: redactor.text(String(error)) });
        throw error;
      }
    },
  });
}

/** Keeps that methods were called, with the first of their arguments where it is a word, a number or a list of them. */
function recordedActs<T extends object>(
  port: T,
  names: readonly (keyof T & string)[],
  keep: (value: Message<'power'>) => void,
): T {
  const own: Partial<Record<string, unknown>> = {};
  for (const name of names) {
    const method: unknown = port[name];
    if (typeof method !== 'function') continue;
    own[name] = async (...asked: readonly unknown[]) => {
      const first = Array.isArray(asked[0]) ? asked[0].join(', ') : asked[0];
      const detail = typeof first === 'string' || typeof first === 'number' ? { detail: String(first) } : {};
      try {
        const result: unknown = await Reflect.apply(method, port, asked);
        keep({ act: name, ...detail });
        return result;
      } catch (error) {
        keep({ act: name, ...detail, failure: String(error) });
        throw error;
      }
    };
  }
  return over(port, own as Partial<T>);
}

function stepOf(event: RunEvent): { readonly value: Message<'step'>; readonly at?: number } | undefined {
  switch (event.type) {
    case 'case-start':
      return { value: { kind: 'case', text: event.title, requirement: event.requirement } };
    case 'step': {
      const { title: text, at, milliseconds, error } = event.step;
      return { value: { kind: 'step', text, milliseconds, ...(error === undefined ? {} : { error }) }, at };
    }
    case 'expectation': {
      const { title, verdict, expected, seen, at } = event.expectation;
      return {
        value: { kind: 'expectation', text: `${title}: expected ${expected}, seen ${seen}`, verdict },
        at,
      };
    }
    case 'case-end': {
      const { requirement, verdict, milliseconds, reason = '' } = event;
      return { value: { kind: 'verdict', text: reason, requirement, verdict, milliseconds } };
    }
    default:
      return undefined;
  }
}
