import { createHash } from 'node:crypto';
import {
  type DefectRecord,
  figuresOf,
  type PlayedMove,
  type ProofRecord,
  type SequenceRecord,
  sequenceFiguresOf,
} from '../terms/proof.ts';
import { html, type Markup, trusted } from './html/markup.ts';
import { pageStyle } from './html/style.ts';
import { counted, durationText, isoTime } from './text.ts';

const STATE = { killed: 'pass', survived: 'fail', 'not-met': 'inconc', 'not-run': 'none' } as const;
const SAID = {
  killed: 'caught',
  survived: 'not caught',
  'not-met': 'never met',
  'not-run': 'not run',
} as const;

/** The proof as one page that works offline: the kill matrix, and what was seen of each defect. */
export function proofHtml(record: ProofRecord): string {
  const style = `${pageStyle()}\n${STYLE}`;
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const figures = figuresOf(record);
  const good = figures.named_rate === 1 && record.blamed.length === 0;
  const subtle = record.defects.filter((one) => one.subtle).length;
  return html`<!doctype html>
<html lang="en" data-theme="auto"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>Proof ${record.id} · Resetbench</title><link rel="icon" href="data:,"><style>${trusted(style)}</style></head><body>
<nav class="top" aria-label="Page"><span class="brand">Resetbench</span><span class="run mono">${record.id}</span><span class="links"><a href="#matrix">Matrix</a><a href="#defects">Defects</a>${record.sequences && html`<a href="#sequences">Sequences</a>`}</span></nav>
<main><section class="hero"><div class="verdict" data-s="${good ? 'pass' : 'fail'}"><div><p class="over">Proof of the suite · ${isoTime(record.startedAt)} · ${durationText(record.endedAt - record.startedAt)}${record.ended === 'complete' ? '' : ` · ${record.ended}`}</p>
<h1>${figuresLine(record)}</h1></div></div>
<dl class="figures"><div><dt>Caught by the named requirement</dt><dd>${percent(figures.named_rate)}</dd></div><div><dt>Others failing along, mean</dt><dd>${figures.collateral_mean}</dd></div><div><dt>Subtle defects</dt><dd>${subtle} of ${record.defects.length}</dd></div><div><dt>Healthy cases blamed</dt><dd>${record.blamed.length} of ${record.healthyCases}</dd></div></dl></section>
${blamedOf(record)}
<h2 id="matrix">Matrix</h2><p class="dim small">A row a defect, a column a requirement. ${mark('named')} the named requirement failed, ${mark('missed')} it did not, ${mark('along')} another failed along, ${mark('disturbed')} another came to no verdict of its own.</p>${matrixOf(record)}
<h2 id="defects">Defects</h2>${listOf(record)}${sequencesOf(record)}</main>
<footer class="foot"><p>Each defect is one switch of a twin. A kill counts only where the twin came by the defect’s place and the named requirement failed; inconclusive cases and errors are no kills. Cases that do not come by the place of a defect on the healthy recorder cannot be changed by it, and are left out.</p></footer></body></html>
`.text;
}

function figuresLine({ defects }: ProofRecord): string {
  const killed = defects.filter(({ outcome }) => outcome === 'killed').length;
  return `${killed} of ${counted(defects.length, 'defect')} caught`;
}

function blamedOf({ blamed }: ProofRecord): Markup | undefined {
  if (blamed.length === 0) return undefined;
  return html`<h2>Blamed without cause</h2><table class="list"><thead><tr><th>Recorder</th><th>Requirement</th><th>Verdict</th><th>Why</th></tr></thead><tbody>${blamed.map(
    ({ dut, requirement, verdict, facts }) =>
      html`<tr><td>${dut}</td><td>${requirement}</td><td><span class="badge" data-s="${verdict}">${verdict}</span></td><td>${facts}</td></tr>`,
  )}</tbody></table>`;
}

function matrixOf({ defects }: ProofRecord): Markup {
  const columns = [
    ...new Set(
      defects.flatMap(({ requirement, collateral, disturbed }) => [requirement, ...collateral, ...disturbed]),
    ),
  ].sort();
  return html`<div class="wide"><table class="kills"><thead><tr><th scope="col">Defect</th>${columns.map(
    (id) => html`<th scope="col" class="up"><span>${id}</span></th>`,
  )}</tr></thead><tbody>${defects.map(
    (one) =>
      html`<tr><th scope="row" class="mono"><a href="#d-${one.id}">${one.id}</a></th>${columns.map((id) => cellOf(one, id))}</tr>`,
  )}</tbody></table></div>`;
}

function cellOf(one: DefectRecord, id: string): Markup {
  if (id === one.requirement)
    return html`<td title="${id}: ${SAID[one.outcome]}">${mark(one.outcome === 'killed' ? 'named' : 'missed')}</td>`;
  if (one.collateral.includes(id)) return html`<td title="${id} failed along">${mark('along')}</td>`;
  if (one.disturbed.includes(id)) return html`<td title="${id} came to no verdict">${mark('disturbed')}</td>`;
  return html`<td></td>`;
}

const MARKS = { named: '●', missed: '✕', along: '○', disturbed: '·' } as const;
function mark(kind: keyof typeof MARKS): Markup {
  return html`<b class="k-${kind}">${MARKS[kind]}</b>`;
}

