import { expectedOutcome } from '../../terms/expected.ts';
import type { DutRecord, RunRecord } from '../../terms/record.ts';
import type { Verdict } from '../../terms/verdict.ts';
import { calibrationText, settingText } from '../capture.ts';
import {
  CELL_STATES,
  type Cell,
  type CellState,
  countStates,
  endingOf,
  expectedCells,
  STATE_NAMES,
} from '../reading.ts';
import { counted, durationText, isoTime } from '../text.ts';
import { badge, icon, kindBadge } from './icons.ts';
import { html, type Markup } from './markup.ts';

/** What the verdict of a whole run means, one sentence. */
const MEANING: Readonly<Record<Verdict, string>> = {
  none: 'No case came to a verdict.',
  pass: 'Every case that ran found its requirement kept.',
  inconc: 'No requirement was found broken, but at least one case could not come to a verdict.',
  fail: 'At least one recorder does not keep a requirement.',
  error: 'The bench or the harness failed in at least one case; such a case says nothing about the recorder.',
};

/** Run, verdict, what kind of recorders they were, and whether the run went to its end. */
export function headerOf(record: RunRecord, cells: readonly Cell[]): Markup {
  const counts = countStates(cells);
  const judged = counts.pass + counts.fail + counts.inconc + counts.error;
  const ending = endingOf(record);
  return html`<header class="hero">
<div class="verdict" data-s="${record.verdict}"><span class="seal">${icon(record.verdict)}</span><div>
<p class="over">Verdict of the run</p><h1>${capital(STATE_NAMES[record.verdict])}</h1><p>${MEANING[record.verdict]}${record.verdict === 'error' && counts.fail > 0 && ` ${counted(counts.fail, 'case')} found a requirement broken.`}</p>${expectedLine(cells)}</div></div>
${ending && html`<p class="banner cut" role="status"><strong>${record.ended === 'cut' ? 'Cut short' : 'Interrupted'}</strong> ${ending}</p>`}
${kindBanner(record.duts)}
<dl class="facts">
<div><dt>Run</dt><dd class="mono">${record.id}</dd></div>
<div><dt>Started</dt><dd><time datetime="${isoTime(record.startedAt)}">${readable(record.startedAt)}</time></dd></div>
<div><dt>${record.ended === 'complete' ? 'Ended' : 'Last sign of life'}</dt><dd><time datetime="${isoTime(record.endedAt)}">${readable(record.endedAt)}</time></dd></div>
<div><dt>Took</dt><dd>${durationText(record.endedAt - record.startedAt)}</dd></div>
<div><dt>Recorders</dt><dd>${kindsText(record.duts)}</dd></div>
<div><dt>Harness</dt><dd>Resetbench ${record.harness.version} · Node ${record.harness.node} · ${record.harness.platform}</dd></div>
${record.harness.by !== undefined && html`<div><dt>Started by</dt><dd>${record.harness.by}</dd></div>`}${record.harness.commit !== undefined && html`<div><dt>Commit of the suite</dt><dd class="mono">${record.harness.commit.slice(0, 12)}${record.harness.commit.endsWith('-dirty') && '-dirty'}</dd></div>`}
</dl>
<p class="coverage">${counted(record.requirements.length, 'requirement')} × ${counted(record.duts.length, 'recorder')} = ${cells.length} fields: <strong>${judged}</strong> with a verdict, ${cells.length - judged} without.</p>
<ul class="tiles">${CELL_STATES.filter((state) => counts[state] > 0 || state === 'pass' || state === 'fail').map((state) => html`<li data-s="${state}"><span class="n">${counts[state]}</span>${badge(state)}</li>`)}</ul>
</header>`;
}

