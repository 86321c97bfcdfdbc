import type { RunRecord } from '../../terms/record.ts';
import type { Check } from '../check.ts';
import { outcomeText } from '../text.ts';
import type { Verification } from '../verify.ts';

/** Most problems of one check that are shown. */
const MOST = 50;
const MARKS: Readonly<Record<Check['state'], readonly [mark: string, word: string]>> = {
  holds: ['✓', 'holds'],
  open: ['?', 'open'],
  broken: ['✗', 'does not hold'],
};
const STATES = ['pass', 'fail', 'inconc', 'error', 'none'] as const;

/** An element; whatever a record holds is shown as text, and never as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A verification as a part of the page. */
export function shown(verification: Verification): readonly Node[] {
  const { outcome, checks, record, attestation } = verification;
  const [word, sentence] = outcomeText(verification);
  return [
    element(
      'div',
      { class: 'outcome', 'data-s': outcome },
      element('h2', { tabindex: '-1', id: 'outcome' }, word),
      element('p', {}, sentence),
    ),
    ...recorders(verification),
    element('h3', {}, 'What was looked at'),
    element('ul', { class: 'checks' }, ...checks.map(checkRow)),
    ...(record === undefined ? [] : matrix(record)),
    ...(attestation.key === undefined
      ? []
      : [
          element(
            'p',
            { class: 'dim' },
            'Key of the signature: ',
            element('code', {}, attestation.key.id),
            '. Ask who signed it, by another way, whether it is theirs.',
          ),
        ]),
  ];
}

function recorders({ attestation, record }: Verification): readonly Node[] {
  const duts = attestation.conformance?.predicate.recorders ?? record?.duts ?? [];
  return [
    element(
      'ul',
      { class: 'recorders' },
      ...duts.map(({ id, kind, model, firmware, serialNumber }) =>
        element(
          'li',
          {},
          element('span', { class: 'kind', 'data-k': kind }, kind),
          ' ',
          element('strong', {}, model),
          ` ${id}, firmware ${firmware}${kind === 'hardware' ? `, serial number ${serialNumber}` : ''}`,
        ),
      ),
    ),
  ];
}

function checkRow({ title, state, told, problems, notes }: Check): Node {
  const [mark, word] = MARKS[state];
  const rest = problems.length - MOST;
  return element(
    'li',
    { 'data-s': state },
    element('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
    element(
      'div',
      {},
      element('h4', {}, title, element('span', { class: 'word' }, word)),
      element('p', {}, told),
      ...(problems.length === 0
        ? []
        : [
            element(
              'ul',
              { class: 'problems' },
              ...problems
                .slice(0, MOST)
                .map(({ place, what, cure }) =>
                  element('li', {}, element('code', {}, place), ` ${what} `, element('em', {}, `→ ${cure}`)),
                ),
              ...(rest > 0 ? [element('li', {}, `and ${rest} more`)] : []),
            ),
          ]),
      ...(notes.length === 0
        ? []
        : [
            element(
              'details',
              {},
              element('summary', {}, notes.length === 1 ? '1 remark' : `${notes.length} remarks`),
              element('ul', {}, ...notes.slice(0, MOST).map((note) => element('li', {}, note))),
            ),
          ]),
    ),
  );
}

/** How many cases of each recorder came to which verdict, by the events; and each that did not pass. */
function matrix(record: RunRecord): readonly Node[] {
  const others = record.cases.filter(({ verdict }) => verdict !== 'pass');
  return [
    element('h3', {}, 'Verdicts, recomputed from the events'),
    element(
      'div',
      { class: 'wide', tabindex: '0', role: 'group', 'aria-label': 'Verdicts by recorder' },
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...['Recorder', ...STATES, 'no case run'].map((name) => element('th', { scope: 'col' }, name)),
          ),
        ),
        element('tbody', {}, ...record.duts.map(({ id }) => row(record, id))),
      ),
    ),
    ...(others.length === 0
      ? []
      : [
          element(
            'ul',
            { class: 'others' },
            ...others.map(({ dut, requirement, verdict, attempts }) =>
              element(
                'li',
                {},
                element('span', { class: 'verdict', 'data-v': verdict }, verdict),
                ` ${requirement} on ${dut}: ${attempts.at(-1)?.fault?.facts ?? attempts.at(-1)?.reason ?? ''}`,
              ),
            ),
          ),
        ]),
  ];
}

function row(record: RunRecord, id: string): Node {
  const own = record.cases.filter(({ dut }) => dut === id);
  const counts = STATES.map((state) => own.filter(({ verdict }) => verdict === state).length);
  const left = record.notRun.filter(({ dut }) => dut === id).length;
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, id),
    ...[...counts, left].map((number) => element('td', {}, number === 0 ? '–' : String(number))),
  );
}
