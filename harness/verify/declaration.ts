import { inRange, parseRange } from '../terms/range.ts';
import { parseFirmware } from '../terms/version.ts';
import { base64Of, sha256Hex, utf8 } from './bytes.ts';
import {
  type Conformance,
  type MatrixField,
  type Resource,
  type SignerFacts,
  STATEMENT,
  type Statement,
} from './statement.ts';

export const DECLARATION = 'urn:resetbench:declaration:v1';
/** Of the description of a model and its firmwares that a subject holds: what its digest is made of. */
const MODEL = 'application/vnd.resetbench.model+json';

/** Predicate `urn:resetbench:declaration:v1`: what a vendor says of one model. docs/statement.md describes it. */
export interface Declaration {
  /** ISO 8601, UTC, by the clock of who signed. */
  readonly declaredAt: string;
  readonly signer: SignerFacts;
  readonly vendor: string;
  readonly model: string;
  readonly firmware: {
    /** Bounds, e.g. `>=V4.21.000 <V4.22.000`. */
    readonly range: string;
    /** Those of the run; of others in the range there is the vendor's word alone. */
    readonly tested: readonly string[];
  };
  /** The recorders of that model. */
  readonly recorders: readonly {
    readonly id: string;
    readonly firmware: string;
    readonly serialNumber: string;
  }[];
  readonly run: {
    readonly id: string;
    readonly endedAt: string;
    /** sha256 of its `attestation.intoto.jsonl`, which holds the digests of everything else. */
    readonly attestation: string;
    readonly signer: SignerFacts;
    readonly harness: { readonly version: string; readonly commit?: string; readonly digest?: string };
    readonly suite: Conformance['suite'];
  };
  /** Requirements that passed on each recorder of the model. */
  readonly passed: readonly string[];
  /** Those that did not come to a verdict on one of them, and why. */
  readonly untested: readonly { readonly requirement: string; readonly why: MatrixField['state'] }[];
  /** All of it in a sentence. */
  readonly says: string;
}

/** What a vendor chooses of a declaration. */
export interface DeclarationTerms {
  readonly vendor: string;
  readonly range: string;
  readonly signer: SignerFacts;
  readonly declaredAt: string;
}
/** The signed run that is declared upon. */
export interface DeclaredRun {
  readonly conformance: Conformance;
  /** sha256 of the file of its attestation. */
  readonly attestation: string;
}

/**
 * What is wrong with bounds for the firmwares of a run; undefined where nothing is. They must end somewhere: what is not
 * made yet, nobody can vouch for.
 */
export function rangeProblem(range: string, { conformance }: DeclaredRun): string | undefined {
  const bounds = parseRange(range);
  if (bounds === undefined) return `"${range}" are no bounds like ">=V4.21.000 <V4.22.000"`;
  if (/build/i.test(range))
    return `"${range}" names a build: builds are not compared, so it would promise more than it keeps`;
  if (!bounds.some(({ sign }) => sign === '<' || sign === '<=' || sign === '='))
    return `"${range}" has no upper bound: firmwares that are not made yet would be in it`;
  const outside = conformance.recorders.find(({ firmware }) => {
    const version = parseFirmware(firmware);
    return version === undefined || !inRange(version, bounds);
  });
  return outside === undefined
    ? undefined
    : `"${range}" does not hold ${outside.firmware}, which ${outside.id} of the run has`;
}

/**
 * What is signed of a run by a vendor: one declaration a model, in the order of the run. The same terms and the same run
 * give the same declarations, so that a verifier makes them again and compares.
 */
export function declarationsOf(
  terms: DeclarationTerms,
  run: DeclaredRun,
): Promise<readonly Statement<Declaration>[]> {
  const models = [...new Set(run.conformance.recorders.map(({ model }) => model))];
  return Promise.all(
    models.map(async (model) => ({
      _type: STATEMENT,
      subject: [await subjectOf(model, terms.range)],
      predicateType: DECLARATION,
      predicate: declarationOf(model, terms, run),
    })),
  );
}

async function subjectOf(model: string, firmware: string): Promise<Resource> {
  const content = utf8(JSON.stringify({ model, firmware }));
  return {
    name: model,
    digest: { sha256: await sha256Hex(content) },
    content: base64Of(content),
    mediaType: MODEL,
    annotations: { model, firmware },
  };
}

function declarationOf(
  model: string,
  { vendor, range, signer, declaredAt }: DeclarationTerms,
  { conformance, attestation }: DeclaredRun,
): Declaration {
  const { run, harness, suite } = conformance;
  const recorders = conformance.recorders
    .filter((one) => one.model === model)
    .map(({ id, firmware, serialNumber }) => ({ id, firmware, serialNumber }));
  const ids = new Set(recorders.map(({ id }) => id));
  const fields = Map.groupBy(
    conformance.matrix.filter(({ dut }) => ids.has(dut)),
    ({ requirement }) => requirement,
  );
  const tested = [...new Set(recorders.map(({ firmware }) => firmware))];
  const passed = [...fields].flatMap(([id, all]) => (all.every(({ state }) => state === 'pass') ? [id] : []));
  const untested = [...fields].flatMap(([requirement, all]) => {
    const open = all.find(({ state }) => state !== 'pass');
    return open === undefined ? [] : [{ requirement, why: open.state }];
  });
  return {
    ...{ declaredAt, signer, vendor, model, firmware: { range, tested }, recorders },
    run: {
      ...{ id: run.id, endedAt: run.endedAt, attestation, signer: conformance.signer },
      harness: {
        version: harness.version,
        ...(harness.commit === undefined ? {} : { commit: harness.commit }),
        ...(harness.digests === undefined ? {} : { digest: harness.digests.harness }),
      },
      suite,
    },
    ...{ passed, untested },
    says: `${vendor} declares that the password reset by reserved email of ${model} with firmware ${range} keeps the ${passed.length} requirements that are named as passed. Run ${run.id} showed it of ${tested.join(', ')}; of other firmwares of the range it is the word of ${vendor}.`,
  };
}
