import { parseArgs } from 'node:util';
import { HarnessError } from '../terms/error.ts';

/** Exit codes, as `--help` tells them. */
export const EXIT = { conformant: 0, nonConformant: 1, usage: 2, bench: 3, interrupted: 130 } as const;

/** One option of a command. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly value?: string;
  readonly help: string;
}
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What stands behind the name, e.g. `[DUT...]`. */
  readonly positionals: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Commands of its own, each with its whole name: `needle learn`. */
  readonly parts?: readonly Command[];
  run(args: Args): Promise<number>;
}
export interface Args {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  flag(name: string): boolean;
  /** A whole number of at least `min`. @throws HarnessError USAGE */
  number(name: string, min: number): number | undefined;
}

/** Reads a command's arguments. @throws HarnessError USAGE that names the option and the way to help */
export function readArgs(command: Command, argv: readonly string[]): Args {
  const hint = `see \`resetbench ${command.name} --help\``;
  try {
    const options = Object.fromEntries(
      Object.entries(command.options).map(([name, { type }]) => [name, { type }]),
    );
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    if (positionals.length > 0 && command.positionals === '')
      throw new HarnessError('USAGE', `${command.name} takes no ${positionals[0]}`, { hint });
    const text = (name: string) => {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    };
    return {
      positionals,
      text,
      flag: (name) => values[name] === true,
      number: (name, min) => {
        const value = text(name);
        if (value === undefined) return undefined;
        if (!/^\d+$/.test(value) || Number(value) < min)
          throw new HarnessError('USAGE', `--${name} expects a whole number from ${min}, found ${value}`, {
            hint,
          });
        return Number(value);
      },
    };
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    const said = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    const like = alike(command, /^Unknown option '(--[^']+)'/.exec(said)?.[1]);
    throw new HarnessError('USAGE', said, {
      hint: like === undefined ? hint : `did you mean ${like}? ${hint}`,
    });
  }
}

/** The option that an unknown one is the beginning of, or that begins it: `--requirement` for `--requirements`. */
function alike(command: Command, unknown: string | undefined): string | undefined {
  if (unknown === undefined) return undefined;
  const options = Object.keys(command.options).map((name) => `--${name}`);
  return options.find((name) => name.startsWith(unknown) || unknown.startsWith(name));
}

/** The part of a command that arguments name, and what stands behind its name; without one, the command itself. */
export function chosenPart(
  command: Command,
  argv: readonly string[],
): { readonly command: Command; readonly argv: readonly string[] } {
  const [word, ...rest] = argv;
  const part = command.parts?.find(({ name }) => name === `${command.name} ${word}`);
  return part === undefined ? { command, argv } : { command: part, argv: rest };
}

/** The help of one command. */
export function helpOf(command: Command): string {
  const options = Object.entries(command.options).map(
    ([name, { type, value, help }]) =>
      `  --${name}${type === 'string' ? ` ${value ?? 'VALUE'}` : ''}`.padEnd(28) + help,
  );
  return [
    `Usage: resetbench ${command.name} ${[command.positionals, '[options]'].filter(Boolean).join(' ')}`,
    '',
    command.summary,
    ...(command.parts === undefined
      ? []
      : ['', ...command.parts.map(({ name, summary }) => `  ${name.padEnd(16)}${summary}`)]),
    ...(options.length === 0 ? [] : ['', 'Options:', ...options]),
    ...(command.examples.length === 0
      ? []
      : ['', 'Examples:', ...command.examples.map(([line, what]) => `  ${line}\n      ${what}`)]),
  ].join('\n');
}
