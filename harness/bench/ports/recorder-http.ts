import type { DeviceInfo, UserCheck } from '../../wire/isapi.ts';
import type { Credentials, HttpExchange, HttpResponse } from './http.ts';

/** What a write or a reset call answered; the HTTP status and the recorder's own words. */
export interface HttpStatus {
  readonly status: number;
  readonly statusString: string | undefined;
  readonly subStatusCode: string | undefined;
  /** Tries left, and lock time in s, where the recorder tells. */
  readonly retryTimes: number | undefined;
  readonly lockTime: number | undefined;
  /** The whole answer, as sent. */
  readonly body: string;
}
/** A session of sessionLogin. `cookie` is what later requests carry. */
export interface HttpSession {
  readonly cookie: string;
}
/** A digest nonce that the recorder gave out before. */
export interface HttpNonce {
  /** The status of a GET of deviceInfo that is signed with these credentials on this nonce, and on no other. */
  status(credentials: Credentials): Promise<number>;
}
/** What is set on a recorder, one text each; empty where it offers no such setting. */
export interface RecorderSettings {
  readonly network: string;
  readonly cameras: string;
  /** Names and levels. */
  readonly users: string;
  readonly timeServers: string;
  readonly recordPlan: string;
}
/** A stretch of recording; the recorder's own times, as it writes them. */
export interface Segment {
  readonly from: string;
  readonly to: string;
}
export interface LogLine {
  readonly time: string;
  readonly text: string;
}
/**
 * The recorder's own HTTP interface (ISAPI), read tolerantly: namespaces and absent nodes do not matter. A refusal is
 * an answer (its status), not an error. Throws PORT_UNREACHABLE, PORT_TIMEOUT, PORT_CLOSED, and PORT_PROTOCOL when an
 * answer cannot be read at all.
 */
export interface RecorderHttp {
  /** userCheck with these credentials; status 200 or 401 is in `http`. */
  userCheck(credentials: Credentials): Promise<UserCheck & { readonly http: number }>;
  /** Whether these credentials are accepted: userCheck says 200. Costs one failed try if not. */
  accepts(credentials: Credentials): Promise<boolean>;
  /** undefined where the credentials are refused. */
  deviceInfo(credentials: Credentials): Promise<DeviceInfo | undefined>;
  /** activateStatus, without credentials. */
  activated(): Promise<boolean>;
  /** By challenge and sealed password; status of the answer. */
  activate(password: string): Promise<HttpStatus>;
  users(
    credentials: Credentials,
  ): Promise<readonly { readonly id: string; readonly name: string; readonly level: string }[]>;
  /** Sets the password of a user, as admin. */
  changePassword(credentials: Credentials, user: string, password: string): Promise<HttpStatus>;
  addUser(
    credentials: Credentials,
    user: { readonly name: string; readonly password: string; readonly level: 'Operator' | 'Viewer' },
  ): Promise<HttpStatus>;
  /** Wrong logins over the network before the lock, and its length in s; undefined where the recorder does not tell. */
  loginLimits(
    credentials: Credentials,
  ): Promise<{ readonly tries: number; readonly seconds: number } | undefined>;
  onlineUsers(credentials: Credentials): Promise<readonly string[]>;
  /** isSupportSecurityEmail: undefined where the node is absent. */
  supportsSecurityEmail(credentials: Credentials): Promise<boolean | undefined>;
  sessionLogin(credentials: Credentials): Promise<HttpSession | undefined>;
  /** The status of a GET that carries this session's cookie and nothing else. */
  sessionStatus(session: HttpSession): Promise<number>;
  /** Asks for a nonce; undefined where the recorder offers no digest. */
  nonce(): Promise<HttpNonce | undefined>;
  /** The masked or complete address as admin sees it; `status` of the answer. */
  emailParameter(
    credentials: Credentials | undefined,
  ): Promise<{ readonly status: number; readonly address: string | undefined; readonly body: string }>;
  /** Pre-auth by design: the payload, where the recorder gives one. */
  emailQrCode(): Promise<{
    readonly status: number;
    readonly payload: string | undefined;
    readonly body: string;
  }>;
  emailCertification(code: string, password?: string): Promise<HttpStatus>;
  time(credentials: Credentials): Promise<string>;
  setTime(credentials: Credentials, localTime: string): Promise<HttpStatus>;
  /** Sets the host name of the first time server. */
  setTimeServer(credentials: Credentials, hostName: string): Promise<HttpStatus>;
  reboot(credentials: Credentials): Promise<HttpStatus>;
  factoryReset(credentials: Credentials, mode: 'basic' | 'full'): Promise<HttpStatus>;
  /** Every entry of every kind; empty where the recorder refuses to tell. */
  log(credentials: Credentials): Promise<readonly LogLine[]>;
  settings(credentials: Credentials): Promise<RecorderSettings>;
  /** Cameras on the network; empty where the recorder has none. */
  cameras(credentials: Credentials): Promise<readonly { readonly id: string; readonly online: boolean }[]>;
  /** Ids of the tracks that are recorded on. */
  tracks(credentials: Credentials): Promise<readonly string[]>;
  /** What a track holds between two times of the recorder. */
  recordings(
    credentials: Credentials,
    search: { readonly track: string; readonly from: string; readonly to: string },
  ): Promise<readonly Segment[]>;
  /** The answer to a plain GET, with or without credentials. */
  get(path: string, credentials?: Credentials): Promise<HttpResponse>;
  onExchange(listener: (exchange: HttpExchange) => void): () => void;
}
