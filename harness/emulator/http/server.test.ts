import { createHash, generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import {
  exportActivationKey,
  openChallenge,
  sealPassword,
  sessionKey,
  sessionProof,
} from '../../wire/credentials.ts';
import type { RecorderPlan } from '../../wire/emulator.ts';
import { ISAPI } from '../../wire/isapi.ts';
import { newSealKeys, openLetter } from '../../wire/seal.ts';
import { Recorder } from '../recorder/recorder.ts';
import { startHttpFace } from './server.ts';
import { parseXml, textOf, xmlDocument } from './xml.ts';

const keys = newSealKeys();
const plan: RecorderPlan = {
  id: 'http-1',
  family: 'nvr',
  model: 'DS-7608NI-K2',
  firmware: 'V4.62.210',
  build: 'build 230619',
  gui: '4.0',
  language: 'en',
  resolution: '1280x720',
  adminPassword: 'Harbour-77',
  reservedEmail: 'owner@lab.example',
  bootMs: 1,
};

interface Ask {
  readonly method?: string;
  readonly body?: string;
  readonly user?: string;
  readonly password?: string;
  readonly algorithm?: 'MD5' | 'SHA-256';
  readonly cookie?: string;
  /** Answer this challenge instead of asking for one. */
  readonly nonce?: string;
}

async function open(t: { teardown(act: () => Promise<void>): void }, change: Partial<RecorderPlan> = {}) {
  // Uptime stands still unless a test lets it pass.
  const clock = { now: () => Date.now(), monotonic: () => 0 };
  const core = new Recorder({ ...plan, ...change }, { relayKey: keys.publicKey, clock });
  const face = await startHttpFace(core);
  t.teardown(async () => {
    core.close();
    await face[Symbol.asyncDispose]();
  });
  const ask = async (path: string, ask: Ask = {}) => {
    const { method = 'GET', body, cookie } = ask;
    const send = async (authorization?: string) => {
      const headers = { ...(authorization && { authorization }), ...(cookie && { cookie }) };
      const response = await fetch(face.url + path, { method, headers, ...(body !== undefined && { body }) });
      return { status: response.status, headers: response.headers, body: await response.text() };
    };
    if (ask.user === undefined) return send();
    const first = ask.nonce === undefined ? await send() : undefined;
    const challenge = first?.headers.get('www-authenticate') ?? '';
    const nonce = ask.nonce ?? /nonce="([^"]+)"/.exec(challenge)?.[1] ?? '';
    const algorithm = ask.algorithm ?? 'MD5';
    const hash = (text: string) =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex');
    const { realm } = core.facts;
    const ha1 = hash(`${ask.user}:${realm}:${ask.password}`);
    const response = hash(`${ha1}:${nonce}:00000001:abcd:auth:${hash(`${method}:${path}`)}`);
    return send(
      `Digest username="${ask.user}", realm="${realm}", nonce="${nonce}", uri="${path}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="abcd", response="${response}"`,
    );
  };
  const admin = (path: string, more: Ask = {}) =>
    ask(path, { user: 'admin', password: 'Harbour-77', ...more });
  const reset = () => {
    const letter = openLetter(core.openReset().payload, keys);
    if (!letter) throw new Error('the letter does not open');
    return letter.code;
  };
  const certify = (code: string, password?: string) =>
    ask(`${ISAPI.emailCertification}?format=json`, {
      method: 'PUT',
      body: JSON.stringify({ EmailCertification: { code, password } }),
    });
  return { core, face, ask, admin, reset, certify };
}

t.test('without login there is a 401 of the recorded shape', async (t) => {
  const { ask, core } = await open(t, { digest: ['SHA-256', 'MD5'] });
  const answer = await ask(ISAPI.userCheck);
  t.equal(answer.status, 401);
  const challenges = (answer.headers.get('www-authenticate') ?? '').split(/, (?=Digest)/);
  t.match(
    challenges[0],
    /^Digest realm="[0-9a-f]{24}", domain="::", qop="auth", nonce="[0-9a-f]{32}:\d+", opaque="", algorithm="SHA-256", stale="FALSE"$/,
  );
  t.match(challenges[1], /algorithm="MD5"/);
  const check = parseXml(answer.body, 'userCheck');
  t.equal(textOf(check, 'statusValue'), '401');
  t.equal(textOf(check, 'retryLoginTime'), undefined, 'no failed login, no lock fields');
  t.equal(core.lockState('admin', 'http').left, 7, 'asking costs no try');
});

