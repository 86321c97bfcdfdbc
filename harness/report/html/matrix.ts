import { decisiveFailure } from '../../terms/expectation.ts';
import { expectedOutcome } from '../../terms/expected.ts';
import type { RunRecord } from '../../terms/record.ts';
import {
  byVerdict,
  CELL_STATES,
  type Cell,
  countStates,
  expectedNote,
  lastAttempt,
  needsAttention,
  STATE_NAMES,
} from '../reading.ts';
import { badge, EXPECTED_NAMES, expectedBadge, icon, kindBadge } from './icons.ts';
import { html, type Markup } from './markup.ts';

/** The address of a field within the page, also the key of its details. */
export function anchorOf(cell: Cell): string {
  return `${encodeURIComponent(cell.dut.id.toWellFormed())}/${encodeURIComponent(cell.requirement.id.toWellFormed())}`;
}

/** Search, recorder and verdict; one filter for the list and the matrix. */
export function filterOf(record: RunRecord, cells: readonly Cell[]): Markup {
  const counts = countStates(cells);
  return html`<form class="filter" id="filter" role="search" aria-label="Filter of the results">
<label class="search"><span class="hidden">Search</span><input type="search" id="q" placeholder="Search requirements" autocomplete="off" spellcheck="false"><kbd>/</kbd></label>
<label><span class="hidden">Recorder</span><select id="dut"><option value="">All recorders</option>${record.duts.map((dut) => html`<option>${dut.id}</option>`)}</select></label>
<fieldset><legend class="hidden">Verdicts</legend>${CELL_STATES.filter((state) => counts[state] > 0).map((state) => html`<button type="button" class="chip" data-s="${state}" data-filter="${state}" aria-pressed="false">${icon(state)}${STATE_NAMES[state]}</button>`)}</fieldset>
<button type="reset" class="plain" id="clear">Clear</button><output id="shown" for="q dut" aria-live="polite"></output></form>`;
}

/** What did not simply pass, worst first, with the reason up front. */
export function attentionOf(cells: readonly Cell[]): Markup {
  const found = cells.filter(needsAttention).sort(byVerdict);
  return html`<section id="attention" aria-labelledby="h-attention"><h2 id="h-attention">Needs attention <span class="count">${found.length}</span></h2>
${found.length === 0 ? html`<p class="empty">Nothing: every case passed at its first attempt.</p>` : html`<ul class="attention">${found.map(attentionItem)}</ul><p class="empty" id="none-found" hidden>Nothing here matches the filter.</p>`}</section>`;
}

function attentionItem(cell: Cell): Markup {
  const last = cell.tested && lastAttempt(cell.tested);
  const failed = last && decisiveFailure(last);
  const flaky = cell.state === 'pass' && cell.tested?.flaky === true;
  const note = failed === undefined ? expectedNote(cell) : undefined;
  return html`<li data-s="${cell.state}" data-dut="${cell.dut.id}" data-req="${cell.requirement.id}"><a href="#${anchorOf(cell)}">
<span class="what">${badge(cell.state, flaky ? `, ${cell.tested?.attempts.length ?? 0} attempts` : '')}${!flaky && last?.fault && html` <span class="domain">${last.fault.domain}</span>`}${expectedBadge(cell.tested)} <span class="mono">${cell.requirement.id}</span> on <span class="mono">${cell.dut.id}</span> ${kindBadge(cell.dut.kind)}</span>
<span class="title">${cell.title}</span>
${failed ? html`<span class="diff"><span><b>Expected</b> ${failed.expected}</span><span><b>Seen</b> ${failed.seen}</span></span>` : html`<span class="diff"><span>${note !== undefined ? note : flaky ? 'An earlier attempt did not pass; it stays in the record.' : (last?.reason ?? last?.fault?.facts ?? 'The record gives no reason.')}</span></span>`}</a></li>`;
}

