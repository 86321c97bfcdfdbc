import { createHmac, randomBytes } from 'node:crypto';
import { SESSION_ITERATIONS, sessionProof } from '../../wire/credentials.ts';
import { ISAPI } from '../../wire/isapi.ts';
import { sameText } from '../recorder/accounts.ts';
import type { UserLevel } from '../recorder/api.ts';
import type { Recorder } from '../recorder/recorder.ts';
import type { Session } from '../recorder/state.ts';
import { type Call, done, type Reply, type Route, refuse, xmlReply } from './reply.ts';
import { unauthorized } from './unauthorized.ts';
import { parseXml, textOf } from './xml.ts';

/** A session ends after five minutes without a request; a digest client is 'online' for one. */
const SESSION_IDLE_MS = 300_000;
const DIGEST_IDLE_MS = 60_000;
/** A challenge of the session login serves one try within a minute. */
const CHALLENGE_LIFE_MS = 60_000;
const CHALLENGES_KEPT = 64;
const COOKIE = 'WebSession';

interface Pending {
  readonly user: string;
  readonly challenge: string;
  readonly at: number;
}

/** Sessions that still count as online. */
export function liveSessions(recorder: Recorder): readonly Session[] {
  const { memory, uptime } = recorder.store;
  const idle = (session: Session) => (session.kind === 'session' ? SESSION_IDLE_MS : DIGEST_IDLE_MS);
  memory.sessions = memory.sessions.filter((session) => uptime - session.seen <= idle(session));
  return memory.sessions;
}

/** The session that a Cookie header names, refreshed. */
export function sessionOf(recorder: Recorder, cookie: string): Session | undefined {
  const id = new RegExp(`(?:^|;\\s*)${COOKIE}=([0-9a-f]{64})`).exec(cookie)?.[1];
  const found = liveSessions(recorder).find((session) => session.kind === 'session' && session.id === id);
  return found && keepSession(recorder, found);
}

/** Notes that a user is there by digest. */
export function noteDigest(
  recorder: Recorder,
  who: { readonly user: string; readonly level: UserLevel },
  address: string,
) {
  const id = `${who.user}@${address}`;
  const known = liveSessions(recorder).find((session) => session.id === id);
  if (!known) logRemote(recorder, 'Remote: Login', who.user);
  keepSession(recorder, known ?? newSession(recorder, { id, kind: 'digest', ...who, address }));
}

function newSession(recorder: Recorder, session: Omit<Session, 'loginTime' | 'seen'>): Session {
  return { ...session, loginTime: recorder.store.localTime, seen: recorder.uptime };
}
function keepSession(recorder: Recorder, session: Session): Session {
  const { memory, uptime } = recorder.store;
  const renewed = { ...session, seen: uptime };
  memory.sessions = [...memory.sessions.filter((each) => each.id !== session.id), renewed];
  return renewed;
}
function logRemote(recorder: Recorder, minor: 'Remote: Login' | 'Remote: Logout', user: string): void {
  recorder.log({ major: 'Operation', minor, user, channel: 'http', detail: '' });
}

/** Routes of the session login. Open challenges live as long as the face. */
export function sessionRoutes(): readonly Route[] {
  const pending = new Map<string, Pending>();
  return [
    {
      method: 'GET',
      path: ISAPI.sessionCapabilities,
      access: 'open',
      handle: (call) => offer(call, pending),
    },
    { method: 'POST', path: ISAPI.sessionLogin, access: 'open', handle: (call) => login(call, pending) },
    { method: 'PUT', path: ISAPI.sessionHeartbeat, access: 'user', handle: done },
    { method: 'PUT', path: ISAPI.sessionLogout, access: 'user', handle: logout },
  ];
}

function offer(call: Call, pending: Map<string, Pending>): Reply {
  const { recorder, query } = call;
  const user = query.get('username') ?? '';
  const sessionID = randomBytes(32).toString('hex');
  const challenge = randomBytes(16).toString('hex');
  pending.set(sessionID, { user, challenge, at: recorder.uptime });
  for (const oldest of pending.keys()) if (pending.size > CHALLENGES_KEPT) pending.delete(oldest);
  // A name that is no user gets a salt too, always the same, so that nobody learns which names exist.
  const decoy = createHmac('sha256', recorder.facts.realm).update(user).digest('hex');
  const salt = recorder.accounts.find(user)?.salt ?? decoy;
  const cap = {
    sessionID,
    challenge,
    iterations: SESSION_ITERATIONS,
    isIrreversible: true,
    sessionIDVersion: 2,
    salt,
  };
  return xmlReply(call, 'SessionLoginCap', { ...cap, isSupportRTSPWithSession: false });
}

function login(call: Call, pending: Map<string, Pending>): Reply {
  const { recorder } = call;
  const body = parseXml(call.body, 'SessionLogin');
  const user = textOf(body, 'userName');
  const password = textOf(body, 'password');
  const sessionID = textOf(body, 'sessionID') ?? '';
  if (user === undefined || password === undefined) return refuse(call, 'badParameters');
  const open = pending.get(sessionID);
  pending.delete(sessionID);
  const account = recorder.accounts.find(user);
  const fresh = open !== undefined && open.user === user && recorder.uptime - open.at <= CHALLENGE_LIFE_MS;
  const right =
    fresh && account !== undefined && sameText(password, sessionProof(account.key, open.challenge));
  const outcome = recorder.accounts.settle(user, 'http', right);
  if (!outcome.ok) return unauthorized(call, { user, stale: false });
  const id = randomBytes(32).toString('hex');
  keepSession(
    recorder,
    newSession(recorder, { id, kind: 'session', user, level: outcome.level, address: call.address }),
  );
  logRemote(recorder, 'Remote: Login', user);
  const reply = xmlReply(call, 'SessionLogin', { statusValue: 200, statusString: 'OK', sessionID: id });
  return { ...reply, headers: { 'Set-Cookie': `${COOKIE}=${id}; path=/; HttpOnly; SameSite=Strict` } };
}

function logout(call: Call): Reply {
  const session = sessionOf(call.recorder, call.cookie);
  const { memory } = call.recorder.store;
  memory.sessions = memory.sessions.filter((each) => each.id !== session?.id);
  if (session) logRemote(call.recorder, 'Remote: Logout', session.user);
  return done(call);
}
