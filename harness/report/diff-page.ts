import { createHash } from 'node:crypto';
import type { DutDifference } from './diff.ts';
import type { Spread, TimeDifference } from './diff-times.ts';
import { diffStyle } from './html/diff-style.ts';
import { html, type Markup, trusted } from './html/markup.ts';
import { pageStyle } from './html/style.ts';
import { STATE_NAMES } from './reading.ts';
import { counted, isoTime } from './text.ts';

/** Two pictures of one screen that are not alike. */
export interface ComparedPicture {
  readonly title: string;
  readonly kind: 'screen' | 'frame';
  /** PNG. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** PNG; absent where the sizes differ. */
  readonly difference?: Uint8Array;
  /** Pixels that differ of all, 0..1. */
  readonly share?: number;
  readonly note?: string;
}
/** One recorder on the page. */
export interface DiffPart {
  readonly difference: DutDifference;
  readonly pictures: readonly ComparedPicture[];
  /** Pictures that are alike, and changed ones that are not shown. */
  readonly same: number;
  readonly notShown: number;
  readonly left: readonly string[];
}

/** Two runs side by side as one page that fetches nothing and has no script. */
export function diffPage(title: string, parts: readonly DiffPart[]): string {
  const style = `${pageStyle()}\n${diffStyle()}`;
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${title} · Resetbench</title><link rel="icon" href="data:,"><style>${trusted(style)}</style></head><body>
<a class="skip" href="#d0">Skip to the first recorder</a>
<nav class="top" aria-label="Page"><span class="brand">Resetbench</span><span class="run mono">${title}</span></nav>
<main class="compare"><h1>What differs</h1>
<ul class="index">${parts.map(({ difference: { before, after, verdicts }, pictures, notShown }, at) => html`<li><a href="#d${at}">${namesOf(before.dut.id, after.dut.id)}</a> <span class="dim">${counted(verdicts.length, 'verdict')}, ${counted(pictures.length + notShown, 'picture')}</span></li>`)}</ul>
${parts.map(partOf)}</main></body></html>
`.text;
}

function namesOf(before: string, after: string): string {
  return before === after ? before : `${before} → ${after}`;
}

function partOf({ difference, pictures, same, notShown, left }: DiffPart, at: number): Markup {
  const { before, after, facts, verdicts, times, texts } = difference;
  const side = ({ record, dut }: typeof before, word: string) =>
    html`<div><p class="over">${word}</p><p class="who mono">${dut.id}</p><p><strong>${dut.model} ${dut.firmware}</strong> <span class="kind ${dut.kind}">${dut.kind}</span></p><p class="dim small mono">${record.id}</p><p class="dim small">${isoTime(record.startedAt)}${record.ended === 'complete' ? '' : ` · ${record.ended}`}</p></div>`;
  return html`<section class="part" id="d${at}" tabindex="-1" aria-labelledby="h${at}"><h2 id="h${at}" class="mono">${namesOf(before.dut.id, after.dut.id)}</h2>
<div class="sides">${side(before, 'Before')}${side(after, 'After')}</div>
${
  facts.length > 0 &&
  table(
    'Recorder',
    ['Fact', 'Before', 'After'],
    facts.map(({ name, ...one }) => [name, one.before, one.after]),
  )
}
<h3>Verdicts</h3>${
    verdicts.length === 0
      ? html`<p class="dim">No verdict differs; ${counted(difference.same, 'requirement')} tested on both sides.</p>`
      : html`${table(
          '',
          ['Requirement', 'Before', 'After', 'Why'],
          verdicts.map((one) => [
            html`<span class="mono">${one.requirement}</span> ${one.statement}`,
            badge(one.before),
            badge(one.after),
            one.reason ?? '',
          ]),
        )}<p class="dim small below">${counted(difference.same, 'other')} tested on both sides came to the same.</p>`
  }${difference.leftOut.length > 0 && html`<details class="below"><summary>${counted(difference.leftOut.length, 'requirement')} left out or not reached on one side</summary><p class="mono small">${difference.leftOut.join(', ')}</p></details>`}
<h3>Texts</h3>${
    texts.length === 0
      ? html`<p class="dim">All that was read and done is the same but for digits.</p>`
      : table(
          '',
          ['Requirement', 'What', 'Before', 'After'],
          texts.map((one) => [
            one.requirement,
            one.kind === 'step' ? 'step' : one.title,
            one.before ?? NOTHING,
            one.after ?? NOTHING,
          ]),
        )
  }
${timesOf(times)}
<h3>Pictures</h3><p class="dim">${counted(pictures.length + notShown, 'differs', 'differ')}, ${counted(same, 'is', 'are')} the same${notShown > 0 && `; the ${pictures.length} most changed are shown`}. A live picture, a clock, a caret and a QR differ in any two runs of one firmware, too.</p>
${pictures.map(pictureOf)}
${left.length > 0 && html`<details><summary>${counted(left.length, 'picture')} without a partner</summary><ul class="left">${left.map((one) => html`<li>${one}</li>`)}</ul></details>`}</section>`;
}

const NOTHING = html`<span class="dim">–</span>`;

function badge(state: keyof typeof STATE_NAMES): Markup {
  return html`<span class="badge" data-s="${state}">${STATE_NAMES[state]}</span>`;
}

function table(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly (string | Markup)[])[],
): Markup {
  return html`${title !== '' && html`<h3>${title}</h3>`}<div class="scroll" tabindex="0" role="group" aria-label="${title || heads.join(', ')}"><table class="list"><thead><tr>${heads.map((one) => html`<th scope="col">${one}</th>`)}</tr></thead><tbody>${rows.map((row) => html`<tr>${row.map((cell, at) => (at === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>`)}</tbody></table></div>`;
}

function timesOf(times: readonly TimeDifference[]): Markup {
  const row = (one: TimeDifference) => [
    one.name,
    spreadText(one.before, one.unit),
    spreadText(one.after, one.unit),
    one.ratio === undefined ? '' : percentText(one.ratio),
    SPREADS[one.spread],
  ];
  const heads = ['Step or measurement', 'Before', 'After', 'Median', 'Spread'];
  const beyond = times.filter(({ spread }) => spread === 'beyond');
  const others = times.filter(({ spread }) => spread !== 'beyond');
  return html`<h3>Times</h3><p class="dim">Median (least to most, how many values), of cases decided on both sides. ${beyond.length === 0 ? 'No change is beyond the spread.' : `${counted(beyond.length, 'change')} beyond the spread.`}</p>${beyond.length > 0 && table('', heads, beyond.map(row))}
${others.length > 0 && html`<details><summary>${counted(others.length, 'other')}</summary>${table('', heads, others.map(row))}</details>`}`;
}

/** How a change stands to the spread, in words. */
export const SPREADS: Readonly<Record<TimeDifference['spread'], string>> = {
  beyond: 'beyond the spread',
  within: 'within the spread',
  few: 'too few values to tell',
};

/** `812 ms (790 to 1204, 5)`. */
export function spreadText({ count, median, least, most }: Spread, unit: string): string {
  const round = (value: number) => String(Number(value.toPrecision(value >= 1000 ? 4 : 3)));
  return `${round(median)} ${unit} (${round(least)} to ${round(most)}, ${count})`;
}

/** `+12 %`. */
export function percentText(ratio: number): string {
  const percent = Math.round((ratio - 1) * 100);
  return `${percent > 0 ? '+' : ''}${percent} %`;
}

function pictureOf({ title, before, after, difference, share, note }: ComparedPicture): Markup {
  return html`<article class="pair"><h4>${title} <span class="dim">${share === undefined ? '' : shareText(share)}${note !== undefined && ` · ${note}`}</span></h4>
<div class="three">${figure('Before', before)}${figure('After', after)}${difference && figure('Difference', difference)}</div></article>`;
}

/** `0.03 % of the picture`. */
export function shareText(share: number): string {
  const percent = share * 100;
  return `${percent < 0.01 ? 'less than 0.01' : percent.toFixed(percent < 1 ? 2 : 1)} % of the picture`;
}

function figure(title: string, png: Uint8Array): Markup {
  return html`<figure><figcaption>${title}</figcaption><img src="data:image/png;base64,${trusted(Buffer.from(png).toString('base64'))}" alt="${title}" loading="lazy"></figure>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
