import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { declaredRun } from '../attest/declare.ts';
import { diskFolder, isFolder, readBytes } from '../attest/disk.ts';
import { type IdentityTrust, verifyBundles } from '../attest/keyless.ts';
import { readTrustedKey } from '../attest/keys.ts';
import { HarnessError } from '../terms/error.ts';
import { textOf } from '../verify/bytes.ts';
import { type Check, checked } from '../verify/check.ts';
import { checkStatement } from '../verify/declared.ts';
import { FILES } from '../verify/folder.ts';
import type { Trust } from '../verify/signature.ts';
import { verificationLines } from '../verify/text.ts';
import { type Verification, verifyAttestation, verifyRun } from '../verify/verify.ts';
import { type Args, type Command, EXIT } from './args.ts';
import { configuredPublicKey } from './attest-key.ts';
import { suiteDigests } from './facts.ts';
import { runFolder } from './report.ts';
import { rereadCodes } from './reread-codes.ts';
import { ROOT } from './root.ts';

/** `resetbench verify`: whether a run is what it says, offline. */
export const verify: Command = {
  name: 'verify',
  summary:
    'Verify a run offline: signature, digests, chain, completeness, evidence, and every verdict again.',
  positionals: '[RUN|FILE]',
  options: {
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    key: {
      type: 'string',
      value: 'PUB',
      help: 'public key of who signed (default: that of the key which is configured here)',
    },
    suite: {
      type: 'string',
      value: 'DIGEST',
      help: 'with --certification: the suite that is trusted, as `verify` prints it (default: that of this checkout)',
    },
    certification: { type: 'boolean', help: 'whether it can stand for a certificate; a twin never can' },
    statement: {
      type: 'string',
      value: 'FILE',
      help: "a vendor's statement of the run; asks for --certification",
    },
    'statement-key': {
      type: 'string',
      value: 'PUB',
      help: 'public key of the vendor (default: that of who signed the run)',
    },
    'trusted-root': { type: 'string', value: 'FILE', help: 'of Sigstore: trusted_root.json' },
    identity: { type: 'string', value: 'NAME', help: 'of Sigstore: who must have signed' },
    issuer: { type: 'string', value: 'URL', help: 'of Sigstore: who vouched for the identity' },
    json: { type: 'boolean', help: 'one object with every check' },
  },
  examples: [
    ['resetbench verify reports/2026-11-23T134500Z-1f2e --key lab.pub', 'exit code 0: verified'],
    ['resetbench verify run --key vendor.pub --certification', 'what a certifier asks'],
    ['resetbench verify attestation.intoto.jsonl --key lab.pub', 'who signed what, without the folder'],
  ],
  async run(args) {
    const [name] = args.positionals;
    const there = name === undefined ? undefined : await isFolder(name);
    const folder = there === false ? undefined : folderFrom(args, there === true ? name : undefined);
    const certification = args.flag('certification') || args.text('statement') !== undefined;
    const options = {
      ...(await trustFrom(args, folder)),
      certification,
      ...(certification ? { suite: args.text('suite') ?? (await suiteDigests()).suites } : {}),
    };
    const looked =
      folder === undefined
        ? await verifyAttestation(await readBytes(name ?? ''), options)
        : await verifyRun(diskFolder(folder), { ...options, reread: rereadCodes });
    const result = await withStatement(args, folder, looked);
    console.log(
      args.flag('json') ? jsonOf(result, folder ?? name ?? '') : verificationLines(result).join('\n'),
    );
    return CODES[result.outcome];
  },
};

/** A folder that is named is looked at, whatever it lacks. */
function folderFrom(args: Args, folder: string | undefined): string {
  return folder ?? runFolder(args.text('reports') ?? join(ROOT, 'reports'), args.positionals[0]);
}

/** With what came of a vendor's statement, where one is named. */
async function withStatement(
  args: Args,
  folder: string | undefined,
  result: Verification,
): Promise<Verification> {
  const file = args.text('statement');
  if (file === undefined) return result;
  if (folder === undefined)
    throw new HarnessError('USAGE', 'a statement is held against the folder of its run', {
      hint: 'name the folder, and the statement with --statement FILE',
    });
  const named = args.text('statement-key') ?? args.text('key') ?? configuredPublicKey();
  const keys = named === undefined ? [] : [await readTrustedKey(named)];
  const text = textOf(await readBytes(file));
  const check = await statementCheck(text, folder, { result, keys });
  const outcome = worseOf(result.outcome, OUTCOMES[check.state]);
  return { ...result, outcome, checks: [...result.checks, check] };
}

/** A run that is not of its form makes the check stumble: that is told. */
async function statementCheck(
  text: string,
  folder: string,
  { result, keys }: { readonly result: Verification; readonly keys: Trust['keys'] },
): Promise<Check> {
  try {
    return await checkStatement(text, await declaredRun(folder, result), keys);
  } catch (error) {
    if (error instanceof HarnessError) throw error;
    const what = `the run is not of the form that a statement can be held against: ${error instanceof Error ? error.message : String(error)}`;
    const problem = {
      place: FILES.attestation,
      what,
      cure: 'have the run attested by the harness that made it',
    };
    return checked('statement', 'The statement could not be held against the run.', [problem]);
  }
}

const OUTCOMES = { holds: 'verified', open: 'unproven', broken: 'refused' } as const;

function worseOf(...outcomes: readonly Verification['outcome'][]): Verification['outcome'] {
  return (['refused', 'unproven'] as const).find((one) => outcomes.includes(one)) ?? 'verified';
}

/** What is unproven is for a person to decide. */
const CODES: Readonly<Record<Verification['outcome'], number>> = {
  verified: EXIT.conformant,
  refused: EXIT.nonConformant,
  unproven: EXIT.bench,
};

function jsonOf({ outcome, checks, attestation, record }: Verification, where: string): string {
  const { predicate } = attestation.conformance ?? {};
  return JSON.stringify({
    run: predicate?.run.id ?? record?.id ?? basename(where),
    outcome,
    ...(attestation.key === undefined ? {} : { key: attestation.key.id }),
    recorders: (predicate?.recorders ?? record?.duts ?? []).map(({ id, kind, model, firmware }) => ({
      id,
      kind,
      model,
      firmware,
    })),
    checks,
  });
}

async function trustFrom(args: Args, folder: string | undefined): Promise<Trust> {
  const file = args.text('key') ?? configuredPublicKey();
  const keys = file === undefined ? [] : [await readTrustedKey(file)];
  const identity = identityFrom(args);
  if (identity === undefined) return { keys };
  if (folder === undefined)
    throw new HarnessError('USAGE', 'bundles of Sigstore lie in the folder of a run', {
      hint: `name the folder, with its ${FILES.bundles}`,
    });
  const text = textOf(await readBytes(join(folder, FILES.bundles)));
  return { keys, bundles: verifyBundles(text, identity) };
}

function identityFrom(args: Args): IdentityTrust | undefined {
  const [file, identity, issuer] = [args.text('trusted-root'), args.text('identity'), args.text('issuer')];
  if (file === undefined && identity === undefined && issuer === undefined) return undefined;
  if (file === undefined || identity === undefined || issuer === undefined)
    throw new HarnessError('USAGE', 'Sigstore needs all of --trusted-root, --identity and --issuer', {
      hint: 'see `resetbench verify --help`',
    });
  try {
    return { trustedRoot: readFileSync(file, 'utf8'), identity, issuer };
  } catch (cause) {
    throw new HarnessError('CONFIG_MISSING', `there is no trusted root ${file} that could be read`, {
      hint: "name Sigstore's trusted_root.json",
      cause,
    });
  }
}
