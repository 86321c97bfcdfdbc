import type { Test } from 'tap';
import type { Answer, PromptRecord } from '../../terms/record.ts';
import { failure } from './contract-help.ts';
import type { Operator, Prompt } from './operator.ts';

/** An operator port, and whoever answers. */
export interface OperatorUnderTest extends AsyncDisposable {
  readonly operator: Operator;
  /** What the next prompt of this id is answered with; told before it is asked. */
  answer(id: string, reply: Pick<Answer, 'value' | 'note'>): void;
  /** Lets time pass until a prompt that nobody answers is over. */
  tooLong(): PromiseLike<void>;
}

const LONG = { timeoutMs: 60_000 };
const CHOICE: Prompt = {
  id: 'cable',
  title: 'Is the cable plugged in?',
  kind: 'options',
  options: [
    { value: 'yes', label: 'Yes, it is' },
    { value: 'no', label: 'No' },
  ],
  note: 'What you saw',
};
const TEXT: Prompt = {
  id: 'version',
  title: 'Which version does the label show?',
  kind: 'text',
  pattern: String.raw`V\d+\.\d+`,
  example: 'V4.21',
};
/** One grey pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);
const PICTURE: Prompt = {
  id: 'logo',
  title: 'Is the picture whole?',
  kind: 'picture',
  frame: { bytes: PIXEL, format: 'png' },
  options: [
    { value: 'whole', label: 'Whole' },
    { value: 'torn', label: 'Torn' },
  ],
};

/** What every driver of the operator port, and the fake, promise. */
export function operatorContract(
  t: Test,
  name: string,
  open: () => Promise<OperatorUnderTest>,
): Promise<unknown> {
  return t.test(`operator contract: ${name}`, async (t) => {
    t.test('gives the answer of whoever answered, with what was said beside it', async (t) => {
      await using bench = await open();
      bench.answer('cable', { value: 'no', note: 'It hangs down' });
      const answer = await bench.operator.ask(CHOICE, LONG);
      t.match(answer, { value: 'no', note: 'It hangs down' });
      t.not(answer.by, '', 'somebody answered');
      bench.answer('version', { value: 'V4.30' });
      t.equal((await bench.operator.ask(TEXT, LONG)).value, 'V4.30');
      bench.answer('logo', { value: 'torn' });
      t.equal((await bench.operator.ask(PICTURE, LONG)).value, 'torn');
    });

    t.test('tells who was asked what, and what came of it', async (t) => {
      await using bench = await open();
      const heard: PromptRecord[] = [];
      const end = bench.operator.watch((over) => heard.push(over));
      bench.answer('logo', { value: 'whole' });
      const answer = await bench.operator.ask(PICTURE, LONG);
      t.match(heard, [{ id: 'logo', title: PICTURE.title, kind: 'picture', outcome: 'answered', answer }]);
      t.match(heard[0]?.shown, /^[0-9a-f]{64}$/, 'and which picture was judged');
      end();
      bench.answer('cable', { value: 'yes' });
      await bench.operator.ask(CHOICE, LONG);
      t.equal(heard.length, 1, 'until it is told to end');
    });

    t.test('answers to two prompts at a time are not mixed up', async (t) => {
      await using bench = await open();
      bench.answer('cable', { value: 'yes' });
      bench.answer('version', { value: 'V1.2' });
      const both = [bench.operator.ask(CHOICE, LONG), bench.operator.ask(TEXT, LONG)];
      t.same(
        (await Promise.all(both)).map(({ value }) => value),
        ['yes', 'V1.2'],
      );
    });

    t.test('that nobody answers is an error of the operator, and says what was asked', async (t) => {
      await using bench = await open();
      const heard: PromptRecord[] = [];
      bench.operator.watch((over) => heard.push(over));
      const asked = failure(bench.operator.ask(CHOICE, { timeoutMs: 300 }));
      await bench.tooLong();
      const error = await asked;
      t.match(error?.code, /^OPERATOR_(TIMEOUT|ABSENT)$/);
      t.equal(error?.domain, 'operator');
      t.match(error?.message, CHOICE.title);
      t.ok(error?.hint);
      t.match(heard, [{ id: 'cable', outcome: 'unanswered' }]);
    });

    t.test('a run that is stopped withdraws its prompt', async (t) => {
      await using bench = await open();
      const stop = new AbortController();
      const reason = new Error('stopped');
      stop.abort(reason);
      await t.rejects(bench.operator.ask(CHOICE, { ...LONG, signal: stop.signal }), reason);
    });

    t.test('after close it says so', async (t) => {
      await using bench = await open();
      await bench.operator[Symbol.asyncDispose]();
      await bench.operator[Symbol.asyncDispose]();
      t.equal((await failure(bench.operator.ask(CHOICE, LONG)))?.code, 'PORT_CLOSED');
    });
  });
}
