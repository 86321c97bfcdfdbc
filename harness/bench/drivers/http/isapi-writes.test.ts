import { openPassword, sealChallenge, sessionKey, sessionProof } from '../../../wire/credentials.ts';
import { failure } from '../../ports/contract-help.ts';
import { json, ROOTS, routes, USER, withRecorder, xml } from './isapi.fixture.ts';

withRecorder('a new password is sealed for the recorder’s challenge', async (t, recorder, face) => {
  const challenge = '00112233445566778899aabbccddeeff';
  recorder.answer(
    (request, response) => {
      const sent = recorder.asked()[0]?.body ?? '';
      const key = /<key>(.*)<\/key>/.exec(sent)?.[1] ?? '';
      t.equal(request.method, 'POST');
      response.end(xml('Challenge', `<key>${sealChallenge(key, challenge)}</key>`).body);
    },
    xml('ResponseStatus', '<statusCode>1</statusCode><statusString>OK</statusString>'),
  );
  t.match(await face.activate('New-pass-1'), { status: 200, statusString: 'OK' });
  t.same(routes(recorder), ['POST /ISAPI/Security/challenge', 'PUT /ISAPI/System/activate']);
  const sealed = /<password>(.*)<\/password>/.exec(recorder.asked()[1]?.body ?? '')?.[1] ?? '';
  t.equal(openPassword(sealed, challenge), 'New-pass-1');
});

withRecorder('where there is no challenge, its refusal is the answer', async (t, recorder, face) => {
  recorder.answer({
    ...xml(
      'ResponseStatus',
      '<statusString>Invalid Operation</statusString><subStatusCode>activated</subStatusCode>',
    ),
    status: 403,
  });
  t.match(await face.activate('x'), { status: 403, subStatusCode: 'activated' });
  recorder.answer(xml('Challenge', '<none/>'));
  t.equal((await failure(face.activate('x')))?.code, 'PORT_PROTOCOL');
});

withRecorder(
  'writes tell status, the recorder’s words, tries left and lock time',
  async (t, recorder, face) => {
    recorder.answer(
      {
        ...xml(
          'ResponseStatus',
          '<requestURL>/x</requestURL><statusCode>4</statusCode><statusString>Invalid Operation</statusString><subStatusCode>lowPrivilege</subStatusCode>',
          ROOTS[1],
        ),
        status: 403,
      },
      json(
        {
          statusCode: 4,
          statusString: 'Invalid Operation',
          subStatusCode: 'verificationFailed',
          retryTimes: 4,
        },
        403,
      ),
      json({ subStatusCode: 'verificationLocked', lockTime: 1800 }, 403),
      json({ error: { retryLoginTime: '2', unlockTime: '60' } }, 403),
      { status: 200 },
    );
    const none = {
      statusString: undefined,
      subStatusCode: undefined,
      retryTimes: undefined,
      lockTime: undefined,
    };
    const refusal = { ...none, status: 403 };
    const answers = [await face.reboot(USER)];
    for (const code of ['1', '2', '3', '4']) answers.push(await face.emailCertification(code));
    t.same(
      answers.map(({ body }) => body.length > 0),
      [true, true, true, true, false],
      'what was answered is there as it came',
    );
    t.match(answers[3]?.body ?? '', /"unlockTime":"60"/);
    t.same(
      answers.map(({ body: _, ...told }) => told),
      [
        { ...refusal, statusString: 'Invalid Operation', subStatusCode: 'lowPrivilege' },
        { ...refusal, statusString: 'Invalid Operation', subStatusCode: 'verificationFailed', retryTimes: 4 },
        { ...refusal, subStatusCode: 'verificationLocked', lockTime: 1800 },
        { ...refusal, retryTimes: 2, lockTime: 60 },
        { ...none, status: 200 },
      ],
    );
  },
);

