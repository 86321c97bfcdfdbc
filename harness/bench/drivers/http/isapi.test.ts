import { failure } from '../../ports/contract-help.ts';
import { json, ROOTS, routes, USER, withRecorder, xml } from './isapi.fixture.ts';

withRecorder('reads an answer in either namespace, with a prefix, or in none', async (t, recorder, face) => {
  const inner = '<deviceName>Lab 1</deviceName><model> DS-7616NI-K2 </model><deviceID/>';
  for (const root of ROOTS) recorder.answer(xml('DeviceInfo', inner, root));
  recorder.answer({
    status: 200,
    body: `<ns1:DeviceInfo xmlns:ns1="x"><ns1:deviceName>Lab 1</ns1:deviceName><ns1:model>DS-7616NI-K2</ns1:model></ns1:DeviceInfo>`,
  });
  recorder.answer(json({ DeviceInfo: { deviceName: 'Lab 1', model: 'DS-7616NI-K2' } }));
  for (const how of ['first', 'second', 'none', 'prefix', 'JSON'])
    t.same(
      await face.deviceInfo(USER),
      {
        deviceName: 'Lab 1',
        deviceID: '',
        model: 'DS-7616NI-K2',
        serialNumber: '',
        macAddress: '',
        firmwareVersion: '',
        firmwareReleasedDate: '',
        deviceType: '',
      },
      how,
    );
});

withRecorder('whoever is refused learns nothing of the device', async (t, recorder, face) => {
  recorder.answer({ status: 401 }, { status: 403, body: '<html>no</html>' });
  t.equal(await face.deviceInfo(USER), undefined);
  t.equal(await face.deviceInfo(USER), undefined);
});

withRecorder('figures stay as they are written: no number loses its zeros', async (t, recorder, face) => {
  const inner = '<serialNumber>0012345678901234567890</serialNumber><firmwareVersion>V4.30</firmwareVersion>';
  recorder.answer(xml('DeviceInfo', `${inner}<deviceName>A &amp; B &lt;1&gt;</deviceName>`));
  t.match(await face.deviceInfo(USER), {
    serialNumber: '0012345678901234567890',
    firmwareVersion: 'V4.30',
    deviceName: 'A & B <1>',
  });
});

withRecorder(
  'userCheck tells of locks and tries left, where the recorder does',
  async (t, recorder, face) => {
    const refusal =
      '<statusValue>401</statusValue><statusString>Unauthorized</statusString><isDefaultPassword>false</isDefaultPassword>';
    recorder.answer(
      xml('userCheck', '<statusValue>200</statusValue><statusString>OK</statusString>'),
      { ...xml('userCheck', `${refusal}<retryLoginTime>3</retryLoginTime>`), status: 401 },
      {
        ...xml(
          'userCheck',
          `${refusal}<isIllegalLogin>true</isIllegalLogin><lockStatus>lock</lockStatus><unlockTime>1799</unlockTime>`,
        ),
        status: 401,
      },
      xml('userCheck', '<lockStatus>whatever</lockStatus><unlockTime/><isActivated>1</isActivated>'),
    );
    t.same(await face.userCheck(USER), { http: 200, statusValue: 200, statusString: 'OK' });
    t.same(await face.userCheck(USER), {
      http: 401,
      statusValue: 401,
      statusString: 'Unauthorized',
      isDefaultPassword: false,
      retryLoginTime: 3,
    });
    t.same(await face.userCheck(USER), {
      http: 401,
      statusValue: 401,
      statusString: 'Unauthorized',
      isDefaultPassword: false,
      isIllegalLogin: true,
      lockStatus: 'lock',
      unlockTime: 1799,
    });
    t.same(
      await face.userCheck(USER),
      { http: 200, statusValue: 200, statusString: '', isActivated: true },
      'what is empty or unknown is not there',
    );
    t.same(new Set(routes(recorder)), new Set(['GET /ISAPI/Security/userCheck']));
  },
);

withRecorder('credentials are accepted by a 200, and by nothing else', async (t, recorder, face) => {
  const inner = '<statusValue>200</statusValue>';
  recorder.answer(xml('userCheck', inner), { ...xml('userCheck', inner), status: 401 });
  t.equal(await face.accepts(USER), true);
  t.equal(await face.accepts(USER), false);
});

