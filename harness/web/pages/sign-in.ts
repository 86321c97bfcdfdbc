import { html, type Markup } from '../../report/html/markup.ts';

/** The form to sign in. @param back the path to go to then @param name as it was typed before @param isOpen to look needs it, too */
export function signInPage(back: string, name: string, isOpen: boolean): Markup {
  return html`<h1>Sign in</h1><p class="lead">${isOpen ? 'This page is open to other machines, so to look needs signing in, too.' : 'To look is free on this machine; whoever changes anything signs in.'} Your name stands beside what you decide.</p>
<form class="card narrow" method="post" action="/sign-in"><input type="hidden" name="back" value="${back}">
<label>Your name<input name="name" value="${name}" required maxlength="80" autocomplete="username"></label>
<label>Password<input name="secret" type="password" required autocomplete="current-password"></label>
<button class="go">Sign in</button></form><p class="dim small">The password is that of <span class="mono">RESETBENCH_SERVE_PASSWORD</span> or the token of <span class="mono">--token-file</span>; without either, the one that <span class="mono">resetbench serve</span> printed when it started.</p>`;
}
