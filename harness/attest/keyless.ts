import { bundleFromJSON, bundleToJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import {
  CIContextProvider,
  DEFAULT_FULCIO_URL,
  DEFAULT_REKOR_URL,
  FulcioSigner,
  RekorWitness,
} from '@sigstore/sign';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { HarnessError } from '../terms/error.ts';
import type { BundleFindings } from '../verify/signature.ts';
import { envelopeLine, type Notary } from './sign.ts';

/** Where Sigstore's services are, and who is to sign. */
export interface KeylessOptions {
  readonly fulcio?: string;
  readonly rekor?: string;
  /** An OpenID Connect token of the identity; without one, that of the CI that this runs in. */
  readonly token?: string;
}

/**
 * A notary without a key of its own: a certificate of Fulcio for an identity, good for some minutes, and an entry in the log
 * of Rekor that shows when it was used. Needs both services when it signs.
 */
export function keylessNotary({
  fulcio = DEFAULT_FULCIO_URL,
  rekor = DEFAULT_REKOR_URL,
  token,
}: KeylessOptions): Notary {
  const identityProvider =
    token === undefined ? new CIContextProvider('sigstore') : { getToken: async () => token };
  return {
    facts: { by: 'sigstore' },
    signer: new FulcioSigner({ identityProvider, fulcioBaseURL: fulcio }),
    witnesses: [new RekorWitness({ rekorBaseURL: rekor })],
  };
}

/** Whom a reader trusts to have signed by way of Sigstore. */
export interface IdentityTrust {
  /** Text of a `trusted_root.json` (sigstore/protobuf-specs): the authorities and logs. */
  readonly trustedRoot: string;
  /** The subject alternative name of the certificate, as a mail address or the URL of a workflow. */
  readonly identity: string;
  /** Who vouched for the identity: the URL of an OpenID Connect issuer. */
  readonly issuer: string;
}

/**
 * Verifies bundles of Sigstore, one a line, offline.
 * @throws HarnessError CONFIG_INVALID where the trusted root is none
 */
export function verifyBundles(
  text: string,
  { trustedRoot, identity, issuer }: IdentityTrust,
): BundleFindings {
  const verifier = verifierFor(trustedRoot);
  const lines = text.split('\n');
  if (lines.pop() !== '') return { problem: 'does not end with a line end' };
  const envelopes: string[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      const bundle = bundleFromJSON(JSON.parse(line));
      const signer = verifier.verify(toSignedEntity(bundle), { extensions: { issuer } });
      // The library would take the name for a pattern, which matches more than it.
      const name = signer.identity?.subjectAlternativeName;
      if (name !== identity)
        return { problem: `line ${index + 1}: is signed by ${name}, not by ${identity}` };
      if (JSON.stringify(bundleToJSON(bundle)) !== line)
        return { problem: `line ${index + 1} is not written as bundles are` };
      envelopes.push(envelopeLine(bundle));
    } catch (error) {
      return { problem: `line ${index + 1}: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  return { identity: `${identity} (${issuer})`, envelopes };
}

function verifierFor(trustedRoot: string): Verifier {
  try {
    return new Verifier(toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(trustedRoot))));
  } catch (cause) {
    throw new HarnessError('CONFIG_INVALID', 'the trusted root is not one that could be read', {
      hint: 'it is the trusted_root.json of Sigstore, or of a lab that runs its own',
      cause,
    });
  }
}
