import type { RunLine } from '../../history/nights.ts';
import { html, type Markup } from '../../report/html/markup.ts';
import { counted } from '../../report/text.ts';
import type { WaitingPicture } from '../baselines.ts';
import { tokenField } from '../frame.ts';
import { runPath, withQuery } from '../parts.ts';
import type { Session } from '../sessions.ts';

export interface BaselinesPage {
  /** The run that is looked at; none where there is no run. */
  readonly run: RunLine | undefined;
  readonly runs: readonly RunLine[];
  readonly waiting: readonly WaitingPicture[];
  readonly session: Session | undefined;
  readonly here: string;
}

/** Screens of a run that are not as approved and that nobody has decided about. */
export function baselinesPage({ run, runs, waiting, session, here }: BaselinesPage): Markup {
  if (run === undefined) return html`<h1>Baselines</h1><p class="lead">There is no run yet.</p>`;
  return html`<h1>Baselines</h1><p class="lead">Screens that a run saw otherwise than approved, or for the first time, and that nobody has decided about. What varies from run to run is transparent, shown as a chequered ground, and is not compared.</p>
<form class="asked" method="get" action="/baselines"><label>Run<select name="run">${runs.map(({ folder }) => html`<option value="${folder}"${folder === run.folder && html` selected`}>${folder}</option>`)}</select></label><button>Show</button><a href="${runPath(run.folder)}">The run</a></form>
<p><strong>${waiting.length === 0 ? 'Nothing waits' : `${counted(waiting.length, 'picture')} ${waiting.length === 1 ? 'waits' : 'wait'}`}</strong> in ${run.id}.</p>
${session === undefined && waiting.length > 0 && html`<p class="banner"><a href="/sign-in?back=${encodeURIComponent(here)}">Sign in</a> to approve or reject.</p>`}
${waiting.map((one, at) => pictureCard(one, at, run.folder, session))}`;
}

function pictureCard(one: WaitingPicture, at: number, run: string, session: Session | undefined): Markup {
  const address = (kind: string) =>
    withQuery('/baselines/picture', {
      run,
      dut: one.dut,
      screen: one.screen,
      kind,
      of: one.sha256.slice(0, 16),
    });
  const figure = (kind: string, name: string) =>
    html`<figure><figcaption>${name}</figcaption><a href="${address(kind)}"><img src="${address(kind)}" loading="lazy" alt="${name}: ${one.screen} of ${one.dut}"></a></figure>`;
  return html`<section class="card" aria-labelledby="p${at}"><h2 id="p${at}"><span class="mono">${one.dut}</span> · ${one.screen} <span class="badge" data-s="${one.tone}">${one.state}</span></h2>
<div class="pictures3">${one.hasApproved && figure('approved', 'Approved')}${figure('seen', 'New')}${one.hasDifference && figure('difference', 'Difference')}</div>
${session !== undefined && html`<form class="decide" method="post" action="/baselines/decide">${tokenField(session)}<input type="hidden" name="run" value="${run}"><input type="hidden" name="dut" value="${one.dut}"><input type="hidden" name="screen" value="${one.screen}"><input type="hidden" name="sha256" value="${one.sha256}"><label>Reason, kept with the picture<input name="reason" required maxlength="300" autocomplete="off"></label><button class="go" name="decision" value="approved">Approve</button><button class="go no" name="decision" value="rejected">Reject</button></form><p class="dim small">Decided in the name of ${session.name}; who made a run cannot approve its pictures.</p>`}</section>`;
}
