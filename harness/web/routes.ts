import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import {
  firmwaresOf,
  notRunCounts,
  pastOf,
  recentTallies,
  recordersOf,
  requirementsOf,
  resultsOf,
} from '../history/details.ts';
import { endOfNight, type RunLine, runsOf } from '../history/nights.ts';
import { standingOf } from '../history/standing.ts';
import { pointsOf, trendsOf } from '../history/trends.ts';
import type { Content } from '../report/html/markup.ts';
import { HarnessError } from '../terms/error.ts';
import type { Web } from './app.ts';
import { runFile } from './files.ts';
import { pageOf, refusal } from './frame.ts';
import type { Env } from './guard.ts';
import { baselinesPage } from './pages/baselines.ts';
import { livePanel } from './pages/live.ts';
import { promptsPage } from './pages/prompts.ts';
import { recordersPage } from './pages/recorders.ts';
import { RECENT, requirementPage, requirementsPage, STATES } from './pages/requirements.ts';
import { runPage } from './pages/run.ts';
import { runsPage } from './pages/runs.ts';
import { tonightPage } from './pages/tonight.ts';
import { isVerdict } from './parts.ts';
import { asked, filterOf, folderPath, pattern, runOf, visitOf } from './visit.ts';

/** Runs on a page of them. */
const PAGE = 50;
/** Who may follow runs at a time. */
const MOST_STREAMS = 64;
/** Reports that a run's page links to, in this order. */
const FILES = [
  ...['index.html', 'report.pdf', 'baselines.html', 'summary.md', 'junit.xml'],
  ...['results.tap', 'ctrf.json', 'security.sarif', 'run.json'],
];

