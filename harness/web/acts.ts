import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Hono } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { HarnessError } from '../terms/error.ts';
import { ordersOf, ordersText, withOrder } from '../terms/hold.ts';
import type { Web } from './app.ts';
import { pageOf, refusal } from './frame.ts';
import { type Env, formOf, isOwnForm, isOwnOrigin, safeBack } from './guard.ts';
import { signInPage } from './pages/sign-in.ts';
import { runPath, withQuery } from './parts.ts';
import type { Session } from './sessions.ts';
import { folderPath, runOf, visitOf } from './visit.ts';

/** Adds what changes something: signing in and out, and what a person who signed in decides. */
export function addActs(app: Hono<Env>, web: Web): void {
  const { watch, sessions, cookie, baselines } = web;
  const foreign = (c: Context<Env>) =>
    c.html(
      refusal(
        'Refused',
        'This form is not of this page, or is too old. Nothing was done.',
        visitOf(c, watch),
      ),
      403,
    );

  app.get('/sign-in', (c) =>
    c.html(pageOf('Sign in', signInPage(safeBack(c.req.query('back')), '', web.isOpen), visitOf(c, watch))),
  );

  app.post('/sign-in', async (c) => {
    const form = isOwnOrigin(c) ? await formOf(c) : undefined;
    if (form === undefined) return foreign(c);
    const back = safeBack(form.get('back'));
    const name = (form.get('name') ?? '').trim().replace(/\s+/g, ' ').slice(0, 80);
    const session = name === '' ? 'wrong' : sessions.signIn(name, form.get('secret') ?? '');
    if (typeof session === 'string') {
      const said =
        session === 'wait'
          ? 'Too many wrong passwords. Wait a minute.'
          : 'That is not the password, or the name is empty.';
      const page = pageOf('Sign in', signInPage(back, name, web.isOpen), { ...visitOf(c, watch), said });
      return c.html(page, session === 'wait' ? 429 : 403);
    }
    setCookie(c, cookie, session.key, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      // A proxy in front may speak TLS; then the cookie must, too.
      secure: c.req.header('origin')?.startsWith('https:') === true,
    });
    return c.redirect(back, 303);
  });

  /** A form of somebody who signed in; anything else is refused before it is looked at. */
  const act = (
    path: string,
    body: (c: Context<Env>, form: URLSearchParams, session: Session) => Promise<Response>,
  ) =>
    app.post(path, async (c) => {
      const session = c.get('session');
      if (session === undefined)
        return c.html(refusal('Sign in first', 'Nothing was done.', visitOf(c, watch)), 401);
      const form = isOwnOrigin(c) ? await formOf(c) : undefined;
      if (form === undefined || !isOwnForm(form, session)) return foreign(c);
      return body(c, form, session);
    });

  act('/sign-out', async (c, _form, session) => {
    sessions.end(session);
    deleteCookie(c, cookie, { path: '/' });
    return c.redirect('/', 303);
  });

  /** The run under way that a form names. */
  const underWay = (c: Context<Env>) => {
    const run = runOf(watch, c.req.param('folder') ?? '');
    if (run?.ended !== 'open') throw new HarnessError('USAGE', 'no such run is under way');
    return { run, control: join(folderPath(watch, run.folder), 'control') };
  };

  /** The recorder that a form is about; undefined: all. */
  const recorderIn = (
    form: URLSearchParams,
    { duts }: { readonly duts: readonly { readonly id: string }[] },
  ) => {
    const name = form.get('dut') ?? '';
    if (name !== '' && !duts.some(({ id }) => id === name))
      throw new HarnessError('USAGE', 'the run has no such recorder');
    return name === '' ? undefined : name;
  };
  const ordersIn = (file: string) => readFile(file, 'utf8').then(ordersOf, () => []);

  act('/runs/:folder/pause', async (c, form, session) => {
    const { run, control } = underWay(c);
    const file = join(control, 'pause');
    const at = form.get('at') === 'step' ? 'step' : 'case';
    const dut = recorderIn(form, run);
    const orders = withOrder(await ordersIn(file), { by: session.name, at, dut });
    // The folder goes with the run: it is not made anew for one that has just ended.
    await writeFile(file, ordersText(orders)).catch(() => {
      throw new HarnessError('USAGE', 'no such run is under way');
    });
    web.onAct(`${session.name}: holds ${dut ?? 'all'} of ${run.id} at the next ${at}`);
    return c.redirect(runPath(run.folder), 303);
  });

  act('/runs/:folder/go-on', async (c, form, session) => {
    const { run, control } = underWay(c);
    const file = join(control, 'pause');
    const dut = recorderIn(form, run);
    const left = dut === undefined ? [] : (await ordersIn(file)).filter((order) => order.dut !== dut);
    if (left.length === 0) await rm(file, { force: true });
    else await writeFile(file, ordersText(left));
    web.onAct(`${session.name}: lets ${dut ?? 'all'} of ${run.id} go on`);
    return c.redirect(runPath(run.folder), 303);
  });

  act('/baselines/decide', async (c, form, session) => {
    const run = runOf(watch, form.get('run') ?? '');
    const decision = form.get('decision');
    if (run === undefined) throw new HarnessError('USAGE', 'there is no such run');
    if (decision !== 'approved' && decision !== 'rejected')
      throw new HarnessError('USAGE', 'a decision is approved or rejected');
    const said = await baselines.decide({
      folder: run.folder,
      decision,
      dut: form.get('dut') ?? '',
      screen: form.get('screen') ?? '',
      sha256: form.get('sha256') ?? '',
      reviewer: session.name,
      reason: (form.get('reason') ?? '').trim(),
    });
    web.onAct(`${session.name}: ${said}`);
    return c.redirect(withQuery('/baselines', { run: run.folder }), 303);
  });
}
