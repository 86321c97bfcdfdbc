import type { RecentTally, RequirementLine, ResultLine } from '../../history/details.ts';
import type { Standing } from '../../history/standing.ts';
import type { Trend, TrendPoint } from '../../history/trends.ts';
import { html, type Markup } from '../../report/html/markup.ts';
import { counted } from '../../report/text.ts';
import { ageText, optionsOf, requirementPath, runPath, timeOf, verdictBadge, withQuery } from '../parts.ts';
import { standingRows } from './tonight.ts';

/** What requirements may be narrowed to. */
export const STATES = ['failing', 'broken', 'flaky', 'undecided', 'sound'] as const;

export interface RequirementsAsked {
  readonly dut: string | undefined;
  readonly firmware: string | undefined;
  readonly state: string | undefined;
  readonly text: string | undefined;
}
export interface RequirementsPage {
  readonly asked: RequirementsAsked;
  readonly requirements: readonly RequirementLine[];
  readonly standing: readonly Standing[];
  readonly trends: readonly Trend[];
  readonly recent: readonly RecentTally[];
  readonly duts: readonly string[];
  readonly firmwares: readonly string[];
  readonly now: number;
}

/** Runs in the small chart of a row. */
export const RECENT = 30;

/** A row for each requirement: trend, how steady, how old its failure is. */
export function requirementsPage(facts: RequirementsPage): Markup {
  const { asked, requirements, now } = facts;
  const standing = Map.groupBy(facts.standing, ({ requirement }) => requirement);
  const trends = new Map(facts.trends.map((one) => [one.name, one]));
  const recent = Map.groupBy(facts.recent, ({ requirement }) => requirement);
  const isNarrow = asked.dut !== undefined || asked.firmware !== undefined;
  const rows = requirements.flatMap((requirement) => {
    const own = standing.get(requirement.id) ?? [];
    if (isNarrow && own.length === 0) return [];
    if (!fitsText(requirement, asked.text) || !fitsState(own, asked.state)) return [];
    return [
      { requirement, own, trend: trends.get(requirement.id), tallies: recent.get(requirement.id) ?? [] },
    ];
  });
  return html`<h1>Requirements</h1>
<form class="asked" method="get" action="/requirements" role="search"><label>Search<input type="search" name="text" value="${asked.text ?? ''}" placeholder="id or words"></label><label>Recorder<select name="dut">${optionsOf('any', facts.duts, asked.dut)}</select></label><label>Firmware<select name="firmware">${optionsOf('any', facts.firmwares, asked.firmware)}</select></label><label>State<select name="state">${optionsOf('any', STATES, asked.state)}</select></label><button>Show</button>${withQuery('', { ...asked }) !== '' && html`<a href="/requirements">All requirements</a>`}</form>
<p class="dim">${rows.length} of ${counted(requirements.length, 'requirement')}. The chart shows the last ${RECENT} runs${isNarrow && ' of all recorders and firmwares'}, oldest left; each column is divided into failures, undecided, and passes.</p>
${rows.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label="Requirements"><table class="list rows"><thead><tr><th scope="col">Requirement</th><th scope="col">Trend</th><th scope="col" class="num">Passed</th><th scope="col">Now</th><th scope="col">Failing for</th></tr></thead><tbody>${rows.map(({ requirement, own, trend, tallies }) => html`<tr><th scope="row"><a class="mono" href="${requirementPath(requirement.id)}">${requirement.id}</a> ${requirement.statement}<br><span class="dim small">${requirement.kind}, ${requirement.section}</span></th><td>${miniChart(tallies)}</td><td class="num" data-l="Passed">${rateText(trend)}</td><td>${nowOf(own)}</td><td>${ageOf(own, now)}</td></tr>`)}</tbody></table></div>`}`;
}

function fitsText({ id, statement, section, kind }: RequirementLine, text: string | undefined): boolean {
  if (text === undefined) return true;
  const all = `${id} ${statement} ${section} ${kind}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function fitsState(own: readonly Standing[], state: string | undefined): boolean {
  switch (state) {
    case 'failing':
      return own.some(({ failing }) => failing !== undefined);
    case 'broken':
    case 'flaky':
      return own.some(({ nature }) => nature === state);
    case 'undecided':
      return own.some(({ change }) => change === 'undecided');
    case 'sound':
      return own.length > 0 && own.every(({ nature }) => nature === 'sound');
    default:
      return true;
  }
}

