import { createHash } from 'node:crypto';
import type { RunRecord } from '../terms/record.ts';
import { detailsOf } from './html/case.ts';
import { headerOf, recordersOf } from './html/header.ts';
import { iconSheet } from './html/icons.ts';
import { html, type Markup, trusted } from './html/markup.ts';
import { attentionOf, filterOf, gapsOf, matrixOf } from './html/matrix.ts';
import { clientScript } from './html/script.ts';
import { pageStyle } from './html/style.ts';
import { type Embedded, type EmbedLimits, embedEvidence, type ReadEvidence } from './pictures.ts';
import { cellsOf } from './reading.ts';

export interface HtmlSources {
  /** Reads a piece of evidence; a rejection is shown as missing evidence. */
  readonly evidence: ReadEvidence;
  readonly limits?: EmbedLimits;
}

/**
 * The run as one page that works offline: nothing is fetched but full-size pictures that lie beside it in `evidence/`.
 * Its Content-Security-Policy allows only its own script and style, by hash.
 */
export async function htmlOf(record: RunRecord, sources: HtmlSources): Promise<string> {
  const book = await embedEvidence(record, sources.evidence, sources.limits);
  const cells = cellsOf(record);
  const all = [...cells.values()].flat();
  const style = pageStyle();
  const script = clientScript();
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; img-src data: file: 'self'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en" data-theme="auto"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
<title>${record.verdict.toUpperCase()} · ${record.id} · Resetbench</title><link rel="icon" href="data:,">
<style>${trusted(style)}</style></head><body>
<a class="skip" href="#h-matrix">Skip to the matrix</a>${iconSheet()}
<nav class="top" aria-label="Page"><span class="brand">Resetbench</span><span class="run mono">${record.id}</span><span class="links"><a href="#h-attention">Attention</a><a href="#h-matrix">Matrix</a><a href="#h-recorders">Recorders</a><a href="#h-gaps">Gaps</a></span><button type="button" id="theme" class="plain">Theme</button></nav>
<main>${headerOf(record, all)}
<noscript><p class="banner cut">Without JavaScript the matrix and the lists can be read, but no case can be opened.</p></noscript>
${filterOf(record, all)}${attentionOf(all)}${matrixOf(record, cells)}${recordersOf(record, cells)}${gapsOf(record, all)}</main>
<footer class="foot"><p>Verdicts are those of TTCN-3: none &lt; pass &lt; inconclusive &lt; fail &lt; error. Only an expectation makes a fail; an error says that the bench or the harness was wrong. “Not applicable”, “no case”, “not selected” and “not reached” are no verdicts.</p>
<p>The same run for programs: <a href="run.json">run.json</a>, <a href="results.tap">results.tap</a>, <a href="junit.xml">junit.xml</a>, <a href="ctrf.json">ctrf.json</a>, <a href="security.sarif">security.sarif</a>; on paper: <a href="report.pdf">report.pdf</a>. Evidence lies in <span class="mono">evidence/</span>, each file named by its SHA-256. Keys: <kbd>/</kbd> search, arrows in the matrix, <kbd>Enter</kbd> opens, <kbd>←</kbd> <kbd>→</kbd> next case or screen, <kbd>Esc</kbd> closes.</p></footer>
${dialogs()}
${all.map((cell) => detailsOf(cell, book))}
${[...book.values()].map(keptOf)}
<script>${trusted(script)}</script></body></html>
`.text;
}

function dialogs(): Markup {
  return html`<dialog id="case" aria-labelledby="case-title"><div class="bar"><button type="button" class="plain" id="case-prev" aria-label="Previous case">←</button><button type="button" class="plain" id="case-next" aria-label="Next case">→</button><span class="grow"></span><button type="button" class="plain" id="case-close">Close <kbd>Esc</kbd></button></div><div id="case-body" tabindex="-1"></div></dialog>
<dialog id="light" aria-label="Screen"><div class="bar"><button type="button" class="plain" id="light-prev" aria-label="Previous screen">←</button><button type="button" class="plain" id="light-next" aria-label="Next screen">→</button><span id="light-caption" class="grow" aria-live="polite"></span><a id="light-file" target="_blank" rel="noopener">Full size</a><button type="button" class="plain" id="light-close">Close</button></div><div id="light-pic"><img id="light-image" alt=""><span id="light-marks"></span></div></dialog>`;
}

/** A picture or text, kept once; inert until a case that shows it is opened. */
function keptOf(piece: Embedded): Markup | undefined {
  if (piece.state === 'picture')
    return html`<script type="text/plain" id="p${piece.id}" data-mime="${piece.mime}">${trusted(piece.base64)}</script>\n`;
  if (piece.state === 'text') return html`<template id="t${piece.id}">${piece.text}</template>\n`;
  return undefined;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
