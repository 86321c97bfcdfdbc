import { Hono } from 'hono';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { addActs } from './acts.ts';
import { ASSETS } from './assets.ts';
import type { BaselineDesk } from './baselines.ts';
import { refusal, type Visit } from './frame.ts';
import { type Env, guard, pathOf } from './guard.ts';
import { openHub } from './hub.ts';
import { addPages } from './routes.ts';
import { openSessions } from './sessions.ts';
import { folderPath } from './visit.ts';
import { type Watch, withoutPlace } from './watch.ts';

export interface WebOptions {
  readonly watch: Watch;
  readonly baselines: BaselineDesk;
  /** Passwords and tokens; each of them signs in. */
  readonly secrets: readonly string[];
  /** It listens for other machines, so nothing is shown without signing in. */
  readonly isOpen: boolean;
  /** Names of the host under which it is asked, beside those of loopback. */
  readonly names: readonly string[];
  readonly clock: Clock;
  /** Browsers keep the cookies of all ports of a host together, so the port stands in the name. */
  readonly port: number;
  readonly onProblem: (line: string) => void;
  /** Hears of what a person changed. */
  readonly onAct: (line: string) => void;
}

/** What the routes share. */
export interface Web extends WebOptions {
  readonly sessions: ReturnType<typeof openSessions>;
  readonly hub: ReturnType<typeof openHub>;
  readonly cookie: string;
}

/** All pages as a function of requests; nothing listens yet. */
export function webApp(options: WebOptions): Hono<Env> {
  const { watch, secrets, clock, onProblem } = options;
  const web: Web = {
    ...options,
    sessions: openSessions(secrets, clock),
    hub: openHub((folder) => folderPath(watch, folder), clock),
    cookie: `resetbench-lab-${options.port}`,
  };
  const app = new Hono<Env>();
  app.use('*', guard(web));
  for (const { path, type, text } of Object.values(ASSETS))
    app.get(path, (c) => {
      c.header('cache-control', 'private, max-age=31536000, immutable');
      return c.body(text, 200, { 'content-type': type });
    });
  addPages(app, web);
  addActs(app, web);
  app.notFound((c) => {
    const visit: Visit = { session: c.get('session'), here: pathOf(c), problems: [] };
    return c.html(refusal('There is no such page', 'See the pages above.', visit), 404);
  });
  app.onError((error, c) => {
    const visit: Visit = { session: c.get('session'), here: pathOf(c), problems: [] };
    if (error instanceof HarnessError) {
      const whole = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
      const text = withoutPlace(whole, watch.index.reports);
      const isAsked = error.code === 'USAGE';
      return c.html(
        refusal(isAsked ? 'This cannot be done' : 'This cannot be read', text, visit),
        isAsked ? 400 : 500,
      );
    }
    // What went wrong inside is for who runs the page, not for who looks at it.
    onProblem(`${c.req.method} ${c.req.path}: ${error.stack ?? error.message}`);
    return c.html(refusal('The page failed', 'What went wrong stands where it was started.', visit), 500);
  });
  return app;
}
