import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { sizeOf } from './size.ts';

t.test('a size is a whole number, and not none', async (t) => {
  t.equal(sizeOf('kills', undefined, 300), 300);
  t.equal(sizeOf('kills', '7', 300), 7);
  t.equal(sizeOf('seed', '0', 1, 0), 0);
  for (const text of ['0', '-3', 'abc', '', ' ', '1.5', 'Infinity', '1e99'])
    t.throws(() => sizeOf('kills', text, 300), {
      message: `--kills expects a whole number from 1, found "${text}"`,
    });
});

t.test('a series of no kills is no success', async (t) => {
  const crash = fileURLToPath(new URL('./crash.ts', import.meta.url));
  for (const kills of ['0', 'abc', '-3']) {
    const { code, err } = await new Promise<{ code: number; err: string }>((resolve) => {
      const child = execFile(process.execPath, [crash, `--kills=${kills}`], (_, __, stderr) =>
        resolve({ code: child.exitCode ?? -1, err: stderr }),
      );
    });
    t.equal(code, 2);
    t.equal(err, `--kills expects a whole number from 1, found "${kills}"\n`);
  }
});
