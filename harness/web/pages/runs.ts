import type { RunLine } from '../../history/nights.ts';
import { html, type Markup } from '../../report/html/markup.ts';
import { VERDICTS } from '../../terms/verdict.ts';
import { countsLine, optionsOf, runPath, timeOf, verdictBadge, withQuery } from '../parts.ts';

/** What was asked for in the form, as it was typed. */
export interface RunsAsked {
  readonly dut: string | undefined;
  readonly firmware: string | undefined;
  readonly verdict: string | undefined;
  /** First and last day, YYYY-MM-DD (UTC). */
  readonly since: string | undefined;
  readonly until: string | undefined;
  /** From 1. */
  readonly page: number;
}
export interface RunsPage {
  readonly asked: RunsAsked;
  readonly runs: readonly RunLine[];
  readonly hasMore: boolean;
  readonly duts: readonly string[];
  readonly firmwares: readonly string[];
}

/** Recorders that a row names. */
const NAMED = 4;

/** Runs, newest first, a page of them. */
export function runsPage({ asked, runs, hasMore, duts, firmwares }: RunsPage): Markup {
  const { page, ...filter } = asked;
  const at = (number: number) =>
    withQuery('/runs', { ...filter, page: number === 1 ? undefined : String(number) });
  return html`<h1>Runs</h1>
<form class="asked" method="get" action="/runs" role="search">
<label>Recorder<input name="dut" list="duts" value="${asked.dut ?? ''}" placeholder="any, * for anything"></label><datalist id="duts">${duts.map((dut) => html`<option value="${dut}"></option>`)}</datalist>
<label>Firmware<input name="firmware" list="firmwares" value="${asked.firmware ?? ''}" placeholder="any, or >=V4.30.000"></label><datalist id="firmwares">${firmwares.map((one) => html`<option value="${one}"></option>`)}</datalist>
<label>Verdict<select name="verdict">${optionsOf('any', VERDICTS, asked.verdict)}</select></label>
<label>From<input type="date" name="since" value="${asked.since ?? ''}"></label>
<label>To<input type="date" name="until" value="${asked.until ?? ''}"></label>
<button>Show</button>${withQuery('/runs', filter) !== '/runs' && html`<a href="/runs">All runs</a>`}</form>
${runs.length === 0 ? html`<p class="empty">No run is like that.</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table class="list rows"><thead><tr><th scope="col">Run</th><th scope="col">Began (UTC)</th><th scope="col">Verdict</th><th scope="col">Recorders</th><th scope="col">Results</th></tr></thead><tbody>${runs.map(rowOf)}</tbody></table></div>`}
<nav class="pager" aria-label="Pages of runs">${page > 1 && html`<a href="${at(page - 1)}" rel="prev">← Newer</a>`}${(page > 1 || hasMore) && html`<span class="dim">Page ${page}</span>`}${hasMore && html`<a href="${at(page + 1)}" rel="next">Older →</a>`}</nav>`;
}

function rowOf(run: RunLine): Markup {
  const named = run.duts.slice(0, NAMED);
  return html`<tr><th scope="row"><a class="mono" href="${runPath(run.folder)}">${run.id}</a>${run.by !== undefined && html`<br><span class="dim small">by ${run.by}</span>`}</th><td>${timeOf(run.startedAt)}</td><td>${run.ended === 'open' ? html`<span class="badge" data-s="none">not ended</span>` : verdictBadge(run.verdict)}${run.ended !== 'complete' && run.ended !== 'open' && html`<br><span class="dim small">${run.ended}</span>`}</td><td>${named.map(({ id, firmware }) => html`<span class="small"><span class="mono">${id}</span> <span class="dim mono">${firmware}</span></span><br>`)}${run.duts.length > NAMED && html`<span class="dim small">and ${run.duts.length - NAMED} more</span>`}</td><td>${countsLine(run)}${run.notReached > 0 && html`<span class="dim small">${run.notReached} not reached</span>`}</td></tr>`;
}
