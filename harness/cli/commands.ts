import { HarnessError } from '../terms/error.ts';
import { type Command, chosenPart, EXIT, helpOf, readArgs } from './args.ts';
import { harnessFacts } from './facts.ts';

/** Each command, loaded when it is called: some need all that drives a recorder, others a moment. */
const COMMANDS = new Map<string, () => Promise<Command>>([
  ['run', async () => (await import('./run.ts')).run],
  ['plan', async () => (await import('./plan.ts')).plan],
  ['emulate', async () => (await import('./emulate.ts')).emulate],
  ['doctor', async () => (await import('./doctor.ts')).doctor],
  ['report', async () => (await import('./report.ts')).report],
  ['gate', async () => (await import('./gate.ts')).gate],
  ['diff', async () => (await import('./diff.ts')).diff],
  ['history', async () => (await import('./history.ts')).history],
  ['notify', async () => (await import('./notify.ts')).notify],
  ['serve', async () => (await import('./serve.ts')).serve],
  ['prove', async () => (await import('./prove.ts')).prove],
  ['badge', async () => (await import('./badge.ts')).badge],
  ['baseline', async () => (await import('./baseline.ts')).baseline],
  ['needle', async () => (await import('./needles.ts')).needle],
  ['qr', async () => (await import('./qr.ts')).qr],
  ['recover', async () => (await import('./recover.ts')).recover],
  ['replay', async () => (await import('./replay.ts')).replay],
  ['attest', async () => (await import('./attest.ts')).attest],
  ['verify', async () => (await import('./verify.ts')).verify],
  ['statement', async () => (await import('./statement.ts')).statement],
]);
/** Parts of commands that do without what the others need. */
const PARTS = new Map<string, () => Promise<Command>>([
  ['needle match', async () => (await import('./needle-match.ts')).needleMatch],
]);

async function overview(): Promise<string> {
  const all = await Promise.all([...COMMANDS.values()].map((load) => load()));
  return [
    'Resetbench: does a video recorder keep every promise of the password reset by reserved email?',
    '',
    'Usage: resetbench COMMAND [options]',
    '',
    ...all.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`),
    '',
    'Exit codes: 0 conformant, 1 non-conformant, 2 usage or configuration, 3 bench error or inconclusive,',
    '130 interrupted. `resetbench COMMAND --help` tells more.',
  ].join('\n');
}

async function chosen(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv[0] === 'help' && argv.length > 1 ? [...argv.slice(1), '--help'] : argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(await overview());
    return name === undefined ? EXIT.usage : EXIT.conformant;
  }
  if (name === '--version') {
    console.log((await harnessFacts()).version);
    return EXIT.conformant;
  }
  const { command, argv: own } = await commandOf(name, rest);
  if (own.includes('--help') || own.includes('-h')) {
    console.log(helpOf(command));
    return EXIT.conformant;
  }
  return command.run(readArgs(command, own));
}

/** The command that is called, or the part of it, and what stands behind its name. */
async function commandOf(name: string, argv: readonly string[]): Promise<ReturnType<typeof chosenPart>> {
  const part = PARTS.get(`${name} ${argv[0]}`);
  if (part !== undefined) return { command: await part(), argv: argv.slice(1) };
  const load = COMMANDS.get(name);
  if (load === undefined)
    throw new HarnessError('USAGE', `there is no command "${name}"`, {
      hint: `there are: ${[...COMMANDS.keys()].join(', ')}`,
    });
  return chosenPart(await load(), argv);
}

/** Does what a command line asks for, and says what is wrong with it. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    return await chosen(argv);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    console.error(`${error.message}${error.hint === undefined ? '' : `\n=> ${error.hint}`}`);
    return error.domain === 'configuration' ? EXIT.usage : EXIT.bench;
  }
}