t.test('digest works with every offered algorithm, and no other', async (t) => {
  const { admin } = await open(t, { digest: ['SHA-256', 'MD5'] });
  const ok = await admin(ISAPI.userCheck, { algorithm: 'SHA-256' });
  t.equal(ok.status, 200);
  t.equal(textOf(parseXml(ok.body, 'userCheck'), 'statusString'), 'OK');
  t.equal((await admin(ISAPI.userCheck)).status, 200);
  const md5 = await open(t);
  t.equal((await md5.admin(ISAPI.userCheck, { algorithm: 'SHA-256' })).status, 401);
});

t.test('wrong passwords count down and lock', async (t) => {
  const { admin, core } = await open(t);
  const wrong = await admin(ISAPI.userCheck, { password: 'Wrong-99' });
  const fields = parseXml(wrong.body, 'userCheck');
  t.match(fields, { isIllegalLogin: 'true', retryLoginTime: '6', lockStatus: 'unlock', unlockTime: '0' });
  for (let n = 0; n < 5; n++) await admin(ISAPI.userCheck, { password: 'Wrong-99' });
  const last = await admin(ISAPI.userCheck, { password: 'Wrong-99' });
  t.match(parseXml(last.body, 'userCheck'), { retryLoginTime: '0', lockStatus: 'lock', unlockTime: '60' });
  const locked = await admin(ISAPI.userCheck);
  t.equal(locked.status, 401, 'the right password is refused while locked');
  core.advance(20_000);
  t.match(parseXml((await admin(ISAPI.userCheck)).body, 'userCheck'), { unlockTime: '40' });
  core.advance(40_000);
  t.equal((await admin(ISAPI.userCheck)).status, 200);
});

t.test('an old nonce is stale, and costs no try', async (t) => {
  const { admin, ask, core } = await open(t);
  const challenge = (await ask(ISAPI.userCheck)).headers.get('www-authenticate') ?? '';
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? '';
  t.equal((await admin(ISAPI.userCheck, { nonce })).status, 200);
  core.advance(121_000);
  const late = await admin(ISAPI.userCheck, { nonce });
  t.equal(late.status, 401);
  t.match(late.headers.get('www-authenticate'), /stale="TRUE"/);
  t.equal(core.lockState('admin', 'http').left, 7);
});

t.test('both namespaces, by firmware or by plan', async (t) => {
  const old = await (await open(t)).admin(ISAPI.deviceInfo);
  t.match(old.body, /<DeviceInfo version="1.0" xmlns="http:\/\/www.hikvision.com\/ver20\/XMLSchema">/);
  t.match(parseXml(old.body, 'DeviceInfo'), { firmwareVersion: 'V4.62.210', deviceType: 'NVR' });
  const young = await (await open(t, { firmware: 'V5.03.020' })).admin(ISAPI.deviceInfo);
  t.match(young.body, /version="2.0" xmlns="http:\/\/www.isapi.org\/ver20\/XMLSchema"/);
  t.match((await (await open(t, { namespace: 'isapi' })).admin(ISAPI.deviceInfo)).body, /isapi\.org/);
});

t.test('XML escapes what it must, and reads it back', async (t) => {
  const text = `<a> & "b" 'c' ]]>`;
  t.equal(textOf(parseXml(xmlDocument('Root', { field: text }, 'isapi'), 'Root'), 'field'), text);
  t.equal(parseXml('<!DOCTYPE x [<!ENTITY e "1">]><Root>&e;</Root>', 'Root'), undefined);
  t.equal(parseXml('<Root><field></Root>', 'Root'), undefined);
});

