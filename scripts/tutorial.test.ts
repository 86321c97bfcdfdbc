// The tutorial: commands and options that it names are there, files that it leads to exist, and each block is answered.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { resetbench } from '../harness/cli/command.fixture.ts';
import { ROOT } from '../harness/cli/root.ts';

t.setTimeout(120_000);
const text = readFileSync(join(ROOT, 'docs', 'tutorial.md'), 'utf8');
const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

t.test('each command and option of the tutorial is known', async (t) => {
  const used = new Map<string, Set<string>>();
  for (const [, command = '', rest = ''] of blocks.join('').matchAll(/^npx resetbench (\S+)([^|\n]*)/gm)) {
    const options = used.get(command) ?? new Set();
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) options.add(option);
    used.set(command, options);
  }
  for (const command of ['run', 'gate', 'verify', 'diff']) t.ok(used.has(command), command);
  for (const [command, options] of used) {
    const { code, out } = await resetbench([command, '--help']);
    t.equal(code, 0, command);
    for (const option of options) t.match(out, ` ${option}`, `${command} ${option}`);
  }
});

t.test('each block is followed by what it prints, and links lead somewhere', async (t) => {
  t.ok(blocks.length > 5);
  t.equal([...text.matchAll(/^```sh\n[\s\S]*?^```\n```text\n[^`]+^```$/gm)].length, blocks.length);
  for (const [, link = ''] of text.matchAll(/\]\(([^)#]+)/g))
    t.ok(existsSync(join(ROOT, 'docs', link)), link);
});
