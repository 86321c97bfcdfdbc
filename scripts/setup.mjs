// Set-up for `npm start` and `npm test`: plain JavaScript that an old Node can start. Idempotent; says what it does.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const started = Date.now();
const say = (line) => console.log(`set-up: ${line}`);

/** Runs a command with its output on ours; answers whether it ended well. */
function run(command, args, options = {}) {
  say(`${command} ${args.join(' ')}`);
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  return result.status === 0;
}

function stop(message, cure) {
  console.error(`set-up: ${message}\n        type: ${cure}`);
  process.exit(1);
}

/** Dependencies as the lock file has them; a stamp says which lock file was installed. */
function dependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.resetbench-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return say('dependencies are there');
  // `npm ci` refuses a lock file that lacks the optional packages of other platforms, as one made behind a registry
  // mirror does; `npm install` then takes the locked versions too, and leaves the lock file as it is.
  const quiet = { stdio: 'ignore' };
  if (!run('npm', ['ci'], quiet) && !run('npm', ['install', '--no-save'])) {
    stop('the dependencies could not be installed', 'npm install');
  }
  writeFileSync(stamp, lock);
}

/** Node 24 comes as a package, so that an older one on the machine does not matter. */
function node() {
  const bin = join(root, 'node_modules', '.bin', 'node');
  try {
    const version = execFileSync(bin, ['--version'], { encoding: 'utf8' }).trim();
    if (Number(version.slice(1).split('.')[0]) >= 24) return say(`Node ${version}`);
  } catch {
    // Reported below: missing and too old have the same cure.
  }
  stop('Node 24 is not in node_modules', 'npm install --include=dev node@24');
}

function onPath(name) {
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

const isRoot = typeof process.getuid === 'function' && process.getuid() === 0;
/** Installs Debian packages where that is possible; answers whether they are there. */
function debian(packages) {
  if (!isRoot || onPath('apt-get') === undefined) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
  return (
    run('apt-get', ['update', '-q'], quiet) &&
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], quiet)
  );
}

/** A Chromium: named by RESETBENCH_CHROMIUM, Playwright's own, one on PATH, else installed. */
async function chromium() {
  const named = process.env.RESETBENCH_CHROMIUM;
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    stop(`RESETBENCH_CHROMIUM names ${named}, which does not exist`, 'unset RESETBENCH_CHROMIUM');
  }
  const { chromium: browser } = await import('playwright');
  const look = () => {
    const own = browser.executablePath();
    if (own !== '' && existsSync(own)) return own;
    return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
      .map(onPath)
      .find((path) => path !== undefined);
  };
  const there = look();
  if (there !== undefined) return there;
  const cli = join(root, 'node_modules', 'playwright', 'cli.js');
  if (
    run(join(root, 'node_modules', '.bin', 'node'), [cli, 'install', 'chromium', '--only-shell'], {
      timeout: 120_000,
      stdio: 'ignore',
    })
  ) {
    const got = look();
    if (got !== undefined) return got;
  }
  say("Playwright's download cannot be reached here");
  if (debian(['chromium'])) {
    const got = look();
    if (got !== undefined) return got;
  }
  const folder = join(root, '.resetbench', 'browser');
  mkdirSync(folder, { recursive: true });
  if (run('npm', ['install', '--no-save', '--prefix', folder, '@sparticuz/chromium'])) {
    const packed = await import(
      join(folder, 'node_modules', '@sparticuz', 'chromium', 'build', 'index.js')
    ).catch(() => undefined);
    const path = await packed?.default?.executablePath?.();
    if (typeof path === 'string' && existsSync(path)) return path;
  }
  return stop(
    'no Chromium was found and none could be installed',
    'apt-get install chromium   (or set RESETBENCH_CHROMIUM to one)',
  );
}

/** Pseudo-terminals for the twins' serial consoles. */
async function ptys() {
  try {
    await import('@lydell/node-pty');
    say('ptys by node-pty');
  } catch {
    if (onPath('socat') === undefined && !debian(['socat']))
      stop('there is no way to make ptys', 'apt-get install socat');
    say('ptys by socat');
  }
}

/** tap without its TypeScript plugin, which Node 24 makes needless and TypeScript 7 breaks (see .taprc). */
function testRunner() {
  const stamp = join(root, 'node_modules', '.resetbench-tap');
  const wanted = readFileSync(join(root, '.taprc'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const bin = join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  if (!run(join(bin, 'tap'), ['build'], { env, stdio: ['ignore', 'ignore', 'inherit'] })) {
    stop('the test runner could not be built', 'npx tap build');
  }
  writeFileSync(stamp, wanted);
}

/** What only the tests need. */
function forTests() {
  testRunner();
  if (onPath('tesseract') !== undefined) return say('tesseract is there');
  if (debian(['tesseract-ocr', 'tesseract-ocr-eng'])) return say('tesseract installed');
  say(
    'tesseract is missing: the tests that read stored frames will be skipped (apt-get install tesseract-ocr)',
  );
}

dependencies();
node();
const browser = await chromium();
say(`Chromium at ${browser}`);
await ptys();
if (!existsSync(join(root, 'node_modules', '@fontsource', 'noto-sans')))
  stop('the font package is missing', 'npm ci');
if (process.argv.includes('--for-tests')) forTests();
mkdirSync(join(root, '.resetbench'), { recursive: true });
writeFileSync(join(root, '.resetbench', 'setup.json'), `${JSON.stringify({ chromium: browser }, null, 2)}\n`);
say(`ready in ${((Date.now() - started) / 1000).toFixed(1)} s`);
