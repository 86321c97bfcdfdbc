import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { systemClock as clock } from '../terms/clock.ts';
import { dutFolder, hasCutJournal, holdDut, keepsPasswords } from './dut.ts';
import { makeFolder, placeFile, readIfThere, replaceFile } from './files.ts';
import { takeLease } from './lease.ts';

const UNIT = { id: 'shelf', serialNumber: 'DS-1' };
const source = { from: 'bytes', bytes: Buffer.alloc(32, 7) } as const;

t.test('folders are made for their account alone, and made again without harm', async (t) => {
  const folder = join(t.testdir({}), 'a', 'b', 'c');
  makeFolder(folder);
  makeFolder(folder);
  t.equal(statSync(folder).mode & 0o777, 0o700);
  t.equal(readIfThere(join(folder, 'none')), undefined);
});

t.test('a state folder that is none is told with its path, and what to do', async (t) => {
  const folder = t.testdir({ file: 'x' });
  for (const state of [join(folder, 'file'), join(folder, 'file', 'below')])
    t.throws(() => holdDut(UNIT, { folder: state, source }, { what: 'run', clock }), {
      code: 'CONFIG_INVALID',
      message: /nothing can be kept in .*file.*: a file stands where a folder should be/,
      hint: /--state/,
    });
  t.throws(() => makeFolder(join(folder, 'file')), { code: 'CONFIG_INVALID' });
  t.throws(() => hasCutJournal(UNIT, { folder: join(folder, 'file'), source }, clock), {
    code: 'CONFIG_INVALID',
  });
  t.equal(keepsPasswords(join(folder, 'file')), false);
  const skip = existsSync('/proc/self') ? false : 'there is no /proc';
  t.test('where no folder can be made it ends', { skip }, async (t) => {
    t.throws(() => takeLease({ folder: '/proc/resetbench/duts/x', dut: 'shelf', what: 'run', clock }), {
      code: 'CONFIG_INVALID',
      message: /\/proc\/resetbench\/duts\/x/,
    });
  });
});

t.test('a folder that takes no file is told with its path, and nothing is left in it', async (t) => {
  const folder = t.testdir({ taken: {} });
  const below = join(folder, 'none', 'key');
  for (const put of [() => placeFile(below, 'x'), () => replaceFile(below, 'x')])
    t.throws(put, { code: 'CONFIG_INVALID', message: /nothing can be kept in .*none/, hint: /--state/ });
  t.throws(() => replaceFile(join(folder, 'taken'), 'x'), { code: 'CONFIG_INVALID', message: /a folder$/ });
  t.same(readdirSync(folder), ['taken'], 'and no draft is left');
});

t.test('a journal that is a folder is told with its path', async (t) => {
  const state = t.testdir({});
  const own = dutFolder(state, UNIT.serialNumber);
  mkdirSync(join(own, 'passwords.jsonl'), { recursive: true });
  t.throws(() => holdDut(UNIT, { folder: state, source }, { what: 'run', clock }), {
    code: 'RECORD_UNREADABLE',
    message: /passwords.jsonl cannot be read: it is a folder/,
    hint: /moved away/,
  });
});
