import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DutConfig } from '../config/devices.ts';
import { keepsPasswords, type SafetyOptions } from '../safety/dut.ts';
import { type KeySource, makeKeyFile } from '../safety/seal.ts';
import { HarnessError } from '../terms/error.ts';
import type { Option } from './args.ts';

/** The option that names where leases, kept passwords and spent tries lie. */
export const STATE: Readonly<Record<'state', Option>> = {
  state: {
    type: 'string',
    value: 'FOLDER',
    help: 'leases, kept passwords, spent tries (default: $RESETBENCH_STATE, else ~/.local/state/resetbench)',
  },
};

/**
 * Where what outlives a run is kept, and with which key: `RESETBENCH_KEY` is a phrase, `RESETBENCH_KEY_FILE` a file. Without
 * either a key is drawn when the first recorder of hardware needs it, and kept apart from what it opens: a lab whose key
 * nobody made would lose passwords.
 * @param duts the recorders that are to be worked on
 */
export function safetyFrom(
  folder: string | undefined,
  duts: readonly { readonly config: DutConfig }[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): SafetyOptions {
  if (folder === '')
    throw new HarnessError('USAGE', '--state names no folder', { hint: 'name one, or leave --state out' });
  const source = sourceFrom(env);
  const state = folder ?? set(env.RESETBENCH_STATE);
  const kept = state === undefined ? home(env.XDG_STATE_HOME, '.local', 'state') : resolve(state);
  const isNeeded = duts.some(({ config }) => config.kind === 'hardware');
  if (isNeeded && source.from === 'file' && drawsKey(kept, env)) makeKeyFile(source.file);
  return { folder: kept, source };
}

/**
 * Whether the key is drawn where there is none: not where the environment names one, nor where passwords are kept already. A
 * new one opens none of these, and hides that theirs is lost.
 */
export function drawsKey(
  folder: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  const isNamed = set(env.RESETBENCH_KEY) !== undefined || set(env.RESETBENCH_KEY_FILE) !== undefined;
  return !isNamed && !keepsPasswords(folder);
}

function sourceFrom(env: Readonly<Record<string, string | undefined>>): KeySource {
  const phrase = set(env.RESETBENCH_KEY);
  if (phrase !== undefined) return { from: 'phrase', phrase, name: 'RESETBENCH_KEY' };
  const file = set(env.RESETBENCH_KEY_FILE);
  return { from: 'file', file: file ?? join(home(env.XDG_CONFIG_HOME, '.config'), 'key') };
}

/** As the XDG base directory specification has it. */
export function home(named: string | undefined, ...usual: readonly string[]): string {
  return join(set(named) ?? join(homedir(), ...usual), 'resetbench');
}

/** A variable that is set to nothing is not set. */
export function set(variable: string | undefined): string | undefined {
  return variable === '' ? undefined : variable;
}
