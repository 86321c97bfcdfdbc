import type { ResultLine } from '../../history/details.ts';
import type { RunLine } from '../../history/nights.ts';
import { html, type Markup } from '../../report/html/markup.ts';
import { type CellState, STATE_NAMES } from '../../report/reading.ts';
import { counted, durationText } from '../../report/text.ts';
import { VERDICTS } from '../../terms/verdict.ts';
import { countsLine, optionsOf, requirementPath, runPath, shareBar, timeOf, verdictBadge } from '../parts.ts';

export interface RunPageFacts {
  readonly run: RunLine;
  readonly results: readonly ResultLine[];
  readonly notRun: readonly { readonly why: string; readonly count: number }[];
  /** Reports that lie in its folder. */
  readonly files: readonly string[];
  readonly asked: { readonly dut: string | undefined; readonly verdict: string | undefined };
  /** Where the run is under way. */
  readonly live: Markup | undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  'index.html': 'The report',
  'report.pdf': 'PDF',
  'baselines.html': 'Pictures compared',
  'summary.md': 'Markdown',
  'junit.xml': 'JUnit',
  'results.tap': 'TAP',
  'ctrf.json': 'CTRF',
  'security.sarif': 'SARIF',
  'run.json': 'run.json',
};

/** One run: its facts, its reports, and each result that is not a pass. */
export function runPage({ run, results, notRun, files, asked, live }: RunPageFacts): Markup {
  const shown = results.filter(
    ({ dut, verdict }) =>
      (asked.dut === undefined || dut === asked.dut) &&
      (asked.verdict === undefined
        ? verdict !== 'pass'
        : asked.verdict === 'any' || verdict === asked.verdict),
  );
  return html`<h1><span class="mono">${run.id}</span></h1>
<p class="sub">${run.ended === 'open' ? html`<span class="badge" data-s="none">not ended</span>` : verdictBadge(run.verdict)}<span class="dim">began ${timeOf(run.startedAt)} UTC${run.ended !== 'open' && html`, took ${durationText(run.endedAt - run.startedAt)}`}${run.by !== undefined && html`, by ${run.by}`}${run.commit !== undefined && html`, suite <span class="mono">${run.commit.slice(0, 12)}</span>`}</span></p>
${run.ended !== 'complete' && run.ended !== 'open' && html`<p class="banner cut"><strong>This run was ${run.ended}.</strong>${run.notReached > 0 && ` ${counted(run.notReached, 'case')} of its plan not reached.`}</p>`}
${run.duts.map(({ id, fault }) => fault !== undefined && html`<p class="dutfault"><strong>The bench of ${id} failed:</strong> ${fault}</p>`)}
<div class="card">${shareBar(run)}${countsLine(run)}${notRun.length > 0 && html`<p class="dim small">Without a verdict: ${notRun.map(({ why, count }, at) => html`${at > 0 && ', '}${count} ${STATE_NAMES[why as CellState] ?? why}`)}.</p>`}
${files.length === 0 && run.ended === 'open' ? html`<p class="dim">Its reports are made when it ends; of a run that was cut, by <span class="mono">resetbench report ${run.folder}</span>.</p>` : files.length === 0 ? html`<p class="dim">No reports yet; <span class="mono">resetbench report ${run.folder}</span> makes them.</p>` : html`<p class="filelinks">${files.map((file) => html`<a href="${runPath(run.folder)}/files/${file}">${NAMES[file] ?? file}</a>`)}</p>`}</div>
${live}
<h2>Results <span class="count">${shown.length} of ${results.length}</span></h2>
<form class="asked" method="get"><label>Recorder<select name="dut">${optionsOf(
    'any',
    run.duts.map(({ id }) => id),
    asked.dut,
  )}</select></label><label>Verdict<select name="verdict">${optionsOf('all but pass', ['any', ...VERDICTS], asked.verdict)}</select></label><button>Show</button></form>
${shown.length === 0 ? html`<p class="empty">No result is like that.</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="Results"><table class="list rows"><thead><tr><th scope="col">Requirement</th><th scope="col">Recorder</th><th scope="col">Verdict</th><th scope="col" class="num">Took</th><th scope="col">Why</th></tr></thead><tbody>${shown.map(resultRow)}</tbody></table></div>`}`;
}

function resultRow(one: ResultLine): Markup {
  return html`<tr><th scope="row"><a class="mono" href="${requirementPath(one.requirement)}">${one.requirement}</a></th><td><span class="mono">${one.dut}</span></td><td>${verdictBadge(one.verdict)}${one.flaky && html` <span class="badge flakymark">${one.attempts} attempts</span>`}${one.domain !== undefined && html`<br><span class="dim small">${one.domain}</span>`}${one.outcome !== undefined && html`<br><span class="dim small">expected: ${one.outcome}</span>`}</td><td class="num" data-l="Took">${durationText(one.milliseconds)}</td><td><p class="reason">${one.reason ?? ''}</p></td></tr>`;
}
