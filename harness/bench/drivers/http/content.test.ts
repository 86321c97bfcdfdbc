import { json, routes, USER, withRecorder, xml } from './isapi.fixture.ts';

const refused = json({ statusCode: 4, subStatusCode: 'notSupport' }, 404);

withRecorder(
  'settings are read as texts; where a path is refused, the next is asked',
  async (t, recorder, face) => {
    recorder.answer(
      xml(
        'NetworkInterfaceList',
        '<NetworkInterface><id>1</id><ipAddress>192.0.2.1</ipAddress></NetworkInterface>',
      ),
      refused,
      xml('VideoInputChannelList', '<VideoInputChannel><id>1</id><name>Gate</name></VideoInputChannel>'),
      xml('UserList', '<User><id>1</id><userName>admin</userName></User>'),
      xml('NTPServerList', '<NTPServer><id>1</id><hostName>time.lab.example</hostName></NTPServer>'),
      refused,
    );
    t.same(await face.settings(USER), {
      network: '1\n192.0.2.1',
      cameras: '1\nGate',
      users: '1\nadmin',
      timeServers: '1\ntime.lab.example',
      recordPlan: '',
    });
    t.same(routes(recorder), [
      'GET /ISAPI/System/Network/interfaces',
      'GET /ISAPI/ContentMgmt/InputProxy/channels',
      'GET /ISAPI/System/Video/inputs/channels',
      'GET /ISAPI/Security/users',
      'GET /ISAPI/System/time/ntpServers',
      'GET /ISAPI/ContentMgmt/record/tracks',
    ]);
  },
);

withRecorder(
  'cameras tell whether they are online; a recorder without any tells none',
  async (t, recorder, face) => {
    const camera = (id: number, inner: string) =>
      `<InputProxyChannelStatus><id>${id}</id>${inner}</InputProxyChannelStatus>`;
    recorder.answer(
      xml(
        'InputProxyChannelStatusList',
        camera(1, '<online>true</online>') + camera(2, '<online>false</online>') + camera(3, ''),
      ),
      refused,
    );
    t.same(await face.cameras(USER), [
      { id: '1', online: true },
      { id: '2', online: false },
      { id: '3', online: false },
    ]);
    t.same(await face.cameras(USER), []);
  },
);

withRecorder('tracks are those that record', async (t, recorder, face) => {
  recorder.answer(
    xml(
      'TrackList',
      '<Track><id>101</id><Enable>true</Enable></Track><Track><id>201</id><Enable>false</Enable></Track><Track><id>301</id></Track>',
    ),
    refused,
  );
  t.same(await face.tracks(USER), ['101', '301']);
  t.same(await face.tracks(USER), []);
});

withRecorder('recordings are read page by page', async (t, recorder, face) => {
  const match = (from: string, to: string) =>
    `<matchList><searchMatchItem><trackID>101</trackID><timeSpan><startTime>${from}</startTime><endTime>${to}</endTime></timeSpan></searchMatchItem></matchList>`;
  recorder.answer(
    xml('CMSearchResult', `<responseStatusStrg>MORE</responseStatusStrg>${match('T1', 'T2')}`),
    xml('CMSearchResult', `<responseStatusStrg>OK</responseStatusStrg>${match('T3', 'T4')}`),
    refused,
  );
  const search = { track: '101', from: 'T0', to: 'T9' };
  t.same(await face.recordings(USER, search), [
    { from: 'T1', to: 'T2' },
    { from: 'T3', to: 'T4' },
  ]);
  t.same(await face.recordings(USER, search), []);
  const [first, second] = recorder.asked().map(({ body }) => body);
  t.match(first, '<trackID>101</trackID>');
  t.match(first, '<startTime>T0</startTime><endTime>T9</endTime>');
  t.match(second, '<searchResultPostion>1</searchResultPostion>');
});

withRecorder('the limits of the login are told, or not', async (t, recorder, face) => {
  const limits = '<maxIllegalLoginTimes>5</maxIllegalLoginTimes>';
  recorder.answer(
    xml('IllegalLoginLock', `${limits}<maxIllegalLoginLockTime>1800</maxIllegalLoginLockTime>`),
    xml('IllegalLoginLock', limits),
    refused,
  );
  t.same(await face.loginLimits(USER), { tries: 5, seconds: 1800 });
  t.equal(await face.loginLimits(USER), undefined);
  t.equal(await face.loginLimits(USER), undefined);
});
