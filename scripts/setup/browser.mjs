// The browser of the twins' screens: found, or brought here, and put where the harness finds it.
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chooseBrowser, firstOnPath, shellBeside } from './choose.mjs';
import {
  ask,
  bin,
  canInstall,
  install,
  onPath,
  pathFolders,
  root,
  run,
  say,
  stop,
  textOf,
} from './system.mjs';

const node = join(bin, 'node');
const home = join(root, '.resetbench', 'browser');
const door = join(bin, 'chromium-headless-shell');
const DOWNLOAD_MS = 120000;
const START_MS = 15000;

/** A browser that names its version has found all its libraries. */
function works(path) {
  return (
    existsSync(path) &&
    ask(path, ['--version'], { timeout: START_MS, stdio: ['ignore', 'pipe', 'ignore'] }) !== undefined
  );
}

function list(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Playwright's full browser, and its headless shell. */
function ofPlaywright() {
  const full = ask(node, ['-p', 'require("playwright").chromium.executablePath()']);
  return full === undefined ? [] : [full, shellBeside(full, list)];
}

function download() {
  const cli = join(root, 'node_modules', 'playwright', 'cli.js');
  return run(node, [cli, 'install', 'chromium', '--only-shell'], { timeout: DOWNLOAD_MS, quiet: true });
}

/** The browser of @sparticuz/chromium. It brings libraries too, for systems that lack them: a script names them. */
function unpack() {
  mkdirSync(home, { recursive: true });
  if (
    !run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', home, '@sparticuz/chromium'])
  )
    return undefined;
  // It unpacks into the folder for temporary files, and libraries only where it believes to be on AWS.
  const env = Object.assign({}, process.env, { TMPDIR: home, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' });
  const program = 'import("@sparticuz/chromium").then((m) => m.default.executablePath()).then(console.log)';
  const path = ask(node, ['-e', program], { cwd: home, env });
  if (path === undefined || works(path)) return path;
  const script = join(home, 'chromium.sh');
  writeScript(script, [
    `export LD_LIBRARY_PATH="${join(home, 'al2023', 'lib')}"`,
    `[ -d /etc/fonts ] || export FONTCONFIG_PATH="${join(home, 'fonts')}"`,
    `exec "${path}" "$@"`,
  ]);
  return script;
}

function writeScript(file, lines) {
  writeFileSync(file, `${['#!/bin/sh'].concat(lines).join('\n')}\n`);
  chmodSync(file, 0o755);
}

/** Answers `{ path, door }`: the browser, and its name in node_modules/.bin where the harness would not find it else. */
export function browser(named) {
  if (textOf(door) !== undefined) rmSync(door);
  const choice = chooseBrowser({
    named,
    works,
    onPath,
    ofPlaywright,
    download,
    canInstall,
    install,
    unpack,
    say,
  });
  if (choice.problem !== undefined) return stop(choice.problem, choice.cure);
  const { path, from } = choice;
  say(`Chromium at ${path}`);
  if (from === 'named') return { path };
  const [full] = ofPlaywright();
  if (full !== undefined && full !== path && existsSync(full))
    stop(`${full} does not start, and would be taken first`, `export RESETBENCH_CHROMIUM=${path}`);
  if (path === full || path === firstOnPath(pathFolders(), existsSync)) return { path };
  writeScript(door, [`exec "${path}" "$@"`]);
  return { path, door };
}
