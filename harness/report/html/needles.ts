import type { NeedleSeen, NeedlesOnFrame } from '../../terms/needle.ts';
import { counted } from '../text.ts';
import { icon } from './icons.ts';
import { html, type Markup } from './markup.ts';

/** A miss that is at least so much alike is a near one. */
const NEAR = 0.8;

/** `matched`, and of misses `near` or `far`; one that a better reference beat is not drawn. */
type Outcome = 'matched' | 'near' | 'far' | 'beaten';

function outcomeOf({ matched, beatenBy, score }: NeedleSeen): Outcome {
  if (matched) return beatenBy === undefined ? 'matched' : 'beaten';
  return score >= NEAR ? 'near' : 'far';
}

/** What was found where, to lie over the frame's picture; the words for it are in {@link needleLines}. */
export function needleMarks({ width, height, seen }: NeedlesOnFrame): Markup {
  const size = Math.round(width / 64);
  const marks = seen
    .filter((one) => outcomeOf(one) !== 'beaten')
    .map((one) => {
      const { x, y, width: w, height: h } = one.box;
      // The name stands above its box, or below one at the top.
      const at = y > 1.5 * size ? y - size / 2 : y + h + size * 1.2;
      return html`<g data-n="${outcomeOf(one)}"><rect x="${x}" y="${y}" width="${w}" height="${h}"/><text x="${x}" y="${at}" font-size="${size}">${one.name} ${percent(one.score)}</text></g>`;
    });
  return html`<svg class="marks" viewBox="0 0 ${width} ${height}" aria-hidden="true" focusable="false">${marks}</svg>`;
}

/** The same in words, one line each: those that matched together, every miss by itself. */
export function needleLines({ seen }: NeedlesOnFrame): Markup {
  const matched = seen.filter((one) => outcomeOf(one) === 'matched');
  const names = matched.map(({ name, score }) => `${name} (${percent(score)})`).join(', ');
  const others = seen.filter((one) => outcomeOf(one) !== 'matched');
  return html`<ul class="needles">${matched.length > 0 && html`<li data-s="pass">${icon('pass')}<span>${counted(matched.length, 'needle')} matched: ${names}</span></li>`}${others.map(otherLine)}</ul>`;
}

/** In short, for the head of a large picture. */
export function needleSummary({ seen }: NeedlesOnFrame): string {
  const matched = seen.filter((one) => outcomeOf(one) === 'matched').length;
  const missed = seen.filter(({ matched: is }) => !is).map(({ name }) => name);
  return [
    ...(matched > 0 ? [`${counted(matched, 'needle')} matched`] : []),
    ...(missed.length > 0 ? [`missed: ${missed.join(', ')}`] : []),
  ].join(', ');
}

function otherLine(one: NeedleSeen): Markup {
  const { name, score, beatenBy, box, areas } = one;
  if (beatenBy !== undefined)
    return html`<li data-s="none">${icon('none')}<span>Needle ${name} (${percent(score)}) did worse than ${beatenBy}</span></li>`;
  const missed = areas.find(({ ok }) => !ok);
  const { x, y } = missed?.box ?? box;
  const asked = missed === undefined ? '' : ` of the ${percent(missed.needed)} asked for`;
  const state = outcomeOf(one) === 'near' ? 'inconc' : 'fail';
  return html`<li data-s="${state}">${icon(state)}<span>Needle ${name} missed: nearest at ${x},${y}, alike by ${percent(missed?.score ?? score)}${asked}</span></li>`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
