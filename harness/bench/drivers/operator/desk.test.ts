import { PassThrough } from 'node:stream';
import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { Answer, PromptRecord } from '../../../terms/record.ts';
import { type OperatorUnderTest, operatorContract } from '../../ports/operator.contract.ts';
import type { Prompt } from '../../ports/operator.ts';
import { openDesk } from './desk.ts';
import { type RecordedAnswer, recordedWay } from './recorded.ts';
import { terminalWay } from './terminal.ts';
import type { Posted, Reply, Way } from './way.ts';

const SWITCH: Prompt = {
  id: 'switch',
  title: 'Is it on?',
  kind: 'options',
  options: [
    { value: 'yes', label: 'Yes' },
    { value: 'no', label: 'No' },
  ],
};
const LONG = { timeoutMs: 60_000 };

/** A way whose prompts a test answers by hand. */
function handWay() {
  const shown: { readonly posted: Posted; readonly reply: Reply }[] = [];
  const told: PromptRecord[] = [];
  const way: Way = {
    show(posted, reply) {
      shown.push({ posted, reply });
      return { over: (record) => void told.push(record) };
    },
    async [Symbol.asyncDispose]() {},
  };
  return { way, shown, told };
}

/** A terminal of streams: what was written, and what is typed. */
function streams() {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
  let written = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  return {
    input,
    output,
    written: () => written,
    /** Resolves when something was written. */
    async until(text: string | RegExp) {
      while (!(typeof text === 'string' ? written.includes(text) : text.test(written))) await clock.sleep(5);
    },
  };
}

operatorContract(t, 'recorded answers', async (): Promise<OperatorUnderTest> => {
  const answers: Record<string, readonly RecordedAnswer[]> = {};
  const desk = openDesk({ ways: [recordedWay({ answers, by: 'the night', folder: '.' })], clock });
  return {
    operator: desk.at('shelf'),
    answer: (id, { value, note }) => {
      answers[id] = [{ value, note }];
    },
    tooLong: async () => undefined,
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  };
});

operatorContract(t, 'a terminal', async (): Promise<OperatorUnderTest> => {
  const { input, output, written } = streams();
  const desk = openDesk({ ways: [terminalWay({ input, output, by: 'ann', colour: false })], clock });
  const answers: Pick<Answer, 'value' | 'note'>[] = [];
  let typed = 0;
  // Types the next answer when a prompt asks for it.
  const timer = setInterval(() => {
    const asked = written().split('> ').length - 1;
    const next = answers[typed];
    if (next === undefined || asked <= typed) return;
    typed += 1;
    input.write(`${[next.value, next.note].filter(Boolean).join(' ')}\n`);
  }, 10);
  return {
    operator: desk.at('shelf'),
    answer: (_id, reply) => void answers.push(reply),
    tooLong: async () => undefined,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await desk[Symbol.asyncDispose]();
    },
  };
});

t.test('the first answer that fits counts; every way is told of it, with who and how', async (t) => {
  const [one, other] = [handWay(), handWay()];
  await using desk = openDesk({ ways: [one.way, other.way], clock });
  const asked = desk.at('shelf').ask(SWITCH, LONG);
  const [left, right] = [one.shown[0], other.shown[0]];
  t.match(left?.posted, { number: 1, dut: 'shelf', prompt: SWITCH });
  const by = (name: string, value: string): Answer => ({ value, by: name, way: 'page' });
  t.equal(left?.reply.answer(by('ann', 'maybe')), 'Expected one of yes, no.');
  t.equal(right?.reply.answer(by('bob', 'no')), undefined);
  t.equal(left?.reply.answer(by('ann', 'yes')), 'It is over.');
  t.same(await asked, by('bob', 'no'));
  t.match([...one.told, ...other.told], [{ answer: by('bob', 'no') }, { answer: by('bob', 'no') }]);
});

t.test('nobody in time, nobody at all, and a run that stops are told apart', async (t) => {
  const { way, told } = handWay();
  await using desk = openDesk({ ways: [way], clock });
  const operator = desk.at('shelf');
  await t.rejects(operator.ask(SWITCH, { timeoutMs: 20 }), {
    code: 'OPERATOR_TIMEOUT',
    domain: 'operator',
    message: /for shelf: Is it on\?/,
  });
  const stop = new AbortController();
  const stopped = operator.ask(SWITCH, { ...LONG, signal: stop.signal });
  stop.abort(new Error('enough'));
  await t.rejects(stopped, { message: 'enough' });
  const closing = operator.ask(SWITCH, LONG);
  await operator[Symbol.asyncDispose]();
  await t.rejects(closing, { code: 'PORT_CLOSED' });
  t.same(
    told.map(({ outcome }) => outcome),
    ['unanswered', 'withdrawn', 'withdrawn'],
  );
  await using empty = openDesk({ ways: [], clock });
  await t.rejects(empty.at('shelf').ask(SWITCH, LONG), { code: 'OPERATOR_ABSENT', hint: /"switch"/ });
});

