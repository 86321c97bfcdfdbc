import { type ExpectedOutcome, expectedOutcome } from '../../terms/expected.ts';
import type {
  AnswerWay,
  AttemptRecord,
  EvidenceRef,
  ExpectationRecord,
  PromptRecord,
  StepRecord,
} from '../../terms/record.ts';
import type { Fault } from '../../terms/verdict.ts';
import type { Embedded } from '../pictures.ts';
import { type Cell, evidenceName, evidenceOf, isPicture, STATE_NAMES } from '../reading.ts';
import { durationText, isoTime } from '../text.ts';
import { badge, expectedBadge, icon, kindBadge } from './icons.ts';
import { type Content, html, type Markup } from './markup.ts';
import { anchorOf } from './matrix.ts';
import { needleLines, needleMarks, needleSummary } from './needles.ts';
import { offsetText, spanLine, timelineOf } from './timeline.ts';

export type EvidenceBook = ReadonlyMap<string, Embedded>;

/** Everything about one field of the matrix, inert until it is opened. */
export function detailsOf(cell: Cell, book: EvidenceBook): Markup {
  const { requirement, dut, tested } = cell;
  return html`<template id="case:${anchorOf(cell)}"><article>
<header class="ch"><p class="crumbs"><span class="mono">${requirement.id}</span> on <span class="mono">${dut.id}</span> ${kindBadge(dut.kind)} ${badge(cell.state)}${tested?.flaky && html` <span class="badge flakymark">${icon('flaky')}${tested.attempts.length} attempts</span>`}${expectedBadge(tested)}</p>
<h2 id="case-title" tabindex="-1">${requirement.statement}</h2>
${cell.title !== requirement.statement && html`<p class="casetitle">Case: ${cell.title}</p>`}
<dl class="meta"><div><dt>Kind</dt><dd>${requirement.kind}</dd></div><div><dt>Source</dt><dd>${requirement.source}</dd></div><div><dt>Section</dt><dd>${requirement.section}</dd></div>${requirement.security !== undefined && html`<div><dt>Weakness where broken</dt><dd class="mono">${requirement.security.join(', ')}</dd></div>`}<div><dt>Recorder</dt><dd>${dut.model} <span class="mono">${dut.firmware}</span>, GUI ${dut.gui}, ${dut.resolution}</dd></div></dl></header>
${tested === undefined ? html`<div class="why" data-s="${cell.state}"><h3>${badge(cell.state)}</h3><p>${cell.reason}</p></div>` : html`${expectedBox(cell)}${attemptsOf(tested.attempts, book)}`}
</article></template>
`;
}

/** What was known of a failure before it happened, or did not. */
function expectedBox(cell: Cell): Markup | undefined {
  const expected = cell.tested?.expected;
  const outcome = cell.tested && expectedOutcome(cell.tested);
  if (expected === undefined || outcome === undefined) return undefined;
  return html`<div class="why known" data-o="${outcome}"><h3>${icon('expected')}${EXPECTED_HEADS[outcome]}</h3><p class="reason">${expected.reason}</p>
<dl class="fault"><div><dt>Entry</dt><dd class="mono">${expected.id}</dd></div><div><dt>Owner</dt><dd>${expected.owner}</dd></div><div><dt>Until</dt><dd>${expected.until}</dd></div>${expected.link !== undefined && html`<div><dt>Followed up</dt><dd class="mono">${expected.link}</dd></div>`}<div class="cure"><dt>What it means</dt><dd>${EXPECTED_CURES[outcome]}</dd></div></dl></div>`;
}

const EXPECTED_HEADS: Readonly<Record<ExpectedOutcome, string>> = {
  happened: 'This failure was expected',
  past: 'This failure was expected, but the entry is past its date',
  absent: 'A failure was expected, and did not happen',
  undecided: 'A failure was expected; no verdict was reached',
};
const EXPECTED_CURES: Readonly<Record<ExpectedOutcome, string>> = {
  happened: 'It does not block a release until that day. The verdict stays fail.',
  past: 'It blocks a release as any other failure: mend the recorder, or agree on a new date.',
  absent: 'It blocks a release until the entry is removed or its condition narrowed.',
  undecided: 'Run the case again: nothing is known of the failure.',
};

