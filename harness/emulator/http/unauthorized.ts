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
  const fields = lock && {
    isDefaultPassword: false,
    isRiskPassword: false,
    isActivated: true,
    isIllegalLogin: true,
    retryLoginTime: lock.left,
    lockStatus: lock.locked ? 'lock' : 'unlock',
    unlockTime: lock.seconds,
  };
  const reply = xmlReply(
    call,
    'userCheck',
    { statusValue: 401, statusString: 'Unauthorized', ...fields },
    401,
  );
  return { ...reply, headers: { 'WWW-Authenticate': digestChallenges(recorder, failed.stale) } };
}
