import type { RunLine } from '../../history/nights.ts';
import { html, type Markup } from '../../report/html/markup.ts';
import { runPath, timeOf } from '../parts.ts';

/** A run under way, and where its operators answer. */
export interface DeskOfRun {
  readonly run: RunLine;
  /** Origin of the desk's page; none where the run asks nobody on a page, or does not say. */
  readonly desk: string | undefined;
}

/** Where operators answer: on the desk's own page, which only the run's account can open. */
export function promptsPage(desks: readonly DeskOfRun[]): Markup {
  return html`<h1>Operator prompts</h1><p class="lead">A run asks its operator on a page of its own, which it serves on the machine that it runs on: <span class="mono">resetbench run --operator page</span>. Each address that the run prints opens that page once, in one browser; it is not shown here, since whoever has it can answer.</p>
${desks.length === 0 ? html`<p class="empty">No run is under way.</p>` : desks.map(({ run, desk }) => html`<section class="card"><h2><a class="mono" href="${runPath(run.folder)}">${run.id}</a></h2><p>Began ${timeOf(run.startedAt)} UTC. ${desk === undefined ? 'It has no page for prompts, or none that it tells of; what it asked stands among what happened last.' : html`Its page is at <a href="${desk}" rel="noreferrer">${desk}</a>, on that machine, in the browser that opened the address which the run printed.`}</p></section>`)}`;
}