function nowOf(own: readonly Standing[]): Markup {
  const count = (test: (one: Standing) => boolean) => own.filter(test).length;
  const parts = [
    ['fail', count(({ nature }) => nature === 'broken'), 'broken'],
    ['fail', count(({ nature }) => nature === 'failed once'), 'failed once'],
    ['inconc', count(({ nature }) => nature === 'flaky'), 'flaky'],
    ['none', count(({ nature }) => nature === 'unknown'), 'never decided'],
    ['pass', count(({ nature }) => nature === 'sound'), 'sound'],
  ] as const;
  return html`<span class="counts">${parts.map(([state, number, name]) => number > 0 && html`<span data-s="${state}">${number} ${name}</span>`)}</span>`;
}

function ageOf(own: readonly Standing[], now: number): Markup | undefined {
  const since = own.flatMap(({ failing }) => (failing === undefined ? [] : [failing]));
  const oldest = since.toSorted((a, b) => a.at - b.at)[0];
  if (oldest === undefined) return undefined;
  return html`${ageText(now - oldest.at)}<br><span class="dim small">on ${counted(since.length, 'recorder')}, since <span class="mono">${oldest.firmware}</span></span>`;
}

function rateText(trend: Trend | undefined): string {
  return trend?.rate === undefined ? '–' : `${(Math.floor(trend.rate * 1000) / 10).toFixed(1)} %`;
}

interface Tally {
  readonly pass: number;
  readonly fail: number;
  readonly other: number;
}

function miniChart(tallies: readonly Tally[]): Markup {
  return html`<svg class="mini" viewBox="0 0 ${RECENT * 5} 24" preserveAspectRatio="none" aria-hidden="true"><rect class="bg" width="${RECENT * 5}" height="24"/>${columnsOf(tallies, RECENT, 24)}</svg>`;
}

/** A column for each run, right-bound: failures on top, then what came to neither, then passes. */
function columnsOf(tallies: readonly Tally[], most: number, height: number): readonly Markup[] {
  return tallies.flatMap((tally, at) => {
    const x = (most - tallies.length + at) * 5;
    const total = Math.max(1, tally.pass + tally.fail + tally.other);
    let y = 0;
    return (['fail', 'other', 'pass'] as const).flatMap((part) => {
      const own = (tally[part] / total) * height;
      if (own === 0) return [];
      const drawn = html`<rect data-s="${part === 'other' ? 'inconc' : part}" x="${x}" y="${y.toFixed(1)}" width="4" height="${own.toFixed(1)}"/>`;
      y += own;
      return [drawn];
    });
  });
}

/** Columns that a chart has room for at least: a few runs are no wall. */
const FEWEST = 60;

export interface RequirementPage {
  readonly requirement: RequirementLine;
  readonly standing: readonly Standing[];
  /** Oldest first. */
  readonly points: readonly TrendPoint[];
  /** Newest first. */
  readonly past: readonly ResultLine[];
  readonly now: number;
}

/** One requirement: what stands on each recorder, run by run, and its last results. */
export function requirementPage({ requirement, standing, points, past, now }: RequirementPage): Markup {
  const shown = points.slice(-200);
  const tallies = shown.map(({ pass, fail, inconc, error, none }) => ({
    pass,
    fail,
    other: inconc + error + none,
  }));
  const columns = Math.max(FEWEST, shown.length);
  const failed = shown.filter(({ fail }) => fail > 0).length;
  return html`<p class="over"><a href="/requirements">Requirements</a></p><h1><span class="mono">${requirement.id}</span> ${requirement.statement}</h1><p class="lead">${requirement.kind}, ${requirement.section}</p>
<h2>On each recorder</h2>${standingRows('On each recorder', standing, now)}
<h2>Run by run</h2><p class="dim">The last ${counted(shown.length, 'run')}, oldest left: ${failed} with a failure. Each column is divided into failures, undecided, and passes.</p>
<svg class="chart" viewBox="0 0 ${columns * 5} 100" preserveAspectRatio="none" aria-hidden="true">${columnsOf(tallies, columns, 100)}</svg>
<h2>Last results</h2><div class="scroll" tabindex="0" role="region" aria-label="Last results"><table class="list rows"><thead><tr><th scope="col">Run</th><th scope="col">Recorder</th><th scope="col">Verdict</th><th scope="col">Why</th></tr></thead><tbody>${past.map((one) => html`<tr><th scope="row"><a href="${runPath(one.folder)}">${timeOf(one.at)}</a></th><td><span class="mono">${one.dut}</span> <span class="dim small mono">${one.firmware}</span></td><td>${verdictBadge(one.verdict)}${one.flaky && html` <span class="badge flakymark">${one.attempts} attempts</span>`}</td><td><p class="reason">${one.reason ?? ''}</p></td></tr>`)}</tbody></table></div>`;
}