t.test('recorded answers: for one recorder, one after another, and those that do not fit', async (t) => {
  const answers = {
    switch: [{ value: 'yes' }, { value: 'no', note: 'it was warm' }],
    'shelf-2/switch': [{ value: 'no' }],
    other: [{ value: 'perhaps' }],
  };
  await using desk = openDesk({ ways: [recordedWay({ answers, by: 'night', folder: '.' })], clock });
  const ask = (dut: string, id = 'switch') => desk.at(dut).ask({ ...SWITCH, id }, LONG);
  t.same(await ask('shelf'), { value: 'yes', by: 'night', way: 'recorded' });
  t.same((await ask('shelf-2')).value, 'no');
  t.same((await ask('shelf')).note, 'it was warm');
  await t.rejects(ask('shelf'), { code: 'OPERATOR_ABSENT' }, 'the list is at its end');
  t.equal((await ask('shelf-2')).value, 'no', 'one answer alone is good for every time');
  await t.rejects(ask('shelf', 'other'), { code: 'CONFIG_INVALID', message: /"perhaps".*"other"/ });
});

t.test('a program answers: it gets the prompt, and prints the answer', async (t) => {
  const folder = t.testdir({
    'phone.mjs': `let text = '';
      for await (const chunk of process.stdin) text += chunk;
      const { dut, id, qr } = JSON.parse(text);
      console.log(qr === 'RB1.x' ? 'yes' : 'no');
      console.log(dut + ' ' + id);`,
    'broken.mjs': `console.error('no phone here'); process.exit(3);`,
    'silent.mjs': '',
    'slow.mjs': 'setInterval(() => {}, 1000);',
  });
  const run = (file: string): readonly RecordedAnswer[] => [{ command: [process.execPath, file] }];
  const answers = {
    switch: run('phone.mjs'),
    broken: run('broken.mjs'),
    silent: run('silent.mjs'),
    slow: run('slow.mjs'),
    absent: [{ command: ['./no-such-program'] as const }],
  };
  await using desk = openDesk({ ways: [recordedWay({ answers, by: 'night', folder })], clock });
  const ask = (id: string, timeoutMs = 60_000) =>
    desk.at('shelf').ask({ ...SWITCH, id, qr: 'RB1.x', note: 'What it said' }, { timeoutMs });
  t.same(await ask('switch'), { value: 'yes', note: 'shelf switch', by: 'night', way: 'script' });
  await t.rejects(ask('broken'), { code: 'OPERATOR_ABSENT', message: /ended with 3: no phone here/ });
  await t.rejects(ask('silent'), { code: 'OPERATOR_ABSENT', message: /printed nothing/ });
  await t.rejects(ask('absent'), { code: 'OPERATOR_ABSENT', message: /could not be run/ });
  await t.rejects(ask('slow', 300), { code: 'OPERATOR_TIMEOUT' });
});

t.test('a terminal: one prompt at a time, numbers, wrong answers, and answers from elsewhere', async (t) => {
  const term = streams();
  const other = handWay();
  let held = 0;
  const hold = () => {
    held += 1;
    return () => {
      held -= 1;
    };
  };
  const way = terminalWay({ ...term, by: 'ann', colour: false, hold });
  await using desk = openDesk({ ways: [way, other.way], clock });
  const first = desk.at('one').ask({ ...SWITCH, steps: ['Look at the lamp.'] }, LONG);
  const second = desk.at('two').ask({ ...SWITCH, note: 'What you saw' }, LONG);
  await term.until('> ');
  t.match(
    term.written(),
    /one asks, until \d\d:\d\d:\d\d: Is it on\?\n- Look at the lamp\.\n {2}1 {2}Yes\n {2}2 {2}No\n/,
  );
  t.notMatch(term.written(), /two asks/);
  t.equal(held, 1, 'what else writes there is quiet');
  term.input.write('3\n');
  await term.until('Expected a number from 1 to 2.');
  term.input.write('2 because\n');
  await term.until('Expected the answer alone.');
  // Half of a line for the first prompt must not answer the second.
  term.input.write('2');
  other.shown[0]?.reply.answer({ value: 'yes', by: 'bob', way: 'page' });
  t.equal((await first).by, 'bob');
  await term.until(/two asks[\s\S]*> /);
  t.match(term.written(), 'Answered: yes, by bob, on the page.');
  term.input.write('1 a green lamp\n');
  t.same(await second, { value: 'yes', note: 'a green lamp', by: 'ann', way: 'terminal' });
  t.equal(held, 0);
  t.throws(() => terminalWay({ ...term, input: new PassThrough(), by: 'ann', colour: false }), {
    code: 'USAGE',
    hint: /--operator page/,
  });
});
