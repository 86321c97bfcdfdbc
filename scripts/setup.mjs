// Set-up for `npm start` and `npm test`: plain JavaScript that an old Node can start. Says what it does; does nothing
// twice: `.resetbench/setup.json` keeps what was done, and for what.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { browser } from './setup/browser.mjs';
import {
  DOVECOT,
  INTOTO,
  missingPackages,
  READERS,
  readStamp,
  SERIAL,
  stepsToDo,
  VNC,
} from './setup/choose.mjs';
import { ask, bin, install, onPath, root, run, say, stop, textOf } from './setup/system.mjs';

const started = Date.now();
const modules = join(root, 'node_modules');
const lockMark = join(modules, '.resetbench-lock');
const tapMark = join(modules, '.resetbench-tap');
const stampFile = join(root, '.resetbench', 'setup.json');
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const taprc = readFileSync(join(root, '.taprc'), 'utf8');
const named = process.env.RESETBENCH_CHROMIUM || undefined;

/** Version of the package `node`, which brings Node 24 wherever an older one is installed. */
function nodeVersion() {
  const text = existsSync(join(bin, 'node')) ? textOf(join(modules, 'node', 'package.json')) : undefined;
  return text === undefined ? undefined : JSON.parse(text).version;
}

/** Dependencies as the lock file has them. */
function dependencies() {
  if (textOf(lockMark) === lock) return;
  // `npm ci` refuses a lock file that lacks the optional packages of other platforms, as one made behind a registry
  // mirror does; `npm install` then takes the locked versions too, and leaves the lock file as it is.
  if (!run('npm', ['ci'], { quiet: true }) && !run('npm', ['install', '--no-save'], { output: true }))
    stop('the dependencies could not be installed (the reason stands above)', 'npm install');
  writeFileSync(lockMark, lock);
}

function node() {
  const version = ask(join(bin, 'node'), ['--version']);
  if (version === undefined || Number(version.slice(1).split('.')[0]) < 24)
    stop('Node 24 is not in node_modules', 'npm install --include=dev node@24');
  say(`Node ${version}`);
}

/** Pseudo-terminals for the twins' serial consoles. */
function ptys() {
  if (ask(join(bin, 'node'), ['-e', 'require("@lydell/node-pty")']) !== undefined)
    return say('ptys by node-pty');
  if (onPath('socat') === undefined && !install(['socat']))
    stop('there is no way to make ptys', 'apt-get install socat');
  return say('ptys by socat');
}

function fonts() {
  if (!existsSync(join(modules, '@fontsource', 'noto-sans'))) stop('the font package is missing', 'npm ci');
}

/** tap without its TypeScript plugin, which Node 24 makes needless and TypeScript 7 breaks (see .taprc). */
function testRunner() {
  if (textOf(tapMark) === taprc) return;
  const env = Object.assign({}, process.env, { PATH: `${bin}:${process.env.PATH}` });
  if (!run(join(bin, 'tap'), ['build'], { env })) stop('the test runner could not be built', 'npx tap build');
  writeFileSync(tapMark, taprc);
}

/** Reads the writing in pictures: in tests that look for secrets there, and where a screen is read from pixels. */
function tesseract() {
  const isThere = () => onPath('tesseract') !== undefined && LANGUAGES.every(hasLanguage);
  if (isThere()) return say('tesseract is there');
  const packages = ['tesseract-ocr'].concat(LANGUAGES.map((language) => `tesseract-ocr-${language}`));
  if (install(packages)) return say('tesseract installed');
  return say(
    `no tesseract: tests that read pictures will be skipped (apt-get install ${packages.join(' ')})`,
  );
}

/** Those of the recorders in devices.yaml (ISO 639-2). */
const LANGUAGES = ['eng', 'deu'];

function hasLanguage(language) {
  return (ask('tesseract', ['--list-langs']) || '').split('\n').includes(language);
}

/** A VNC server with a screen and a browser that has a window, in tests of the display by VNC. */
function vnc() {
  const missing = missingPackages(VNC, onPath);
  if (missing.length === 0) return say('a VNC server with a screen is there');
  if (install(missing)) return say(`${missing.join(', ')} installed`);
  return say(`tests by a real VNC server will be skipped (apt-get install ${missing.join(' ')})`);
}