function attemptsOf(attempts: readonly AttemptRecord[], book: EvidenceBook): Content {
  if (attempts.length === 0) return html`<p class="empty">The record holds no attempt.</p>`;
  const last = attempts.length - 1;
  if (last === 0) return attempts.map((attempt) => attemptOf(attempt, book));
  return [...attempts.entries()]
    .reverse()
    .map(
      ([index, attempt]) =>
        html`<details class="attempt"${index === last && html` open`}><summary><h3>Attempt ${index + 1} of ${attempts.length} ${badge(attempt.verdict)}</h3></summary>${attemptOf(attempt, book)}</details>`,
    );
}

function attemptOf(attempt: AttemptRecord, book: EvidenceBook): Markup {
  const refs = evidenceOf(attempt);
  const shots = refs.filter(isShot);
  return html`${problemOf(attempt)}${shots.length > 0 && filmstripOf(shots, attempt, book)}
<h3>What happened</h3><p class="dim">Began ${isoTime(attempt.at).replace('T', ' ').replace('Z', ' UTC')}, took ${durationText(attempt.milliseconds)}${attempt.copy !== undefined && html`, on copy ${attempt.copy} of the twin`}.</p>
${timelineOf(attempt)}${linesOf(attempt, shots, book)}
${attempt.measurements.length > 0 && html`<h3>Measured</h3><table class="measured"><tbody>${attempt.measurements.map((one) => html`<tr><th scope="row">${one.name}</th><td>${one.value} ${one.unit}</td></tr>`)}</tbody></table>`}`;
}

/** For what did not pass: expectation, expected and seen, fault, cure; before anything else. */
function problemOf(attempt: AttemptRecord): Markup | undefined {
  const failed = attempt.expectations.filter((one) => one.verdict === 'fail');
  if (attempt.verdict === 'pass' && failed.length === 0) return undefined;
  return html`<div class="why" data-s="${attempt.verdict}"><h3>${icon(attempt.verdict)}${WHY[attempt.verdict]}</h3>
${attempt.reason !== undefined && html`<p class="reason">${attempt.reason}</p>`}
${failed.map((one) => html`<p class="reason"><b>Expectation:</b> ${one.title}</p><div class="versus"><div><h4>Expected</h4><pre>${one.expected}</pre></div><div><h4>Seen</h4><pre>${one.seen}</pre></div></div>`)}
${attempt.fault ? faultOf(attempt.fault) : html`<p class="dim">The record names no fault domain.</p>`}</div>`;
}

const WHY: Readonly<Record<AttemptRecord['verdict'], string>> = {
  pass: 'Passed',
  fail: 'The recorder does not do what the requirement says',
  inconc: 'The case could not come to a verdict',
  error: 'The bench or the harness failed; this says nothing about the recorder',
  none: 'The case was under way when the run ended',
};

function faultOf(fault: Fault): Markup {
  return html`<dl class="fault"><div><dt>Fault domain</dt><dd><span class="domain">${fault.domain}</span></dd></div><div><dt>Rule</dt><dd>${fault.rule}</dd></div><div><dt>Facts</dt><dd>${fault.facts}</dd></div>${fault.cure !== undefined && html`<div class="cure"><dt>What to do</dt><dd>${fault.cure}</dd></div>`}</dl>`;
}

function filmstripOf(shots: readonly EvidenceRef[], attempt: AttemptRecord, book: EvidenceBook): Markup {
  return html`<h3>Screens <span class="count">${shots.length}</span></h3><ol class="film">${shots.map((ref, index) => shotOf(ref, index + 1, { attempt, book }))}</ol>`;
}

