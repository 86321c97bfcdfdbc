import { randomBytes } from 'node:crypto';
import { openPassword, SESSION_ITERATIONS, sealChallenge } from '../../wire/credentials.ts';
import { ISAPI } from '../../wire/isapi.ts';
import type { UserLevel } from '../recorder/api.ts';
import type { Recorder } from '../recorder/recorder.ts';
import type { Session } from '../recorder/state.ts';
import { type Call, done, type Reply, type Route, refuse, xmlReply } from './reply.ts';
import { liveSessions } from './sessions.ts';
import { parseXml, textOf } from './xml.ts';

const LEVELS: Readonly<Record<UserLevel, string>> = {
  admin: 'Administrator',
  operator: 'Operator',
  guest: 'Viewer',
};

/** Activation, users, logins, security settings. An open activation challenge lives as long as the face. */
export function accountRoutes(): readonly Route[] {
  const open: { challenge?: string } = {};
  const inactive = true;
  return [
    { method: 'GET', path: ISAPI.activateStatus, access: 'open', inactive, handle: activateStatus },
    {
      method: 'POST',
      path: ISAPI.challenge,
      access: 'open',
      inactive,
      handle: (call) => challenge(call, open),
    },
    { method: 'PUT', path: ISAPI.activate, access: 'open', inactive, handle: (call) => activate(call, open) },
    { method: 'GET', path: ISAPI.userCheck, access: 'user', handle: userCheck },
    { method: 'GET', path: ISAPI.users, access: 'admin', handle: listUsers },
    { method: 'POST', path: ISAPI.users, access: 'admin', handle: addUser },
    { method: 'GET', path: `${ISAPI.users}/*`, access: 'admin', handle: showUser },
    { method: 'PUT', path: `${ISAPI.users}/*`, access: 'admin', handle: changeUser },
    { method: 'GET', path: ISAPI.onlineUser, access: 'admin', handle: onlineUser },
    { method: 'GET', path: ISAPI.adminAccesses, access: 'admin', handle: adminAccesses },
    { method: 'GET', path: ISAPI.illegalLoginLock, access: 'admin', handle: illegalLoginLock },
    { method: 'GET', path: ISAPI.securityCapabilities, access: 'user', handle: capabilities },
  ];
}

function activateStatus(call: Call): Reply {
  return xmlReply(call, 'ActivateStatus', { Activated: call.recorder.activated });
}

function challenge(call: Call, open: { challenge?: string }): Reply {
  if (call.recorder.activated) return refuse(call, 'activated');
  const key = textOf(parseXml(call.body, 'PublicKey'), 'key') ?? '';
  const drawn = randomBytes(16).toString('hex');
  try {
    const sealed = sealChallenge(key, drawn);
    open.challenge = drawn;
    return xmlReply(call, 'Challenge', { key: sealed });
  } catch {
    return refuse(call, 'badParameters');
  }
}

function activate(call: Call, open: { challenge?: string }): Reply {
  if (call.recorder.activated) return refuse(call, 'activated');
  const sealed = textOf(parseXml(call.body, 'ActivateInfo'), 'password') ?? '';
  const password = open.challenge === undefined ? undefined : openPassword(sealed, open.challenge);
  if (password === undefined) return refuse(call, 'badParameters');
  if (!call.recorder.activate(password, 'http').ok) return refuse(call, 'riskPassword');
  delete open.challenge;
  return done(call);
}

function userCheck(call: Call): Reply {
  const flags = { isDefaultPassword: false, isRiskPassword: false, isActivated: true };
  return xmlReply(call, 'userCheck', { statusValue: 200, statusString: 'OK', ...flags });
}

function userFields(user: Recorder['users'][number]) {
  return { id: user.id, userName: user.name, userLevel: LEVELS[user.level] };
}
function listUsers(call: Call): Reply {
  return xmlReply(call, 'UserList', { User: call.recorder.users.map(userFields) });
}
function showUser(call: Call): Reply {
  const user = call.recorder.users.find(({ id }) => String(id) === call.rest);
  return user ? xmlReply(call, 'User', userFields(user)) : refuse(call, 'notFound');
}

function addUser(call: Call): Reply {
  const body = parseXml(call.body, 'User');
  const level = textOf(body, 'userLevel') === 'Operator' ? 'operator' : 'guest';
  const outcome = call.recorder.addUser(
    textOf(body, 'userName') ?? '',
    textOf(body, 'password') ?? '',
    level,
  );
  return outcome.ok ? done(call) : refuse(call, 'badParameters');
}

function changeUser(call: Call): Reply {
  const user = call.recorder.users.find(({ id }) => String(id) === call.rest);
  const password = textOf(parseXml(call.body, 'User'), 'password');
  if (!user) return refuse(call, 'notFound');
  if (password === undefined) return refuse(call, 'badParameters');
  return call.recorder.changePassword(user.name, password, 'http').ok
    ? done(call)
    : refuse(call, 'riskPassword');
}

function onlineUser(call: Call): Reply {
  const User = [...liveSessions(call.recorder), ...ghosts(call.recorder)].map((session, at) => ({
    id: at + 1,
    name: session.user,
    type: LEVELS[session.level].toLowerCase(),
    loginTime: session.loginTime,
    clientAddress: { ipAddress: session.address },
  }));
  return xmlReply(call, 'OnlineUserList', { OnlineUser: User });
}

/** With a defect: who was online before the reset. */
function ghosts({ store, defects }: Recorder): readonly Session[] {
  const { beforeReset } = store.memory;
  return beforeReset.length > 0 && defects.has('online-users-stay-listed') ? beforeReset : [];
}

function adminAccesses(call: Call): Reply {
  const ports = { HTTP: 80, RTSP: 554, HTTPS: 443, DEV_MANAGE: 8000 };
  const AdminAccessProtocol = Object.entries(ports).map(([protocol, portNo], at) => ({
    id: at + 1,
    enabled: protocol === 'HTTP',
    protocol,
    portNo,
  }));
  return xmlReply(call, 'AdminAccessProtocolList', { AdminAccessProtocol });
}

function illegalLoginLock(call: Call): Reply {
  const limits = { maxIllegalLoginTimes: 7, maxIllegalLoginLockTime: 60 };
  return xmlReply(call, 'IllegalLoginLock', { id: 1, enabled: true, ...limits });
}

function capabilities(call: Call): Reply {
  return xmlReply(call, 'SecurityCap', securityFields(call.recorder));
}

function emailNode(recorder: Recorder) {
  const { defects } = recorder;
  if (recorder.supportsReservedEmail && defects.has('capability-denies'))
    return { isSupportSecurityEmail: false };
  if (!recorder.supportsReservedEmail && defects.has('capability-promises-too-much'))
    return { isSupportSecurityEmail: true };
  return recorder.announcesReservedEmail && { isSupportSecurityEmail: true };
}

/** Content of SecurityCap. Many recorders that have the reserved email do not announce it. */
export function securityFields(recorder: Recorder) {
  return {
    SecurityLimits: { LoginPasswordLenLimit: '8,16', securityAnswerLengthLimit: '1,128' },
    supportUserNums: 32,
    userOperateType: 2,
    issupIllegalLoginLock: true,
    isSupportUserCheck: true,
    isSupportOnlineUser: true,
    isSupportGUIDFileDataExport: false,
    isSupportSecurityQuestionConfig: false,
    ...emailNode(recorder),
    keyIterateNum: SESSION_ITERATIONS,
    isIrreversible: true,
  };
}
