import type { Recorder } from '../recorder/recorder.ts';
import { digestChallenges } from './digest.ts';
import { type Call, type Reply, xmlReply } from './reply.ts';

/**
 * The 401 of a recorder: digest challenges, and a userCheck that tells a failed login (not a missing one) what is left.
 * @param failed the user whose login failed.
 */
export function unauthorized(
  call: Call,
  failed: { readonly user: string | undefined; readonly stale: boolean },
): Reply {
  const { recorder } = call;
  const lock =
    failed.user === undefined || failed.stale ? undefined : recorder.lockState(failed.user, 'http');
  const state = lock && told(recorder, failed.user === 'admin' ? 7 : 5, lock);
  const fields = state && {
    isDefaultPassword: false,
    isRiskPassword: false,
    isActivated: true,
    isIllegalLogin: true,
    retryLoginTime: state.left,
    lockStatus: state.locked ? 'lock' : 'unlock',
    unlockTime: state.seconds,
  };
  const address = recorder.reservedEmail;
  const leak = address !== undefined && recorder.defects.has('unauthorized-tells-address');
  const reply = xmlReply(
    call,
    'userCheck',
    { statusValue: 401, statusString: 'Unauthorized', ...fields, ...(leak && { contact: address }) },
    401,
  );
  return { ...reply, headers: { 'WWW-Authenticate': digestChallenges(recorder, failed.stale) } };
}

/** The lock as it is told; a defective recorder's numbers stand still. */
function told(recorder: Recorder, limit: number, lock: ReturnType<Recorder['lockState']>) {
  if (lock.locked)
    return lock.seconds < 60 && recorder.defects.has('unlock-time-stuck') ? { ...lock, seconds: 60 } : lock;
  return recorder.defects.has('retry-time-stuck') ? { ...lock, left: limit } : lock;
}
