import { join } from 'node:path';
import t, { type Test } from 'tap';
import { testBrowser } from '../bench/drivers/display/page.fixture.ts';
import { openHttp } from '../bench/drivers/http/http.ts';
import { isapi } from '../bench/drivers/http/isapi.ts';
import { openSerial } from '../bench/drivers/serial/tty.ts';
import { handClock } from '../bench/fakes/clock.ts';
import { openSessionReader } from '../session/reader.ts';
import { ABOUT, exchange, frameAt, T0, testFolder } from '../session/session.fixture.ts';
import { openSessionWriter, type SessionWriter } from '../session/writer.ts';
import { systemClock } from '../terms/clock.ts';
import { openPosition } from './position.ts';
import { openReplay } from './replay.ts';

t.setTimeout(240_000);
const INFO = '/ISAPI/System/deviceInfo';
const info = (name: string) => `<DeviceInfo><deviceName>${name}</deviceName></DeviceInfo>`;
const challenge = {
  ...exchange(INFO, ''),
  response: {
    status: 401,
    headers: {
      'www-authenticate': 'Digest realm="r", nonce="n", qop="auth"',
      'content-length': '999',
      'x bad': 'y',
    },
    body: '',
  },
};

/** A recording, served. */
async function replayed(
  t: Test,
  write: (writer: SessionWriter) => void,
  options: { at?: number; speed?: number } = {},
) {
  const file = join(await testFolder(t), 'session.mcap');
  const writer = await openSessionWriter(file, { about: ABOUT, at: T0 });
  write(writer);
  t.equal((await writer.close(T0 + 10_000)).problem, undefined);
  const stack = new AsyncDisposableStack();
  t.teardown(() => stack.disposeAsync());
  const session = stack.use(await openSessionReader(file));
  return stack.use(await openReplay(session, { clock: systemClock, ...options }));
}

t.test(
  'HTTP answers what the recorder last answered, with its challenges, at the time where it stands',
  async (t) => {
    const replay = await replayed(t, (writer) => {
      for (const [at, name] of [
        [1000, 'before'],
        [5000, 'after'],
      ] as const) {
        writer.write('http', T0 + at, challenge);
        writer.write('http', T0 + at + 10, exchange(INFO, info(name), { authorized: true }));
      }
      writer.write('http', T0 + 6000, { ...exchange('/gone', ''), response: undefined, failure: 'reset' });
    });
    await using http = openHttp({ baseUrl: replay.httpUrl, timeoutMs: 20_000, clock: systemClock });
    const name = async () => (await isapi(http).deviceInfo({ user: 'any', password: 'body' }))?.deviceName;
    t.equal(await name(), 'before', 'the first after it, where there is none yet');
    replay.position.seek(T0 + 4000);
    t.equal(await name(), 'before');
    replay.position.seek(T0 + 9000);
    t.equal(await name(), 'after');
    const answer = await http.request({ method: 'GET', path: INFO, headers: { authorization: 'Digest x' } });
    t.equal(answer.headers['x-recorded-at'], new Date(T0 + 5010).toISOString());
    for (const path of ['/other', '/gone']) {
      const none = await http.request({ method: 'GET', path });
      t.equal(none.status, 404);
      t.match(none.body, 'was not asked in this recording');
    }
  },
);

t.test('the console prints when it did, and answers what it was asked', async (t) => {
  const replay = await replayed(t, (writer) => {
    writer.write('serial', T0 + 100, { direction: 'in', text: 'U-Boot\r\n' });
    writer.write('serial', T0 + 3000, { direction: 'out', text: 'help\r' });
    writer.write('serial', T0 + 3001, { direction: 'in', text: 'help\r\none\r\n# ' });
    writer.write('serial', T0 + 9000, { direction: 'in', text: 'late\r\n' });
  });
  if (replay.serialPath === undefined) throw new Error('no console');
  await using serial = await openSerial({ path: replay.serialPath, baudRate: 115_200, clock: systemClock });
  t.equal(await serial.command('help', { timeoutMs: 20_000 }), 'one');
  replay.position.play();
  await serial.waitFor(/U-Boot/, { timeoutMs: 20_000, since: 0 });
  const text = () =>
    serial
      .transcript()
      .map((chunk) => chunk.text)
      .join('');
  t.notMatch(text(), 'late');
  replay.position.seek(T0 + 8990);
  await serial.waitFor(/late/, { timeoutMs: 20_000, since: 0 });
  t.equal(text().split('U-Boot').length, 2, 'what was skipped is not printed');
});