t.test('activation by challenge', async (t) => {
  const { adminPassword: _, reservedEmail: __, ...inactive } = plan;
  const core = new Recorder(inactive, { relayKey: keys.publicKey });
  const face = await startHttpFace(core);
  t.teardown(() => face[Symbol.asyncDispose]());
  const send = async (path: string, method = 'GET', body?: string) => {
    const response = await fetch(face.url + path, { method, ...(body !== undefined && { body }) });
    return { status: response.status, body: await response.text() };
  };
  t.match((await send(ISAPI.activateStatus)).body, /<Activated>false</);
  const refused = await send(ISAPI.userCheck);
  t.equal(refused.status, 403);
  t.match(parseXml(refused.body, 'ResponseStatus'), { subStatusCode: 'notActivated' });
  t.equal((await send(`${ISAPI.emailQrCode}?format=json`)).status, 403, 'no reset on an inactive recorder');
  const pair = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const key = `<PublicKey><key>${exportActivationKey(pair.publicKey)}</key></PublicKey>`;
  const challenge = async () => {
    const answer = await send(ISAPI.challenge, 'POST', key);
    return openChallenge(textOf(parseXml(answer.body, 'Challenge'), 'key') ?? '', pair.privateKey);
  };
  const info = (password: string) => `<ActivateInfo><password>${password}</password></ActivateInfo>`;
  const weak = await send(ISAPI.activate, 'PUT', info(sealPassword('weak', await challenge())));
  t.match(parseXml(weak.body, 'ResponseStatus'), { subStatusCode: 'riskPassword', statusCode: '6' });
  const stray = await send(ISAPI.activate, 'PUT', info(sealPassword('Harbour-77', '0'.repeat(32))));
  t.equal(stray.status, 400);
  const good = await send(ISAPI.activate, 'PUT', info(sealPassword('Harbour-77', await challenge())));
  t.match(parseXml(good.body, 'ResponseStatus'), { statusCode: '1' });
  t.match((await send(ISAPI.activateStatus)).body, /<Activated>true</);
  t.equal((await send(ISAPI.challenge, 'POST', key)).status, 403, 'once');
});

t.test('session login', async (t) => {
  const { ask, admin, core } = await open(t);
  const offer = async (user: string) =>
    parseXml((await ask(`${ISAPI.sessionCapabilities}?username=${user}`)).body, 'SessionLoginCap');
  const login = async (user: string, password: string) => {
    const cap = await offer(user);
    const text = (name: string) => textOf(cap, name) ?? '';
    const key = sessionKey({ user, password, salt: text('salt'), iterations: Number(text('iterations')) });
    const proof = sessionProof(key, text('challenge'));
    const body = `<SessionLogin><userName>${user}</userName><password>${proof}</password><sessionID>${text('sessionID')}</sessionID></SessionLogin>`;
    return { body, answer: await ask(ISAPI.sessionLogin, { method: 'POST', body }) };
  };
  const { body, answer } = await login('admin', 'Harbour-77');
  t.equal(answer.status, 200);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  t.equal((await ask(ISAPI.userCheck, { cookie })).status, 200);
  t.match((await admin(ISAPI.onlineUser)).body, /<name>admin<\/name>/);
  t.equal((await ask(ISAPI.sessionLogin, { method: 'POST', body })).status, 401, 'a challenge serves once');
  t.equal((await login('admin', 'Wrong-99')).answer.status, 401);
  t.equal(
    textOf(await offer('nobody'), 'salt'),
    textOf(await offer('nobody'), 'salt'),
    'unknown names look known',
  );
  core.advance(301_000);
  t.equal((await ask(ISAPI.userCheck, { cookie })).status, 401, 'idle sessions end');
  const again = (await login('admin', 'Harbour-77')).answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  await ask(ISAPI.sessionLogout, { method: 'PUT', cookie: again });
  t.equal((await ask(ISAPI.userCheck, { cookie: again })).status, 401, 'logout ends it');
});

t.test('a reset makes sessions, nonces and the old password dead', async (t) => {
  const { ask, admin, reset, certify, core } = await open(t);
  const challenge = (await ask(ISAPI.userCheck)).headers.get('www-authenticate') ?? '';
  const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1] ?? '';
  await admin(ISAPI.userCheck);
  t.equal((await certify(reset(), 'Lantern-88')).status, 200);
  t.equal((await admin(ISAPI.userCheck, { nonce })).status, 401);
  t.equal(
    (await admin(ISAPI.userCheck, { nonce, password: 'Lantern-88' })).status,
    401,
    'an old nonce never serves',
  );
  t.equal(core.store.memory.sessions.length, 0);
  t.equal((await admin(ISAPI.userCheck, { password: 'Lantern-88' })).status, 200);
});

