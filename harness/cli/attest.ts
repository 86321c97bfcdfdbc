import { join, relative } from 'node:path';
import { attestRun } from '../attest/attest.ts';
import { keylessNotary } from '../attest/keyless.ts';
import { newKey, publicFile, readSigningKey } from '../attest/keys.ts';
import { keyNotary, type Notary } from '../attest/sign.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { configuredKey } from './attest-key.ts';
import { runFolder } from './report.ts';
import { ROOT } from './root.ts';
import { set } from './state.ts';

/** `resetbench attest`: signs a run. */
export const attest: Command = {
  name: 'attest',
  summary: 'Sign a run, so that others can verify it without the lab; or make the key to sign with.',
  positionals: '[RUN]',
  options: {
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    key: {
      type: 'string',
      value: 'FILE',
      help: 'private key (default: $RESETBENCH_ATTEST_KEY, else ~/.config/resetbench/attest.key)',
    },
    'new-key': { type: 'string', value: 'FILE', help: 'make a key, with its public half in FILE.pub' },
    kind: { type: 'string', value: 'KIND', help: 'of a new key: ed25519 (default) or p256' },
    keyless: {
      type: 'boolean',
      help: 'sign by way of Sigstore: $SIGSTORE_ID_TOKEN, or the identity of the CI',
    },
    fulcio: { type: 'string', value: 'URL', help: "where certificates come from (default: Sigstore's)" },
    rekor: { type: 'string', value: 'URL', help: "where signatures are logged (default: Sigstore's)" },
  },
  examples: [
    ['resetbench attest --new-key ~/.config/resetbench/attest.key', 'once: every run is signed from then on'],
    ['resetbench attest reports/2026-11-23T134500Z-1f2e --key lab.key', 'one run'],
  ],
  async run(args) {
    const file = args.text('new-key');
    if (file !== undefined) return makeKey(file, args);
    const folder = runFolder(args.text('reports') ?? join(ROOT, 'reports'), args.positionals[0]);
    const { file: written, statements } = await attestRun(folder, await notaryFrom(args), systemClock.now());
    console.log(`${statements} statements signed: ${relative(process.cwd(), written)}`);
    return EXIT.conformant;
  },
};

async function makeKey(file: string, args: Args): Promise<number> {
  const kind = args.text('kind') ?? 'ed25519';
  if (kind !== 'ed25519' && kind !== 'p256')
    throw new HarnessError('USAGE', `--kind expects ed25519 or p256, found ${kind}`, {
      hint: 'leave it out for ed25519',
    });
  const { id } = await newKey(file, kind);
  console.log(`private key: ${file}\npublic key:  ${publicFile(file)}\nits id:      ${id}`);
  console.log('Give the public key to those who verify, by a way that they trust.');
  return EXIT.conformant;
}

async function notaryFrom(args: Args): Promise<Notary> {
  const key = args.text('key');
  if (args.flag('keyless')) {
    if (key !== undefined)
      throw new HarnessError('USAGE', '--keyless signs without --key', { hint: 'leave one of them out' });
    const [fulcio, rekor, token] = [
      args.text('fulcio'),
      args.text('rekor'),
      set(process.env.SIGSTORE_ID_TOKEN),
    ];
    return keylessNotary({
      ...(fulcio === undefined ? {} : { fulcio }),
      ...(rekor === undefined ? {} : { rekor }),
      ...(token === undefined ? {} : { token }),
    });
  }
  const file = key ?? configuredKey();
  if (file === undefined)
    throw new HarnessError('USAGE', 'there is no key to sign with', {
      hint: 'name one with --key FILE; `resetbench attest --new-key FILE` makes one',
    });
  return keyNotary(await readSigningKey(file));
}
