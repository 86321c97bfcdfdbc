import { generateKeyPairSync } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import { HarnessError } from '../../../terms/error.ts';
import {
  exportActivationKey,
  openChallenge,
  sealPassword,
  sessionKey,
  sessionProof,
} from '../../../wire/credentials.ts';
import { type DeviceInfo, ISAPI } from '../../../wire/isapi.ts';
import type { Credentials, Http, HttpResponse } from '../../ports/http.ts';
import type { HttpStatus, RecorderHttp } from '../../ports/recorder-http.ts';

/** A tree of XML or JSON with the namespaces taken off. */
type Tree = Readonly<Record<string, unknown>>;

const xml = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: true,
  parseTagValue: false,
  processEntities: true,
});

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
      return {
        deviceName: of('deviceName'),
        deviceID: of('deviceID'),
        model: of('model'),
        serialNumber: of('serialNumber'),
        macAddress: of('macAddress'),
        firmwareVersion: of('firmwareVersion'),
        firmwareReleasedDate: of('firmwareReleasedDate'),
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
      const key = sessionKey({
        ...credentials,
        salt: text(cap, 'salt') ?? '',
        iterations: number(cap, 'iterations') ?? 1,
      });
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
    reboot: async (credentials) => statusOf(await put(ISAPI.reboot, '', credentials)),
    factoryReset: async (credentials, mode) =>
      statusOf(await put(`${ISAPI.factoryReset}?mode=${mode}`, '', credentials)),
    async log(credentials) {
      const body = `<CMSearchDescription><searchID>${crypto.randomUUID()}</searchID><metaId>log.hikvision.com/Information</metaId><timeSpanList><timeSpan><startTime>2000-01-01T00:00:00Z</startTime><endTime>2037-12-31T23:59:59Z</endTime></timeSpan></timeSpanList><maxResults>2000</maxResults><searchResultPostion>0</searchResultPostion></CMSearchDescription>`;
      const answer = await put(ISAPI.logSearch, body, credentials, 'POST');
      if (answer.status !== 200) return [];
      return list(treeOf(answer, ISAPI.logSearch), 'searchMatchItem').map((item) => ({
        time: text(item, 'StartDateTime') ?? text(item, 'startTime') ?? '',
        text: leaves(item).join(' '),
      }));
    },
    get,
    onExchange: (listener) => http.onExchange(listener),
  };
  return self;
}

/** The recorder's own words about a write. */
function statusOf(answer: HttpResponse): HttpStatus {
  const tree = answer.body.trim() === '' ? {} : (parse(answer.body) ?? {});
  return {
    status: answer.status,
    statusString: text(tree, 'statusString'),
    subStatusCode: text(tree, 'subStatusCode'),
    retryTimes: number(tree, 'retryTimes') ?? number(tree, 'retryLoginTime'),
    lockTime: number(tree, 'lockTime') ?? number(tree, 'unlockTime'),
  };
}

function treeOf(answer: HttpResponse, path: string): Tree {
  const tree = parse(answer.body);
  if (tree === undefined) throw unreadable(path, answer);
  return tree;
}

/** undefined for what is no answer of a recorder; a page for people is none. */
function parse(body: string): Tree | undefined {
  const start = body.trimStart();
  try {
    const value: unknown = start.startsWith('<') ? xml.parse(start) : JSON.parse(start);
    const page = isTree(value) && Object.keys(value).some((root) => root.toLowerCase() === 'html');
    return isTree(value) && !page ? value : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(path: string, answer: HttpResponse): HarnessError {
  return new HarnessError(
    'PORT_PROTOCOL',
    `${path} answered ${answer.status} with something that is neither XML nor JSON as expected (${answer.body.length} characters)`,
    {
      port: 'http',
      hint: 'see the exchange in the evidence; the address may belong to another kind of device',
    },
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first node of that name, wherever in the tree. */
function node(tree: unknown, name: string): unknown {
  if (Array.isArray(tree)) {
    for (const entry of tree) {
      const found = node(entry, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isTree(tree)) return undefined;
  if (name in tree) return tree[name];
  for (const value of Object.values(tree)) {
    const found = node(value, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
function text(tree: unknown, name: string): string | undefined {
  const value = node(tree, name);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value).trim()
    : undefined;
}
function number(tree: unknown, name: string): number | undefined {
  const value = text(tree, name);
  return value === undefined || value === '' || Number.isNaN(Number(value)) ? undefined : Number(value);
}
function flag(tree: unknown, name: string): boolean | undefined {
  const value = text(tree, name)?.toLowerCase();
  return value === undefined || value === '' ? undefined : value === 'true' || value === '1';
}
function list(tree: unknown, name: string): readonly Tree[] {
  const value = node(tree, name);
  return (Array.isArray(value) ? value : [value]).filter(isTree);
}
function leaves(tree: unknown): readonly string[] {
  if (Array.isArray(tree)) return tree.flatMap(leaves);
  if (isTree(tree)) return Object.values(tree).flatMap(leaves);
  return tree === undefined || tree === null || tree === '' ? [] : [String(tree)];
}
function escaped(value: string): string {
  return value.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
/** A property that is there only when it has a value. */
function given<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  const none: { readonly [P in K]?: V } = {};
  return value === undefined ? none : { ...none, [name]: value };
}
