import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import type { SmtpEnd } from './delivery.fixture.ts';
import type { MailpitAddress, MailpitInfo, MailpitMessages, MailpitSummary } from './mailpit-message.ts';
import { listen, newSmtpServer } from './smtp.ts';

/** A server that speaks Mailpit's API v1 as its documentation tells it, with SMTP beside it. */
export interface MailpitServer extends AsyncDisposable {
  readonly smtp: SmtpEnd;
  readonly url: string;
  /** Requests so far, as `METHOD path`. */
  readonly asked: readonly string[];
}
interface Stored {
  readonly summary: MailpitSummary;
  readonly raw: Buffer;
}

/**
 * Mailpit's behaviour by its public documentation (mailpit.axllent.org/docs/api-v1, search filters, and what its SMTP
 * server does to a mail): newest first, `Return-Path` and `Received` on top, recipients that the head leaves out in Bcc,
 * a DELETE without ids deletes all, errors are texts with status 400.
 * @param options.login asked of each request, `user:password`
 */
export async function startMailpit(
  options: {
    readonly host?: string;
    readonly smtpPort?: number;
    readonly httpPort?: number;
    readonly login?: string;
  } = {},
): Promise<MailpitServer> {
  const host = options.host ?? '127.0.0.1';
  await using undo = new AsyncDisposableStack();
  let stored: readonly Stored[] = [];
  const asked: string[] = [];
  let arriving = Promise.resolve();
  let count = 0;

  const smtpServer = newSmtpServer(({ from, to, bytes }) => {
    arriving = arriving.then(async () => {
      count += 1;
      stored = [await store({ id: `mp${count}`, from, to, bytes: Buffer.from(bytes) }), ...stored];
    });
  });
  undo.defer(() => new Promise<void>((resolve) => smtpServer.close(resolve)));
  const smtpPort = await listen(smtpServer.server, host, options.smtpPort ?? 0);

  const app = new Hono();
  app.use(async (context, next) => {
    asked.push(`${context.req.method} ${new URL(context.req.url).pathname}`);
    const login = `Basic ${Buffer.from(options.login ?? '').toString('base64')}`;
    if (options.login !== undefined && context.req.header('authorization') !== login)
      return context.text('Unauthorised.\n', 401, { 'www-authenticate': 'Basic realm="Login"' });
    await arriving;
    return next();
  });
  const page = (found: readonly Stored[], query: Readonly<Record<string, string>>): MailpitMessages => {
    const start = Number(query.start ?? 0);
    const limit = Number(query.limit ?? 50);
    return {
      total: stored.length,
      messages_count: found.length,
      start,
      messages: found.slice(start, start + limit).map(({ summary }) => summary),
    };
  };
  app.get('/api/v1/info', (context) =>
    context.json({ Version: 'v1.27.11', Messages: stored.length } satisfies MailpitInfo),
  );
  app.get('/api/v1/messages', (context) => context.json(page(stored, context.req.query())));
  app.get('/api/v1/search', (context) => {
    const query = (context.req.query('query') ?? '').trim();
    if (query === '') return context.text('Error: no search query', 400);
    const address = /^addressed:"?([^"]*)"?$/.exec(query)?.[1]?.toLowerCase();
    const named = ({ summary }: Stored) =>
      [summary.From, ...(summary.To ?? []), ...(summary.Cc ?? []), ...(summary.Bcc ?? [])].some(
        (one) => address !== undefined && JSON.stringify(one).toLowerCase().includes(address),
      );
    return context.json(page(stored.filter(named), context.req.query()));
  });
  app.get('/api/v1/message/:id/raw', (context) => {
    const found = stored.find(({ summary }) => summary.ID === context.req.param('id'));
    if (found === undefined) return context.text('404 page not found', 404);
    return context.body(Uint8Array.from(found.raw), 200, { 'content-type': 'text/plain; charset=utf-8' });
  });
  app.delete('/api/v1/messages', async (context) => {
    const { IDs: ids = [] } = (await context.req.json().catch(() => ({}))) as { IDs?: readonly string[] };
    stored = ids.length === 0 ? [] : stored.filter(({ summary }) => !ids.includes(summary.ID));
    return context.text('ok');
  });
  const httpServer = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  undo.defer(() => closed(httpServer as Server));
  const port = await listen(httpServer, host, options.httpPort ?? 0);
  const opened = undo.move();
  return {
    smtp: { host, port: smtpPort },
    url: `http://${host}:${port}`,
    asked,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function store(mail: {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: Buffer;
}): Promise<Stored> {
  const parsed = await simpleParser(mail.bytes, { skipHtmlToText: true, skipTextToHtml: true });
  const [to, cc, bcc] = (['to', 'cc', 'bcc'] as const).map((field) => addresses(parsed, field));
  const named = new Set(
    [to, cc, bcc].flatMap((list) => list ?? []).map(({ Address }) => Address.toLowerCase()),
  );
  const missing = mail.to.filter((one) => !named.has(one.toLowerCase()));
  const created = new Date();
  const head = [
    `Return-Path: <${mail.from}>`,
    ...(missing.length === 0 ? [] : [`Bcc: ${missing.join(', ')}`]),
    `Received: from client (client [127.0.0.1])\r\n        by mailpit (Mailpit) with SMTP`,
    `        for <${mail.to[0]}>; ${created.toUTCString().replace('GMT', '+0000 (UTC)')}`,
  ];
  const raw = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n`), mail.bytes]);
  return {
    raw,
    summary: {
      ID: mail.id,
      MessageID: (parsed.messageId ?? '').replace(/^<|>$/g, ''),
      From: addressesOf(parsed.from)[0] ?? null,
      To: to ?? [],
      Cc: cc ?? [],
      Bcc: [...(bcc ?? []), ...missing.map((Address) => ({ Name: '', Address }))],
      Subject: parsed.subject ?? '',
      Created: created.toISOString(),
      Size: raw.length,
    },
  };
}

function addresses(parsed: ParsedMail, field: 'to' | 'cc' | 'bcc'): readonly MailpitAddress[] {
  return [parsed[field]].flat().flatMap(addressesOf);
}
function addressesOf(list: AddressObject | undefined): readonly MailpitAddress[] {
  return (list?.value ?? []).flatMap(({ name, address }) =>
    address === undefined || address === '' ? [] : [{ Name: name, Address: address }],
  );
}