/** How many failures were expected, and whether they are in order. */
function expectedLine(cells: readonly Cell[]): Markup | undefined {
  const found = expectedCells(cells);
  if (found.length === 0) return undefined;
  const open = found.filter(({ tested }) => tested !== undefined && expectedOutcome(tested) !== 'happened');
  return html`<p class="expectedline">${icon('expected')} ${counted(found.length - open.length, 'failure')} expected and excused${open.length > 0 && html`; <strong>${open.length} expected that did not happen, are past their date or were not decided</strong>`}.</p>`;
}

/** A row per recorder: what it is, and how its cases ended. */
export function recordersOf(record: RunRecord, cells: ReadonlyMap<string, readonly Cell[]>): Markup {
  return html`<section id="recorders" aria-labelledby="h-recorders"><h2 id="h-recorders">Recorders</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Table of the recorders"><table class="recorders">
<thead><tr><th scope="col">Recorder</th><th scope="col">Model and firmware</th><th scope="col">Screen</th><th scope="col">Serial number</th><th scope="col">Results</th></tr></thead>
<tbody>${record.duts.map((dut) => recorderRow(dut, cells.get(dut.id) ?? []))}</tbody></table></div></section>`;
}

function recorderRow(dut: DutRecord, cells: readonly Cell[]): Markup {
  const counts = countStates(cells);
  const shown = CELL_STATES.filter((state) => counts[state] > 0);
  return html`<tr><th scope="row"><span class="mono">${dut.id}</span> ${kindBadge(dut.kind)}</th>
<td>${dut.model} <span class="mono">${dut.firmware}</span><br><span class="dim">${dut.family === dut.profile ? `family ${dut.family}` : `family ${dut.family}, profile ${dut.profile}`}</span></td>
<td>GUI ${dut.gui}<br><span class="dim">${dut.resolution}</span>${dut.calibration && html`<br><span class="dim small">${calibrationText(dut.calibration)}</span>`}${dut.capture && html`<br><span class="dim small">the capture is set to ${settingText(dut.capture)}</span>`}</td><td class="mono small">${dut.serialNumber}</td>
<td class="results">${bar(counts, cells.length)}<p class="counts">${shown.map((state) => html`<span data-s="${state}">${icon(state)}${counts[state]} ${STATE_NAMES[state]}</span>`)}</p>
${dut.fault && html`<p class="dutfault"><strong>Bench fault:</strong> ${dut.fault.facts} <span class="dim">(${dut.fault.domain}, ${dut.fault.rule})</span>${dut.fault.cure && html`<br><strong>Cure:</strong> ${dut.fault.cure}`}</p>`}${dut.password?.restored && html`<p class="dim">Password: ${dut.password.told}.</p>`}</td></tr>`;
}

/** Widths are given as a SVG, since the page allows no inline style. */
function bar(counts: Readonly<Record<CellState, number>>, total: number): Markup {
  let x = 0;
  const parts = CELL_STATES.filter((state) => counts[state] > 0).map((state) => {
    const width = (counts[state] / Math.max(1, total)) * 100;
    const part = html`<rect data-s="${state}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="6"/>`;
    x += width;
    return part;
  });
  return html`<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

function kindBanner(duts: readonly DutRecord[]): Markup | undefined {
  const twins = duts.filter((dut) => dut.kind === 'twin').length;
  if (twins === 0) return undefined;
  const which =
    twins === duts.length
      ? 'All recorders of this run are twins'
      : `${twins} of ${duts.length} recorders of this run are twins`;
  return html`<p class="banner twins"><strong>${which}.</strong> A twin is an emulated recorder: its verdicts prove the suite and the harness, not a product.</p>`;
}

function kindsText(duts: readonly DutRecord[]): string {
  const twins = duts.filter((dut) => dut.kind === 'twin').length;
  const hardware = duts.length - twins;
  return (
    [twins > 0 && counted(twins, 'twin'), hardware > 0 && `${hardware} hardware`]
      .filter(Boolean)
      .join(' · ') || 'none'
  );
}

function readable(at: number): string {
  return isoTime(at)
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