/** One screen of the film strip, with the needles looked for on it drawn over it, and told below. */
function shotOf(
  ref: EvidenceRef,
  number: number,
  { attempt, book }: { readonly attempt: AttemptRecord; readonly book: EvidenceBook },
): Markup {
  const { title, at, needles } = ref;
  const summary = needles && html` data-needles="${needleSummary(needles)}"`;
  return html`<li><button type="button" data-shot="${number}" data-title="${title}" data-time="${offsetText(at, attempt)}"${summary}${fileOf(ref, book)}><span class="pic">${pictureOf(ref, book)}${needles && needleMarks(needles)}</span><span class="cap"><b>${number}</b> ${title}${ref.kind === 'difference' && ' (difference)'}</span></button>${needles && needleLines(needles)}</li>`;
}

type Moment =
  | { readonly at: number; readonly step: StepRecord }
  | { readonly at: number; readonly prompt: PromptRecord }
  | { readonly at: number; readonly expectation: ExpectationRecord };

function linesOf(attempt: AttemptRecord, shots: readonly EvidenceRef[], book: EvidenceBook): Markup {
  const moments: readonly Moment[] = [
    ...attempt.steps.map((step) => ({ at: step.at, step })),
    ...(attempt.prompts ?? []).map((prompt) => ({ at: prompt.at, prompt })),
    ...attempt.expectations.map((expectation) => ({ at: expectation.at, expectation })),
  ];
  if (moments.length === 0) return html`<p class="empty">No step was recorded.</p>`;
  const lines = moments
    .toSorted((a, b) => a.at - b.at)
    .map((moment) =>
      'step' in moment
        ? stepLine(moment.step, attempt, shots, book)
        : 'prompt' in moment
          ? promptLine(moment.prompt, attempt)
          : expectationLine(moment.expectation, attempt, shots, book),
    );
  return html`<ol class="line">${lines}</ol>`;
}

function stepLine(step: StepRecord, attempt: AttemptRecord, ...[shots, book]: Kept): Markup {
  const effect = step.effect && `, screen: ${EFFECTS[step.effect]}`;
  return html`<li${step.error !== undefined && html` class="bad"`}><span class="t mono">${offsetText(step.at, attempt)}</span><div>
<p><span class="act">${step.title}</span> <span class="dim">${durationText(step.milliseconds)}${effect}</span>${chipsOf(step.evidence, shots)}</p>
${step.error !== undefined && html`<p class="err">${step.error}</p>`}${piecesOf(step.evidence, book)}</div></li>`;
}

function promptLine(one: PromptRecord, attempt: AttemptRecord): Markup {
  const { answer } = one;
  const shown = one.shown === undefined ? '' : `; shown was ${one.shown.slice(0, 12)}`;
  const said =
    answer === undefined
      ? html`${one.outcome === 'withdrawn' ? 'withdrawn' : 'nobody answered'}`
      : html`<q>${answer.value}</q>${answer.note !== undefined && html`, <q>${answer.note}</q>`} by ${answer.by}, ${ANSWERED[answer.way]}`;
  return html`<li><span class="t mono">${offsetText(one.at, attempt)}</span><div>
<p><span class="act">Asked the operator: ${one.title}</span> <span class="dim">${durationText(one.milliseconds)}</span></p>
<p class="dim es">${said}${shown}</p></div></li>`;
}

const ANSWERED: Readonly<Record<AnswerWay, string>> = {
  terminal: 'in the terminal',
  page: 'on the page',
  script: 'by a script',
  recorded: 'by a recorded answer',
};

function expectationLine(one: ExpectationRecord, attempt: AttemptRecord, ...[shots, book]: Kept): Markup {
  return html`<li class="exp" data-s="${one.verdict}"><span class="t mono">${offsetText(one.at, attempt)}</span><div>
<p>${icon(one.verdict)}<span class="act">Expect: ${one.title}</span> <span class="hidden">${STATE_NAMES[one.verdict]}</span>${chipsOf(one.evidence, shots)}</p>
<p class="dim es">expected <q>${one.expected}</q>, seen <q>${one.seen}</q></p>${spanLine(one, attempt)}${piecesOf(one.evidence, book)}</div></li>`;
}

