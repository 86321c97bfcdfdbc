import { type ExpectedOutcome, expectedOutcome } from '../../terms/expected.ts';
import type { CaseRecord } from '../../terms/record.ts';
import { type CellState, STATE_NAMES } from '../reading.ts';
import { html, type Markup, trusted } from './markup.ts';

/** A symbol per state, so that no state is told by colour alone. 16x16, drawn with the current colour. */
const SHAPES: Readonly<Record<CellState | 'flaky' | 'expected', string>> = {
  pass: '<path d="M3 8.5l3.2 3.2L13 4.8"/>',
  fail: '<path d="M4 4l8 8M12 4l-8 8"/>',
  inconc: '<path d="M5.3 6a2.7 2.7 0 1 1 4.3 2.1C8.5 8.9 8 9.3 8 10.3"/><path d="M8 13v.1"/>',
  error: '<path d="M8 2.8v6.7"/><path d="M8 12.9v.1"/>',
  none: '<path d="M4 8h.1M8 8h.1M12 8h.1"/>',
  'not-applicable': '<path d="M5 8h6"/>',
  'no-case': '<circle cx="8" cy="8" r="4.6" stroke-dasharray="2.4 2.4"/>',
  'not-selected': '<circle cx="8" cy="8" r="1.6"/>',
  'not-reached': '<path d="M3.5 8h5.5M6.8 5.3L9.5 8l-2.7 2.7M12.5 4v8"/>',
  expected: '<path d="M4.5 14V3M4.5 3.5h7.5l-2 2.6 2 2.6H4.5"/>',
  flaky: '<path d="M12.8 6.5A5 5 0 1 0 13 9M13 3.5v3h-3"/>',
};

/** The definitions that `icon` refers to; once a page. */
export function iconSheet(): Markup {
  const symbols = Object.entries(SHAPES).map(
    ([name, shape]) => html`<symbol id="i-${name}" viewBox="0 0 16 16">${trusted(shape)}</symbol>`,
  );
  return html`<svg class="sheet" aria-hidden="true" focusable="false">${symbols}</svg>`;
}

/** The symbol alone; whoever uses it says the state in words beside it. */
export function icon(state: CellState | 'flaky' | 'expected'): Markup {
  return html`<svg class="i" aria-hidden="true"><use href="#i-${state}"/></svg>`;
}

/** Symbol and word in the state's colour. */
export function badge(state: CellState, more = ''): Markup {
  return html`<span class="badge" data-s="${state}">${icon(state)}${STATE_NAMES[state]}${more}</span>`;
}

/** Marks a failure that was expected, with what became of it; nothing for any other case. */
export function expectedBadge(tested: CaseRecord | undefined): Markup | undefined {
  const outcome = tested && expectedOutcome(tested);
  return (
    outcome &&
    html` <span class="badge expectedmark" data-o="${outcome}">${icon('expected')}${EXPECTED_NAMES[outcome]}</span>`
  );
}

/** How the fate of an expected failure is called in a page. */
export const EXPECTED_NAMES: Readonly<Record<ExpectedOutcome, string>> = {
  happened: 'expected',
  past: 'expected, past its date',
  absent: 'expected to fail, did not',
  undecided: 'expected, not decided',
};

/** Marks a DUT as what it is. */
export function kindBadge(kind: 'twin' | 'hardware'): Markup {
  return kind === 'twin'
    ? html`<span class="kind twin" title="Emulated recorder">twin</span>`
    : html`<span class="kind hardware" title="Real recorder">hardware</span>`;
}