t.test('a position goes on by itself, stands, jumps, and stays within the recording', async (t) => {
  const clock = handClock();
  const position = openPosition({ from: 1000, to: 5000, speed: 2, clock });
  let moves = 0;
  const leave = position.onMoved(() => {
    moves += 1;
  });
  t.same([position.now, position.playing], [1000, false]);
  position.play();
  await clock.advance(500);
  t.same([position.now, position.playing], [2000, true]);
  position.pause();
  await clock.advance(500);
  t.equal(position.now, 2000);
  position.seek(9000);
  t.equal(position.now, 5000);
  leave();
  position.play();
  t.equal(position.now, 1000, 'at the end it begins anew');
  await clock.advance(9000);
  t.same([position.now, position.playing], [5000, false]);
  t.equal(moves, 3);
});

const browser = await testBrowser(t);

t.test('the page shows the screen and all channels on one time line', { skip: browser.skip }, async (t) => {
  const replay = await replayed(t, (writer) => {
    writer.write('step', T0 + 900, { kind: 'case', text: 'A reset <b>', requirement: 'CR46' });
    writer.write('frame', T0 + 1000, frameAt(T0 + 1000));
    writer.write('http', T0 + 2000, { ...exchange(INFO, info('recorder')), notes: ['no namespace'] });
    writer.write('frame', T0 + 4000, frameAt(T0 + 4000));
    writer.write('step', T0 + 8000, { kind: 'verdict', text: '', requirement: 'CR46', verdict: 'fail' });
  });
  const page = await browser.get().newPage();
  const wrong: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && wrong.push(message.text())));
  page.on('pageerror', (error) => wrong.push(error.message));
  await page.goto(replay.pageUrl);
  const rows = page.locator('#list li');
  await rows.first().waitFor();
  t.same(await page.locator('.lane > span').allTextContents(), ['session', 'step', 'http']);
  t.equal(await page.locator('#picture').getAttribute('src'), null, 'no picture before the first');
  await page.locator('#list li', { hasText: 'deviceInfo' }).click();
  await page.locator('#picture[src="/frame?at=1790000001000"]').waitFor();
  t.match(await page.locator('#detail').textContent(), /\* no namespace\nGET \/ISAPI\/System\/deviceInfo/);
  t.match(await page.locator('#clock').textContent(), '00:02.000 of 00:10.000');
  t.equal(replay.position.now, T0 + 2000, 'the replay goes where the page goes');
  await page.locator('#list li', { hasText: 'CR46' }).last().press('Enter');
  await page.locator('#picture[src="/frame?at=1790000004000"]').waitFor();
  await page.locator('#play').click();
  await page.locator('#play', { hasText: 'Pause' }).waitFor();
  t.equal(replay.position.playing, true);
  t.same(wrong, []);
  await page.close();
});

t.test('only this machine, and only the page itself, moves a replay', async (t) => {
  const replay = await replayed(t, () => undefined);
  const post = (type: string) =>
    fetch(`${replay.pageUrl}/position`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: `{"at":${T0 + 50}}`,
    });
  t.equal((await post('text/plain')).status, 404);
  t.equal(replay.position.now, T0);
  t.equal((await post('application/json')).status, 200);
  t.equal(replay.position.now, T0 + 50);
  await using http = openHttp({ baseUrl: replay.pageUrl, timeoutMs: 20_000, clock: systemClock });
  t.equal((await http.request({ method: 'GET', path: '/', headers: { host: 'evil.example' } })).status, 421);
  for (const path of ['/entry?n=99', '/entry?n=x', '/frame?at=0', '/frame?at=x', '/none'])
    t.equal((await http.request({ method: 'GET', path })).status, 404, path);
});
