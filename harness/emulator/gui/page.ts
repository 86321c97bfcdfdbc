import type { GuiSession } from './session.ts';

/** A maker's own colours, for the style sheets. */
function coloursOf({ core }: GuiSession): string {
  return Object.entries(core.brand.colours)
    .map(([name, colour]) => `;--${name}:${colour}`)
    .join('');
}

/** The page that is the recorder's picture; everything in it comes over the WebSocket. */
export function pageOf(session: GuiSession): string {
  const { width, height, fontPx, skin, core, text } = session;
  const caret = core.plan.pace === 'jittery' ? ' class="blinking"' : '';
  return `<!doctype html>
<html lang="${core.plan.language}" style="font-size:${fontPx}px${coloursOf(session)}">
<head><meta charset="utf-8"><title>HDMI</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/styles/base.css"><link rel="stylesheet" href="/styles/${skin.name}.css"></head>
<body class="${skin.name}"><div id="screen" style="width:${width}px;height:${height}px" data-channels="${core.facts.channels}" data-camera="${text.camera}">
<div id="live" aria-hidden="true"></div><div id="ui"></div><svg id="lines"></svg><div id="caret" aria-hidden="true"${caret}></div>
<svg id="pointer" viewBox="0 0 12 18" aria-hidden="true"><path d="M.7 .9v13l3.200-3 2 4.600 2.100-.9-2-4.500h4.500z" fill="#fff" stroke="#000" stroke-width="1"/></svg>
</div><script type="module" src="/client/client.mjs"></script></body></html>`;
}
