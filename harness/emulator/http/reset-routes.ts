import { ISAPI } from '../../wire/isapi.ts';
import { type Call, doneJson, jsonReply, type Reply, type Route, refuseJson } from './reply.ts';
import { record, textOf } from './xml.ts';

/**
 * The reserved email over HTTP. `qrCode` and `emailCertification` work without login, for who forgot the password:
 * the QR is opaque, and codes count in the same ledger as at the local GUI.
 */
export function resetRoutes(): readonly Route[] {
  const json = true;
  return [
    {
      method: 'GET',
      path: ISAPI.emailParameterCapabilities,
      access: 'admin',
      json,
      handle: supported(capabilities),
    },
    {
      method: 'GET',
      path: ISAPI.emailParameter,
      access: 'admin',
      json,
      handle: supported(show),
      opened: ({ recorder }, who) =>
        (who === undefined && recorder.defects.has('address-over-http-without-login')) ||
        (who !== undefined && recorder.defects.has('address-over-http-for-operators')),
    },
    { method: 'PUT', path: ISAPI.emailParameter, access: 'admin', json, handle: supported(change) },
    { method: 'GET', path: ISAPI.emailQrCode, access: 'open', json, handle: supported(qrCode) },
    {
      method: 'PUT',
      path: ISAPI.emailCertification,
      access: 'open',
      json,
      handle: supported(certify),
      whileInactive: ({ recorder }) => recorder.defects.has('inactive-takes-codes-over-http'),
    },
  ];
}

function supported(handle: (call: Call) => Reply): (call: Call) => Reply {
  return (call) => (call.recorder.supportsReservedEmail ? handle(call) : refuseJson(call, 'notSupport'));
}

function capabilities(): Reply {
  return jsonReply({ EmailParameterCap: { enabled: true, emailAddress: { '@min': 1, '@max': 128 } } });
}

function show(call: Call): Reply {
  const { recorder } = call;
  const whole = recorder.reservedEmail !== undefined && recorder.defects.has('address-over-http-unmasked');
  const masked = whole ? recorder.reservedEmail : recorder.maskedEmail;
  return jsonReply({ EmailParameter: { enabled: masked !== undefined, emailAddress: masked ?? '' } });
}

function change(call: Call): Reply {
  const address = textOf(jsonBody(call, 'EmailParameter'), 'emailAddress');
  if (address === undefined) return refuseJson(call, 'badParameters');
  return call.recorder.reserve(address, 'http').ok ? doneJson(call) : refuseJson(call, 'badParameters');
}

function qrCode(call: Call): Reply {
  const { recorder } = call;
  if (!recorder.resetMethods().includes('email')) return refuseJson(call, 'emailNotSet');
  const QRCode = recorder.openPayload ?? recorder.openReset().payload;
  const told = recorder.defects.has('qr-over-http-tells-address') && { emailAddress: recorder.reservedEmail };
  const check = recorder.store.memory.reset?.code;
  const hint = recorder.defects.has('qr-over-http-tells-code') && { check };
  return jsonReply({ EmailQRCode: { QRCode, serviceMailBox: recorder.serviceMailbox, ...told, ...hint } });
}

function certify(call: Call): Reply {
  const { recorder } = call;
  const body = jsonBody(call, 'EmailCertification');
  const code = textOf(body, 'code');
  if (!recorder.activated && recorder.defects.has('inactive-takes-codes-over-http')) return doneJson(call);
  if (!recorder.resetMethods().includes('email')) return refuseJson(call, 'emailNotSet');
  if (code === undefined) return refuseJson(call, 'badParameters');
  const outcome = recorder.enterCode(code, 'http');
  if (!outcome.ok) {
    if (outcome.why === 'wrong') return refuseWrong(call);
    return refuseJson(call, 'verificationLocked', { retryTimes: 0, lockTime: outcome.lockSeconds });
  }
  const password = textOf(body, 'password');
  // Without a password the code is only checked; it may be sent again with one for ten minutes.
  if (password === undefined) return doneJson(call);
  return recorder.finishReset(password, 'http').ok ? doneJson(call) : refuseJson(call, 'riskPassword');
}

function refuseWrong(call: Call): Reply {
  const { defects, reservedEmail } = call.recorder;
  const told = defects.has('refusal-tells-address') ? { errorMsg: `sent to ${reservedEmail}` } : {};
  return refuseJson(call, 'verificationFailed', told);
}

function jsonBody(call: Call, name: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(call.body);
    return record(record(parsed)?.[name]);
  } catch {
    return undefined;
  }
}
