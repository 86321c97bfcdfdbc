import type { Night } from '../history/nights.ts';
import type { Standing } from '../history/standing.ts';
import type { Counts, Trend } from '../history/trends.ts';
import { counted } from '../report/text.ts';
import { oneLine } from '../terms/printable.ts';
import type { historyOf } from './history.ts';

type History = ReturnType<typeof historyOf>;

/** So that all of it stays on one screen. */
const MOST = { nights: 7, gaps: 3, standing: 12, flaky: 5, trends: 8 } as const;

/** Longest line of a failure, characters. */
const LONGEST = 200;

/** History for a terminal: nights, what is wrong now and since when, and trends. */
export function historyLines({ nights, standing, trends, runs }: History): readonly string[] {
  if (runs.length === 0) return ['No run fits.'];
  // A recorder that went home in spring is not what fails now.
  const newest = new Set(nights[0]?.runs.map(({ id }) => id));
  const now = nights.length === 0 ? standing : standing.filter(({ run }) => newest.has(run));
  const unseen = standing.filter((one) => !now.includes(one) && one.failing !== undefined);
  const isOf = (change: Standing['change']) => now.filter((one) => one.change === change);
  const failing = [...isOf('new'), ...isOf('known'), ...now.filter(isHeldBack)];
  const flaky = now.filter(({ nature, change }) => nature === 'flaky' && change === 'steady');
  return [
    'Nights (of their evening, UTC)',
    ...nights.slice(0, MOST.nights).flatMap(nightLines),
    '',
    `Now: ${isOf('new').length} new, ${isOf('known').length} known, ${isOf('fixed').length} fixed, ${isOf('undecided').length} undecided, ${flaky.length} flaky that pass, of ${counted(now.length, 'case')}`,
    ...failing.slice(0, MOST.standing).map(failingLine),
    ...more(failing.length, MOST.standing, 'failing case'),
    ...isOf('fixed')
      .slice(0, MOST.flaky)
      .map((one) => `  fixed      ${oneLine(`${place(one)}: passes on ${one.firmware}`)}`),
    ...more(isOf('fixed').length, MOST.flaky, 'fixed case'),
    ...flaky
      .slice(0, MOST.flaky)
      .map((one) => `  flaky      ${oneLine(`${place(one)}: passed last, not each time before`)}`),
    ...more(flaky.length, MOST.flaky, 'flaky case'),
    ...(unseen.length === 0
      ? []
      : [`Not looked at in the newest night, and failing before: ${counted(unseen.length, 'case')}`]),
    ...unseen
      .slice(0, MOST.flaky)
      .map((one) => `  ${oneLine(`${place(one)}: last on ${new Date(one.at).toISOString().slice(0, 10)}`)}`),
    ...more(unseen.length, MOST.flaky, 'failing case'),
    '',
    ...trendLines('Recorders, worst first', trends.dut),
    ...trendLines('Requirements, worst first', trends.requirement),
    ...trendLines('Firmwares, worst first', trends.firmware),
  ];
}

/** Not decided in the newest run, and failing before it. */
function isHeldBack({ change, failing }: Standing): boolean {
  return change === 'undecided' && failing !== undefined;
}

function nightLines(night: Night): readonly string[] {
  const { date, duts, gaps, runs } = night;
  return [
    `  ${date}  ${counted(runs.length, 'run')}, ${counted(duts.length, 'recorder')}: ${countsText(night)}${gaps.length === 0 ? '' : '  INCOMPLETE'}`,
    ...gaps.slice(0, MOST.gaps).map((gap) => `    ${oneLine(gap)}`),
    ...more(gaps.length, MOST.gaps, 'gap').map((line) => `  ${line}`),
  ];
}

function failingLine(one: Standing): string {
  const { failing, change, nature, outcome, reason } = one;
  const since =
    failing === undefined
      ? ''
      : `, since ${new Date(failing.at).toISOString().slice(0, 10)} (${failing.firmware}${failing.passedOn === undefined ? ', never passed' : failing.passedOn === failing.firmware ? '' : `; passed on ${failing.passedOn}`}), ${counted(failing.runs, 'run')}`;
  const expected = outcome === undefined ? '' : `, expected failure: ${outcome}`;
  const text = `${place(one)}: ${nature}${since}${expected}${reason === undefined ? '' : `: ${reason}`}`;
  return `  ${change.padEnd(9)}  ${oneLine(text).slice(0, LONGEST)}`;
}

function place({ dut, requirement }: Standing): string {
  return `${requirement} on ${dut}`;
}

/** Only what is not always fine; a list of hundreds of per cents tells nobody anything. */
function trendLines(title: string, trends: readonly Trend[]): readonly string[] {
  const worst = trends
    .filter((one) => one.pass < one.pass + one.fail + one.inconc + one.error + one.none || one.flaky > 0)
    .sort((a, b) => (a.rate ?? 0) - (b.rate ?? 0));
  const width = Math.max(0, ...worst.slice(0, MOST.trends).map(({ name }) => name.length));
  return [
    `${title} (${trends.length - worst.length} of ${trends.length} without a blemish)`,
    ...worst
      .slice(0, MOST.trends)
      .map(
        (one) =>
          `  ${oneLine(one.name).padEnd(width)}  ${percent(one.rate)} of ${counted(one.results, 'result')}: ${countsText(one)}`,
      ),
    ...more(worst.length, MOST.trends, 'line'),
  ];
}

function percent(rate: number | undefined): string {
  return rate === undefined ? '    –' : `${(Math.floor(rate * 1000) / 10).toFixed(1).padStart(5)} %`;
}

const WORDS = {
  fail: 'fail',
  error: 'error',
  inconc: 'inconclusive',
  none: 'no verdict',
  pass: 'pass',
  flaky: 'flaky',
} as const;

function countsText(counts: Counts): string {
  const parts = (Object.keys(WORDS) as (keyof typeof WORDS)[]).filter((key) => counts[key] > 0);
  return parts.map((key) => `${counts[key]} ${WORDS[key]}`).join(', ') || 'nothing';
}

function more(count: number, most: number, word: string): readonly string[] {
  return count > most ? [`  ... and ${counted(count - most, `more ${word}`)}`] : [];
}
