import { ImapFlow } from 'imapflow';
import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import { imapFault } from './imap-fault.ts';
import { type ImapServer, trustOf } from './imap-trust.ts';

export interface ImapAccess extends ImapServer {
  readonly user: string;
  readonly password: string;
  /** The folder that mails come into. */
  readonly folder: string;
  readonly clock: Clock;
  /** How long a server that is gone is tried again, ms. Default 20,000. */
  readonly reconnectMs?: number | undefined;
}

/** A connection to an IMAP folder that comes back when it is dropped. Methods throw what {@link imapFault} makes. */
export interface ImapLine {
  /** Works with the open folder. What is dropped in the middle is done again, so it must bear that. */
  use<T>(work: (client: ImapFlow) => Promise<T>): Promise<T>;
  /** Resolves when something came, the connection was lost, or half a minute is over. */
  news(signal: AbortSignal): Promise<void>;
  /** How often it was connected. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Longest time for a connection with its login, ms. */
const CONNECT_MS = 15_000;
/** Longest time for one piece of work, ms: a mail may be large. */
const WORK_MS = 30_000;
/** How often a server is asked in IDLE all the same, ms: it may have gone without a word. */
const LOOK_MS = 30_000;
const RECONNECT_MS = 20_000;
const PAUSE_MS = 250;

/** Connects, and opens the folder. */
export async function openImapLine(access: ImapAccess): Promise<ImapLine> {
  const { clock } = access;
  const closing = new AbortController();
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const one of [...waiting]) one();
  };
  let client: ImapFlow | undefined;
  let connections = 0;
  let queue: Promise<unknown> = Promise.resolve();
  let busy = 0;

  async function connect(): Promise<ImapFlow> {
    const fresh = new ImapFlow({
      host: access.host,
      port: access.port,
      secure: access.security === 'tls',
      ...(access.security === 'starttls' ? { doSTARTTLS: true } : {}),
      auth: { user: access.user, pass: access.password },
      tls: await trustOf(access),
      logger: false,
      disableAutoIdle: true,
      disableCompression: true,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
    });
    // What went wrong reaches whoever waits for an answer; without a listener it would end the process.
    fresh.on('error', () => undefined);
    fresh.on('exists', wake);
    fresh.once('close', () => {
      if (client === fresh) client = undefined;
      wake();
    });
    try {
      await within(
        (async () => {
          await fresh.connect();
          await fresh.mailboxOpen(access.folder);
        })(),
        CONNECT_MS,
      );
    } catch (error) {
      fresh.close();
      throw error;
    }
    connections += 1;
    client = fresh;
    return fresh;
  }

  /** A promise with a deadline; ends when the line is closed. */
  async function within<T>(work: Promise<T>, ms: number): Promise<T> {
    const over = new AbortController();
    const late = clock.sleep(ms, AbortSignal.any([over.signal, closing.signal])).then(
      () => {
        throw Object.assign(new Error(`no answer within ${ms} ms`), { code: 'ETIMEDOUT' });
      },
      () => {
        closing.signal.throwIfAborted();
        return new Promise<never>(() => undefined);
      },
    );
    work.catch(() => undefined);
    try {
      return await Promise.race([work, late]);
    } finally {
      over.abort();
    }
  }

  /** A connection; one that was lost is made again, for as long as that may take. */
  async function connected(): Promise<ImapFlow> {
    if (client?.usable) return client;
    const until = clock.monotonic() + (access.reconnectMs ?? RECONNECT_MS);
    for (;;) {
      closing.signal.throwIfAborted();
      try {
        return await connect();
      } catch (error) {
        closing.signal.throwIfAborted();
        const fault = await imapFault(access, error);
        const passing = fault.code === 'PORT_UNREACHABLE' || fault.code === 'PORT_TIMEOUT';
        if (!passing || clock.monotonic() >= until) throw fault;
        await clock.sleep(PAUSE_MS, closing.signal).catch(() => undefined);
      }
    }
  }

  async function attempt<T>(work: (one: ImapFlow) => Promise<T>): Promise<T> {
    const one = await connected();
    try {
      return await within(work(one), WORK_MS);
    } catch (error) {
      // What is silent is no use any more, and what was dropped is gone.
      if (error instanceof Error && 'code' in error && error.code === 'ETIMEDOUT') one.close();
      throw error;
    }
  }

  function use<T>(work: (one: ImapFlow) => Promise<T>): Promise<T> {
    const turn = async () => {
      closing.signal.throwIfAborted();
      busy += 1;
      try {
        return await attempt(work).catch((error: unknown) => {
          if (error instanceof HarnessError || client?.usable) throw error;
          return attempt(work);
        });
      } catch (error) {
        closing.signal.throwIfAborted();
        throw error instanceof HarnessError ? error : await imapFault(access, error);
      } finally {
        busy -= 1;
        listen();
      }
    };
    const done = queue.then(turn, turn);
    queue = done.catch(() => undefined);
    return done;
  }

  /** Goes into IDLE where somebody waits and nothing else is done; the next command ends it. */
  function listen(): void {
    if (busy > 0 || waiting.size === 0) return;
    client?.idle().catch(() => undefined);
  }

  try {
    await connect();
  } catch (error) {
    throw await imapFault(access, error);
  }
  return {
    use,
    get connections() {
      return connections;
    },
    async news(signal) {
      const heard = Promise.withResolvers<void>();
      waiting.add(heard.resolve);
      listen();
      try {
        await Promise.race([heard.promise, clock.sleep(LOOK_MS, signal)]);
      } finally {
        waiting.delete(heard.resolve);
      }
    },
    async close() {
      closing.abort(new HarnessError('PORT_CLOSED', 'The mailbox is closed.', { port: 'mailbox' }));
      wake();
      client?.close();
    },
  };
}