withRecorder(
  'a session is a cookie, got by a proof; the password does not travel',
  async (t, recorder, face) => {
    const owner = { user: 'a&b', password: 'Harbour-77' };
    const offer = xml(
      'SessionLoginCap',
      '<sessionID>id&lt;1&gt;</sessionID><challenge>c0ffee</challenge><iterations>3</iterations><salt>5a17</salt>',
    );
    recorder.answer(
      offer,
      {
        status: 200,
        headers: { 'set-cookie': 'lang=en, WebSession_1f=7d9a; path=/; HttpOnly' },
        body: '<a/>',
      },
      { status: 200 },
      { status: 401 },
    );
    const session = await face.sessionLogin(owner);
    t.same(session, { cookie: 'WebSession_1f=7d9a' });
    const proof = sessionProof(sessionKey({ ...owner, salt: '5a17', iterations: 3 }), 'c0ffee');
    t.match(recorder.asked()[1]?.body, `<password>${proof}</password>`);
    t.match(recorder.asked()[1]?.body, /<userName>a&#38;b<.*<sessionID>id&#60;1&#62;</);
    t.match(recorder.asked()[0]?.path, /\?username=a%26b$/);
    t.notMatch(JSON.stringify(recorder.asked()), owner.password);
    if (session === undefined) return;
    t.same([await face.sessionStatus(session), await face.sessionStatus(session)], [200, 401]);
    t.equal(recorder.asked()[2]?.headers.cookie, session.cookie);
    recorder.answer({ status: 404 }, offer, { status: 401 }, offer, { status: 200 });
    for (const what of ['none offered', 'refused', 'no cookie'])
      t.equal(await face.sessionLogin(owner), undefined, what);
  },
);

withRecorder('the reserved address and the QR are read where they are given', async (t, recorder, face) => {
  const parameter = json({ EmailParameter: { enabled: true, emailAddress: 'o***@lab.example' } });
  const qr = json({ EmailQRCode: { QRCode: 'payload', serviceMailBox: 'service@mail.example' } });
  recorder.answer(parameter, { ...parameter, status: 401 }, qr, { ...qr, status: 403 });
  t.same(await face.emailParameter(undefined), {
    status: 200,
    address: 'o***@lab.example',
    body: parameter.body,
  });
  t.match(await face.emailParameter(undefined), { status: 401, address: undefined });
  t.same(await face.emailQrCode(), { status: 200, payload: 'payload', body: qr.body });
  t.match(await face.emailQrCode(), { status: 403, payload: undefined });
});

withRecorder('a code goes as JSON, with a password only where one is given', async (t, recorder, face) => {
  recorder.answer({ status: 200 }, { status: 200 });
  await face.emailCertification('K7MPQ2XW');
  await face.emailCertification('K7MPQ2XW', 'New "pass" <1>');
  t.same(
    recorder.asked().map(({ body }) => JSON.parse(body)),
    [
      { EmailCertification: { code: 'K7MPQ2XW' } },
      { EmailCertification: { code: 'K7MPQ2XW', password: 'New "pass" <1>' } },
    ],
  );
  t.ok(recorder.asked().every(({ headers }) => headers['content-type'] === 'application/json'));
});

withRecorder('time and reset go where the guide says', async (t, recorder, face) => {
  recorder.answer(
    xml('Time', '<localTime>2026-01-02T03:04:05+08:00</localTime>'),
    { status: 200 },
    { status: 200 },
  );
  t.equal(await face.time(USER), '2026-01-02T03:04:05+08:00');
  await face.setTime(USER, '2026-01-03T00:00:00');
  await face.factoryReset(USER, 'full');
  t.match(recorder.asked()[1]?.body, '<localTime>2026-01-03T00:00:00</localTime>');
  t.same(routes(recorder), [
    'GET /ISAPI/System/time',
    'PUT /ISAPI/System/time',
    'PUT /ISAPI/System/factoryReset?mode=full',
  ]);
});

const item = (inner: string) => `<searchMatchItem>${inner}</searchMatchItem>`;

withRecorder(
  'the log is read kind by kind, and page by page where there is more',
  async (t, recorder, face) => {
    const first = item(
      '<logDescriptor><StartDateTime>T1</StartDateTime><metaId>Login</metaId></logDescriptor>',
    );
    recorder.answer(
      xml('CMSearchResult', `<totalMatches>2</totalMatches><matchList>${first}</matchList>`),
      xml(
        'CMSearchResult',
        `<totalMatches>2</totalMatches><matchList>${item('<startTime>T2</startTime><user>admin</user>')}</matchList>`,
      ),
      xml(
        'CMSearchResult',
        `<responseStatusStrg>MORE</responseStatusStrg><matchList>${item('<startTime>T3</startTime>')}</matchList>`,
      ),
      xml('CMSearchResult', '<responseStatusStrg>NO MATCHES</responseStatusStrg>'),
      xml('CMSearchResult', '<totalMatches>0</totalMatches>'),
      { status: 403 },
    );
    t.same(await face.log(USER), [
      { time: 'T1', text: 'T1 Login' },
      { time: 'T2', text: 'T2 admin' },
      { time: 'T3', text: 'T3' },
    ]);
    const asked = recorder
      .asked()
      .map(({ body }) => [
        /log\.hikvision\.com\/(\w+)/.exec(body)?.[1],
        /<searchResultPostion>(\d+)/.exec(body)?.[1],
      ]);
    t.same(asked, [
      ['Information', '0'],
      ['Information', '1'],
      ['Operation', '0'],
      ['Operation', '1'],
      ['Alarm', '0'],
      ['Exception', '0'],
    ]);
  },
);

withRecorder('a user is added with name, password and level', async (t, recorder, face) => {
  recorder.answer({ status: 200 });
  const answer = await face.addUser(USER, { name: 'day<shift>', password: 'a&b', level: 'Operator' });
  t.equal(answer.status, 200);
  t.same(routes(recorder), ['POST /ISAPI/Security/users']);
  t.match(recorder.asked()[0]?.body, /<userName>day&#60;shift&#62;<.*<password>a&#38;b<.*Operator/);
});

withRecorder(
  'a nonce once given is used again and again, and no other is asked for',
  async (t, recorder, face) => {
    const challenge = 'Digest realm="r", qop="auth", nonce="n0nce", algorithm="MD5"';
    recorder.answer(
      { status: 401, headers: { 'www-authenticate': challenge } },
      { status: 200 },
      { status: 401, headers: { 'www-authenticate': challenge.replace('n0nce', 'other') } },
      { status: 401 },
    );
    const nonce = await face.nonce();
    t.equal(await nonce?.status(USER), 200);
    t.equal(await nonce?.status(USER), 401);
    t.same(
      recorder
        .asked()
        .map(({ headers }) => /nonce="(\w+)".*nc=(\w+)/.exec(headers.authorization ?? '')?.slice(1)),
      [undefined, ['n0nce', '00000001'], ['n0nce', '00000002']],
    );
    t.equal(await face.nonce(), undefined);
  },
);