/** Requirements by section down, recorders across. */
export function matrixOf(record: RunRecord, cells: ReadonlyMap<string, readonly Cell[]>): Markup {
  const columns = record.duts.map((dut) => cells.get(dut.id) ?? []);
  const requirements = columns[0]?.map((cell) => cell.requirement) ?? record.requirements;
  const sections = Map.groupBy(
    requirements.map((requirement, row) => ({ requirement, row })),
    (one) => one.requirement.section,
  );
  return html`<section id="matrix" aria-labelledby="h-matrix"><h2 id="h-matrix">Matrix</h2>
<p class="legend" aria-label="Legend">${CELL_STATES.map((state) => badge(state))}<span class="badge flakymark">${icon('flaky')}more than one attempt</span><span class="badge expectedmark">${icon('expected')}expected to fail</span></p>
<div class="scroll grid" tabindex="0" role="region" aria-label="Matrix of requirements and recorders"><table class="matrix">
<thead><tr><th scope="col" class="corner">Requirement</th>${record.duts.map((dut) => html`<th scope="col" data-col="${dut.id}"><span class="colhead"><span class="mono">${dut.id}</span><span class="dim">${dut.firmware} · GUI ${dut.gui}</span></span>${kindBadge(dut.kind)}</th>`)}</tr></thead>
${[...sections].map(
  ([
    section,
    rows,
  ]) => html`<tbody><tr class="section"><th scope="rowgroup" colspan="${record.duts.length + 1}"><span>${section}</span></th></tr>
${rows.map(
  ({
    requirement,
    row,
  }) => html`<tr data-req="${requirement.id}"><th scope="row"><span class="mono">${requirement.id}</span> <span class="st">${requirement.statement}</span> <span class="rk" title="${requirement.kind}">${requirement.kind}</span></th>${columns.map((column) => cellOf(column[row]))}</tr>
`,
)}</tbody>`,
)}</table></div></section>`;
}

function cellOf(cell: Cell | undefined): Markup {
  if (cell === undefined) return html`<td></td>`;
  const flaky = cell.tested?.flaky === true;
  const outcome = cell.tested && expectedOutcome(cell.tested);
  const label = `${cell.requirement.id} on ${cell.dut.id}: ${STATE_NAMES[cell.state]}${flaky ? ', more than one attempt' : ''}${outcome === undefined ? '' : `, ${EXPECTED_NAMES[outcome]}`}`;
  return html`<td><a class="c" data-s="${cell.state}" href="#${anchorOf(cell)}" title="${label}" aria-label="${label}">${icon(cell.state)}${flaky && html`<span class="fl">${icon('flaky')}</span>`}${outcome && html`<span class="ex" data-o="${outcome}">${icon('expected')}</span>`}</a></td>`;
}

/** Requirements that no case tests, on any recorder or on some. */
export function gapsOf(record: RunRecord, cells: readonly Cell[]): Markup {
  const open = record.requirements.flatMap((requirement) => {
    const mine = cells.filter((cell) => cell.requirement.id === requirement.id);
    const without = mine.filter((cell) => cell.state === 'no-case');
    return without.length === 0
      ? []
      : [
          {
            requirement,
            where:
              without.length === mine.length
                ? 'on all recorders'
                : `on ${without.map((cell) => cell.dut.id).join(', ')}`,
          },
        ];
  });
  return html`<section id="gaps" aria-labelledby="h-gaps"><h2 id="h-gaps">Gaps <span class="count">${open.length}</span></h2>
${open.length === 0 ? html`<p class="empty">Every requirement has a case.</p>` : html`<p class="dim">Requirements that no case tests. Nothing is claimed about them.</p><ul class="gaps">${open.map(({ requirement, where }) => html`<li><span class="mono">${requirement.id}</span><span>${requirement.statement} <span class="dim">${requirement.kind}; source: ${requirement.source}; ${where}</span></span></li>`)}</ul>`}</section>`;
}
