import type { AttemptRecord, EvidenceRef, ExpectationRecord } from '../../terms/record.ts';
import { evidenceOf } from '../reading.ts';
import { counted, durationText } from '../text.ts';
import { html, type Markup, trusted } from './markup.ts';

/** A stretch of time, ms since the epoch; a moment has `to` = `from`. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}
interface Lane {
  readonly name: string;
  /** Without its number: `screen`. */
  readonly one: string;
  readonly kinds: readonly EvidenceRef['kind'][];
}

/** What is kept of a reset, in the order in which it comes about; a difference and a screen to compare are of frames. */
const LANES: readonly Lane[] = [
  { name: 'Screens', one: 'screen', kinds: ['frame'] },
  { name: 'QR', one: 'QR', kinds: ['qr'] },
  { name: 'Mail', one: 'piece of mail', kinds: ['mail'] },
  { name: 'HTTP', one: 'HTTP exchange', kinds: ['http'] },
  { name: 'SADP', one: 'SADP answer', kinds: ['sadp'] },
  { name: 'Serial', one: 'serial transcript', kinds: ['serial'] },
  { name: 'Export', one: 'export', kinds: ['export'] },
  { name: 'Compared', one: 'compared picture', kinds: ['difference', 'screen'] },
];

/** Width of the drawing, in units of its own: it is stretched to its place. */
const WIDTH = 1000;
/** The shortest mark. */
const LEAST = 4;

/**
 * One time line for all that an attempt left: steps, evidence by kind, questions to people, and the expectations with
 * the verdict of each. The list that follows it in the page tells the same in words.
 */
export function timelineOf(attempt: AttemptRecord): Markup | undefined {
  const evidence = evidenceOf(attempt);
  if (attempt.steps.length + attempt.expectations.length === 0) return undefined;
  const scale = scaleOf(attempt, evidence);
  const stretches = stretchesOf(attempt);
  const lanes = LANES.flatMap(({ name, kinds }) => {
    const refs = evidence.filter(({ kind }) => kinds.includes(kind));
    return refs.length === 0
      ? []
      : [laneOf(name, refs.length, [{ marks: refs.map((ref) => stretches.get(ref) ?? momentOf(ref.at)) }])];
  });
  const steps = attempt.steps.map(stepStretch);
  const asked = (attempt.prompts ?? []).map(({ at, milliseconds }) => ({ from: at, to: at + milliseconds }));
  const checks = (['pass', 'fail'] as const).map((state) => ({
    state,
    marks: attempt.expectations.filter(({ verdict }) => verdict === state).map(({ at }) => momentOf(at)),
  }));
  return html`<div class="tl" data-seconds="${(scale.step * 4) / 1000}"><div class="tl-lanes" aria-hidden="true">
${laneOf('Steps', steps.length, [{ marks: steps }], 'steps')}${lanes}${asked.length > 0 && laneOf('Operator', asked.length, [{ marks: asked }])}${laneOf('Expected', attempt.expectations.length, checks, 'checks')}
<svg class="tl-bands" viewBox="0 0 ${WIDTH} 10" preserveAspectRatio="none">${attempt.expectations.map((one, index) => bandOf(spanOf(one, attempt), index))}</svg></div>
<div class="tl-axis mono" aria-hidden="true">${[0, 1, 2, 3].map((quarter) => html`<span>${secondsText(scale.step * quarter)}</span>`)}</div></div>`;

  function laneOf(
    name: string,
    count: number,
    groups: readonly { readonly marks: readonly Stretch[]; readonly state?: string }[],
    lane = 'marks',
  ): Markup {
    const paths = groups
      .filter(({ marks }) => marks.length > 0)
      .map(
        ({ marks, state }) =>
          html`<path${state !== undefined && html` data-s="${state}"`} d="${trusted(marks.map(pathOf).join(''))}"/>`,
      );
    return html`<div class="tl-lane"><span>${name} <b>${count}</b></span><svg data-lane="${lane}" viewBox="0 0 ${WIDTH} 14" preserveAspectRatio="none">${paths}</svg></div>`;
  }

  function pathOf({ from, to }: Stretch): string {
    const x = scale.at(from);
    return `M${x} 7h${Math.max(LEAST, scale.at(to) - x)}`;
  }

  function bandOf({ from, to }: Stretch, index: number): Markup {
    const x = scale.at(from);
    return html`<rect data-band="${index}" x="${x}" width="${Math.max(LEAST, scale.at(to) - x)}" height="10"/>`;
  }
}