function listOf({ defects }: ProofRecord): Markup {
  return html`<div class="wide"><table class="list"><thead><tr><th>Defect</th><th>What is wrong</th><th>Must catch it</th><th>Outcome</th><th>What was seen</th><th>Along</th><th>Time</th></tr></thead><tbody>${defects.map(
    (one) =>
      html`<tr id="d-${one.id}"><td class="mono">${one.id}</td><td>${one.what}${one.subtle && html` <span class="kind twin">subtle</span>`}</td><td>${one.requirement}<br><span class="dim small">${one.channel}${one.dut !== undefined && html`, <span class="whole">${one.dut}</span>`}</span></td><td><span class="badge" data-s="${STATE[one.outcome]}">${SAID[one.outcome]}</span></td><td>${one.facts}</td><td>${one.collateral.join(' ')}</td><td class="num">${durationText(one.milliseconds)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** The model beside the cases: what it played, and each violation as a script. */
function sequencesOf(record: ProofRecord): Markup | undefined {
  const { sequences } = record;
  if (sequences === undefined) return undefined;
  const figures = sequenceFiguresOf(record);
  return html`<h2 id="sequences">Sequences</h2><p>${counted(figures.sequences, 'sequence')} of the model on healthy twins: ${figures.sequence_violations} broke it, ${figures.sequence_undecided} came to no verdict. ${figures.sequence_found} of ${counted(figures.sequence_defects, 'defect')} were found by sequences; each was made as short as it would go, so that a person can follow it at a recorder.</p>
<div class="scripts">${sequences.flatMap(scriptsOf)}</div>`;
}

function scriptsOf({ defect, dut, drawn, violation, undecided }: SequenceRecord): readonly Markup[] {
  const where = html`${defect === undefined ? 'healthy' : html`<span class="mono">${defect}</span>`} on <span class="mono">${dut}</span>`;
  const script = (said: Markup, state: string, moves: readonly PlayedMove[], facts: string) =>
    html`<article class="script" data-s="${state}"><h3>${where} <span class="dim small">${said}</span></h3><ol>${moves.map(({ tells }) => html`<li>${tells}</li>`)}</ol><p class="facts">${facts}</p><p class="mono small dim">--moves ${moves.map(({ name }) => name).join(',')}</p></article>`;
  const found =
    violation && script(html`the ${ordinal(drawn)} that was drawn`, 'fail', violation.moves, violation.facts);
  const missed =
    defect !== undefined &&
    violation === undefined &&
    html`<article class="script" data-s="inconc"><h3>${where}</h3><p class="facts">Not found in ${counted(drawn, 'sequence')}.</p></article>`;
  return [
    ...(found === undefined ? [] : [found]),
    ...(missed === false ? [] : [missed]),
    ...undecided.map(({ moves, facts }) => script(html`came to no verdict`, 'inconc', moves, facts)),
  ];
}

function ordinal(count: number): string {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th' } as const;
  const rule = new Intl.PluralRules('en', { type: 'ordinal' }).select(count);
  return `${count}${ending[rule as keyof typeof ending]}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

const STYLE = `
.figures{display:flex;flex-wrap:wrap;gap:12px 40px;margin-top:18px}.figures dt{font-size:13px;color:var(--dim)}.figures dd{font-size:20px;font-weight:600}
.wide{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:var(--radius)}
.kills{border-collapse:collapse;width:auto;font-size:12.5px}.kills th[scope=row]{text-align:left;font-weight:400;padding:1px 12px;white-space:nowrap;position:sticky;left:0;background:var(--card)}
.kills thead th{padding:8px 2px;vertical-align:bottom;font-weight:500}.kills thead th:first-child{text-align:left;padding-left:12px}.up span{writing-mode:vertical-rl;transform:rotate(180deg)}
.kills td{width:18px;min-width:18px;height:20px;text-align:center;border-left:1px solid var(--soft)}.kills tbody tr:hover>*{background:var(--soft)}
.kills a{color:inherit;text-decoration:none}.kills a:hover{text-decoration:underline}
.k-named{color:var(--pass)}.k-missed{color:var(--fail)}.k-along{color:var(--inconc)}.k-disturbed{color:var(--dim)}
.list{border-collapse:collapse;width:100%;font-size:13.5px}.list th{text-align:left;padding:8px 12px;font-weight:600;border-bottom:1px solid var(--line)}
.list td{padding:7px 12px;border-bottom:1px solid var(--soft);vertical-align:top}.list td:nth-child(5){min-width:220px;max-width:46ch;overflow-wrap:anywhere}.list .num{white-space:nowrap;text-align:right}
.list tr:target td{background:var(--soft)}
.scripts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,420px),1fr));gap:16px}.script{background:var(--card);border:1px solid var(--line);border-left:6px solid var(--o,var(--line));border-radius:var(--radius);padding:14px 20px}
.script h3{margin:0 0 8px;font-size:15px}.script ol{list-style:decimal;padding-left:22px;font-size:14px}.script .facts{margin-top:8px;font-weight:600;overflow-wrap:anywhere}.script .mono.small{margin-top:6px;overflow-wrap:anywhere}`;
