import t from 'tap';
import { HarnessError } from '../terms/error.ts';
import { globs } from '../terms/globs.ts';
import type { RunRecord } from '../terms/record.ts';
import { type Command, chosenPart, EXIT, helpOf, readArgs } from './args.ts';
import { exitCode } from './exit-code.ts';

const command: Command = {
  name: 'work',
  summary: 'Work on things.',
  positionals: '[THING...]',
  options: {
    jobs: { type: 'string', value: 'N', help: 'how many at a time' },
    json: { type: 'boolean', help: 'for programs' },
  },
  examples: [['resetbench work a', 'work on a']],
  run: async () => 0,
};

function refusal(argv: readonly string[], of = command): HarnessError | undefined {
  try {
    readArgs(of, argv).number('jobs', 1);
    return undefined;
  } catch (error) {
    return error instanceof HarnessError ? error : undefined;
  }
}

t.test('arguments are read in any order', async (t) => {
  const args = readArgs(command, ['a', '--jobs', '3', 'b', '--json']);
  t.same(args.positionals, ['a', 'b']);
  t.equal(args.number('jobs', 1), 3);
  t.equal(args.flag('json'), true);
  t.equal(readArgs(command, []).number('jobs', 1), undefined);
});

t.test('what cannot be read is a usage error that names it and the way to help', async (t) => {
  t.match(refusal(['--jobs', '0']), {
    code: 'USAGE',
    message: /--jobs expects a whole number from 1, found 0/,
    hint: /resetbench work --help/,
  });
  t.match(refusal(['--jobs', 'many']), { message: /found many/ });
  t.match(refusal(['--hurry']), { code: 'USAGE', message: /--hurry/ });
  t.match(refusal(['--jobs']), { code: 'USAGE', message: /jobs/ });
  t.match(refusal(['x'], { ...command, positionals: '' }), { code: 'USAGE', message: 'work takes no x' });
});

t.test('help names every option and shows the examples', async (t) => {
  const help = helpOf(command);
  for (const part of [
    'resetbench work',
    '[THING...]',
    '--jobs N',
    'how many at a time',
    '--json',
    'resetbench work a',
  ])
    t.ok(help.includes(part), part);
});

t.test('a part of a command is named behind it; its help is its own', async (t) => {
  const part: Command = { ...command, name: 'work hard', summary: 'Work harder.', positionals: '' };
  const whole: Command = { ...command, parts: [part] };
  t.same(chosenPart(whole, ['hard', '--jobs', '2']), { command: part, argv: ['--jobs', '2'] });
  t.same(chosenPart(whole, ['soft']), { command: whole, argv: ['soft'] });
  t.same(chosenPart(command, ['hard']), { command, argv: ['hard'] });
  t.match(helpOf(whole), /^ {2}work hard +Work harder\.$/m);
  t.match(helpOf(part), /^Usage: resetbench work hard \[options\]/);
});

t.test('a pattern matches whole ids, whatever their case', async (t) => {
  t.ok(globs('nvr-*', 'nvr-at'));
  t.ok(globs('CR4*', 'cr41'));
  t.notOk(globs('nvr', 'nvr-at'));
  t.notOk(globs('CR.1', 'CR11'));
});

function record(
  verdicts: readonly string[],
  more: { readonly ended?: RunRecord['ended']; readonly fault?: boolean } = {},
): RunRecord {
  const fault = { domain: 'bench', rule: 'x', facts: 'x' };
  return {
    ended: more.ended ?? 'complete',
    cases: verdicts.map((verdict) => ({ verdict })),
    duts: [more.fault === true ? { fault } : {}],
  } as unknown as RunRecord;
}

t.test('a failure that was expected does not fail a run, in time and if it happens', async (t) => {
  const known = (verdict: string, past = false) => ({ verdict, expected: { id: 'known', past } });
  const code = (...cases: readonly object[]) => exitCode({ ...record([]), cases } as unknown as RunRecord);
  t.equal(code({ verdict: 'pass' }, known('fail')), EXIT.conformant);
  t.equal(code({ verdict: 'fail' }, known('fail')), EXIT.nonConformant, 'another failure counts as ever');
  t.equal(code(known('fail', true)), EXIT.nonConformant, 'past its date');
  t.equal(code(known('pass')), EXIT.nonConformant, 'it did not happen');
  t.equal(code(known('inconc')), EXIT.bench, 'not decided');
  t.equal(code(known('error')), EXIT.bench, 'not decided');
});

t.test('the exit code says what the run came to', async (t) => {
  t.equal(exitCode(record(['pass', 'pass'])), EXIT.conformant);
  t.equal(exitCode(record(['pass', 'fail', 'error'])), EXIT.nonConformant);
  t.equal(exitCode(record(['pass', 'inconc'])), EXIT.bench);
  t.equal(exitCode(record(['pass', 'error'])), EXIT.bench);
  t.equal(exitCode(record(['pass'], { fault: true })), EXIT.bench);
  t.equal(exitCode(record(['pass'], { ended: 'cut' })), EXIT.bench);
  t.equal(exitCode(record(['pass', 'fail'], { ended: 'interrupted' })), EXIT.interrupted);
});
