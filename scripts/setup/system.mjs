// What the set-up does to the machine.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const bin = join(root, 'node_modules', '.bin');
const MINUTE_MS = 60000;

export function say(line) {
  console.log(`set-up: ${line}`);
}

/** Ends the set-up, with what to type. */
export function stop(message, cure) {
  console.error(`set-up: ${message}\n        type: ${cure}`);
  process.exit(1);
}

/** Text of a file; undefined where there is none. */
export function textOf(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** Runs a command, and says so; answers whether it ended well. What it complains of is shown unless it is quiet. */
export function run(command, args, options = {}) {
  say([command].concat(args).join(' '));
  const stdio = ['ignore', options.output ? 'inherit' : 'ignore', options.quiet ? 'ignore' : 'inherit'];
  const { env = process.env, timeout = 10 * MINUTE_MS } = options;
  const { status, error } = spawnSync(command, args, { cwd: root, stdio, env, timeout });
  if (error !== undefined) say(`${command} could not be run to its end: ${error.message}`);
  return status === 0;
}

/** What a command prints, trimmed; undefined where it fails. */
export function ask(command, args, options = {}) {
  const result = spawnSync(
    command,
    args,
    Object.assign({ cwd: root, encoding: 'utf8', timeout: MINUTE_MS }, options),
  );
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** The folders of PATH, without what npm adds of this project. */
export function pathFolders() {
  return (process.env.PATH || '').split(delimiter).filter((folder) => folder !== '' && folder !== bin);
}

export function onPath(name) {
  return pathFolders()
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** Whether Debian's packages can be installed. */
export const canInstall =
  typeof process.getuid === 'function' && process.getuid() === 0 && onPath('apt-get') !== undefined;

let updated = false;
/** Installs Debian's packages where that is possible; answers whether they are there. */
export function install(packages) {
  if (!canInstall) return false;
  const env = Object.assign({}, process.env, { DEBIAN_FRONTEND: 'noninteractive' });
  const options = { env, quiet: true };
  if (!updated && !run('apt-get', ['update', '-q'], Object.assign({ timeout: 2 * MINUTE_MS }, options)))
    say('the lists of packages could not be renewed');
  updated = true;
  return run('apt-get', ['install', '-y', '-q', '--no-install-recommends'].concat(packages), options);
}
