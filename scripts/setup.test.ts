import t from 'tap';
import {
  chooseBrowser,
  type Facts,
  firstOnPath,
  INTEGRATION_STEPS,
  missingPackages,
  NAMES,
  type Probes,
  readStamp,
  SERIAL,
  STEPS,
  type Stamp,
  shellBeside,
  stepsToDo,
  TEST_STEPS,
  VNC,
} from './setup/choose.mjs';

const STAMP: Stamp = {
  lock: 'l1',
  node: '24.21.0',
  chromium: '/bin/browser',
  done: [...STEPS, ...TEST_STEPS],
};
const FACTS: Facts = {
  lock: 'l1',
  installed: 'l1',
  node: '24.21.0',
  named: undefined,
  taprc: 'x',
  builtFor: 'x',
  exists: () => true,
};

t.test('where all is done, nothing is done again', async (t) => {
  t.strictSame(stepsToDo(STAMP, FACTS, false), []);
  t.strictSame(stepsToDo(STAMP, FACTS, true), []);
});

t.test('all is done where there is no stamp, or one for other files', async (t) => {
  t.strictSame(stepsToDo(undefined, FACTS, false), STEPS);
  t.strictSame(stepsToDo(undefined, FACTS, true), [...STEPS, ...TEST_STEPS]);
  t.strictSame(stepsToDo(STAMP, { ...FACTS, lock: 'l2', installed: 'l2' }, false), STEPS, 'new lock file');
  t.strictSame(stepsToDo(STAMP, { ...FACTS, installed: undefined }, false), STEPS, 'node_modules is new');
  t.strictSame(stepsToDo(STAMP, { ...FACTS, node: '24.22.0' }, false), STEPS, 'another Node');
  t.strictSame(stepsToDo(STAMP, { ...FACTS, node: undefined }, false), STEPS, 'no Node');
});

t.test('what the tests need is done when tests first run', async (t) => {
  t.strictSame(stepsToDo({ ...STAMP, done: STEPS }, FACTS, false), []);
  t.strictSame(stepsToDo({ ...STAMP, done: STEPS }, FACTS, true), TEST_STEPS);
  const before = { ...STAMP, done: STAMP.done.filter((step) => step !== 'ffmpeg') };
  t.strictSame(stepsToDo(before, FACTS, true), ['ffmpeg'], 'and only that, where it is all that is new');
  t.strictSame(stepsToDo(before, FACTS, false), []);
  t.strictSame(stepsToDo(STAMP, { ...FACTS, builtFor: undefined }, true), ['test runner']);
});

t.test('what needs a container engine is done for its tests alone', async (t) => {
  t.strictSame(stepsToDo(STAMP, FACTS, false, true), ['docker']);
  t.strictSame(stepsToDo({ ...STAMP, done: STEPS }, FACTS, false, true), INTEGRATION_STEPS);
  t.strictSame(
    stepsToDo(undefined, FACTS, true, true),
    [...STEPS, ...TEST_STEPS, 'docker'],
    'each step once',
  );
});

t.test('the browser is looked for again when it is gone, or another is named', async (t) => {
  const gone = (path: string) => ({ ...FACTS, exists: (one: string) => one !== path });
  t.strictSame(stepsToDo(STAMP, gone('/bin/browser'), false), ['browser']);
  t.strictSame(stepsToDo({ ...STAMP, door: '/door' }, gone('/door'), false), ['browser']);
  t.strictSame(stepsToDo(STAMP, { ...FACTS, named: '/own' }, false), ['browser']);
  t.strictSame(stepsToDo({ ...STAMP, named: '/own' }, FACTS, false), ['browser']);
  t.strictSame(stepsToDo({ ...STAMP, named: '/own' }, { ...FACTS, named: '/own' }, false), []);
});

t.test('programs for tests of serial ports are installed one by one', async (t) => {
  const has = (names: readonly string[]) => (name: string) =>
    names.includes(name) ? `/usr/bin/${name}` : undefined;
  t.strictSame(missingPackages(SERIAL, has([])), ['socat', 'ser2net']);
  t.strictSame(missingPackages(SERIAL, has(['socat'])), ['ser2net']);
  t.strictSame(missingPackages(SERIAL, has(['socat', 'ser2net'])), []);
});

t.test('a stamp that is none is no stamp', async (t) => {
  t.strictSame(readStamp(JSON.stringify(STAMP)), STAMP);
  for (const text of [undefined, '', '{', 'null', '[]', '{"chromium":"/usr/bin/chromium"}'])
    t.equal(readStamp(text), undefined, text ?? 'no file');
});

/** A machine with some browsers, on which installing brings others. */
function machine(
  paths: readonly string[],
  changes: Partial<Probes> & { readonly packages?: readonly string[]; readonly downloads?: string } = {},
) {
  const there = new Set(paths);
  const deeds: string[] = [];
  const { packages = [], downloads, ...probes } = changes;
  const choice = chooseBrowser({
    named: undefined,
    canInstall: false,
    works: (path) => there.has(path),
    onPath: (name) => [...there].find((path) => path === `/usr/bin/${name}`),
    ofPlaywright: () => ['/pw/full', '/pw/shell'],
    download() {
      deeds.push('download');
      if (downloads !== undefined) there.add(downloads);
      return downloads !== undefined;
    },
    install(wanted) {
      deeds.push(`install ${wanted.join(' ')}`);
      const known = wanted.every((name) => packages.includes(name));
      if (known) for (const name of wanted) there.add(`/usr/bin/${name}`);
      return known;
    },
    unpack() {
      deeds.push('unpack');
      return undefined;
    },
    say: () => {},
    ...probes,
  });
  return { choice, deeds };
}

