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
  const lock = failed.user === undefined || failed.stale ? undefined : lockAsTold(recorder, failed.user);
  const fields = lock && {
    isDefaultPassword: false,
    isRiskPassword: false,
    isActivated: true,
    isIllegalLogin: true,
    retryLoginTime: lock.left,
    lockStatus: lock.locked ? 'lock' : 'unlock',
    unlockTime: lock.seconds,
  };
  const contact = recorder.reservedEmail;
  const leak = contact !== undefined && recorder.defects.has('unauthorized-tells-address');
  const reply = xmlReply(
    call,
    'userCheck',
    { statusValue: 401, statusString: 'Unauthorized', ...fields, ...(leak && { contact }) },
    401,
  );
  return { ...reply, headers: { 'WWW-Authenticate': digestChallenges(recorder, failed.stale) } };
}

/** The lock for a user; a defective recorder's numbers stand still. */
function lockAsTold(recorder: Recorder, user: string): ReturnType<Recorder['lockState']> {
  const lock = recorder.lockState(user, 'http');
  const { defects } = recorder;
  if (lock.locked)
    return lock.seconds < 60 && defects.has('unlock-time-stuck') ? { ...lock, seconds: 60 } : lock;
  return defects.has('retry-time-stuck') ? { ...lock, left: user === 'admin' ? 7 : 5 } : lock;
}
