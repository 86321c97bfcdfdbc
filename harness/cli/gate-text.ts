import type { Finding, GateAnswer } from '../gate/finding.ts';
import { counted } from '../report/text.ts';
import { oneLine } from '../terms/printable.ts';
import type { RunRecord } from '../terms/record.ts';
import type { Simulated } from './gate.ts';

/** So that the answer stays on one screen. */
const MOST = 10;
/** Longest line, characters. */
const LONGEST = 220;

const HEADS = {
  open: 'OPEN: nothing in the policy speaks against a release.',
  blocked: 'BLOCKED: do not release.',
  'not-judged':
    'NOT JUDGED: the run does not say whether the firmware is good. This is no pass, and no blame of the firmware.',
} as const;
const TITLES = {
  block: 'What blocks',
  hold: 'What could not be judged',
  note: 'Let by, or to know',
} as const;

/** A gate's answer for a terminal: blocked or not, why, and what to do. */
export function gateLines(answer: GateAnswer, record: RunRecord): readonly string[] {
  const { decision, policy, run, against, findings } = answer;
  const firmwares = [...new Set(record.duts.map(({ model, firmware }) => `${model} ${firmware}`))];
  const twins = record.duts.filter(({ kind }) => kind === 'twin').length;
  return [
    HEADS[decision],
    oneLine(`policy "${policy}", run ${run}${against === undefined ? '' : `, against ${against}`}`),
    oneLine(
      `${counted(record.duts.length, 'recorder')} (${counted(twins, 'twin')}): ${firmwares.slice(0, 4).join(', ')}${firmwares.length > 4 ? ' ...' : ''}`,
    ),
    ...(['block', 'hold', 'note'] as const).flatMap((effect) => sectionOf(effect, findings)),
  ];
}

function sectionOf(effect: Finding['effect'], all: readonly Finding[]): readonly string[] {
  const findings = all.filter((one) => one.effect === effect);
  if (findings.length === 0) return [];
  const shown = findings.slice(0, MOST);
  // What is to be done is said once for all that want the same.
  const cures = [...Map.groupBy(shown, ({ cure }) => cure)];
  return [
    '',
    `${TITLES[effect]} (${findings.length})`,
    ...cures.flatMap(([cure, ones]) => [
      ...ones.map(({ rule, text }) => `  ${rule.padEnd(15)} ${oneLine(text).slice(0, LONGEST)}`),
      ...(cure.startsWith('none') ? [] : [`    => ${oneLine(cure).slice(0, LONGEST)}`]),
    ]),
    ...(findings.length > MOST ? [`  ... and ${findings.length - MOST} more (--json tells all)`] : []),
  ];
}

/** What a policy would have said, a line a run, oldest first. */
export function simulationLines(policy: string, rows: readonly Simulated[]): readonly string[] {
  const width = Math.max(3, ...rows.map(({ run }) => run.length));
  const of = (decision: GateAnswer['decision']) =>
    rows.filter(({ answer }) => answer?.decision === decision).length;
  return [
    oneLine(
      `policy "${policy}" over ${counted(rows.length, 'run')}: ${of('open')} open, ${of('blocked')} blocked, ${of('not-judged')} not judged`,
    ),
    '',
    `${'run'.padEnd(width)}  answer      block  hold  first reason`,
    ...rows.map(({ run, answer, problem }) => {
      if (answer === undefined)
        return `${run.padEnd(width)}  unreadable              ${oneLine(problem ?? '').slice(0, 100)}`;
      const count = (effect: Finding['effect']) =>
        answer.findings.filter((one) => one.effect === effect).length;
      const first = answer.findings.find(({ effect }) => effect !== 'note');
      return `${run.padEnd(width)}  ${answer.decision.padEnd(10)}  ${String(count('block')).padStart(5)}  ${String(count('hold')).padStart(4)}  ${oneLine(first?.text ?? '').slice(0, 100)}`.trimEnd();
    }),
  ];
}
