import { Hono } from 'hono';
import { type MailHogStore, SEARCH_KINDS } from './mailhog-store.ts';

/** As MailHog: 50 unless told, 250 at most. */
const PAGE = { usual: 50, most: 250 };

/**
 * MailHog's HTTP API over a store: `/api/v2/messages`, `/api/v2/search`, and of v1 reading, download and deletion.
 * Answers loopback names only, so that no web page can reach the mails by a DNS name of its own.
 */
export function mailHogApi(store: MailHogStore): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    const host = new URL(context.req.url).hostname;
    if (host !== '127.0.0.1' && host !== 'localhost') return context.body(null, 403);
    return next();
  });
  app.get('/api/v2/messages', (context) => context.json(store.messages(pageOf(context.req.query()))));
  app.get('/api/v2/search', (context) => {
    const { kind, query } = context.req.query();
    const known = SEARCH_KINDS.find((one) => one === kind);
    if (known === undefined || query === undefined || query === '') return context.body(null, 400);
    return context.json(store.search({ kind: known, text: query }, pageOf(context.req.query())));
  });
  app.get('/api/v1/messages/:id', (context) => {
    const mail = store.get(context.req.param('id'));
    return mail === undefined ? context.body(null, 404) : context.json(mail);
  });
  app.get('/api/v1/messages/:id/download', (context) => {
    const id = context.req.param('id');
    const bytes = store.bytes(id);
    if (bytes === undefined) return context.body(null, 404);
    return context.body(bytes, 200, {
      'content-type': 'message/rfc822',
      'content-disposition': `attachment; filename="${id}.eml"`,
    });
  });
  app.delete('/api/v1/messages/:id', (context) =>
    context.body(null, store.remove(context.req.param('id')) ? 200 : 404),
  );
  app.delete('/api/v1/messages', (context) => {
    store.clear();
    return context.body(null, 200);
  });
  return app;
}

function pageOf(query: Readonly<Record<string, string>>): { readonly start: number; readonly limit: number } {
  const start = Number.parseInt(query.start ?? '', 10) || 0;
  const limit = Number.parseInt(query.limit ?? '', 10);
  return {
    start: Math.max(start, 0),
    limit: limit > 0 ? Math.min(limit, PAGE.most) : PAGE.usual,
  };
}