/**
 * What an expectation rests on, in words: the stretch of the attempt from its first evidence to when it was decided,
 * and what was recorded meanwhile. With a button that shows the stretch on the time line.
 */
export function spanLine(one: ExpectationRecord, attempt: AttemptRecord): Markup {
  const span = spanOf(one, attempt);
  const stretches = stretchesOf(attempt);
  const within = evidenceOf(attempt).filter((ref) => {
    const { from, to } = stretches.get(ref) ?? momentOf(ref.at);
    return from <= span.to && to >= span.from;
  });
  const told = LANES.flatMap(({ one: name, kinds }) => {
    const count = within.filter(({ kind }) => kinds.includes(kind)).length;
    return count === 0
      ? []
      : [counted(count, name, name === 'piece of mail' ? 'pieces of mail' : `${name}s`)];
  });
  const number = attempt.expectations.indexOf(one);
  return html`<p class="dim es">evidence ${offsetText(span.from, attempt, 2)} to ${offsetText(span.to, attempt, 2)}${told.length > 0 && `: ${told.join(', ')}`}<button type="button" class="shot" data-show-band="${number}" aria-pressed="false">On the time line</button></p>`;
}

/** `+3.2 s` since the attempt began. */
export function offsetText(at: number, attempt: AttemptRecord, digits = 1): string {
  return `+${(Math.max(0, at - attempt.at) / 1000).toFixed(digits)} s`;
}

/** From the first evidence of an expectation, or from the last step before it, to when it was decided. */
function spanOf(one: ExpectationRecord, attempt: AttemptRecord): Stretch {
  const stretches = stretchesOf(attempt);
  const own = one.evidence.map((ref) => (stretches.get(ref) ?? momentOf(ref.at)).from);
  const before = attempt.steps.findLast(({ at }) => at <= one.at)?.at ?? attempt.at;
  const from = own.length > 0 ? Math.min(...own) : before;
  return { from: Math.min(from, one.at), to: one.at };
}

const known = new WeakMap<AttemptRecord, Map<EvidenceRef, Stretch>>();

/**
 * How long each piece of evidence took to come about: an exchange lasts as long as the step that made it, a transcript
 * since it began; a picture shows a moment.
 */
function stretchesOf(attempt: AttemptRecord): ReadonlyMap<EvidenceRef, Stretch> {
  const found = known.get(attempt);
  if (found !== undefined) return found;
  const made = new Map<EvidenceRef, Stretch>();
  for (const step of attempt.steps) for (const ref of step.evidence) made.set(ref, stretchOf(ref, step));
  for (const { evidence } of attempt.expectations)
    for (const ref of evidence) {
      const alike = [...made].find(([one]) => one.sha256 === ref.sha256 && one.at === ref.at);
      made.set(ref, alike?.[1] ?? stretchOf(ref));
    }
  known.set(attempt, made);
  return made;
}

function stretchOf(ref: EvidenceRef, step?: AttemptRecord['steps'][number]): Stretch {
  if (ref.from !== undefined) return { from: Math.min(ref.from, ref.at), to: ref.at };
  if (ref.kind === 'http' || ref.kind === 'sadp' || ref.kind === 'export')
    return { from: Math.min(step?.at ?? ref.at, ref.at), to: ref.at };
  return momentOf(ref.at);
}

function stepStretch({ at, milliseconds }: AttemptRecord['steps'][number]): Stretch {
  return { from: at, to: at + milliseconds };
}

function momentOf(at: number): Stretch {
  return { from: at, to: at };
}

/** Round figures for four quarters, in ms; the drawing is as wide as the four. */
const ROUND = [
  0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 15, 20, 30, 60, 90, 120, 180, 300, 600, 900, 1800, 3600,
];

function scaleOf(
  attempt: AttemptRecord,
  evidence: readonly EvidenceRef[],
): { readonly step: number; readonly at: (time: number) => number } {
  const end = Math.max(
    attempt.at + attempt.milliseconds,
    ...attempt.steps.map(({ at, milliseconds }) => at + milliseconds),
    ...attempt.expectations.map(({ at }) => at),
    ...evidence.map(({ at }) => at),
  );
  const total = Math.max(1, end - attempt.at);
  const step =
    (ROUND.find((seconds) => seconds * 4000 >= total) ?? Math.ceil(total / 4_000_000) * 1000) * 1000;
  return {
    step,
    at: (time) => Math.round(Math.min(1, Math.max(0, (time - attempt.at) / (4 * step))) * (WIDTH - LEAST)),
  };
}

function secondsText(milliseconds: number): string {
  return milliseconds < 60_000 ? `${milliseconds / 1000} s` : durationText(milliseconds);
}
