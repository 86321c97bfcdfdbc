import { generateKeyPairSync } from 'node:crypto';
import { HarnessError } from '../../../terms/error.ts';
import {
  exportActivationKey,
  openChallenge,
  sealPassword,
  sessionKey,
  sessionProof,
} from '../../../wire/credentials.ts';
import { type DeviceInfo, ISAPI } from '../../../wire/isapi.ts';
import type { Credentials, Http } from '../../ports/http.ts';
import type { HttpNonce, RecorderHttp } from '../../ports/recorder-http.ts';
import { readCameras, readRecordings, readSettings, readTracks } from './content.ts';
import { type DigestChallenge, digestAuthorization, digestChallenges } from './digest.ts';
import { readLog } from './log.ts';
import { escaped, flag, given, list, number, parse, statusOf, text, treeOf, unreadable } from './tree.ts';

/** Most hashes of a password that a recorder may ask for. */
const MOST_ITERATIONS = 20_000;

/** The recorder's HTTP interface on top of a plain {@link Http} port. */
export function isapi(http: Http): RecorderHttp {
  const get = (path: string, credentials?: Credentials) =>
    http.request({ method: 'GET', path, ...(credentials === undefined ? {} : { credentials }) });
  const put = (path: string, body: string, credentials?: Credentials, method: 'PUT' | 'POST' = 'PUT') =>
    http.request({ method, path, body, ...(credentials === undefined ? {} : { credentials }) });
  const putJson = (path: string, body: unknown) =>
    http.request({ method: 'PUT', path, body: JSON.stringify(body), contentType: 'application/json' });

  const self: RecorderHttp = {
    async userCheck(credentials) {
      const answer = await get(ISAPI.userCheck, credentials);
      const check = answer.status === 200 ? treeOf(answer, ISAPI.userCheck) : (parse(answer.body) ?? {});
      const lock = text(check, 'lockStatus');
      return {
        http: answer.status,
        statusValue: number(check, 'statusValue') ?? answer.status,
        statusString: text(check, 'statusString') ?? '',
        ...given('isDefaultPassword', flag(check, 'isDefaultPassword')),
        ...given('isRiskPassword', flag(check, 'isRiskPassword')),
        ...given('isActivated', flag(check, 'isActivated')),
        ...given('isIllegalLogin', flag(check, 'isIllegalLogin')),
        ...given('retryLoginTime', number(check, 'retryLoginTime')),
        ...given('unlockTime', number(check, 'unlockTime')),
        ...(lock === 'lock' || lock === 'unlock' ? { lockStatus: lock } : {}),
      };
    },
    accepts: async (credentials) => (await self.userCheck(credentials)).http === 200,
    async deviceInfo(credentials) {
      const answer = await get(ISAPI.deviceInfo, credentials);
      if (answer.status !== 200) return undefined;
      const info = treeOf(answer, ISAPI.deviceInfo);
      const of = (name: keyof DeviceInfo) => text(info, name) ?? '';
      const { version, build } = firmwareOf(of('firmwareVersion'));
      return {
        deviceName: of('deviceName'),
        deviceID: of('deviceID'),
        model: of('model'),
        serialNumber: of('serialNumber'),
        macAddress: of('macAddress'),
        firmwareVersion: version,
        firmwareReleasedDate: of('firmwareReleasedDate') || build,
        deviceType: of('deviceType'),
      };
    },
    async activated() {
      const answer = await get(ISAPI.activateStatus);
      const value = flag(treeOf(answer, ISAPI.activateStatus), 'Activated');
      if (value === undefined) throw unreadable(ISAPI.activateStatus, answer);
      return value;
    },
    async activate(password) {
      const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
      const asked = await put(
        ISAPI.challenge,
        `<PublicKey><key>${exportActivationKey(publicKey)}</key></PublicKey>`,
        undefined,
        'POST',
      );
      if (asked.status !== 200) return statusOf(asked);
      const sealed = text(treeOf(asked, ISAPI.challenge), 'key');
      if (sealed === undefined) throw unreadable(ISAPI.challenge, asked);
      const challenge = openChallenge(sealed, privateKey);
      const body = `<ActivateInfo><password>${sealPassword(password, challenge)}</password></ActivateInfo>`;
      return statusOf(await put(ISAPI.activate, body));
    },
    async users(credentials) {
      const answer = await get(ISAPI.users, credentials);
      return list(treeOf(answer, ISAPI.users), 'User').map((user) => ({
        id: text(user, 'id') ?? '',
        name: text(user, 'userName') ?? '',
        level: text(user, 'userLevel') ?? '',
      }));
    },
    async onlineUsers(credentials) {
      const answer = await get(ISAPI.onlineUser, credentials);
      return list(treeOf(answer, ISAPI.onlineUser), 'OnlineUser').map((user) => text(user, 'name') ?? '');
    },
    addUser: async (credentials, { name, password, level }) =>
      statusOf(
        await put(
          ISAPI.users,
          `<User><userName>${escaped(name)}</userName><password>${escaped(password)}</password><userLevel>${level}</userLevel></User>`,
          credentials,
          'POST',
        ),
      ),
    async changePassword(credentials, user, password) {
      const answer = await get(ISAPI.users, credentials);
      const found = list(treeOf(answer, ISAPI.users), 'User').find((one) => text(one, 'userName') === user);
      const id = found === undefined ? '1' : (text(found, 'id') ?? '1');
      return statusOf(
        await put(
          `${ISAPI.users}/${id}`,
          `<User><id>${id}</id><userName>${escaped(user)}</userName><password>${escaped(password)}</password></User>`,
          credentials,
        ),
      );
    },
    async supportsSecurityEmail(credentials) {
      for (const path of [ISAPI.securityCapabilities, ISAPI.systemCapabilities]) {
        const answer = await get(path, credentials);
        if (answer.status !== 200) continue;
        const value = flag(treeOf(answer, path), 'isSupportSecurityEmail');
        if (value !== undefined) return value;
      }
      return undefined;
    },
    async sessionLogin(credentials) {
      const ask = `${ISAPI.sessionCapabilities}?username=${encodeURIComponent(credentials.user)}`;
      const offered = await get(ask);
      if (offered.status !== 200) return undefined;
      const cap = treeOf(offered, ask);
      const sessionID = text(cap, 'sessionID') ?? '';
      const iterations = number(cap, 'iterations') ?? 1;
      if (!Number.isInteger(iterations) || iterations < 1 || iterations > MOST_ITERATIONS)
        throw new HarnessError('PORT_PROTOCOL', `${ask} asks for ${iterations} iterations of a hash`, {
          port: 'http',
          hint: `recorders ask for 100 or 1,000; more than ${MOST_ITERATIONS} would keep this machine busy for minutes`,
        });
      const key = sessionKey({ ...credentials, salt: text(cap, 'salt') ?? '', iterations });
      const proof = sessionProof(key, text(cap, 'challenge') ?? '');
      const body = `<SessionLogin><userName>${escaped(credentials.user)}</userName><password>${proof}</password><sessionID>${escaped(sessionID)}</sessionID></SessionLogin>`;
      const answer = await put(ISAPI.sessionLogin, body, undefined, 'POST');
      const cookie = /(WebSession[^=;,\s]*=[^;,\s]+)/.exec(answer.headers['set-cookie'] ?? '')?.[1];
      return answer.status === 200 && cookie !== undefined ? { cookie } : undefined;
    },
    async sessionStatus(session) {
      const answer = await http.request({
        method: 'GET',
        path: ISAPI.deviceInfo,
        headers: { cookie: session.cookie },
      });
      return answer.status;
    },
    async loginLimits(credentials) {
      const answer = await get(ISAPI.illegalLoginLock, credentials);
      if (answer.status !== 200) return undefined;
      const limits = treeOf(answer, ISAPI.illegalLoginLock);
      const tries = number(limits, 'maxIllegalLoginTimes');
      const seconds = number(limits, 'maxIllegalLoginLockTime');
      return tries === undefined || seconds === undefined ? undefined : { tries, seconds };
    },
    async nonce() {
      const asked = await get(ISAPI.deviceInfo);
      const challenge = digestChallenges(asked.headers['www-authenticate'] ?? '')[0];
      return challenge === undefined ? undefined : nonceOf(http, challenge);
    },
    async emailParameter(credentials) {
      const answer = await get(`${ISAPI.emailParameter}?format=json`, credentials);
      const address =
        answer.status === 200 ? text(treeOf(answer, ISAPI.emailParameter), 'emailAddress') : undefined;
      return { status: answer.status, address, body: answer.body };
    },
    async emailQrCode() {
      const answer = await get(`${ISAPI.emailQrCode}?format=json`);
      const payload = answer.status === 200 ? text(treeOf(answer, ISAPI.emailQrCode), 'QRCode') : undefined;
      return { status: answer.status, payload, body: answer.body };
    },
    emailCertification: async (code, password) =>
      statusOf(
        await putJson(`${ISAPI.emailCertification}?format=json`, {
          EmailCertification: { code, ...(password === undefined ? {} : { password }) },
        }),
      ),
    async time(credentials) {
      const answer = await get(ISAPI.time, credentials);
      const time = text(treeOf(answer, ISAPI.time), 'localTime');
      if (time === undefined) throw unreadable(ISAPI.time, answer);
      return time;
    },
    setTime: async (credentials, localTime) =>
      statusOf(
        await put(
          ISAPI.time,
          `<Time><timeMode>manual</timeMode><localTime>${localTime}</localTime></Time>`,
          credentials,
        ),
      ),
    setTimeServer: async (credentials, hostName) =>
      statusOf(
        await put(
          ISAPI.ntpServers,
          `<NTPServerList><NTPServer><id>1</id><addressingFormatType>hostname</addressingFormatType><hostName>${escaped(hostName)}</hostName><portNo>123</portNo><synchronizeInterval>60</synchronizeInterval></NTPServer></NTPServerList>`,
          credentials,
        ),
      ),
    reboot: async (credentials) => statusOf(await put(ISAPI.reboot, '', credentials)),
    factoryReset: async (credentials, mode) =>
      statusOf(await put(`${ISAPI.factoryReset}?mode=${mode}`, '', credentials)),
    log: (credentials) => readLog((body) => put(ISAPI.logSearch, body, credentials, 'POST')),
    settings: (credentials) => readSettings(get, credentials),
    cameras: (credentials) => readCameras(get, credentials),
    tracks: (credentials) => readTracks(get, credentials),
    recordings: (credentials, search) =>
      readRecordings((path, body) => put(path, body, credentials, 'POST'), search),
    get,
    onExchange: (listener) => http.onExchange(listener),
  };
  return self;
}

/** Some recorders write the build behind the version: `V5.5.82build 190910`, with a blank or a comma or without. */
function firmwareOf(told: string): { readonly version: string; readonly build: string } {
  const match = /^(V[\d.]+)[\s,]*(build\s*\d{6})$/i.exec(told);
  return { version: match?.[1] ?? told, build: match?.[2] ?? '' };
}

/** One challenge, answered as often as wanted: whether its nonce still serves is what the answers tell. */
function nonceOf(http: Http, challenge: DigestChallenge): HttpNonce {
  let count = 0;
  return {
    async status(credentials) {
      count += 1;
      const use = { ...credentials, method: 'GET', uri: ISAPI.deviceInfo, count };
      const headers = { authorization: digestAuthorization(challenge, use) };
      return (await http.request({ method: 'GET', path: ISAPI.deviceInfo, headers })).status;
    },
  };
}
