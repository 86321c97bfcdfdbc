import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { DutConfig } from '../config/devices.ts';
import type { SafetyOptions } from '../safety/dut.ts';
import { type KeySource, makeKeyFile } from '../safety/seal.ts';
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
  const source = sourceFrom(env);
  const isNeeded = duts.some(({ config }) => config.kind === 'hardware');
  if (isNeeded && source.from === 'file' && env.RESETBENCH_KEY_FILE === undefined) makeKeyFile(source.file);
  const state = folder ?? env.RESETBENCH_STATE;
  return {
    folder: state === undefined ? home(env.XDG_STATE_HOME, '.local', 'state') : resolve(state),
    source,
  };
}

function sourceFrom(env: Readonly<Record<string, string | undefined>>): KeySource {
  if (env.RESETBENCH_KEY !== undefined)
    return { from: 'phrase', phrase: env.RESETBENCH_KEY, name: 'RESETBENCH_KEY' };
  return { from: 'file', file: env.RESETBENCH_KEY_FILE ?? join(home(env.XDG_CONFIG_HOME, '.config'), 'key') };
}

/** As the XDG base directory specification has it. */
function home(named: string | undefined, ...usual: readonly string[]): string {
  return join(named === undefined || named === '' ? join(homedir(), ...usual) : named, 'resetbench');
}
