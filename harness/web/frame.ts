import { iconSheet } from '../report/html/icons.ts';
import { type Content, html, type Markup } from '../report/html/markup.ts';
import { ASSETS } from './assets.ts';
import type { Session } from './sessions.ts';

/** What every page knows beside its own content. */
export interface Visit {
  readonly session: Session | undefined;
  /** Path and query of this page, to come back to after signing in. */
  readonly here: string;
  /** Folders that hold no run that can be read. */
  readonly problems: readonly { readonly folder: string; readonly problem: string }[];
  /** What was just done, or why it was not. */
  readonly said?: string | undefined;
}

const PLACES = [
  ['/', 'Tonight'],
  ['/recorders', 'Recorders'],
  ['/runs', 'Runs'],
  ['/requirements', 'Requirements'],
  ['/baselines', 'Baselines'],
  ['/prompts', 'Prompts'],
] as const;

/** A whole page. @param title of the page, its heading, too, where the body has none */
export function pageOf(title: string, body: Content, visit: Visit): string {
  const at = visit.here.split('?')[0] ?? '/';
  const isAt = (path: string) => (path === '/' ? at === '/' : at === path || at.startsWith(`${path}/`));
  return html`<!doctype html>
<html lang="en" data-theme="auto"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title} · Resetbench</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="${ASSETS.style.path}"><script src="${ASSETS.script.path}" defer></script></head><body>
<a class="skip" href="#main">Skip to the content</a>${iconSheet()}
<header class="top"><span class="brand">Resetbench</span>
<nav class="places" aria-label="Pages">${PLACES.map(([path, name]) => html`<a href="${path}"${isAt(path) && html` aria-current="page"`}>${name}</a>`)}</nav>
<div class="who">${whoOf(visit)}<button type="button" id="theme" class="plain">Theme</button></div></header>
<main id="main" tabindex="-1">${visit.said !== undefined && html`<p class="banner said" role="status">${visit.said}</p>`}${problemsOf(visit)}
${body}</main></body></html>
`.text;
}

function whoOf({ session, here }: Visit): Markup {
  return session === undefined
    ? html`<a href="/sign-in?back=${encodeURIComponent(here)}">Sign in</a>`
    : html`<form method="post" action="/sign-out">${tokenField(session)}<span class="dim">${session.name}</span> <button class="plain">Sign out</button></form>`;
}

/** The field without which a form is refused. */
export function tokenField({ formToken }: Session): Markup {
  return html`<input type="hidden" name="form" value="${formToken}">`;
}

function problemsOf({ problems }: Visit): Markup | undefined {
  if (problems.length === 0) return undefined;
  return html`<details class="banner cut"><summary>${problems.length === 1 ? 'One folder holds' : `${problems.length} folders hold`} no run that can be read</summary><ul>${problems.slice(0, 20).map(({ folder, problem }) => html`<li><span class="mono">${folder}</span>: ${problem}</li>`)}</ul></details>`;
}

/** A page that says why there is none. */
export function refusal(title: string, text: string, visit: Visit): string {
  return pageOf(title, html`<h1>${title}</h1><p class="lead">${text}</p>`, visit);
}
