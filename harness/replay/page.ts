import { createHash } from 'node:crypto';
import { html, trusted } from '../report/html/markup.ts';
import { pageStyle } from '../report/html/style.ts';
import type { SessionReader } from '../session/reader.ts';
import { startReplay } from './client.ts';

/** The replay's page. It fetches from its own server alone. */
export function replayPage(
  { about, cut, from }: Pick<SessionReader, 'about' | 'cut' | 'from'>,
  served: { readonly httpUrl: string; readonly serialPath: string | undefined },
): { readonly text: string; readonly policy: string } {
  const style = `${pageStyle()}\n${STYLE}`;
  // The runtime has blanked the types: what it gives is JavaScript.
  const script = `'use strict';\n${startReplay.toString().replace(/[ \t]+$/gm, '')}\nstartReplay();\n`;
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
  const title = `${about.dut}${about.copy > 1 ? ` (copy ${about.copy})` : ''}`;
  const { text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>Replay of ${title} · Resetbench</title><link rel="icon" href="data:,">
<style>${trusted(style)}</style></head><body class="replay">
<nav class="top" aria-label="Page"><span class="brand">Resetbench</span><span class="run">Replay of <b>${title}</b> · ${about.model} ${about.firmware} · ${new Date(from).toISOString().slice(0, 19).replace('T', ' ')} UTC</span>${cut && html`<span class="badge" data-s="inconc">cut: the run died</span>`}</nav>
<main class="replaying"><section class="screen" aria-label="Screen"><img id="picture" alt="The recorder's screen at this time">
<div class="transport"><button class="plain" id="play" type="button">Play</button><span class="mono" id="clock"></span><span class="dim small"><kbd>Space</kbd> plays, <kbd>←</kbd> <kbd>→</kbd> step</span></div>
<div id="lanes" class="lanes" aria-label="Time line"></div>
<p class="dim small">HTTP as it answered at this time: <span class="mono">${served.httpUrl}</span>${served.serialPath !== undefined && html`<br>Console: <span class="mono">${served.serialPath}</span>`}</p></section>
<section class="events" aria-label="Events"><fieldset id="filter" class="filters"><legend class="hidden">Channels</legend></fieldset><ol id="list" class="lines"></ol><pre id="detail" class="detail" tabindex="0" aria-label="The whole event">Choose an event to see the whole of it.</pre></section></main>
<script>${trusted(script.replaceAll('</', '<\\/'))}</script></body></html>
`;
  return { text, policy };
}

const STYLE = `
.replay{height:100vh;display:flex;flex-direction:column}
.replaying{flex:1;min-height:0;width:100%;max-width:none;display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:20px;padding:16px 28px}
.screen{display:flex;flex-direction:column;gap:12px;min-height:0;overflow:auto}
.screen img{width:100%;aspect-ratio:16/9;max-height:56vh;object-fit:contain;background:#000;border-radius:var(--radius)}
.transport{display:flex;align-items:center;gap:14px}.transport #play{min-width:76px}
.lanes{position:relative;background:var(--card);border:1px solid var(--line);border-radius:var(--radius);padding:8px 14px 8px 0;cursor:pointer}
.lane{display:flex;align-items:center;height:22px}.lane span{width:84px;padding-left:14px;font-size:12.5px;color:var(--dim);flex:none}
.marks{position:relative;flex:1;height:16px;border-bottom:1px solid var(--line)}
.marks i{position:absolute;top:1px;width:3px;margin-left:-1px;height:14px;border-radius:1px;background:var(--accent);opacity:.75}.marks i:hover{opacity:1;height:16px}
i[data-tone=fail],i[data-tone=error]{background:var(--fail)}i[data-tone=pass]{background:var(--pass)}i[data-tone=odd]{background:var(--inconc)}
.needle{position:absolute;top:4px;bottom:4px;width:2px;background:var(--ink);pointer-events:none}
.events{display:flex;flex-direction:column;gap:10px;min-height:0}
.filters{display:flex;flex-wrap:wrap;gap:2px 14px;font-size:13px}.filters label{display:flex;gap:5px;align-items:center}.filters input{margin:0}
.lines{flex:3;overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:var(--radius);font-size:13px;min-height:120px}
.lines li{display:grid;grid-template-columns:76px 62px minmax(0,1fr);gap:8px;padding:2px 12px;cursor:pointer;opacity:.55}
.lines li.past{opacity:1}.lines li.here,.lines li:hover{background:var(--soft)}.lines li[aria-current]{background:var(--accent);color:var(--card)}
.lines .time{font-family:var(--mono);font-size:12px}.lines .topic{color:var(--dim)}.lines li[aria-current] .topic{color:inherit}.lines .text{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
li[data-tone=fail] .text,li[data-tone=error] .text{color:var(--fail)}li[data-tone=pass] .text{color:var(--pass)}li[data-tone=odd] .text{color:var(--inconc)}.lines li[aria-current] .text{color:inherit}
.detail{flex:2;overflow:auto;background:var(--card);border:1px solid var(--line);border-radius:var(--radius);padding:10px 14px;font:12.5px/1.5 var(--mono);white-space:pre-wrap;overflow-wrap:anywhere;min-height:100px}
@media (max-width:900px){.replay{height:auto}.replaying{grid-template-columns:minmax(0,1fr)}.lines{max-height:50vh}}`;

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
