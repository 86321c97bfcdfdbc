import { createHash } from 'node:crypto';
import type { Box } from '../terms/frame.ts';
import type { RunRecord } from '../terms/record.ts';
import { baselineStyle } from './html/baseline-style.ts';
import { html, type Markup, trusted } from './html/markup.ts';
import { pageStyle } from './html/style.ts';
import { counted } from './text.ts';

/** A picture and what is known of it; facts without a value are not in the record. */
export interface ShownPicture {
  readonly png: Uint8Array;
  readonly facts: Readonly<Record<string, string | undefined>>;
}
/** A picture that can become a baseline, as a reviewer is shown it. */
export interface ProposedPicture {
  readonly dut: string;
  readonly screen: string;
  /** In words. */
  readonly state: string;
  /** Colour of the state. */
  readonly tone: 'pass' | 'fail' | 'inconc' | 'none';
  /** What was decided about this very picture. */
  readonly decision?: 'approved' | 'rejected';
  readonly seen: ShownPicture;
  /** The baseline that it was compared with. */
  readonly approved?: ShownPicture;
  /** PNG. */
  readonly difference?: Uint8Array;
  /** What of the screen is not transparent, px: it is shown large. */
  readonly part: { readonly box: Box; readonly of: { readonly width: number; readonly height: number } };
  /** The difference means something: both came through the same source. */
  readonly isJudged: boolean;
  /** Decisions about the screen, oldest first. */
  readonly history: readonly { readonly at: string; readonly text: string }[];
}

/**
 * Proposed pictures beside the approved ones, as one page that fetches nothing. Views are changed by radio buttons and
 * style alone; its only script moves the slider.
 */
export function baselinePage(record: RunRecord, pictures: readonly ProposedPicture[]): string {
  const style = `${pageStyle()}\n${baselineStyle()}\n${pictures.map(placeOf).join('\n')}`;
  const policy = `default-src 'none'; script-src '${hashOf(SCRIPT)}'; style-src '${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>Pictures of ${record.id} · Resetbench</title><link rel="icon" href="data:,">
<style>${trusted(style)}</style></head><body>
<a class="skip" href="#p0">Skip to the first picture</a>
<nav class="top" aria-label="Page"><span class="brand">Resetbench</span><span class="run mono">${record.id}</span></nav>
<main class="pictures"><h1>${counted(pictures.length, 'proposed picture')}</h1>
<p class="dim">What varies from run to run is transparent, shown as a chequered ground, and is not compared. A picture becomes a baseline only by <span class="mono">resetbench baseline approve</span>.</p>
<ol class="index">${pictures.map(({ dut, screen, ...one }, at) => html`<li><a href="#p${at}">${dut} · ${screen}</a> ${stateBadge(one)}</li>`)}</ol>
${pictures.map((picture, at) => sectionOf(picture, at, record.id))}</main>
<script>${trusted(SCRIPT)}</script></body></html>
`.text;
}

/** Moves the edge between the two pictures of a slider; a style attribute would be against the page's policy. */
const SCRIPT = `for (const input of document.querySelectorAll('input[type=range]')) {
  const move = () => input.closest('.proposal').style.setProperty('--cut', input.value + '%');
  input.addEventListener('input', move);
  move();
}`;

function sectionOf(picture: ProposedPicture, at: number, run: string): Markup {
  const { dut, screen, seen, approved, difference } = picture;
  const decide = (word: string) =>
    `npx resetbench baseline ${word} ${run} --dut ${dut} --screen ${screen} --reviewer NAME --reason TEXT`;
  return html`<section class="proposal" id="p${at}" tabindex="-1" aria-labelledby="h${at}">
<h2 id="h${at}"><span class="mono">${dut}</span> · ${screen} ${stateBadge(picture)}</h2>
<fieldset class="views"><legend class="hidden">View</legend>${approved && viewsOf(at, difference !== undefined)}<label class="box"><input type="checkbox" value="whole"><span>Whole screen</span></label><label><input type="checkbox" value="full"><span>Actual size</span></label></fieldset>
${approved && html`<label class="cut-slider"><span>Approved</span><input type="range" min="0" max="100" value="50" aria-label="Edge between approved and new picture, per cent from the left"><span>New</span></label>`}
<div class="stage"${approved && trusted(' tabindex="0" role="group" aria-label="Pictures"')}>${approved && figure('approved', 'Approved', approved.png)}${figure('seen', 'New', seen.png)}${difference && figure('difference', picture.isJudged ? 'Difference' : 'Difference, through two sources: judges nothing', difference)}</div>
<div class="known">${factsOf(seen, approved)}
<div><h3>Decide</h3><pre tabindex="0">${decide('approve')}</pre><pre tabindex="0">${decide('reject')}</pre>
<h3>Decided so far</h3>${picture.history.length === 0 ? html`<p class="dim">Nothing.</p>` : html`<ul class="history">${picture.history.map((one) => html`<li><time class="dim mono">${one.at}</time> ${one.text}</li>`)}</ul>`}</div></div>
</section>`;
}

/** Where in its screen a picture's part lies, for the style to cut it out. */
function placeOf({ part: { box, of } }: ProposedPicture, at: number): string {
  const { x, y, width, height } = box;
  return `#p${at}{--px:${x};--py:${y};--pw:${width};--ph:${height};--sw:${of.width};--sh:${of.height}}`;
}

function stateBadge({ state, tone, decision }: Pick<ProposedPicture, 'state' | 'tone' | 'decision'>): Markup {
  return html`<span class="badge" data-s="${tone}">${state}</span>${decision && html` <span class="badge" data-s="${decision === 'approved' ? 'pass' : 'fail'}">this picture was ${decision}</span>`}`;
}

/** How the pictures lie: the style shows what is chosen. */
function viewsOf(at: number, hasDifference: boolean): Markup {
  const view = (value: string, label: string, isFirst = false) =>
    html`<label><input type="radio" name="v${at}" value="${value}"${isFirst && trusted(' checked')}><span>${label}</span></label>`;
  return html`${view('beside', 'Side by side', true)}${view('blink', 'Blink')}${view('slider', 'Slider')}${hasDifference && view('difference', 'Difference')}`;
}

function figure(kind: string, title: string, png: Uint8Array): Markup {
  const data = trusted(Buffer.from(png).toString('base64'));
  return html`<figure class="${kind}"><figcaption>${title}</figcaption><div class="frame"><img src="data:image/png;base64,${data}" alt="${title}"></div></figure>`;
}

/** A row for each fact, with a column for each picture. */
function factsOf(seen: ShownPicture, approved: ShownPicture | undefined): Markup {
  const names = [...new Set([...Object.keys(approved?.facts ?? {}), ...Object.keys(seen.facts)])];
  const value = (text: string | undefined, isOurs: boolean) =>
    html`<td>${text ?? html`<span class="dim">${isOurs ? 'not recorded' : '–'}</span>`}</td>`;
  const cell = (picture: ShownPicture, name: string) =>
    value(picture.facts[name], Object.hasOwn(picture.facts, name));
  return html`<table class="facts-of"><thead><tr><td></td>${approved && html`<th scope="col">Approved</th>`}<th scope="col">New</th></tr></thead><tbody>${names.map((name) => html`<tr><th scope="row">${name}</th>${approved && cell(approved, name)}${cell(seen, name)}</tr>`)}</tbody></table>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
