import type { Night } from '../../history/nights.ts';
import type { Standing } from '../../history/standing.ts';
import { icon } from '../../report/html/icons.ts';
import { html, type Markup } from '../../report/html/markup.ts';
import { counted } from '../../report/text.ts';
import {
  ageText,
  countsLine,
  requirementPath,
  runPath,
  shareBar,
  timeOf,
  verdictBadge,
  withQuery,
} from '../parts.ts';

export interface Tonight {
  readonly night: Night | undefined;
  /** Other nights, the newest first. */
  readonly others: readonly Night[];
  /** As the night left it. */
  readonly standing: readonly Standing[];
  readonly now: number;
}

/** Rows of one list; what is beyond is counted, and found on the page of requirements. */
const MOST = 100;

/** A night: what it lacks, what changed in it, and its runs. */
export function tonightPage({ night, others, standing, now }: Tonight): Markup {
  if (night === undefined)
    return html`<h1>Tonight</h1><p class="lead">There is no run yet. Make one with <span class="mono">resetbench run</span>; it appears here while it is under way.</p>`;
  const ids = new Set(night.runs.map(({ id }) => id));
  const running = new Set(night.runs.filter(({ ended }) => ended === 'open').map(({ id }) => id));
  // What a run under way is at has no verdict yet.
  const own = standing.filter(
    ({ run, verdict }) => ids.has(run) && !(running.has(run) && verdict === 'none'),
  );
  const of = (change: Standing['change']) => own.filter((one) => one.change === change);
  const [fresh, fixed, known, undecided] = [of('new'), of('fixed'), of('known'), of('undecided')];
  const open = night.runs.filter(({ ended }) => ended === 'open');
  const unseen = standing.filter(({ run, failing }) => !ids.has(run) && failing !== undefined);
  return html`<h1>Night of ${night.date}</h1>
<p class="sub dim"><span>${counted(night.runs.length, 'run')}, ${counted(night.duts.length, 'recorder')}</span><span>from noon to noon, UTC</span>${open.map(({ folder }) => html`<a class="pulse" href="${runPath(folder)}">A run is under way: watch it</a>`)}</p>
${night.gaps.length > 0 && html`<div class="banner cut" role="note"><strong>This night is incomplete.</strong><ul class="gaplist">${night.gaps.slice(0, 20).map((gap) => html`<li>${gap}</li>`)}</ul>${night.gaps.length > 20 && html`<p>And ${night.gaps.length - 20} more.</p>`}</div>`}
<ul class="tiles">${tile('fail', fresh.length, 'new')}${tile('pass', fixed.length, 'fixed')}${tile('fail', known.length, 'known')}${tile('inconc', undecided.length, 'undecided')}</ul>
<div class="card">${shareBar(night)}${countsLine(night)}</div>
${section('New failures', 'Failed, and passed the last time that they were decided, or never were.', fresh, now, 'Nothing fails that passed before.')}
${section('Fixed', 'Passed, and failed before.', fixed, now, 'Nothing passes that failed before.')}
${section('Known failures', 'Failed, as before.', known, now, 'No failure was known before.')}
${section('Undecided', 'Came to neither: the bench, the suite or a service is to be looked at first.', undecided, now, 'Every case came to a verdict.')}
${unseen.length > 0 && html`<p class="banner"><strong>${counted(unseen.length, 'known failure')} not looked at this night</strong>: ${open.length > 0 ? 'not yet, or ' : ''}the recorder or the requirement was not in it. <a href="/requirements?state=failing">All that fails</a></p>`}
<h2>Runs of this night</h2>${runRows(night)}
${others.length > 0 && html`<h2>Other nights</h2>${nightRows(others)}`}`;
}

function tile(state: 'fail' | 'pass' | 'inconc', count: number, name: string): Markup {
  return html`<li data-s="${count === 0 ? 'none' : state}"><span class="n">${count}</span><span class="badge" data-s="${count === 0 ? 'none' : state}">${icon(state)}${name}</span></li>`;
}

function section(
  title: string,
  meaning: string,
  rows: readonly Standing[],
  now: number,
  none: string,
): Markup {
  const head = html`<h2>${title} <span class="count">${rows.length}</span></h2>`;
  if (rows.length === 0) return html`${head}<p class="dim">${none}</p>`;
  return html`${head}<p class="dim">${meaning}</p>${standingRows(title, rows.slice(0, MOST), now)}${rows.length > MOST && html`<p class="dim">And ${rows.length - MOST} more, among <a href="/requirements?state=failing">all that fails</a>.</p>`}`;
}

/** A row for each case that stands so: requirement, recorder, firmware, how steady, since when, why. */
export function standingRows(label: string, rows: readonly Standing[], now: number): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="list rows cases"><thead><tr><th scope="col">Requirement</th><th scope="col">Recorder</th><th scope="col">Verdict</th><th scope="col">Failing for</th><th scope="col">Why</th></tr></thead><tbody>${rows.map(
    (one) =>
      html`<tr><th scope="row"><a class="mono" href="${requirementPath(one.requirement)}">${one.requirement}</a></th><td><a class="mono" href="${withQuery('/runs', { dut: one.dut })}">${one.dut}</a><br><span class="dim small mono">${one.firmware}</span></td><td>${verdictBadge(one.verdict)}${one.outcome !== undefined && html`<br><span class="dim small">expected: ${one.outcome}</span>`}<br><span class="dim small">${one.nature}${one.domain !== undefined && `, ${one.domain}`}</span></td><td>${sinceOf(one, now)}</td><td><p class="reason">${one.reason ?? ''}</p></td></tr>`,
  )}</tbody></table></div>`;
}

function sinceOf({ failing }: Standing, now: number): Markup | undefined {
  if (failing === undefined) return undefined;
  const { at, runs, firmware, passedOn } = failing;
  return html`${ageText(now - at)}, ${counted(runs, 'run')}<br><span class="dim small">since <span class="mono">${firmware}</span>${passedOn === undefined ? ', never passed' : html`, passed on <span class="mono">${passedOn}</span>`}</span>`;
}

function runRows({ runs }: Night): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Runs of this night"><table class="list rows"><thead><tr><th scope="col">Run</th><th scope="col">Began (UTC)</th><th scope="col">Verdict</th><th scope="col">Results</th></tr></thead><tbody>${runs.map((run) => html`<tr><th scope="row"><a class="mono" href="${runPath(run.folder)}">${run.id}</a></th><td>${timeOf(run.startedAt)}</td><td>${run.ended === 'open' ? html`<span class="badge" data-s="none">not ended</span>` : verdictBadge(run.verdict)}${run.ended !== 'complete' && run.ended !== 'open' && html`<br><span class="dim small">${run.ended}</span>`}</td><td>${countsLine(run)}</td></tr>`)}</tbody></table></div>`;
}

function nightRows(nights: readonly Night[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Other nights"><table class="list rows"><thead><tr><th scope="col">Night</th><th scope="col" class="num">Recorders</th><th scope="col">Results</th><th scope="col">Complete</th></tr></thead><tbody>${nights.map((night) => html`<tr><th scope="row"><a href="${withQuery('/', { night: night.date })}">${night.date}</a></th><td class="num" data-l="Recorders">${night.duts.length}</td><td>${countsLine(night)}</td><td data-l="Complete">${night.gaps.length === 0 ? 'yes' : html`<span title="${night.gaps.join(' ')}">no: ${counted(night.gaps.length, 'gap')}</span>`}</td></tr>`)}</tbody></table></div>`;
}
