import { PassThrough } from 'node:stream';
import t from 'tap';
import { openTerminal } from './terminal.ts';

const question = { text: 'Ready?', answers: ['', 's'], withinMs: 60_000 };

t.test(
  'answers are read line by line, also those that come early; what is none is asked again',
  async (t) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    using terminal = openTerminal(input, output);
    input.write('perhaps\n S \n\n');
    t.equal(await terminal.ask(question), 's');
    t.equal(await terminal.ask(question), '');
    t.equal(output.read()?.toString(), 'Ready? Ready? Ready? ');
  },
);

t.test('nobody there, and nobody answering, is said', async (t) => {
  const closed = new PassThrough();
  using terminal = openTerminal(closed, new PassThrough());
  closed.end();
  await t.rejects(terminal.ask(question), { code: 'INTERRUPTED' });
  using silent = openTerminal(new PassThrough(), new PassThrough());
  await t.rejects(silent.ask({ ...question, withinMs: 20 }), { code: 'PORT_TIMEOUT' });
});
