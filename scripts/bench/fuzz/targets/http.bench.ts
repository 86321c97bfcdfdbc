// What a recorder answers over HTTP, and what switches and other devices do.
import { gzipSync } from 'node:zlib';
import { MAX_BODY, readBody } from '../../../../harness/bench/drivers/http/body.ts';
import {
  digestAuthorization,
  digestChallenges,
  digestOffers,
} from '../../../../harness/bench/drivers/http/digest.ts';
import { isapi } from '../../../../harness/bench/drivers/http/isapi.ts';
import { odditiesOf } from '../../../../harness/bench/drivers/http/oddities.ts';
import { readPduState } from '../../../../harness/bench/drivers/power/pdu-state.ts';
import { readSadp } from '../../../../harness/bench/drivers/sadp/answer.ts';
import type { HttpResponse } from '../../../../harness/bench/ports/http.ts';
import { bytesOf, must, type Target, textOf } from '../target.ts';

const USER = { user: 'admin', password: 'Harbour-77' };
const XML = (root: string, inner: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><${root} version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema">${inner}</${root}>`;
const DOCUMENTS = [
  XML(
    'DeviceInfo',
    '<deviceName>Lab &amp; ä</deviceName><model>DS-7616NI-K2</model><serialNumber>DS-7616NI-K20123456789</serialNumber><firmwareVersion>V5.5.82build 190910</firmwareVersion><Activated>true</Activated><localTime>2026-01-02T03:04:05</localTime>',
  ),
  XML(
    'userCheck',
    '<statusValue>401</statusValue><lockStatus>unlock</lockStatus><retryLoginTime>4</retryLoginTime>',
  ),
  XML(
    'UserList',
    '<User><id>1</id><userName>admin</userName><userLevel>Administrator</userLevel></User><User><id>2</id></User>',
  ),
  XML(
    'SessionLoginCap',
    '<sessionID>abc</sessionID><challenge>00ff</challenge><iterations>100</iterations><salt>11</salt>',
  ),
  XML(
    'CMSearchResult',
    '<numOfMatches>1</numOfMatches><totalMatches>1</totalMatches><responseStatusStrg>OK</responseStatusStrg><matchList><searchMatchItem><startTime>2026-01-02T03:04:05Z</startTime><endTime>x</endTime></searchMatchItem></matchList>',
  ),
  '<h:DeviceInfo xmlns:h="http://www.isapi.org/ver20/XMLSchema"><h:model>X</h:model></h:DeviceInfo>\0',
  '{"EmailParameter":{"enabled":true,"emailAddress":"o***r@lab.example"}}',
  '{"EmailQRCode":{"QRCode":"RB1.abc","serviceMailBox":"pw@x.example"},"list":[{"a":[1,2,{"b":null}]}]}',
  '{"requestURL":"/x","statusCode":4,"statusString":"Invalid Operation","subStatusCode":"verificationFailed","lockTime":30}',
] as const;
const PATHS = [
  '/ISAPI/System/deviceInfo',
  '/ISAPI/Security/userCheck',
  '/ISAPI/Security/capabilities',
  '/ISAPI/Security/emailParameter?format=json',
] as const;
const STATUSES = [200, 200, 200, 401, 403] as const;
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'content-type': 'application/xml' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'text/xml; charset=gbk', 'content-encoding': 'gzip' },
  { 'content-encoding': 'deflate' },
  { 'content-encoding': 'br' },
];