t.test('certification', async (t) => {
  const { certify, reset, core, ask } = await open(t);
  const code = reset();
  const dummy = code.startsWith('A') ? `B${code.slice(1)}` : `A${code.slice(1)}`;
  const refused = await certify(dummy, 'Lantern-88');
  t.equal(refused.status, 403);
  t.match(JSON.parse(refused.body), { statusCode: 4, subStatusCode: 'verificationFailed' });
  t.equal(core.store.flash.codeTries, 1, 'counted in the ledger of the local GUI');
  t.match(JSON.parse((await certify(code, 'weak')).body), { subStatusCode: 'riskPassword' });
  t.equal(
    (await certify(code, 'Lantern-88')).status,
    200,
    'the accepted code may be sent again with a better one',
  );
  t.equal((await certify(code, 'Lantern-99')).status, 403, 'but serves one password');
  for (let n = 0; n < 6; n++) await certify(dummy);
  t.match(JSON.parse((await certify(dummy)).body), { subStatusCode: 'verificationLocked', lockTime: 1800 });
  t.equal((await ask(ISAPI.emailCertification, { method: 'PUT', body: '{' })).status, 400);
});

t.test('the QR over HTTP is the one that is open', async (t) => {
  const { ask, core } = await open(t);
  const path = `${ISAPI.emailQrCode}?format=json`;
  const first = JSON.parse((await ask(path)).body).EmailQRCode;
  t.equal(first.QRCode, core.openPayload);
  t.match(first.serviceMailBox, /@/);
  t.equal(JSON.parse((await ask(path)).body).EmailQRCode.QRCode, first.QRCode);
  core.openReset();
  t.not(JSON.parse((await ask(path)).body).EmailQRCode.QRCode, first.QRCode);
  t.notMatch(JSON.stringify(first), /owner@/);
});

t.test('email/parameter: masked for admin, forbidden for others, absent below the threshold', async (t) => {
  const { ask, admin, core } = await open(t);
  core.addUser('otto', 'Bridge-66', 'operator');
  const path = `${ISAPI.emailParameter}?format=json`;
  t.match(JSON.parse((await admin(path)).body), {
    EmailParameter: { enabled: true, emailAddress: 'o***@lab.example' },
  });
  t.equal((await ask(path)).status, 401);
  const operator = await ask(path, { user: 'otto', password: 'Bridge-66' });
  t.equal(operator.status, 403);
  t.match(JSON.parse(operator.body), { subStatusCode: 'lowPrivilege' });
  const put = (emailAddress: string) =>
    admin(path, { method: 'PUT', body: JSON.stringify({ EmailParameter: { enabled: true, emailAddress } }) });
  t.equal((await put('nonsense')).status, 400);
  t.equal((await put('second@lab.example')).status, 200);
  t.equal(core.reservedEmail, 'second@lab.example');
  const below = await open(t, { firmware: 'V4.20.000' });
  t.match(JSON.parse((await below.admin(path)).body), { subStatusCode: 'notSupport' });
  t.equal((await below.ask(ISAPI.emailQrCode)).status, 403);
});

t.test('the capability node is there on some firmware only', async (t) => {
  const node = async (change: Partial<RecorderPlan>) =>
    /<isSupportSecurityEmail>true</.test(
      (await (await open(t, change)).admin(ISAPI.securityCapabilities)).body,
    );
  t.equal(await node({}), true);
  t.equal(await node({ firmware: 'V4.21.000' }), false);
  t.equal(await node({ family: 'dvr-k', firmware: 'V4.75.011' }), true);
});

