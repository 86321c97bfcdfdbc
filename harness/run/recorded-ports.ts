import { createHash } from 'node:crypto';
import type { HttpExchange } from '../bench/ports/http.ts';
import type { Mail, Mailbox } from '../bench/ports/mailbox.ts';
import type { Scanner } from '../bench/ports/scanner.ts';
import type { Serial } from '../bench/ports/serial.ts';
import type { Redactor } from '../evidence/redactor.ts';
import { type CodeRules, candidatesOf } from '../flow/mail-code.ts';
import type { Message, Topic } from '../session/channels.ts';
import type { Clock } from '../terms/clock.ts';
import type { PromptRecord, RunEvent } from '../terms/record.ts';
import { over } from './over.ts';

/** Writes a message, now or at a time in ms since the epoch. */
export type Keep = <T extends Topic>(topic: T, value: Message<T>, at?: number) => void;

/** How often the console is asked for what is new, ms, and how long the end of a line is waited for. */
const SERIAL_MS = 200;
const LINE_MS = 1000;

/** Every text in a message, redacted. */
export function redacted<T>(value: T, redactor: Redactor): T {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [
    name,
    typeof one === 'string' ? redactor.text(one) : one,
  ]);
  // The same names with values of the same kinds.
  return Object.fromEntries(entries) as T;
}

/** An exchange as it is kept. */
export function exchangeOf(exchange: HttpExchange, redactor: Redactor): Message<'http'> {
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
export function recordedSerial(serial: Serial, { keep, redactor, clock }: Heard & { readonly clock: Clock }) {
  let next = serial.transcript().length;
  let held = '';
  let heldAt = 0;
  const take = (all: boolean) => {
    const chunks = serial.transcript();
    for (const { at, text, missedMs } of chunks.slice(next)) {
      if (missedMs !== undefined) {
        // Nobody knows what came in between: no line goes on over a gap.
        flush(held.length);
        keep('serial', { direction: 'in', text: redactor.text(text), missedMs }, at);
        continue;
      }
      if (held === '') heldAt = at;
      held += text;
    }
    next = chunks.length;
    flush(all || clock.now() - heldAt > LINE_MS ? held.length : held.lastIndexOf('\n') + 1);
  };
  const flush = (end: number) => {
    if (end === 0) return;
    keep('serial', { direction: 'in', text: redactor.text(held.slice(0, end)) }, heldAt);
    held = held.slice(end);
    heldAt = clock.now();
  };
  const gone = new AbortController();
  const watch = async () => {
    for (;;) {
      await clock.sleep(SERIAL_MS, gone.signal);
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
      gone.abort();
      take(true);
    },
  };
}

/** Mails to addresses of this recorder. Their codes are secrets from the moment that they are seen. */
export function recordedMailbox(
  mailbox: Mailbox,
  { keep, redactor, rules }: Heard & { readonly rules: CodeRules },
): Mailbox {
  const known = new Set<string>();
  const see = (mail: Mail) => {
    if (known.has(mail.id)) return;
    known.add(mail.id);
    for (const address of mail.envelopeTo) redactor.add('address', address);
    for (const code of candidatesOf(mail, rules)) redactor.add('code', code);
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

/** What an operator was asked, and what came of it. */
export function promptOf(over: PromptRecord, redactor: Redactor): Message<'prompt'> {
  const { id, title, kind, milliseconds, outcome, answer } = over;
  return redacted({ id, title, kind, milliseconds: Math.max(0, milliseconds), outcome, ...answer }, redactor);
}

/** Scans, without what was scanned. */
export function recordedScanner(scanner: Scanner, { keep, redactor }: Heard): Scanner {
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
export function recordedActs<T extends object>(
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

/** What an event of the record says, where it is of a case; `at` where that is another time than now. */
export function stepOf(
  event: RunEvent,
): { readonly value: Message<'step'>; readonly at?: number } | undefined {
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
