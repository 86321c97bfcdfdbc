import type { Plan } from '../run/plan.ts';
import { systemClock } from '../terms/clock.ts';
import { type Command, EXIT } from './args.ts';
import { EXPECTATIONS, type Expected, expectedOf, idleLines, planFrom, SELECTION } from './load.ts';
import { OPERATOR } from './operator.ts';

/** `resetbench plan`: what a run would do, and what it would not, with the reason. Touches nothing. */
export const plan: Command = {
  name: 'plan',
  summary: 'Check the configuration and list what a run would do; touches no recorder.',
  positionals: '[DUT...]',
  options: {
    ...SELECTION,
    ...OPERATOR,
    ...EXPECTATIONS,
    json: { type: 'boolean', help: 'for programs' },
  },
  examples: [
    ['resetbench plan', 'every recorder of devices.yaml'],
    ["resetbench plan 'nvr-*' --requirements CR39..CR53", 'some recorders, some requirements'],
  ],
  async run(args) {
    const planned = await planFrom(args);
    const expected = expectedOf(args, planned, systemClock.now());
    console.log(args.flag('json') ? planJson(planned.plan, expected) : planText(planned.plan, expected));
    for (const line of idleLines(expected)) console.error(line);
    return EXIT.conformant;
  },
};

function planJson({ duts, notRun }: Plan, expected: Expected): string {
  const planned = duts.flatMap(({ config, cases }) =>
    cases.map(({ definition }) => ({
      dut: config.id,
      requirement: definition.id,
      title: definition.title,
      needs: definition.needs,
    })),
  );
  return JSON.stringify({ planned, notRun, expected: expected.cases }, undefined, 2);
}

function planText({ duts, requirements, notRun }: Plan, expected: Expected): string {
  const lines = duts.flatMap(({ config, profile, cases }) => [
    `${config.id}  ${config.kind}, ${config.model} ${config.firmware}, GUI ${profile.gui}, ${config.resolution}: ${cases.length} cases`,
    ...wrapped(cases.map(({ definition }) => definition.id)),
    ...expected.cases
      .filter(({ dut }) => dut === config.id)
      .map(
        ({ requirement, id, owner, until, past, reason }) =>
          `    ${requirement} is expected to fail by ${id} (${owner}, ${past ? `past its date ${until}: it excuses nothing` : `until ${until}`}): ${reason}`,
      ),
    ...grouped(notRun.filter(({ dut, why }) => dut === config.id && why !== 'no-case')),
  ]);
  const without = requirements.filter(({ id }) =>
    notRun.some(({ requirement, why }) => requirement === id && why === 'no-case'),
  );
  return [
    ...lines,
    '',
    ...(without.length === 0
      ? []
      : [
          `No case yet (${without.length} requirements; never counted as passed):`,
          ...without.map(({ id, statement }) => `  ${id}  ${statement}`),
          '',
        ]),
    `${duts.reduce((sum, { cases }) => sum + cases.length, 0)} cases on ${duts.length} recorder${duts.length === 1 ? '' : 's'}.`,
  ].join('\n');
}

/** Requirements that do not run for the same reason, on one line. */
function grouped(notRun: Plan['notRun']): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { requirement, why, reason } of notRun) {
    const key = `${why.replace('-', ' ')} (${reason})`;
    byReason.set(key, [...(byReason.get(key) ?? []), requirement]);
  }
  return [...byReason].flatMap(([reason, ids]) => [`    ${reason}:`, ...wrapped(ids, '      ')]);
}

function wrapped(words: readonly string[], indent = '    '): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < words.length; at += 16) lines.push(indent + words.slice(at, at + 16).join(' '));
  return lines;
}