const recorder: Target = {
  name: 'isapi',
  samples: [
    ...DOCUMENTS.map(bytesOf),
    gzipSync(DOCUMENTS[0]),
    Buffer.from(`\ufeff${DOCUMENTS[0]}`, 'utf16le'),
  ],
  open: () => ({
    async read(bytes, dice) {
      const headers = HEADERS[dice % HEADERS.length] ?? {};
      const plain = dice < DOCUMENTS.length + 2 ? {} : headers;
      const { text } = readBody(Buffer.from(bytes), plain);
      must(text.length <= MAX_BODY, 'a body is longer than it may be');
      const answer: HttpResponse = {
        status: STATUSES[dice % STATUSES.length] ?? 200,
        headers: plain,
        body: text,
      };
      for (const path of PATHS) odditiesOf({ path, authorized: true }, answer);
      const port = isapi({
        request: async () => answer,
        onExchange: () => () => undefined,
        [Symbol.asyncDispose]: async () => undefined,
      });
      const reads = [
        () => port.userCheck(USER),
        () => port.deviceInfo(USER),
        () => port.activated(),
        () => port.users(USER),
        () => port.supportsSecurityEmail(USER),
        () => port.sessionLogin(USER),
        () => port.loginLimits(USER),
        () => port.emailParameter(USER),
        () => port.emailQrCode(),
        () => port.emailCertification('00000000'),
        () => port.time(USER),
        () => port.log(USER),
        () => port.settings(USER),
        () => port.cameras(USER),
        () => port.tracks(USER),
        () => port.recordings(USER, { track: '101', from: 'a', to: 'b' }),
      ];
      // Of each way to read it; a sample is not what each of them wants.
      const errors: unknown[] = [];
      for (const read of reads) await read().catch((error: unknown) => errors.push(error));
      const strange = errors.find((error) => !(error instanceof Error) || error.name !== 'HarnessError');
      if (strange !== undefined) throw strange;
      if (errors.length === reads.length) throw errors[0];
    },
  }),
};

const digest: Target = {
  name: 'digest',
  samples: [
    'Digest realm="r", nonce="a", algorithm=MD5, Digest realm="r", nonce="b", qop="auth,auth-int", algorithm=SHA256',
    'Digest realm="DS-\\"1\\"", nonce="n2", opaque="o\\"p", qop="auth", stale=TRUE',
    'Basic realm="r", Negotiate, Digest nonce=abc',
  ].map(bytesOf),
  open: () => ({
    read(bytes) {
      // Node takes heads of 16 KiB at most.
      const header = Buffer.from(bytes.subarray(0, 16_384)).toString('latin1');
      digestOffers(header);
      for (const challenge of digestChallenges(header)) {
        const line = digestAuthorization(challenge, {
          ...USER,
          method: 'GET',
          uri: '/',
          count: 1,
          cnonce: 'c',
        });
        must(line.startsWith('Digest username="admin"'), 'an answer to a challenge begins with the user');
      }
      const answer = { status: 401, headers: { 'www-authenticate': header }, body: '' };
      odditiesOf({ path: '/', authorized: true }, answer);
    },
  }),
};

const PROBE =
  '<ProbeMatch><Uuid>A-1</Uuid><DeviceSN>DS-1</DeviceSN><IPv4Address>192.0.2.1</IPv4Address></ProbeMatch>';
const sadp: Target = {
  name: 'sadp',
  samples: [bytesOf(PROBE), bytesOf(`<?xml version="1.0"?>${PROBE}<odd`)],
  open: () => ({
    read(bytes) {
      // The largest datagram.
      const answer = readSadp(textOf(bytes.subarray(0, 65_507)), 'a-1');
      if (answer !== undefined)
        must(Object.getPrototypeOf(answer.fields) !== undefined, 'fields are an object');
    },
  }),
};

const READINGS = [
  { pointer: '/POWER', on: 'ON', off: 'OFF' },
  { pointer: '/outlets/0/state', on: 1, off: 0 },
  { pattern: 'state=(on|off)', on: 'on', off: 'off' },
] as const;
const pdu: Target = {
  name: 'pdu-state',
  samples: ['{"POWER":"ON","outlets":[{"state":1}],"x":"state=on"}'].map(bytesOf),
  open: () => ({
    read(bytes, dice) {
      readPduState(textOf(bytes), READINGS[dice % READINGS.length] ?? READINGS[0]);
    },
  }),
};

export const HTTP: readonly Target[] = [recorder, digest, sadp, pdu];
