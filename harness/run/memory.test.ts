import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import t from 'tap';

const MODULE = fileURLToPath(new URL('memory.ts', import.meta.url));
const PROGRAM = `
import { settleMemory } from ${JSON.stringify(MODULE)};
console.log(process.pid);
settleMemory();
console.log(JSON.stringify([process.env.MALLOC_ARENA_MAX, process.argv.slice(2), process.execArgv.length]));
`;
const skip = process.platform === 'linux' ? false : 'the allocator of glibc alone is told';

/** Lines that the program wrote, the process id that it had each time first. */
async function told(more: Readonly<Record<string, string>>) {
  const { MALLOC_ARENA_MAX: _, MALLOC_MMAP_THRESHOLD_: _again, NODE_OPTIONS: _options, ...env } = process.env;
  const args = ['--input-type=module', '--eval', PROGRAM, '--', 'a', 'b c'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env: { ...env, ...more } });
  return { lines: stdout.trim().split('\n'), stderr };
}

t.test(
  'a program begins anew once, as the same process, with what it was called with',
  { skip },
  async (t) => {
    const { lines, stderr } = await told({});
    t.equal(lines.length, 3);
    t.equal(lines[1], lines[0], 'the same process');
    t.match(JSON.parse(lines[2] ?? ''), ['2', ['b c'], Number]);
    t.equal(stderr, '');
  },
);

t.test('what somebody set stays', { skip }, async (t) => {
  const { lines } = await told({ MALLOC_ARENA_MAX: '7' });
  t.equal(lines.length, 2);
  t.match(JSON.parse(lines[1] ?? ''), ['7']);
});
