import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { checkHouse, importsOf, roomOf } from './check-house.ts';
import { HOUSE } from './house.ts';

/** Writes files into an empty folder and checks them against the real table. */
function findings(root: string, files: Readonly<Record<string, string>>): readonly string[] {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return checkHouse(root).findings;
}

t.test('every kind of import is seen, with its line', async (t) => {
  const source = [
    '// ä € 😀: lines are right behind characters of many bytes',
    "import type { A } from './a.ts';",
    "import { type B } from './b.ts';",
    "import './c.ts';",
    "export { d } from './d.ts';",
    "export * from './e.ts';",
    "export type { F } from './f.ts';",
    "export type G = import('./g.ts').G;",
    "const h = () => import('./h.ts');",
    'const i = () => import(`./i.ts`);',
    "const j = import.meta.resolve('./j.ts');",
    "const k = require('./k.ts');",
    "const l = require.resolve('./l.ts');",
    "import m = require('./m.ts');",
    'const n = (name: string) => import(name);',
    'const o = "import p from \'./p.ts\'"; // import q from "./q.ts"',
    'export { h };',
  ].join('\n');
  t.strictSame(
    importsOf('x.ts', source).map(({ name, line }) => `${line} ${name}`),
    [...'abcdefghijklm'].map((letter, at) => `${at + 2} ./${letter}.ts`).concat('15 undefined'),
  );
});

t.test('what the table does not allow is found', async (t) => {
  const cases: readonly (readonly [what: string, file: string, text: string, finding: string])[] = [
    [
      'a type import across rooms',
      'harness/vision/a.ts',
      "\nimport type { X } from '../flow/x.ts';",
      'harness/vision/a.ts:2 imports harness/flow/x.ts, which room harness/vision may not',
    ],
    [
      'a type named by import()',
      'harness/emulator/a.ts',
      "export type X = import('../terms/clock.ts').Clock;",
      'harness/emulator/a.ts:1 imports harness/terms/clock.ts, which room harness/emulator may not',
    ],
    [
      'an npm package',
      'harness/flow/a.ts',
      "import sharp from 'sharp';",
      'harness/flow/a.ts:1 imports sharp, which room harness/flow may not (it may: harness/bench/ports, harness/vision, harness/terms)',
    ],
    [
      'a package whose name begins like an allowed one',
      'harness/config/a.ts',
      "import z from 'zod-to-x';",
      'harness/config/a.ts:1 imports zod-to-x,',
    ],
    [
      'a module of Node where time and files are handed in',
      'harness/terms/a.ts',
      "import { readFileSync } from 'node:fs';",
      'harness/terms/a.ts:1 imports node:fs, which room harness/terms may not (it may: nothing)',
    ],
    [
      'a relative import across rooms',
      'harness/report/html/a.ts',
      "import { open } from '../../bench/open.ts';",
      'harness/report/html/a.ts:1 imports harness/bench/open.ts,',
    ],
    [
      'a dynamic import',
      'suites/a.suite.ts',
      "const flow = await import('../harness/flow/gui.ts');\nexport { flow };",
      'suites/a.suite.ts:1 imports harness/flow/gui.ts, which room suites may not (it may: harness/kit)',
    ],
    [
      'an import of what is known only when it runs',
      'harness/kit/a.ts',
      'export const load = (name: string) => import(name);',
      'harness/kit/a.ts:1 imports what is known only when it runs,',
    ],
    [
      'an import in plain JavaScript',
      'harness/emulator/gui/client/a.mjs',
      "import '../../../terms/clock.ts';",
      'harness/emulator/gui/client/a.mjs:1 imports harness/terms/clock.ts,',
    ],
    [
      'other rooms in the tests of the emulator',
      'harness/emulator/a.test.ts',
      "import '../bench/drivers/x.ts';",
      'harness/emulator/a.test.ts:1 imports harness/bench/drivers/x.ts,',
    ],
    [
      'the emulator in the tests of suites',
      'suites/a.test.ts',
      "import '../harness/emulator/x.ts';",
      'suites/a.test.ts:1 imports harness/emulator/x.ts,',
    ],
    [
      'a helper of tests in the program',
      'harness/bench/drivers/a.ts',
      "import './b.fixture.ts';",
      'harness/bench/drivers/a.ts:1 imports ./b.fixture.ts, which is for tests alone',
    ],
    [
      'a file outside of the house',
      'harness/cli/a.ts',
      "import '../../vite.config.ts';",
      'harness/cli/a.ts:1 imports ../../vite.config.ts, which is in no room',
    ],
    ['a folder that is no room', 'harness/cellar/a.ts', '', 'harness/cellar/a.ts:1 is in no room'],
    ['a folder of the bench that is no room', 'harness/bench/shed/a.ts', '', 'harness/bench/shed/a.ts:1 is'],
    ['a file that cannot be parsed', 'harness/cli/a.ts', 'import from;', 'harness/cli/a.ts:1 cannot be read'],
  ];
  for (const [what, file, text, finding] of cases) {
    await t.test(what, async (t) => {
      const found = findings(t.testdir(), { [file]: text });
      t.equal(found.length, 1);
      t.ok(found[0]?.startsWith(finding), found.join('\n'));
    });
  }
});

t.test('what the table allows is not found', async (t) => {
  const found = findings(t.testdir(), {
    'harness/vision/a.ts': "import jsqr from 'jsqr';\nimport 'zxing-wasm/reader';\nimport './b.ts';",
    'harness/vision/a.test.ts': "import t from 'tap';\nimport '../bench/fakes/x.ts';",
    'harness/emulator/recorder/a.ts': "import '../../wire/seal.ts';\nimport '../http/xml.ts';",
    'harness/emulator/gui/client/a.mjs': "import '/client/live.mjs';",
    'harness/bench/drivers/display/a.ts': "import '../../ports/display.ts';\nimport '../http/http.ts';",
    'harness/bench/drivers/a.test.ts': "import './json-server.fixture.ts';",
    'harness/cli/a.ts': 'export const load = (name: string) => import(name);',
  });
  t.strictSame(found, []);
});

t.test('every room is in the table once, and may import only what is a room', async (t) => {
  const folders = HOUSE.map((room) => room.folder);
  t.equal(new Set(folders).size, folders.length);
  for (const room of HOUSE) {
    t.equal(roomOf(`${room.folder}/x.ts`)?.folder, room.folder);
    for (const other of [...room.rooms, ...(room.testRooms ?? [])]) t.ok(folders.includes(other), other);
  }
});

t.test('the program ends with 1 for findings, and where it saw no import at all', async (t) => {
  const program = join(import.meta.dirname, 'check-house.ts');
  const empty = spawnSync(process.execPath, [program, t.testdir()], { encoding: 'utf8' });
  t.equal(empty.status, 1);
  t.match(empty.stdout, /No import was seen at all/);
  const own = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  t.match(own.stdout, /^\d{3,} files with \d{3,} imports: 0 not as in scripts\/house\.ts\.$/m);
  t.equal(own.status, 0);
});