/** Adds every page that only shows. */
export function addPages(app: Hono<Env>, web: Web): void {
  const { watch, hub, clock, baselines } = web;
  const { index } = watch;
  const show = (c: Context<Env>, title: string, body: Content) => {
    watch.nudge();
    return c.html(pageOf(title, body, visitOf(c, watch)));
  };
  const noRun = (c: Context<Env>) => {
    watch.nudge();
    return c.html(
      refusal(
        'There is no such run',
        'A run that has just begun appears after some seconds.',
        visitOf(c, watch),
      ),
      404,
    );
  };
  const dutNames = () => recordersOf(index).map(({ id }) => id);

  app.get('/', (c) => {
    const date = asked(c, 'night');
    const nights = watch.nights();
    const night = date === undefined ? nights[0] : nights.find((one) => one.date === date);
    if (date !== undefined && night === undefined)
      throw new HarnessError(
        'USAGE',
        `there was no night of ${date.slice(0, 40)} among the last ${nights.length}`,
      );
    const standing =
      night === undefined || night === nights[0]
        ? watch.standing()
        : standingOf(index, { before: endOfNight(night.date) });
    const others = nights.filter((one) => one !== night);
    return show(c, 'Tonight', tonightPage({ night, others, standing, now: clock.now() }));
  });

  app.get('/recorders', (c) => show(c, 'Recorders', recordersPage(recordersOf(index), watch.standing())));

  app.get('/runs', (c) => {
    const verdict = asked(c, 'verdict');
    if (verdict !== undefined && !isVerdict(verdict))
      throw new HarnessError(
        'USAGE',
        `verdict expects pass, fail, inconc, error or none, found ${verdict.slice(0, 40)}`,
      );
    const page = Math.trunc(Number(asked(c, 'page') ?? '1'));
    if (!(page >= 1 && page <= 100_000)) throw new HarnessError('USAGE', 'page expects a number from 1 on');
    const runs = runsOf(index, filterOf(c), {
      limit: PAGE + 1,
      offset: (page - 1) * PAGE,
      ...(verdict !== undefined && { verdict }),
    });
    const [dut, firmware] = [asked(c, 'dut'), asked(c, 'firmware')];
    return show(
      c,
      'Runs',
      runsPage({
        asked: { dut, firmware, verdict, since: asked(c, 'since'), until: asked(c, 'until'), page },
        runs: runs.slice(0, PAGE),
        hasMore: runs.length > PAGE,
        duts: dutNames(),
        firmwares: firmwaresOf(index),
      }),
    );
  });

  app.get('/runs/:folder', async (c) => {
    const run = runOf(watch, c.req.param('folder'));
    if (run === undefined) return noRun(c);
    const there = new Set(await readdir(folderPath(watch, run.folder)).catch(() => []));
    return show(
      c,
      run.id,
      runPage({
        run,
        results: resultsOf(index, run.folder),
        notRun: notRunCounts(index, run.folder),
        files: FILES.filter((file) => there.has(file)),
        asked: { dut: asked(c, 'dut'), verdict: asked(c, 'verdict') },
        live:
          run.ended === 'open'
            ? livePanel(run.folder, {
                parts: (await hub.parts(run.folder)).parts,
                session: c.get('session'),
                duts: run.duts.map(({ id }) => id),
              })
            : undefined,
      }),
    );
  });

  let streams = 0;
  app.get('/runs/:folder/events', (c) => {
    const run = runOf(watch, c.req.param('folder'));
    if (run === undefined) return noRun(c);
    // Who asks for the head alone would never take what follows.
    if (c.req.method === 'HEAD') return c.body(null);
    if (streams >= MOST_STREAMS) return c.text('Too many follow runs; try again later.\n', 503);
    streams += 1;
    return streamSSE(c, async (stream) => {
      const stop = new AbortController();
      stream.onAbort(() => stop.abort());
      try {
        await hub.watch(
          run.folder,
          (parts) => stream.writeSSE({ event: 'parts', data: JSON.stringify(parts) }),
          stop.signal,
        );
        if (!stop.signal.aborted) await stream.writeSSE({ event: 'over', data: '' });
      } finally {
        streams -= 1;
      }
    });
  });

  app.get('/runs/:folder/files/:name{.+}', async (c) => {
    const run = runOf(watch, c.req.param('folder'));
    const file = run && (await runFile(folderPath(watch, run.folder), c.req.param('name')));
    if (file === undefined) return c.text('There is no such file of a run.\n', 404);
    return c.body(file.bytes, 200, { ...file.headers });
  });

  app.get('/requirements', (c) => {
    const { dut, firmware } = filterOf(c);
    const state = asked(c, 'state');
    if (state !== undefined && !(STATES as readonly string[]).includes(state))
      throw new HarnessError('USAGE', `state expects ${STATES.join(', ')}, found ${state.slice(0, 40)}`);
    const filter = { ...(dut !== undefined && { dut }), ...(firmware !== undefined && { firmware }) };
    const isNarrow = dut !== undefined || firmware !== undefined;
    return show(
      c,
      'Requirements',
      requirementsPage({
        asked: { dut, firmware, state, text: pattern(c, 'text') },
        requirements: requirementsOf(index),
        standing: isNarrow ? standingOf(index, filter) : watch.standing(),
        trends: trendsOf(index, 'requirement', filter),
        recent: recentTallies(index, RECENT),
        duts: dutNames(),
        firmwares: firmwaresOf(index),
        now: clock.now(),
      }),
    );
  });

  app.get('/requirements/:id', (c) => {
    const id = c.req.param('id');
    const requirement = requirementsOf(index).find((one) => one.id === id);
    if (requirement === undefined)
      return c.html(
        refusal('There is no such requirement', 'No run had a requirement of this id.', visitOf(c, watch)),
        404,
      );
    return show(
      c,
      id,
      requirementPage({
        requirement,
        standing: watch.standing().filter((one) => one.requirement === id),
        points: pointsOf(index, { requirement: id }),
        past: pastOf(index, id, 100),
        now: clock.now(),
      }),
    );
  });

  app.get('/baselines', async (c) => {
    const runs = runsOf(index, {}, { limit: PAGE });
    const named = asked(c, 'run');
    const run = named === undefined ? runs[0] : runOf(watch, named);
    if (named !== undefined && run === undefined) return noRun(c);
    const waiting = run === undefined ? [] : await baselines.waiting(run.folder);
    const { session, here } = visitOf(c, watch);
    return show(c, 'Baselines', baselinesPage({ run, runs: withRun(runs, run), waiting, session, here }));
  });

  app.get('/baselines/picture', async (c) => {
    const run = runOf(watch, asked(c, 'run') ?? '');
    const kind = asked(c, 'kind');
    if (run === undefined || (kind !== 'seen' && kind !== 'approved' && kind !== 'difference'))
      return c.text('There is no such picture.\n', 404);
    const png = await baselines.picture(run.folder, asked(c, 'dut') ?? '', asked(c, 'screen') ?? '', kind);
    if (png === undefined) return c.text('There is no such picture.\n', 404);
    return c.body(new Uint8Array(png), 200, { 'content-type': 'image/png' });
  });

  app.get('/prompts', async (c) => {
    const open = runsOf(index, {}, { limit: PAGE }).filter(({ ended }) => ended === 'open');
    const desks = await Promise.all(
      open.map(async (run) => ({ run, desk: await deskAddress(folderPath(watch, run.folder)) })),
    );
    return show(c, 'Prompts', promptsPage(desks));
  });
}

/** A run that is looked at stands among the choices, however old it is. */
function withRun(runs: readonly RunLine[], run: RunLine | undefined): readonly RunLine[] {
  return run === undefined || runs.some(({ folder }) => folder === run.folder) ? runs : [run, ...runs];
}

/** The origin of a run's desk, which the run keeps in `control/desk`; a file with anything else is none. */
async function deskAddress(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'control', 'desk'), 'utf8').catch(() => '');
  return /^http:\/\/127\.0\.0\.1:\d{1,5}\n?$/.test(text) ? text.trim() : undefined;
}