t.test('users', async (t) => {
  const { ask, admin } = await open(t);
  const user =
    '<User><userName>otto</userName><password>Bridge-66</password><userLevel>Operator</userLevel></User>';
  t.equal((await admin(ISAPI.users, { method: 'POST', body: user })).status, 200);
  t.match((await admin(ISAPI.users)).body, /<id>2<\/id>\s*<userName>otto<\/userName>\s*<userLevel>Operator/);
  const otto = { user: 'otto', password: 'Bridge-66' };
  t.equal((await ask(ISAPI.users, otto)).status, 403);
  const change = (password: string) => `<User><id>1</id><password>${password}</password></User>`;
  t.equal((await admin(`${ISAPI.users}/1`, { method: 'PUT', body: change('weak') })).status, 400);
  t.equal(
    (await ask(`${ISAPI.users}/1`, { ...otto, method: 'PUT', body: change('Lantern-88') })).status,
    403,
  );
  t.equal((await admin(`${ISAPI.users}/1`, { method: 'PUT', body: change('Lan&amp;tern-88') })).status, 200);
  t.equal((await admin(ISAPI.userCheck)).status, 401);
  t.equal((await admin(ISAPI.userCheck, { password: 'Lan&tern-88' })).status, 200);
});

t.test('time and log', async (t) => {
  const { admin, core } = await open(t);
  const body =
    '<Time><timeMode>manual</timeMode><localTime>2027-03-01T10:00:00</localTime><timeZone>CST-8:00:00</timeZone></Time>';
  t.equal((await admin(ISAPI.time, { method: 'PUT', body })).status, 200);
  t.match((await admin(ISAPI.time)).body, /<localTime>2027-03-01T10:00:0\d\+08:00</);
  t.equal(
    (await admin(ISAPI.time, { method: 'PUT', body: '<Time><localTime>noon</localTime></Time>' })).status,
    400,
  );
  core.openReset();
  const search = (metaId: string, more = '') =>
    admin(ISAPI.logSearch, {
      method: 'POST',
      body: `<CMSearchDescription><searchID>s1</searchID><metaId>${metaId}</metaId><maxResults>1</maxResults>${more}</CMSearchDescription>`,
    });
  const found = parseXml((await search('log.hikvision.com/Operation')).body, 'CMSearchResult');
  t.match(found, { searchID: 's1', numOfMatches: '1', responseStatusStrg: 'MORE' });
  t.match((await search('log.hikvision.com/Operation/Reset Password: Start')).body, /<totalMatches>1</);
  t.match((await search('log.hikvision.com/Alarm')).body, /NO MATCHES/);
  const future =
    '<timeSpanList><timeSpan><startTime>2030-01-01T00:00:00Z</startTime></timeSpan></timeSpanList>';
  t.match((await search('log.hikvision.com', future)).body, /NO MATCHES/);
});

t.test('reboot: answered, then gone, then back, and not ready for writes at once', async (t) => {
  const { admin, core, ask, reset, certify } = await open(t);
  const code = reset();
  const phases: string[] = [];
  const back = new Promise<void>((resolve) => {
    core.onChange((what) => {
      if (what !== 'phase') return;
      phases.push(core.phase);
      if (core.phase === 'ready') resolve();
    });
  });
  t.equal((await admin(ISAPI.reboot, { method: 'PUT' })).status, 200);
  await back;
  t.same(phases, ['off', 'booting', 'ready']);
  const early = await certify(code);
  t.match(JSON.parse(early.body), { statusCode: 4, subStatusCode: 'invalidOperation' });
  core.advance(1000);
  t.match(JSON.parse((await certify(code)).body), { subStatusCode: 'verificationFailed' }, 'the code died');
  core.powerOff();
  await t.rejects(ask(ISAPI.userCheck), 'no answer without power');
});

t.test('unknown paths and methods', async (t) => {
  const { admin, ask } = await open(t);
  t.equal((await ask('/ISAPI/Security/none')).status, 404);
  const wrong = await admin(ISAPI.deviceInfo, { method: 'POST', body: '' });
  t.equal(wrong.status, 405);
  t.match(parseXml(wrong.body, 'ResponseStatus'), { subStatusCode: 'methodNotAllowed', statusCode: '4' });
  t.equal((await admin(`${ISAPI.factoryReset}?mode=half`, { method: 'PUT' })).status, 400);
});
