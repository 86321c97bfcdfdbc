import type { RecorderLine } from '../../history/details.ts';
import type { Standing } from '../../history/standing.ts';
import { kindBadge } from '../../report/html/icons.ts';
import { html, type Markup } from '../../report/html/markup.ts';
import { counted } from '../../report/text.ts';
import { countsLine, runPath, shareBar, timeOf, withQuery } from '../parts.ts';

/** A row for each recorder, as the newest run that had it found it. */
export function recordersPage(recorders: readonly RecorderLine[], standing: readonly Standing[]): Markup {
  if (recorders.length === 0) return html`<h1>Recorders</h1><p class="lead">No run had one yet.</p>`;
  const failing = Map.groupBy(
    standing.filter((one) => one.failing !== undefined),
    ({ dut }) => dut,
  );
  return html`<h1>Recorders</h1><p class="lead">${counted(recorders.length, 'recorder')}, each as the newest run that had it left it. A twin is an emulated recorder: its verdicts prove the suite, not a product.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Recorders"><table class="list rows"><thead><tr><th scope="col">Recorder</th><th scope="col">Model and firmware</th><th scope="col">Last run (UTC)</th><th scope="col">Results of it</th><th scope="col" class="num">Failing now</th></tr></thead><tbody>${recorders.map(
    (one) =>
      html`<tr><th scope="row"><a class="mono" href="${withQuery('/runs', { dut: one.id })}">${one.id}</a> ${kindBadge(one.kind === 'hardware' ? 'hardware' : 'twin')}</th><td>${one.model} <span class="mono">${one.firmware}</span><br><span class="dim small">family ${one.family}, profile ${one.profile}, GUI ${one.gui}</span></td><td><a href="${runPath(one.folder)}">${timeOf(one.at)}</a></td><td>${shareBar(one)}${countsLine(one)}${one.fault !== undefined && html`<p class="dutfault"><strong>Bench fault:</strong> ${one.fault}</p>`}</td><td class="num" data-l="Failing now"><a href="${withQuery('/requirements', { dut: one.id, state: 'failing' })}">${(failing.get(one.id) ?? []).length}</a></td></tr>`,
  )}</tbody></table></div>`;
}
