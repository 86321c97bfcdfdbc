import { createHash } from 'node:crypto';
import type { PromptRecord } from '../../../terms/record.ts';
import { modulesOf, pathOf } from './qr.ts';
import { outcomeText, type Posted } from './way.ts';

/** What the page shows. */
export interface PageState {
  readonly open: readonly Posted[];
  /** Prompts that are over, the newest first. */
  readonly over: readonly { readonly dut: string; readonly record: PromptRecord }[];
  /** Of the forms: a form without it is refused. */
  readonly formToken: string;
  /** The name that the person gave last. */
  readonly by: string;
  readonly now: number;
  /** Changes with every prompt that comes or goes. */
  readonly version: number;
  /** Why the last answer did not count. */
  readonly said?: { readonly number: number | undefined; readonly text: string };
}

const STYLE = `
:root{color-scheme:light dark;--bg:light-dark(#f4f6f8,#0e1318);--card:light-dark(#fff,#161d25);--ink:light-dark(#14202b,#e7edf3);--dim:light-dark(#55636f,#9fadba);--line:light-dark(#dbe1e7,#2b3642);--accent:light-dark(#0b5cad,#74b5f5);--on:light-dark(#fff,#0e1318);--bad:light-dark(#b01218,#ff8f8c)}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif}
header{display:flex;align-items:baseline;gap:14px;padding:14px 24px;background:var(--card);border-bottom:1px solid var(--line)}
header b{font-size:17px}header span{color:var(--dim)}
main{max-width:880px;margin:0 auto;padding:24px}
h1{font-size:22px;line-height:1.3;margin:6px 0 10px}h2{font-size:16px;margin:32px 0 8px}
p,ol,ul{margin:0 0 10px}ol{padding-left:22px}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:22px 26px;margin-bottom:20px}
.head{display:flex;flex-wrap:wrap;gap:8px 16px;justify-content:space-between;color:var(--dim);font-size:14px}
.dut{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.left{font-variant-numeric:tabular-nums}
.qr{display:block;max-width:100%;height:auto;margin:16px 0;border-radius:8px}
.frame{display:block;max-width:100%;margin:16px 0;border:1px solid var(--line);border-radius:8px}
label{display:block;margin:12px 0;font-size:14px;color:var(--dim)}
input[type=text]{display:block;width:100%;max-width:480px;margin-top:4px;padding:9px 12px;font:inherit;color:var(--ink);background:var(--bg);border:1px solid light-dark(#8a97a3,#5c6b79);border-radius:8px}
.choices{display:flex;flex-wrap:wrap;gap:10px;margin-top:18px}
button{font:inherit;padding:10px 18px;border-radius:8px;border:1px solid var(--accent);background:var(--card);color:var(--accent);cursor:pointer}
button:hover{background:var(--accent);color:var(--on)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.bad{color:var(--bad);font-weight:600}
.over{list-style:none;padding:0}.over li{padding:10px 0;border-top:1px solid var(--line)}.over p{margin:0}.dim{color:var(--dim)}
`;

/** Counts down, and shows what is new: but not while somebody writes. */
const SCRIPT = `
const version = document.body.dataset.version;
const skew = Date.now() - Number(document.body.dataset.now);
const count = () => {
  for (const one of document.querySelectorAll('[data-until]')) {
    const s = Math.max(0, Math.round((Number(one.dataset.until) + skew - Date.now()) / 1000));
    one.textContent = Math.floor(s / 60) + ':' + String(s % 60).padStart(2, '0') + ' left';
  }
};
count();
setInterval(count, 1000);
const look = async () => {
  try {
    const response = await fetch('/state', { cache: 'no-store' });
    const state = await response.json();
    const gone = [...document.querySelectorAll('[data-number]')].some((one) => !state.open.includes(Number(one.dataset.number)));
    const writes = [...document.querySelectorAll('input[type=text]')].some((one) => one.value !== one.defaultValue);
    if (String(state.version) !== version && (gone || !writes)) location.replace('/');
  } catch {
    document.querySelector('#link').textContent = 'The run does not answer: it has ended.';
  }
  setTimeout(look, 1000);
};
setTimeout(look, 1000);
`;

