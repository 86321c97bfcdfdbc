import { type Bundle, bundleToJSON, envelopeToJSON } from '@sigstore/bundle';
import { DSSEBundleBuilder, type Signer, type Witness } from '@sigstore/sign';
import { HarnessError } from '../terms/error.ts';
import { bytesOfBase64 } from '../verify/bytes.ts';
import { type Envelope, lineOf } from '../verify/envelope.ts';
import { PAYLOAD, type SignerFacts, type Statement } from '../verify/statement.ts';
import type { SigningKey } from './keys.ts';

/** Signs statements: a key of the lab, or Sigstore for an identity. */
export interface Notary {
  readonly facts: SignerFacts;
  readonly signer: Signer;
  readonly witnesses: Witness[];
}
/** Signed statements, one a line. */
export interface Signed {
  /** DSSE envelopes: `attestation.intoto.jsonl`. */
  readonly envelopes: string;
  /** Bundles of Sigstore: `attestation.sigstore.jsonl`; of a key there are none. */
  readonly bundles?: string;
}

/** A notary with a key. */
export function keyNotary({ publicKey, sign }: SigningKey): Notary {
  return {
    facts: { by: 'key', id: publicKey.id, publicKey: publicKey.pem },
    signer: {
      sign: async (data) => ({
        signature: sign(data),
        key: { $case: 'publicKey', publicKey: publicKey.pem, hint: publicKey.id },
      }),
    },
    witnesses: [],
  };
}

/** Signs statements, in order. @throws HarnessError PORT_UNREACHABLE where Sigstore does not sign, and says why */
export async function signAll(
  statements: readonly Statement[],
  { facts, signer, witnesses }: Notary,
): Promise<Signed> {
  const bundles: Bundle[] = [];
  for (const statement of statements) {
    const builder = new DSSEBundleBuilder({ signer, witnesses });
    const data = Buffer.from(JSON.stringify(statement));
    bundles.push(await builder.create({ data, type: PAYLOAD }).catch(refused));
  }
  const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join('');
  return {
    envelopes: lines(bundles.map(envelopeLine)),
    ...(facts.by === 'sigstore'
      ? { bundles: lines(bundles.map((bundle) => JSON.stringify(bundleToJSON(bundle)))) }
      : {}),
  };
}

/** A key of the lab signs whatever it is given: what fails is Sigstore. */
function refused(cause: unknown): never {
  const { message } = cause instanceof Error ? cause : { message: String(cause) };
  throw new HarnessError('PORT_UNREACHABLE', `Sigstore did not sign: ${message}`, {
    hint: 'see that its services can be reached, and that the token is of an identity and still good; or sign with a key',
    cause,
  });
}

/** The envelope of a bundle as a line, in the order of members in which envelopes are written here. */
export function envelopeLine(bundle: Bundle): string {
  const { content } = bundle;
  if (content.$case !== 'dsseEnvelope') throw new Error('the bundle that was made holds no envelope');
  const { payload, signatures } = envelopeToJSON(content.dsseEnvelope);
  const plain: Pick<Envelope, 'payload' | 'signatures'> = {
    payload: bytesOfBase64(payload) ?? new Uint8Array(),
    signatures: signatures.map(({ sig, keyid = '' }) => ({
      keyid,
      sig: bytesOfBase64(sig) ?? new Uint8Array(),
    })),
  };
  return lineOf(plain);
}
