import { type Bytes, base64Of, bytesOfBase64, joined, textOf, utf8 } from './bytes.ts';
import { isSignedBy, type PublicKey } from './keys.ts';
import { PAYLOAD, STATEMENT, type Statement } from './statement.ts';

/** A DSSE envelope (secure-systems-lab/dsse v1), with what it holds. */
export interface Envelope {
  /** From 1. */
  readonly line: number;
  readonly payload: Bytes;
  readonly statement: Statement;
  readonly signatures: readonly { readonly keyid: string; readonly sig: Bytes }[];
}
/** The envelopes of a file, or what is wrong with which line of it. */
export type EnvelopeReading =
  | { readonly envelopes: readonly Envelope[] }
  | { readonly line: number; readonly problem: string };

/**
 * Reads a file of envelopes, one a line. Nothing but what is signed, the signatures and the names of their keys may stand in
 * it, in the one way in which it is written: so no byte of it can be changed without being told.
 */
export function readEnvelopes(text: string): EnvelopeReading {
  const lines = text.split('\n');
  if (lines.pop() !== '') return { line: lines.length + 1, problem: 'does not end with a line end' };
  if (lines.length === 0) return { line: 1, problem: 'holds no envelope' };
  const envelopes: Envelope[] = [];
  for (const [index, line] of lines.entries()) {
    const envelope = envelopeOf(line, index + 1);
    if (typeof envelope === 'string') return { line: index + 1, problem: envelope };
    envelopes.push(envelope);
  }
  return { envelopes };
}

/** How an envelope is written: one line of JSON, members in this order. */
export function lineOf({ payload, signatures }: Pick<Envelope, 'payload' | 'signatures'>): string {
  return JSON.stringify({
    payload: base64Of(payload),
    payloadType: PAYLOAD,
    signatures: signatures.map(({ sig, keyid }) => ({ sig: base64Of(sig), keyid })),
  });
}

function envelopeOf(line: string, number: number): Envelope | string {
  const value = parsed(line);
  if (!isObject(value)) return 'is no JSON object';
  const { payload: packed, payloadType, signatures: signed } = value;
  if (payloadType !== PAYLOAD) return `has the payloadType ${String(payloadType)}, not ${PAYLOAD}`;
  const payload = typeof packed === 'string' ? bytesOfBase64(packed) : undefined;
  if (payload === undefined) return 'has a payload that is not Base64';
  if (!Array.isArray(signed) || signed.length === 0) return 'has no signature';
  const signatures: { keyid: string; sig: Bytes }[] = [];
  for (const one of signed as readonly unknown[]) {
    const sig = isObject(one) && typeof one.sig === 'string' ? bytesOfBase64(one.sig) : undefined;
    if (!isObject(one) || typeof one.keyid !== 'string' || sig === undefined)
      return 'has a signature without sig and keyid';
    signatures.push({ keyid: one.keyid, sig });
  }
  const statement = statementIn(payload);
  if (statement === undefined) return `holds no in-toto statement (${STATEMENT})`;
  if (lineOf({ payload, signatures }) !== line) return 'is not written as envelopes are';
  return { line: number, payload, statement, signatures };
}

function statementIn(payload: Bytes): Statement | undefined {
  const value = parsed(textOf(payload));
  if (!isObject(value)) return undefined;
  const { _type, subject, predicateType, predicate } = value;
  if (_type !== STATEMENT || typeof predicateType !== 'string' || !Array.isArray(subject)) return undefined;
  const named = (subject as readonly unknown[]).every(
    (one) => isObject(one) && typeof one.name === 'string' && isObject(one.digest),
  );
  return named && isObject(predicate) ? (value as unknown as Statement) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is signed of an envelope: DSSE's pre-authentication encoding. */
export function encodedFor(payload: Bytes): Bytes {
  return joined(utf8(`DSSEv1 ${PAYLOAD.length} ${PAYLOAD} ${payload.length} `), payload);
}

/** Whether every signature of an envelope is that of the key, under its name. */
export async function isEnvelopeOf({ payload, signatures }: Envelope, key: PublicKey): Promise<boolean> {
  const data = encodedFor(payload);
  for (const { keyid, sig } of signatures)
    if (keyid !== key.id || !(await isSignedBy(key, sig, data))) return false;
  return true;
}
