import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { Mail, Mailbox } from '../../ports/mailbox.ts';
import { keepMails } from './kept.ts';
import {
  isMailpitMessages,
  type MailpitInfo,
  type MailpitMessages,
  type MailpitSummary,
  recipientsOf,
} from './mailpit-message.ts';
import { parseMail } from './parse.ts';
import { waitForMail } from './waiting.ts';

/** Messages asked for at a time. */
const PAGE = 100;
/** How often the server is asked for news, ms. */
const POLL_MS = 500;
/** Longest time for one answer, ms. */
const ANSWER_MS = 10_000;

export interface MailpitOptions {
  /** Where Mailpit's user interface is, e.g. `http://127.0.0.1:8025`; user and password may stand in it. */
  readonly url: string;
  readonly clock: Clock;
  /** Where mails should be sent to, for error messages. Default: the SMTP port of the URL's host. */
  readonly place?: string;
}

/**
 * A mailbox in Mailpit, read by its HTTP API v1 (docs/adr/0029). Mailpit keeps no envelope: a mail counts as sent to all
 * whom To, Cc and Bcc name, and to recipients that the head leaves out. Messages are not marked as read.
 * @throws HarnessError PORT_UNREACHABLE, PORT_TIMEOUT, CREDENTIALS_REFUSED, or PORT_PROTOCOL where something else answers
 */
export async function openMailpit(options: MailpitOptions): Promise<Mailbox> {
  const { clock } = options;
  const url = parseUrl(options.url);
  const base = `${url.origin}${url.pathname.replace(/\/$/, '')}/api/v1`;
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const headers: Record<string, string> =
    url.username === '' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  const closing = new AbortController();
  const keep = keepMails();

  /** One question, with a time limit on the whole answer. */
  async function ask(path: string, request: { method?: string; body?: string } = {}): Promise<Buffer> {
    closing.signal.throwIfAborted();
    const over = new AbortController();
    const late = new AbortController();
    clock.sleep(ANSWER_MS, over.signal).then(
      () => late.abort(),
      () => undefined,
    );
    try {
      const response = await fetch(`${base}${path}`, {
        ...request,
        headers: {
          ...headers,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.any([closing.signal, late.signal]),
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      if (!response.ok) throw refused(url, path, response.status, bytes.toString('utf8', 0, 200));
      return bytes;
    } catch (cause) {
      closing.signal.throwIfAborted();
      if (late.signal.aborted)
        throw new HarnessError(
          'PORT_TIMEOUT',
          `Mailpit at ${url.origin} gave no answer within ${ANSWER_MS} ms.`,
          { port: 'mailbox', hint: 'See what Mailpit, or the network to it, is busy with.', cause },
        );
      throw cause instanceof HarnessError ? cause : unreachable(url, cause);
    } finally {
      over.abort();
    }
  }
  async function askJson(path: string): Promise<unknown> {
    const bytes = await ask(path);
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch (cause) {
      throw notMailpit(url, cause);
    }
  }
  async function askPage(path: string): Promise<MailpitMessages> {
    const answer = await askJson(path);
    if (!isMailpitMessages(answer)) throw notMailpit(url);
    return answer;
  }

  /** All pages, oldest first. What arrives meanwhile shifts the pages, so each message is taken once. */
  async function collect(path: string): Promise<readonly MailpitSummary[]> {
    const found = new Map<string, MailpitSummary>();
    for (let start = 0; ; start += PAGE) {
      const { messages, messages_count: count } = await askPage(`${path}start=${start}&limit=${PAGE}`);
      const before = found.size;
      for (const one of messages) found.set(one.ID, one);
      // A page that brings nothing new ends it, too, whatever count is told.
      if (found.size === before || start + messages.length >= count) break;
    }
    return [...found.values()].reverse();
  }
  const decode = (summary: MailpitSummary) =>
    keep(summary.ID, async () =>
      parseMail({
        id: summary.ID,
        envelopeFrom: summary.From?.Address ?? '',
        envelopeTo: recipientsOf(summary),
        receivedAt: Date.parse(summary.Created),
        message: await ask(`/message/${encodeURIComponent(summary.ID)}/raw`),
      }),
    );
  /** A message may be deleted between the list and the look. */
  const decodeAll = async (summaries: readonly MailpitSummary[]): Promise<readonly Mail[]> => {
    const mails = await Promise.all(
      summaries.map((one) =>
        decode(one).catch((error: unknown) => {
          if (error instanceof HarnessError && error.cause === 404) return undefined;
          throw error;
        }),
      ),
    );
    return mails.filter((mail) => mail !== undefined);
  };

  async function list(address: string): Promise<readonly Mail[]> {
    const wanted = address.toLowerCase();
    // Finds parts of addresses too, and senders; who is really meant is looked at here.
    const query = encodeURIComponent(`addressed:"${wanted}"`);
    const found = await collect(`/search?query=${query}&`);
    return decodeAll(found.filter((one) => recipientsOf(one).some((to) => to.toLowerCase() === wanted)));
  }
  const listAll = async () => decodeAll(await collect('/messages?'));

  const { Version } = ((await askJson('/info')) ?? {}) as Partial<MailpitInfo>;
  if (typeof Version !== 'string') throw notMailpit(url);
  await askPage('/messages?start=0&limit=1');
  return {
    list,
    listAll,
    wait: (address, { known, timeoutMs, signal }) =>
      waitForMail({
        clock,
        address,
        known,
        timeoutMs,
        closed: closing.signal,
        signal,
        list: () => list(address),
        listAll,
        worthALook: (stop) => clock.sleep(POLL_MS, stop),
        place: options.place ?? `the SMTP port of ${url.host}`,
      }),
    async remove(ids) {
      closing.signal.throwIfAborted();
      // No ids, to Mailpit, are all messages.
      if (ids.length > 0) await ask('/messages', { method: 'DELETE', body: JSON.stringify({ IDs: ids }) });
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new HarnessError('PORT_CLOSED', 'The mailbox is closed.', { port: 'mailbox' }));
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

function refused(url: URL, path: string, status: number, words: string): HarnessError {
  if (status === 401 || status === 403)
    return new HarnessError(
      'CREDENTIALS_REFUSED',
      `Mailpit at ${url.origin} refuses the login (${status}).`,
      {
        port: 'mailbox',
        hint: 'Correct user and password of the mailbox; they are those of --ui-auth-file.',
        cause: status,
      },
    );
  return new HarnessError(
    'PORT_PROTOCOL',
    `Mailpit at ${url.origin} answers ${path.replace(/\?.*/, '')} with ${status}: ${words.trim()}`,
    {
      port: 'mailbox',
      hint: `Check that Mailpit 1.20 or newer is at ${url.origin}, and its log.`,
      cause: status,
    },
  );
}

function unreachable(url: URL, cause: unknown): HarnessError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const why = inner instanceof Error ? inner.message : String(inner);
  return new HarnessError('PORT_UNREACHABLE', `Mailpit at ${url.origin} does not answer: ${why}.`, {
    port: 'mailbox',
    hint: `Start Mailpit, or correct the mailbox's URL (${url.origin}).`,
    cause,
  });
}

function notMailpit(url: URL, cause?: unknown): HarnessError {
  return new HarnessError('PORT_PROTOCOL', `What answers at ${url.origin} is not Mailpit.`, {
    port: 'mailbox',
    hint: `Correct the mailbox's URL (${url.origin}), or its driver.`,
    cause,
  });
}
