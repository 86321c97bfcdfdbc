import { HarnessError } from '../terms/error.ts';
import { type Command, chosenPart, EXIT, helpOf, readArgs } from './args.ts';
import { attest } from './attest.ts';
import { badge } from './badge.ts';
import { baseline } from './baseline.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { emulate } from './emulate.ts';
import { harnessFacts } from './facts.ts';
import { gate } from './gate.ts';
import { history } from './history.ts';
import { needle } from './needles.ts';
import { notify } from './notify.ts';
import { plan } from './plan.ts';
import { prove } from './prove.ts';
import { qr } from './qr.ts';
import { recover } from './recover.ts';
import { replay } from './replay.ts';
import { report } from './report.ts';
import { run } from './run.ts';
import { serve } from './serve.ts';
import { statement } from './statement.ts';
import { verify } from './verify.ts';

const COMMANDS: readonly Command[] = [
  run,
  plan,
  emulate,
  doctor,
  report,
  gate,
  diff,
  history,
  notify,
  serve,
  prove,
  badge,
  baseline,
  needle,
  qr,
  recover,
  replay,
  attest,
  verify,
  statement,
];

function overview(): string {
  return [
    'Resetbench: does a video recorder keep every promise of the password reset by reserved email?',
    '',
    'Usage: resetbench COMMAND [options]',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`),
    '',
    'Exit codes: 0 conformant, 1 non-conformant, 2 usage or configuration, 3 bench error or inconclusive,',
    '130 interrupted. `resetbench COMMAND --help` tells more.',
  ].join('\n');
}

async function chosen(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv[0] === 'help' && argv.length > 1 ? [...argv.slice(1), '--help'] : argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    console.log(overview());
    return name === undefined ? EXIT.usage : EXIT.conformant;
  }
  if (name === '--version') {
    console.log((await harnessFacts()).version);
    return EXIT.conformant;
  }
  const found = COMMANDS.find((one) => one.name === name);
  if (found === undefined)
    throw new HarnessError('USAGE', `there is no command "${name}"`, {
      hint: `there are: ${COMMANDS.map((one) => one.name).join(', ')}`,
    });
  const { command, argv: own } = chosenPart(found, rest);
  if (own.includes('--help') || own.includes('-h')) {
    console.log(helpOf(command));
    return EXIT.conformant;
  }
  return command.run(readArgs(command, own));
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
