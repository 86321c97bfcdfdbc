import type { Counts } from '../history/trends.ts';
import { badge, icon } from '../report/html/icons.ts';
import { html, type Markup } from '../report/html/markup.ts';
import { STATE_NAMES } from '../report/reading.ts';
import { counted } from '../report/text.ts';
import { VERDICTS, type Verdict } from '../terms/verdict.ts';

/** Verdicts as people want to see them: what matters first. */
const ORDER: readonly Verdict[] = ['fail', 'error', 'inconc', 'none', 'pass'];

/** How many results had which verdict, in words and symbols; those that there are. */
export function countsLine(counts: Counts): Markup {
  const shown = ORDER.filter((verdict) => counts[verdict] > 0);
  if (shown.length === 0) return html`<p class="counts dim">No result.</p>`;
  return html`<p class="counts">${shown.map((verdict) => html`<span data-s="${verdict}">${icon(verdict)}${counts[verdict]} ${STATE_NAMES[verdict]}</span>`)}${counts.flaky > 0 && html`<span>${icon('flaky')}${counts.flaky} flaky</span>`}</p>`;
}

/** Shares of verdicts as one bar. Widths are given as a SVG, since the page allows no inline style. */
export function shareBar(counts: Counts): Markup {
  const total = Math.max(
    1,
    ORDER.reduce((sum, verdict) => sum + counts[verdict], 0),
  );
  let x = 0;
  const parts = ORDER.filter((verdict) => counts[verdict] > 0).map((verdict) => {
    const width = (counts[verdict] / total) * 100;
    const part = html`<rect data-s="${verdict}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="6"/>`;
    x += width;
    return part;
  });
  return html`<svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

/** Verdict of a run or a result; what is none of the known ones is shown as it is. */
export function verdictBadge(verdict: string): Markup {
  return isVerdict(verdict) ? badge(verdict) : html`<span class="badge" data-s="none">${verdict}</span>`;
}

/** Whether a text is a verdict. */
export function isVerdict(text: string): text is Verdict {
  return (VERDICTS as readonly string[]).includes(text);
}

/** A moment to the minute, UTC, for people and for programs. @param at ms since the epoch */
export function timeOf(at: number): Markup {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return html`<span class="dim">no time</span>`;
  const iso = date.toISOString();
  return html`<time class="whole" datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')}</time>`;
}

/** How long ago, in the largest unit that fits. @param milliseconds since then */
export function ageText(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 120) return counted(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? counted(hours, 'hour') : counted(Math.floor(hours / 24), 'day');
}

/** The address of a run's page. */
export function runPath(folder: string): string {
  return `/runs/${encodeURIComponent(folder)}`;
}

/** The address of a requirement's page. */
export function requirementPath(id: string): string {
  return `/requirements/${encodeURIComponent(id)}`;
}

/** A path with those of the parameters that are set. */
export function withQuery(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(parameters).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, value] as [string, string]],
  );
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}

/** Choices of a select; the first, with an empty value, narrows nothing. */
export function optionsOf(all: string, values: readonly string[], chosen: string | undefined): Markup {
  return html`<option value="">${all}</option>${values.map((value) => html`<option value="${value}"${value === chosen && html` selected`}>${value}</option>`)}`;
}
