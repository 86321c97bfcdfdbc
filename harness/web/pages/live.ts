import { html, type Markup, trusted } from '../../report/html/markup.ts';
import type { HoldOrder } from '../../terms/hold.ts';
import { VERDICTS } from '../../terms/verdict.ts';
import { tokenField } from '../frame.ts';
import type { LiveBench, LiveRun } from '../live.ts';
import { ageText, countsLine, requirementPath, runPath, verdictBadge } from '../parts.ts';
import type { Session } from '../sessions.ts';

/** What a run under way shows. */
interface Shown {
  /** As `partsOf` gives them. */
  readonly parts: Readonly<Record<string, string>>;
  /** Of who may hold the run. */
  readonly session: Session | undefined;
  /** The recorders that can be held. */
  readonly duts: readonly string[];
}

/** The panel of a run under way. */
export function livePanel(folder: string, { parts, session, duts }: Shown): Markup {
  const part = (id: string) => trusted(parts[id] ?? '');
  const benches = Object.keys(parts).filter((id) => id.startsWith('bench-'));
  return html`<section id="live" data-events="${runPath(folder)}/events" aria-labelledby="h-live"><h2 id="h-live">Under way <span class="pulse"><span id="live-line" role="status">As it was when this page came</span></span></h2>
<p id="live-over" class="banner" hidden>The run has ended. <a href="${runPath(folder)}">Load its results.</a></p>
<div class="card"><div id="live-head">${part('live-head')}</div>${session !== undefined && html`${holdForms(session, folder, duts)}`}</div>
<div class="benches">${benches.map((id) => html`<article class="card" id="${id}">${part(id)}</article>`)}</div>
<h3>What happened last</h3><ol class="feed" id="live-feed" tabindex="0" aria-label="What happened last">${part('live-feed')}</ol></section>`;
}

function holdForms(session: Session, folder: string, duts: readonly string[]): Markup {
  return html`<div class="sub hold"><form method="post" action="${runPath(folder)}/pause">${tokenField(session)}<label>Hold <select name="dut"><option value="">all recorders</option>${duts.map((dut) => html`<option>${dut}</option>`)}</select></label><button class="plain" name="at" value="case">Pause at the next case</button><button class="plain" name="at" value="step" title="A case that is held in its middle gets no verdict of what comes after">Pause at the next step</button><button class="plain" formaction="${runPath(folder)}/go-on">Go on</button></form></div>`;
}

/** Each part of the panel that changes by itself: by id, what is in it. @param serial the console's last text by DUT */
export function partsOf(
  run: LiveRun,
  folder: string,
  serial: ReadonlyMap<string, string>,
  { heldBy, now }: { readonly heldBy: readonly HoldOrder[]; readonly now: number },
): Readonly<Record<string, string>> {
  const count = (wanted: string) => [...run.verdicts.values()].filter((one) => one === wanted).length;
  const counts = { ...Object.fromEntries(VERDICTS.map((one) => [one, count(one)])), flaky: 0 } as Parameters<
    typeof countsLine
  >[0];
  const head = html`<div class="livehead"><strong>${run.verdicts.size} of ${run.planned} cases</strong>${countsLine(counts)}<span class="dim small">last sign of life ${clockText(run.at)} UTC</span></div>${heldBy.map(heldLine)}${quietOf(run, now)}${run.unread > 0 && html`<p class="banner cut">${run.unread} lines of the journal cannot be read.</p>`}`;
  const feed = html`${run.feed.map((line) => html`<li><span class="dim mono">${clockText(line.at)}</span>${line.verdict !== undefined && verdictBadge(line.verdict)}${line.requirement !== '' && html`<a class="mono" href="${requirementPath(line.requirement)}">${line.requirement}</a>`}<span class="mono">${line.dut}</span><span class="dim">${line.text}</span></li>`)}`;
  return {
    'live-head': head.text,
    ...Object.fromEntries(
      [...run.benches.values()].map((bench, at) => [
        `bench-${at}`,
        benchPart(bench, folder, serial.get(bench.dut)).text,
      ]),
    ),
    'live-feed': feed.text,
  };
}

function heldLine({ by, at, dut }: HoldOrder): Markup {
  const what =
    at === 'case'
      ? 'What is under way comes to its end; no case begins until it goes on.'
      : 'It stops before its next step. A case that is held in its middle gets no verdict of what comes after.';
  return html`<p class="banner cut"><strong>Held by ${by}${dut === undefined ? ': all recorders' : html`: <span class="mono">${dut}</span>`}.</strong> ${what}</p>`;
}

/** A journal in which nothing happens for so long is perhaps that of a process that died, ms. */
const QUIET_MS = 20 * 60_000;

function quietOf(run: LiveRun, now: number): Markup | undefined {
  if (run.ended !== undefined || now - run.at < QUIET_MS) return undefined;
  return html`<p class="banner cut"><strong>Nothing was written for ${ageText(now - run.at)}.</strong> A person may be asked for something, or the run died; then <span class="mono">resetbench report</span> makes its reports.</p>`;
}

const STATES = {
  waiting: ['none', 'waiting'],
  running: ['pass', 'running'],
  done: ['none', 'done'],
  fault: ['error', 'bench fault'],
} as const;

function benchPart(bench: LiveBench, folder: string, serial: string | undefined): Markup {
  const [state, name] = STATES[bench.state];
  const file = (sha256: string, ext: string) => `${runPath(folder)}/files/evidence/${sha256}.${ext}`;
  return html`<h3><span class="mono">${bench.dut}</span><span class="badge" data-s="${state}">${name}</span><span class="dim small">${bench.about}</span></h3>
${bench.fault !== undefined && html`<p class="dutfault">${bench.fault}</p>`}
${[...bench.open.values()].map((one) => html`<p class="now"><a class="mono" href="${requirementPath(one.requirement)}">${one.requirement}</a> ${one.title}${one.attempt > 1 && `, attempt ${one.attempt}`}${one.step !== undefined && html`<br><span class="dim">last step: ${one.step}</span>`}</p>`)}
${bench.screen === undefined ? html`<p class="noscreen">No screen yet</p>` : html`<a href="${file(bench.screen.sha256, bench.screen.ext)}"><img src="${file(bench.screen.sha256, bench.screen.ext)}" alt="Last screen of ${bench.dut}: ${bench.screen.title}"></a><p class="dim small">${bench.screen.title}, ${clockText(bench.screen.at)} UTC</p>`}
${serial !== undefined && serial !== '' && html`<details open><summary class="dim small">Console, the last that was kept</summary><pre tabindex="0">${serial}</pre></details>`}`;
}

function clockText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) || at === 0 ? '–' : date.toISOString().slice(11, 19);
}
