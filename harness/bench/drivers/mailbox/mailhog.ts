import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import mailhog from 'mailhog';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Mail, Mailbox } from '../../ports/mailbox.ts';
import { keepMails } from './kept.ts';
import type { MailHogMessage, MailHogMessages } from './mailhog-message.ts';
import { parseMail } from './parse.ts';
import { waitForMail } from './waiting.ts';

/** MailHog gives at most so many mails a page. */
const PAGE = 250;
/** How often a server that cannot call is asked, ms. */
const POLL_MS = 500;
/** Longest time for one answer, ms. */
const ANSWER_MS = 10_000;
/** Stands where bytes were no UTF-8: in 8-bit mails, and where the client cut a character in two. */
const LOST = '\uFFFD';

export interface MailHogOptions {
  /** Where MailHog's user interface is, e.g. `http://127.0.0.1:8025`; user and password may stand in it. */
  readonly url: string;
  readonly clock: Clock;
  /** Calls back on each arrival, where the server can; else it is polled. */
  readonly onArrival?: (listener: () => void) => () => void;
  /** Where mails should be sent to, for error messages. Default: the URL. */
  readonly place?: string;
}

type Api = ReturnType<typeof mailhog>;

/**
 * A mailbox in MailHog, read through the npm package `mailhog`. The envelope and the raw message come from the
 * API's `Raw`, which that package hands on untouched; decoding is mailparser's (docs/adr/0003).
 * @throws HarnessError PORT_UNREACHABLE when nothing, or something else, answers at the URL
 */
export async function openMailHog(options: MailHogOptions): Promise<Mailbox> {
  const url = parseUrl(options.url);
  const agent = url.protocol === 'https:' ? new HttpsAgent() : new HttpAgent();
  const closing = new AbortController();
  const keep = keepMails();

  /** One question to the API, with a time limit; the package itself knows none. */
  async function ask<T>(question: (api: Api, signal: AbortSignal) => Promise<T>): Promise<T> {
    closing.signal.throwIfAborted();
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, closing.signal]);
    const settings = {
      protocol: url.protocol,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      basePath: `${url.pathname.replace(/\/$/, '')}/api`,
      ...(url.username === ''
        ? {}
        : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
      agent,
      signal,
    };
    const late = options.clock.sleep(ANSWER_MS, signal).then(
      () => {
        throw new Error(`no answer within ${ANSWER_MS} ms`);
      },
      () => new Promise<never>(() => undefined),
    );
    try {
      return await Promise.race([question(mailhog(settings), signal), late]);
    } catch (error) {
      closing.signal.throwIfAborted();
      throw unreachable(url, error);
    } finally {
      over.abort();
    }
  }

  /** All pages, oldest first. What arrives meanwhile shifts the pages, so each mail is taken once. */
  async function collect(
    page: (api: Api, start: number) => Promise<unknown>,
  ): Promise<readonly MailHogMessage[]> {
    const found = new Map<string, MailHogMessage>();
    for (let start = 0; ; start += PAGE) {
      const answer = checked(await ask((api) => page(api, start)), url);
      const before = found.size;
      for (const mail of answer.items) found.set(mail.ID, mail);
      // A page that brings nothing new ends it, too, whatever total is told.
      if (found.size === before || start + answer.items.length >= answer.total) break;
    }
    return [...found.values()].reverse();
  }

  const decode = (message: MailHogMessage) => keep(message.ID, () => decodeAnew(message));
  async function decodeAnew(message: MailHogMessage): Promise<Mail> {
    const raw = message.Raw.Data;
    return parseMail({
      id: message.ID,
      envelopeFrom: message.Raw.From,
      envelopeTo: message.Raw.To,
      receivedAt: Date.parse(message.Created),
      message: raw.includes(LOST) ? await ask((_, signal) => download(url, message.ID, signal)) : raw,
    });
  }

  async function list(address: string): Promise<readonly Mail[]> {
    const wanted = address.toLowerCase();
    const found = await collect((api, start) => api.search(address, 'to', start, PAGE));
    const mine = found.filter((mail) => mail.Raw.To.some((to) => to.toLowerCase() === wanted));
    return Promise.all(mine.map(decode));
  }
  async function listAll(): Promise<readonly Mail[]> {
    return Promise.all((await collect((api, start) => api.messages(start, PAGE))).map(decode));
  }
  function worthALook(signal: AbortSignal): Promise<void> {
    const { onArrival } = options;
    if (onArrival === undefined) return options.clock.sleep(POLL_MS, signal);
    return new Promise((resolve) => {
      const forget = onArrival(resolve);
      signal.addEventListener('abort', () => resolve(forget() as undefined), { once: true });
    });
  }

  checked(await ask((api) => api.messages(0, 1)), url);
  return {
    list,
    listAll,
    wait: (address, { known, timeoutMs, signal }) =>
      waitForMail({
        clock: options.clock,
        address,
        known,
        timeoutMs,
        closed: closing.signal,
        signal,
        list: () => list(address),
        listAll,
        worthALook,
        place: options.place ?? `the SMTP port of ${url.host}`,
      }),
    async remove(ids) {
      for (const id of ids) await ask((api) => api.deleteMessage(id));
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new HarnessError('PORT_CLOSED', 'The mailbox is closed.', { port: 'mailbox' }));
      agent.destroy();
    },
  };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new HarnessError('CONFIG_INVALID', `The mailbox's URL is none: ${text}.`, {
    port: 'mailbox',
    hint: 'Give it as http://host:8025.',
  });
}

function unreachable(url: URL, cause: unknown): HarnessError {
  if (cause instanceof HarnessError) return cause;
  const told = cause instanceof Error ? cause.message : String(cause);
  const why = cause instanceof SyntaxError ? 'what answers there is not MailHog, but no JSON' : told;
  return new HarnessError('PORT_UNREACHABLE', `MailHog at ${url.origin} does not answer: ${why}.`, {
    port: 'mailbox',
    hint: `Start MailHog, or correct the mailbox's URL (${url.origin}).`,
    cause,
  });
}

/** The package takes any JSON for an answer, and hands out the bare HTTP response when there is no body. */
function checked(answer: unknown, url: URL): MailHogMessages {
  const messages = answer as MailHogMessages | null;
  if (
    Array.isArray(messages?.items) &&
    typeof messages.total === 'number' &&
    messages.items.every(isMessage)
  ) {
    return messages;
  }
  throw unreachable(url, new Error('what answers there is not MailHog'));
}

/** As far as it is read here. */
function isMessage(mail: Partial<MailHogMessage> | null): boolean {
  const { ID, Created, Raw } = mail ?? {};
  return (
    [ID, Created, Raw?.From, Raw?.Data].every((text) => typeof text === 'string') &&
    Number.isFinite(Date.parse(Created ?? '')) &&
    Array.isArray(Raw?.To) &&
    Raw.To.every((to) => typeof to === 'string')
  );
}

async function download(url: URL, id: string, signal: AbortSignal): Promise<Uint8Array> {
  const base = `${url.origin}${url.pathname.replace(/\/$/, '')}`;
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const response = await fetch(`${base}/api/v1/messages/${encodeURIComponent(id)}/download`, {
    signal,
    headers:
      url.username === '' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
  });
  if (!response.ok) throw new Error(`status ${response.status} for the download of a mail`);
  return response.bytes();
}