t.test('a browser that is there is taken, and nothing is installed', async (t) => {
  const all = ['/own', '/pw/full', '/pw/shell', ...NAMES.map((name) => `/usr/bin/${name}`)];
  t.strictSame(machine(all, { named: '/own' }), { choice: { path: '/own', from: 'named' }, deeds: [] });
  t.strictSame(machine(all), { choice: { path: '/pw/full', from: 'playwright' }, deeds: [] });
  t.strictSame(machine(all.slice(2)), { choice: { path: '/pw/shell', from: 'playwright' }, deeds: [] });
  for (const [at, name] of NAMES.entries())
    t.strictSame(machine(all.slice(3 + at)), {
      choice: { path: `/usr/bin/${name}`, from: 'path' },
      deeds: [],
    });
});

t.test('a named browser that does not start is not replaced by another', async (t) => {
  const { choice, deeds } = machine(['/pw/full'], { named: '/nowhere' });
  t.match(choice, { problem: /RESETBENCH_CHROMIUM names \/nowhere/, cure: 'unset RESETBENCH_CHROMIUM' });
  t.strictSame(deeds, []);
});

t.test('a full browser is replaced by the headless shell where Debian has it', async (t) => {
  const shell = 'chromium-headless-shell';
  t.strictSame(machine(['/usr/bin/chromium'], { canInstall: true, packages: [shell] }), {
    choice: { path: `/usr/bin/${shell}`, from: 'path' },
    deeds: [`install ${shell}`],
  });
  t.strictSame(machine(['/usr/bin/chromium'], { canInstall: true }), {
    choice: { path: '/usr/bin/chromium', from: 'path' },
    deeds: [`install ${shell}`],
  });
  t.strictSame(machine([`/usr/bin/${shell}`], { canInstall: true }).deeds, []);
});

t.test("without a browser: Playwright's download, Debian's packages, npm's, in this order", async (t) => {
  t.strictSame(machine([], { downloads: '/pw/shell' }), {
    choice: { path: '/pw/shell', from: 'playwright' },
    deeds: ['download'],
  });
  t.strictSame(machine([], { canInstall: true, packages: ['chromium'] }), {
    choice: { path: '/usr/bin/chromium', from: 'path' },
    deeds: ['download', 'install chromium-headless-shell', 'install chromium'],
  });
  t.strictSame(machine([], { unpack: () => '/packed', works: (path) => path === '/packed' }).choice, {
    path: '/packed',
    from: 'package',
  });
  const none = machine([]);
  t.match(none.choice, { problem: /none could be installed/, cure: /^apt-get install chromium/ });
  t.strictSame(none.deeds, ['download', 'unpack'], 'who is not root installs no package of Debian');
});

t.test('a download that does not start here is not taken', async (t) => {
  const { choice } = machine([], {
    downloads: '/pw/shell',
    canInstall: true,
    packages: ['chromium-headless-shell'],
    works: (path) => path.startsWith('/usr/bin/'),
  });
  t.strictSame(choice, { path: '/usr/bin/chromium-headless-shell', from: 'path' });
});

t.test("Playwright's headless shell is found beside its full browser", async (t) => {
  const folders: Readonly<Record<string, readonly string[]>> = {
    '/cache/chromium_headless_shell-1255': ['INSTALLATION_COMPLETE', 'chrome-headless-shell-linux64'],
    '/cache/chromium_headless_shell-1255/chrome-headless-shell-linux64': ['LICENSE', 'chrome-headless-shell'],
  };
  const list = (folder: string) => folders[folder] ?? [];
  t.equal(
    shellBeside('/cache/chromium-1255/chrome-linux64/chrome', list),
    '/cache/chromium_headless_shell-1255/chrome-headless-shell-linux64/chrome-headless-shell',
  );
  t.equal(shellBeside('/cache/chromium-1254/chrome-linux64/chrome', list), undefined);
  t.equal(shellBeside('/elsewhere/chrome', list), undefined);
});

t.test('the harness looks folder after folder, and in each for the lightest first', async (t) => {
  const there = ['/a/google-chrome', '/b/chromium', '/b/chromium-headless-shell'];
  const exists = (path: string) => there.includes(path);
  t.equal(firstOnPath(['', '/a', '/b'], exists), '/a/google-chrome');
  t.equal(firstOnPath(['/b', '/a'], exists), '/b/chromium-headless-shell');
  t.equal(firstOnPath(['/c'], exists), undefined);
});

t.test('of the packages for tests by VNC those are installed that are not there in any form', async (t) => {
  const missing = (...programs: readonly string[]) =>
    missingPackages(VNC, (name) => (programs.includes(name) ? `/usr/bin/${name}` : undefined));
  t.strictSame(missing(), ['tigervnc-standalone-server', 'openbox', 'chromium']);
  t.strictSame(missing('Xvnc', 'openbox', 'chromium-headless-shell'), ['chromium'], 'it has no window');
  t.strictSame(missing('Xvnc', 'openbox', 'google-chrome'), []);
});
