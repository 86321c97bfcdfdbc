import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { declarationPage } from '../attest/declaration-page.ts';
import { declareRun } from '../attest/declare.ts';
import { readSigningKey, readTrustedKey } from '../attest/keys.ts';
import { keyNotary } from '../attest/sign.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { oneLine } from '../terms/printable.ts';
import { problemText } from '../verify/text.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { runFolder } from './report.ts';
import { rereadCodes } from './reread-codes.ts';
import { ROOT } from './root.ts';

/** `resetbench statement`: a vendor's declaration, tied to a signed run. */
export const statement: Command = {
  name: 'statement',
  summary:
    'Declare, as a vendor, that a model conforms in a range of firmwares: signed, and tied to a signed run.',
  positionals: 'RUN',
  options: {
    vendor: { type: 'string', value: 'NAME', help: 'who declares' },
    'firmware-range': {
      type: 'string',
      value: 'BOUNDS',
      help: 'for which firmwares, e.g. ">=V4.21.000 <V4.22.000"; those of the run must be in it',
    },
    key: { type: 'string', value: 'FILE', help: "the vendor's private key, which signs" },
    'run-key': {
      type: 'string',
      value: 'PUB',
      help: 'public key of who signed the run (default: that of --key)',
    },
    out: {
      type: 'string',
      value: 'FILE',
      help: 'default: statement.intoto.jsonl; a page is written beside it',
    },
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
  },
  examples: [
    [
      'resetbench statement run --vendor "Example Ltd" --firmware-range ">=V4.21.000 <V4.22.000" --key vendor.key',
      'refused (exit code 1) where `verify --certification` refuses the run; of a twin always',
    ],
    ['resetbench verify run --statement statement.intoto.jsonl --key vendor.pub', 'what its reader does'],
  ],
  async run(args) {
    const [run] = args.positionals;
    if (run === undefined) throw missing('the run');
    const key = await readSigningKey(required(args, 'key'));
    const vendor = required(args, 'vendor');
    const range = required(args, 'firmware-range');
    const other = args.text('run-key');
    const made = await declareRun(runFolder(args.text('reports') ?? join(ROOT, 'reports'), run), {
      ...{ vendor, range, now: systemClock.now() },
      notary: keyNotary(key),
      trust: {
        keys: [other === undefined ? key.publicKey : await readTrustedKey(other)],
        reread: rereadCodes,
      },
    });
    if ('refused' in made) {
      console.error('Refused: this run can stand for no statement.');
      for (const one of made.refused) console.error(`  ${problemText(one)}`);
      return EXIT.nonConformant;
    }
    const file = args.text('out') ?? 'statement.intoto.jsonl';
    const page = `${file.replace(/(\.intoto)?\.jsonl$/, '')}.html`;
    const declarations = made.statements.map(({ predicate }) => predicate);
    write(page, declarationPage(declarations, basename(file)));
    write(file, made.envelopes);
    for (const { says } of declarations) console.log(oneLine(says));
    console.log(`signed by the key ${key.publicKey.id}: ${file}, for people ${page}`);
    return EXIT.conformant;
  },
};

function required(args: Args, name: 'vendor' | 'firmware-range' | 'key'): string {
  const value = args.text(name);
  if (value === undefined) throw missing(`--${name}`);
  return value;
}

function missing(what: string): HarnessError {
  return new HarnessError('USAGE', `a statement needs ${what}`, {
    hint: 'see `resetbench statement --help`',
  });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new HarnessError('USAGE', `${file} cannot be written`, {
      hint: 'name a file in a folder that is there, with --out FILE',
      cause,
    });
  }
}