type Kept = readonly [shots: readonly EvidenceRef[], book: EvidenceBook];

function chipsOf(refs: readonly EvidenceRef[], shots: readonly EvidenceRef[]): Content {
  return refs.filter(isShot).map((ref) => frameChip(ref, shots));
}

function piecesOf(refs: readonly EvidenceRef[], book: EvidenceBook): Content {
  return refs.filter((ref) => !isShot(ref)).map((ref) => pieceOf(ref, book));
}

/** A whole screen, which goes to the film strip; a QR is shown where it was read; what is to be compared is a file. */
function isShot(ref: EvidenceRef): boolean {
  return isPicture(ref) && ref.kind !== 'qr' && ref.kind !== 'screen';
}

const EFFECTS = { nothing: 'no change', changed: 'changed', settled: 'changed and settled' } as const;

function frameChip(ref: EvidenceRef, shots: readonly EvidenceRef[]): Markup {
  const number =
    shots.findIndex((one) => one.sha256 === ref.sha256 && one.at === ref.at && one.title === ref.title) + 1;
  return html`<button type="button" class="shot" data-open-shot="${number}">Screen ${number}</button>`;
}

/** A mail, an exchange, serial text: folded; a QR: shown. */
function pieceOf(ref: EvidenceRef, book: EvidenceBook): Markup {
  const piece = book.get(ref.sha256);
  const name = evidenceName(ref);
  const file =
    name !== undefined && html` <a href="evidence/${name}" target="_blank" rel="noopener">file</a>`;
  if (piece === undefined || piece.state === 'missing')
    return html`<p class="missing">${NAMES[ref.kind]}: ${ref.title} is missing${piece && ` (${piece.why})`}.</p>`;
  if (piece.state === 'picture')
    return html`<figure class="qr">${pictureOf(ref, book)}<figcaption>${NAMES[ref.kind]}: ${ref.title}${file}</figcaption></figure>`;
  if (piece.state === 'linked') return html`<p class="piece">${NAMES[ref.kind]}: ${ref.title}${file}</p>`;
  return html`<details class="piece"><summary><b>${NAMES[ref.kind]}</b> ${ref.title}</summary><pre tabindex="0" data-text="${piece.id}"></pre><p class="dim">${piece.cutAt !== undefined && `Only the first ${piece.cutAt} characters are kept in this page. `}Evidence${file} <span class="mono">${ref.sha256.slice(0, 12)}</span></p></details>`;
}

const NAMES: Readonly<Record<EvidenceRef['kind'], string>> = {
  frame: 'Screen',
  qr: 'QR',
  mail: 'Mail',
  http: 'HTTP',
  serial: 'Serial',
  sadp: 'SADP',
  difference: 'Difference',
  screen: 'Screen to compare',
  export: 'Export',
};

function pictureOf(ref: EvidenceRef, book: EvidenceBook): Markup {
  const piece = book.get(ref.sha256);
  const name = evidenceName(ref);
  if (piece?.state === 'picture')
    return html`<img data-p="${piece.id}" alt="${NAMES[ref.kind]}: ${ref.title}" width="${piece.width}" height="${piece.height}">`;
  if (piece?.state === 'linked' && name !== undefined)
    return html`<img data-file="evidence/${name}" alt="${NAMES[ref.kind]}: ${ref.title}" width="480" height="270">`;
  return html`<span class="missing">${piece?.state === 'missing' ? `Picture missing: ${piece.why}` : 'Picture missing'}</span>`;
}

function fileOf(ref: EvidenceRef, book: EvidenceBook): Markup | undefined {
  const name = evidenceName(ref);
  return name === undefined || book.get(ref.sha256)?.state === 'missing'
    ? undefined
    : html` data-full="evidence/${name}"`;
}