/** The policy of the page: nothing from anywhere else, no script and no style but its own. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src '${hashOf(STYLE)}'`,
  `script-src '${hashOf(SCRIPT)}'`,
  'img-src data:',
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page with what is asked now, and what was answered. */
export function promptPage(state: PageState): string {
  const { open, over, said } = state;
  const stray = said !== undefined && !open.some(({ number }) => number === said.number);
  const body = [
    stray ? `<p class="bad" role="alert">${escaped(said.text)}</p>` : '',
    open.length === 0
      ? '<div class="card"><h1>Nothing is asked now.</h1><p class="dim">This page shows the next question by itself.</p></div>'
      : '',
    ...open.map((posted) => cardOf(posted, state)),
    over.length === 0 ? '' : `<h2>Over</h2><ul class="over">${over.map(overLine).join('')}</ul>`,
  ].join('\n');
  return shell(body, ` data-version="${state.version}" data-now="${state.now}"`, SCRIPT);
}

/** A page that only says why there is nothing to see. */
export function refusalPage(text: string): string {
  return shell(`<div class="card"><h1>${escaped(text)}</h1></div>`, '', '');
}

function shell(body: string, data: string, script: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>Resetbench asks</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body${data}><header><b>Resetbench</b><span id="link">Questions of the run to its operator</span></header><main>
${body}
</main>${script === '' ? '' : `<script>${script}</script>`}</body></html>
`;
}

/** The button that Enter in a field would press: a choice is never made so. */
const NO_DEFAULT = '<button disabled hidden></button>';

function cardOf(posted: Posted, state: PageState): string {
  const { number, dut, prompt, until } = posted;
  const steps = prompt.steps ?? [];
  const said = state.said?.number === number ? state.said.text : undefined;
  const note = prompt.note === undefined ? '' : field('note', `${prompt.note} (may be left out)`, '', 2000);
  const choices =
    prompt.kind === 'text'
      ? `${field('value', `Something like ${prompt.example}`, '', 2000)}${field('by', 'Your name', state.by, 80)}<div class="choices"><button>Answer</button></div>`
      : `${NO_DEFAULT}${note}${field('by', 'Your name', state.by, 80)}<div class="choices">${prompt.options
          .map(
            ({ value, label }) => `<button name="value" value="${escaped(value)}">${escaped(label)}</button>`,
          )
          .join('')}</div>`;
  return `<article class="card" data-number="${number}"><div class="head"><span class="dut">${escaped(dut)}</span><span class="left" data-until="${until}"></span></div>
<h1>${escaped(prompt.title)}</h1>
${steps.length === 0 ? '' : `<ol>${steps.map((step) => `<li>${escaped(step)}</li>`).join('')}</ol>`}
${prompt.qr === undefined ? '' : qrImage(prompt.qr)}${prompt.kind === 'picture' ? frameImage(prompt.frame) : ''}
${said === undefined ? '' : `<p class="bad" role="alert">${escaped(said)}</p>`}
<form method="post" action="/answer" autocomplete="off"><input type="hidden" name="form" value="${escaped(state.formToken)}"><input type="hidden" name="number" value="${number}">
${choices}</form></article>`;
}

function field(name: string, label: string, value: string, most: number): string {
  return `<label>${escaped(label)}<input type="text" name="${name}" value="${escaped(value)}" maxlength="${most}"></label>`;
}

/** About as large as a QR is shown. */
const QR_PX = 440;

function qrImage(text: string): string {
  const modules = modulesOf(text);
  const side = modules.length;
  // A whole number of px a module.
  const px = side * Math.max(3, Math.floor(QR_PX / side));
  return `<svg class="qr" viewBox="0 0 ${side} ${side}" width="${px}" height="${px}" shape-rendering="crispEdges" role="img" aria-label="QR to scan"><path fill="#fff" d="M0 0h${side}v${side}h-${side}z"/><path fill="#000" d="${pathOf(modules)}"/></svg>`;
}

function frameImage({ bytes, format }: { readonly bytes: Uint8Array; readonly format: string }): string {
  return `<img class="frame" alt="The picture to judge" src="data:image/${format};base64,${Buffer.from(bytes).toString('base64')}">`;
}

function overLine({ dut, record }: PageState['over'][number]): string {
  return `<li><p><span class="dut">${escaped(dut)}</span> ${escaped(record.title)}</p><p class="dim">${escaped(outcomeText(record))}</p></li>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
