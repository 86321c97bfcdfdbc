import { HarnessError } from '../terms/error.ts';
import { sha256Hex } from '../verify/bytes.ts';
import type { Problem } from '../verify/check.ts';
import { type Declaration, type DeclaredRun, declarationsOf, rangeProblem } from '../verify/declaration.ts';
import { FILES } from '../verify/folder.ts';
import type { Statement } from '../verify/statement.ts';
import { type Verification, type VerifyOptions, verifyRun } from '../verify/verify.ts';
import { diskFolder } from './disk.ts';
import { type Notary, signAll } from './sign.ts';

/** A vendor's statement that was made, or why it was not. */
export type Declared =
  | {
      /** DSSE envelopes, one a line and a model. */
      readonly envelopes: string;
      readonly statements: readonly Statement<Declaration>[];
    }
  /** The run can stand for no certificate, so for no declaration either. */
  | { readonly refused: readonly Problem[] };

export interface DeclareOptions {
  readonly vendor: string;
  /** Bounds of firmwares, e.g. `>=V4.21.000 <V4.22.000`. */
  readonly range: string;
  readonly notary: Notary;
  /** By which the run must be verified. */
  readonly trust: Pick<VerifyOptions, 'keys' | 'reread'>;
  /** ms since the epoch */
  readonly now: number;
}

/**
 * Makes and signs a vendor's statement of a run. The run is verified first, as one that is to stand for a certificate: a twin
 * is refused, and so is whatever does not hold.
 * @throws HarnessError USAGE where vendor or bounds cannot stand in a statement
 */
export async function declareRun(folder: string, options: DeclareOptions): Promise<Declared> {
  const vendor = options.vendor.trim();
  if (!/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u.test(vendor))
    throw new HarnessError('USAGE', 'a vendor needs a name of 1 to 200 characters on one line', {
      hint: 'name it with --vendor NAME',
    });
  const verified = await verifyRun(diskFolder(folder), { ...options.trust, certification: true });
  const run = await declaredRun(folder, verified);
  if (verified.outcome !== 'verified' || run === undefined) return { refused: refusals(verified) };
  const wrong = rangeProblem(options.range, run);
  if (wrong !== undefined)
    throw new HarnessError('USAGE', wrong, {
      hint: 'name bounds with --firmware-range ">=V4.21.000 <V4.22.000"',
    });
  const statements = await declarationsOf(
    {
      vendor,
      range: options.range,
      signer: options.notary.facts,
      declaredAt: new Date(options.now).toISOString(),
    },
    run,
  );
  const { envelopes } = await signAll(statements, options.notary);
  return { envelopes, statements };
}

/** What a statement of a run is held against; undefined where its attestation cannot be read. */
export async function declaredRun(
  folder: string,
  { attestation }: Pick<Verification, 'attestation'>,
): Promise<DeclaredRun | undefined> {
  const { conformance } = attestation;
  if (conformance === undefined) return undefined;
  const bytes = await diskFolder(folder).read(FILES.attestation);
  return { conformance: conformance.predicate, attestation: await sha256Hex(bytes) };
}

/** Those of the certification come last, and repeat the others in short. */
function refusals({ checks }: Verification): readonly Problem[] {
  const open = checks
    .filter(({ state }) => state === 'open')
    .map(({ title, told }): Problem => ({ place: title, what: told, cure: 'see `resetbench verify`' }));
  return [...checks.flatMap(({ problems }) => problems), ...open];
}