/** Reads frame grabbers and streams; Xvfb is a screen for it to read. */
function ffmpeg() {
  if (onPath('ffmpeg') !== undefined && onPath('Xvfb') !== undefined) return say('ffmpeg and Xvfb are there');
  if (install(['ffmpeg', 'xvfb'])) return say('ffmpeg and Xvfb installed');
  return say('no ffmpeg or no Xvfb: tests of frame grabbers will be skipped (apt-get install ffmpeg xvfb)');
}

/** Ptys in pairs, and a server of serial ports, in tests of consoles and relay boards. */
function serial() {
  const missing = missingPackages(SERIAL, onPath);
  if (missing.length === 0) return say('socat and ser2net are there');
  // As a daemon ser2net is nothing to the tests: they start their own, on ports of their own.
  if (install(missing)) return say(`${missing.join(', ')} installed`);
  return say(`tests of serial ports will be skipped (apt-get install ${missing.join(' ')})`);
}

/** Programs of others that read reports, in tests of their formats. */
function readers() {
  const missing = missingPackages(READERS, onPath);
  if (missing.length === 0) return say('readers of reports are there');
  if (install(missing)) return say(`${missing.join(', ')} installed`);
  return say(`tests of reports by other readers will be skipped (apt-get install ${missing.join(' ')})`);
}

/** A mail server with IMAP, in tests of the mailbox by IMAP. */
function dovecot() {
  const missing = DOVECOT.filter(({ file }) => !existsSync(file)).map((part) => part.package);
  if (missing.length === 0) return say('Dovecot is there');
  if (install(missing)) return say(`${missing.join(', ')} installed`);
  return say(`tests by a real IMAP server will be skipped (apt-get install ${missing.join(' ')})`);
}

/** Reads what signs runs, in tests: a library of other makers than the one that signs. */
function intoto() {
  const missing = INTOTO.filter(({ file }) => !existsSync(file)).map((part) => part.package);
  if (missing.length === 0) return say('securesystemslib is there');
  if (install(missing)) return say(`${missing.join(', ')} installed`);
  return say(
    `tests of signatures by securesystemslib will be skipped (apt-get install ${missing.join(' ')})`,
  );
}

/** Docker Engine, in tests of mailboxes in containers; scripts/integration.mjs starts it where none runs. */
function docker() {
  if (onPath('dockerd') !== undefined || existsSync('/var/run/docker.sock'))
    return say('a Docker Engine is there');
  if (install(['docker.io'])) return say('docker.io installed');
  return say('no Docker Engine: tests of containers will be skipped (apt-get install docker.io)');
}

let stamp = readStamp(textOf(stampFile));
const exists = existsSync;
const facts = {
  lock,
  installed: textOf(lockMark),
  node: nodeVersion(),
  named,
  taprc,
  builtFor: textOf(tapMark),
  exists,
};
const steps = stepsToDo(
  stamp,
  facts,
  process.argv.includes('--for-tests'),
  process.argv.includes('--for-integration'),
);
const deeds = {
  dependencies,
  node,
  ptys,
  fonts,
  'test runner': testRunner,
  tesseract,
  vnc,
  ffmpeg,
  serial,
  dovecot,
  readers,
  'in-toto': intoto,
  docker,
};
let found = stamp === undefined ? undefined : { path: stamp.chromium, door: stamp.door };
for (const step of steps) {
  if (step === 'browser') found = browser(named);
  else deeds[step]();
}
if (steps.length > 0) {
  const before = stamp !== undefined && stamp.lock === lock ? stamp.done : [];
  const done = before.concat(steps.filter((step) => !before.includes(step)));
  stamp = { lock, node: nodeVersion(), chromium: found.path, named, door: found.door, done };
  mkdirSync(join(root, '.resetbench'), { recursive: true });
  writeFileSync(stampFile, `${JSON.stringify(stamp, null, 2)}\n`);
}
say(`ready in ${((Date.now() - started) / 1000).toFixed(1)} s`);