withRecorder(
  'an answer that is neither XML nor JSON is no answer of a recorder',
  async (t, recorder, face) => {
    const page = { status: 200, body: '<!DOCTYPE html><html><body><h1>It works!</h1><p>me & you<br></body>' };
    for (const body of ['It works!', '', '[1, 2]', '"text"', '{"cut":', 'null'])
      recorder.answer({ status: 200, body });
    for (const what of ['text', 'nothing', 'list', 'string', 'cut', 'null'])
      t.match(
        await failure(face.userCheck(USER)),
        { code: 'PORT_PROTOCOL', port: 'http', hint: /device/ },
        what,
      );
    recorder.answer(page, page, { ...page, status: 404 });
    const error = await failure(face.activated());
    t.match(error, { code: 'PORT_PROTOCOL', message: /activateStatus answered 200/ });
    t.equal((await failure(face.time(USER)))?.code, 'PORT_PROTOCOL');
    t.match(await face.reboot(USER), { status: 404, statusString: undefined, subStatusCode: undefined });
  },
);

withRecorder('activateStatus is yes, no, or unreadable; nobody need sign in', async (t, recorder, face) => {
  for (const said of ['true', 'false', '1'])
    recorder.answer(xml('ActivateStatus', `<Activated>${said}</Activated>`));
  t.same([await face.activated(), await face.activated(), await face.activated()], [true, false, true]);
  recorder.answer(xml('ActivateStatus', '<Other>true</Other>'));
  t.equal((await failure(face.activated()))?.code, 'PORT_PROTOCOL');
  recorder.answer({
    status: 401,
    headers: { 'www-authenticate': 'Digest realm="r", nonce="n"' },
    body: '<a/>',
  });
  t.equal((await failure(face.activated()))?.code, 'PORT_PROTOCOL');
  t.ok(recorder.asked().every(({ headers }) => headers.authorization === undefined));
});

withRecorder('lists hold none, one or many', async (t, recorder, face) => {
  const user = (id: number) =>
    `<User><id>${id}</id><userName>u${id}</userName><userLevel>Operator</userLevel></User>`;
  recorder.answer(
    xml('UserList', ''),
    xml('UserList', user(1)),
    xml('UserList', user(1) + user(2)),
    xml('OnlineUserList', '<OnlineUser><name>admin</name></OnlineUser><OnlineUser><id>2</id></OnlineUser>'),
  );
  t.same(await face.users(USER), []);
  t.same(await face.users(USER), [{ id: '1', name: 'u1', level: 'Operator' }]);
  t.same(
    (await face.users(USER)).map(({ name }) => name),
    ['u1', 'u2'],
  );
  t.same(await face.onlineUsers(USER), ['admin', '']);
});

withRecorder('support of the reserved email: yes, no, or not said anywhere', async (t, recorder, face) => {
  const node = (said: string) => `<isSupportSecurityEmail>${said}</isSupportSecurityEmail>`;
  recorder.answer(xml('SecurityCap', node('true')));
  t.equal(await face.supportsSecurityEmail(USER), true);
  recorder.answer(
    xml('SecurityCap', '<other/>'),
    xml('DeviceCap', `<SecurityCap>${node('false')}</SecurityCap>`),
  );
  t.equal(await face.supportsSecurityEmail(USER), false);
  recorder.answer({ status: 403 }, xml('DeviceCap', node('true')));
  t.equal(await face.supportsSecurityEmail(USER), true);
  recorder.answer(xml('SecurityCap', ''), { status: 404 });
  t.equal(await face.supportsSecurityEmail(USER), undefined);
});

withRecorder('a plain look and the listeners are those of the port below', async (t, recorder, face) => {
  const heard: string[] = [];
  const leave = face.onExchange(({ request }) => heard.push(request.path));
  recorder.answer({ status: 418, body: 'tea' }, { status: 200 });
  t.match(await face.get('/doc/page'), { status: 418, body: 'tea' });
  leave();
  await face.get('/other');
  t.same(heard, ['/doc/page']);
});

withRecorder('a page for people is no answer to userCheck', async (t, recorder, face) => {
  const page = '<!DOCTYPE html>\r\n<html><head><title>Router</title></head><body>Welcome<br></body></html>';
  recorder.answer({ status: 200, body: page }, { status: 200, body: page.slice(17) });
  for (const how of ['with its type', 'without'])
    t.equal((await failure(face.accepts(USER)))?.code, 'PORT_PROTOCOL', how);
});

withRecorder('a refusal is an answer, whatever stands in it', async (t, recorder, face) => {
  const error = '<html><head><title>Document Error: Unauthorized</title></head></html>';
  for (const body of [error, '', 'Unauthorized']) {
    recorder.answer({ status: 401, body });
    t.same(await face.userCheck(USER), { http: 401, statusValue: 401, statusString: '' }, body);
  }
});

withRecorder('a hash of a hash for minutes is refused', async (t, recorder, face) => {
  for (const iterations of ['0x7fffffff', '0', '-1', '1.5', '1e9']) {
    recorder.answer(xml('SessionLoginCap', `<salt>11</salt><iterations>${iterations}</iterations>`));
    t.match(await failure(face.sessionLogin(USER)), {
      code: 'PORT_PROTOCOL',
      message: /iterations of a hash/,
    });
  }
});
