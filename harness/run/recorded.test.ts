import { join } from 'node:path';
import t, { type Test } from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import { fakeHttp } from '../bench/fakes/http.ts';
import { fakeMailbox } from '../bench/fakes/mailbox.ts';
import { fakeOperator } from '../bench/fakes/operator.ts';
import { fakePower } from '../bench/fakes/power.ts';
import { fakeScanner } from '../bench/fakes/scanner.ts';
import { fakeSerial } from '../bench/fakes/serial.ts';
import type { Bench } from '../bench/open.ts';
import type { ReadWait } from '../bench/ports/display.ts';
import { createRedactor } from '../evidence/redactor.ts';
import { twinSafety } from '../safety/safety.fixture.ts';
import type { Entry } from '../session/channels.ts';
import { openSessionReader } from '../session/reader.ts';
import { ABOUT, testFolder } from '../session/session.fixture.ts';
import type { Item } from '../terms/frame.ts';
import { recordBench } from './recorded.ts';

const PASSWORD = 'Kx7-Harbour';
const CODE = 'K7Q2M9XA';
const HOME = 'nvr-at@lab.example';

/** A recorded bench of fakes, and what is in its recording once it is closed. */
async function bench(t: Test) {
  const clock = handClock();
  const screen = fakeDisplay({ clock, width: 640, height: 480 });
  const eyes = { open: false };
  const display = {
    ...screen,
    async read(wait?: ReadWait) {
      const reading = await screen.read(wait);
      return eyes.open ? { ...reading, frame: await screen.frame() } : reading;
    },
  };
  const http = fakeHttp({ clock, timeoutMs: 1000 });
  const mailbox = fakeMailbox({ clock });
  const scanner = fakeScanner();
  const serial = fakeSerial({ clock });
  const power = fakePower();
  const operator = fakeOperator();
  const fakes = { display, http, mailbox, scanner, serial, power, operator };
  const opened = {
    ...fakes,
    serialNumber: 'X',
    recorder: () => {
      throw new Error('not asked for');
    },
    usb: undefined,
    network: undefined,
    sadp: undefined,
    hands: undefined,
    partner: undefined,
    initial: { password: undefined, address: undefined },
    homeAddress: HOME,
    addressTag: '',
    labDomains: ['lab.example'],
    safety: twinSafety(),
    [Symbol.asyncDispose]: async () => undefined,
  } satisfies Bench;
  const file = join(await testFolder(t), 'session.mcap');
  const recording = await recordBench(opened, { file, about: ABOUT, clock });
  const redactor = recording.redactor(createRedactor());
  return {
    clock,
    fakes,
    /** Open: readings are by eye, with the picture that was looked at. */
    eyes,
    redactor,
    recording,
    heard: recording.bench,
    async entries(): Promise<readonly Entry[]> {
      t.equal((await recording.close()).problem, undefined);
      await using session = await openSessionReader(file);
      const entries: Entry[] = [];
      for await (const entry of session.entries()) entries.push(entry);
      return entries;
    },
  };
}
const valuesOf = (entries: readonly Entry[], topic: Entry['topic']) =>
  entries.filter((entry) => entry.topic === topic).map(({ value }) => value);
const item = (kind: Item['kind'], text: string, x: number, more: Partial<Item> = {}): Item => ({
  kind,
  text,
  box: { x, y: 10, width: 30, height: 20 },
  ...more,
});

t.test('input is kept, but nothing that would tell a secret', async (t) => {
  const { heard, fakes, redactor, entries } = await bench(t);
  redactor.add('password', PASSWORD);
  const keys = ['q', 'w', 'e r', 't', 'y u i o', 'p'].map((text, at) => item('button', text, at * 40));
  fakes.display.show({ items: [item('button', 'OK', 100)] });
  await heard.display.read?.();
  await heard.display.moveTo(5, 6);
  await heard.display.click(110, 15);
  fakes.display.show({ items: keys });
  await heard.display.read?.();
  await heard.display.click(10, 15);
  await heard.display.drag([
    { x: 1, y: 2 },
    { x: 3, y: 4 },
  ]);
  await heard.display.press('Backspace', 3);
  await heard.display.type(PASSWORD);
  await heard.display.type('Kx7');
  t.same(fakes.display.inputs().length, 9, 'all of it arrives');
  t.same(valuesOf(await entries(), 'input'), [
    { kind: 'move', x: 5, y: 6 },
    { kind: 'click', button: 'left', x: 110, y: 15 },
    { kind: 'click', button: 'left', hidden: true },
    { kind: 'drag', count: 2, hidden: true },
    { kind: 'press', key: 'Backspace', count: 3 },
    { kind: 'type', count: 11, text: '[password 1]' },
    { kind: 'type', count: 3, hidden: true },
  ]);
});

t.test('readings are kept where they change, without secrets and without pieces of them', async (t) => {
  const { heard, fakes, redactor, entries } = await bench(t);
  redactor.add('password', PASSWORD);
  const screens: readonly (readonly Item[])[] = [
    [item('text', `your password is ${PASSWORD}`, 0)],
    [...'K7Q2'].map((text, at) => item('text', text, at * 40)),
  ];
  redactor.add('code', 'K7Q2');
  for (const items of screens) {
    fakes.display.show({ items });
    await heard.display.read?.();
    await heard.display.read?.();
  }
  await heard.display.type(PASSWORD);
  fakes.display.show({
    items: [item('field', 'Kx7-', 0, { concealed: false }), item('field', '••••', 50, { concealed: true })],
  });
  await heard.display.read?.();
  const texts = valuesOf(await entries(), 'reading').map((value) =>
    'items' in value ? value.items.map(({ text }) => text) : [],
  );
  t.same(texts, [['[hidden]'], ['[hidden]', '[hidden]', '[hidden]', '[hidden]'], ['[hidden]', '••••']]);
});

t.test('of a picture on which one thing alone was read neither reading nor picture is kept', async (t) => {
  const { heard, fakes, eyes, entries } = await bench(t);
  const only = { x: 0, y: 10, width: 30, height: 20 };
  const read = async (text: string, ofOne: boolean) => {
    fakes.display.show({ items: [item('field', text, 0)] });
    await heard.display.read?.({ withinMs: 100, stillMs: 0, ...(ofOne ? { only } : {}) });
  };
  await read('by a document', true);
  eyes.open = true;
  await read('one thing', true);
  await read('the whole', false);
  const all = await entries();
  const texts = valuesOf(all, 'reading').map((value) => ('items' in value ? value.items[0]?.text : ''));
  t.same(texts, ['by a document', 'the whole']);
  t.equal(valuesOf(all, 'frame').filter((value) => 'read' in value && value.read).length, 1);
});

t.test('exchanges are kept without what is secret in their headers and bodies', async (t) => {
  const { heard, fakes, redactor, entries } = await bench(t);
  redactor.add('password', PASSWORD);
  fakes.http.expectRequest(undefined, {
    status: 401,
    headers: { 'www-authenticate': 'Digest nonce="n"', 'set-cookie': 'WebSession=abc' },
  });
  fakes.http.expectRequest(undefined, {
    status: 200,
    body: `<a><password>x</password>${PASSWORD} ${HOME}</a>`,
  });
  await heard.http.request({
    method: 'GET',
    path: `/x?mail=${HOME}`,
    credentials: { user: 'admin', password: PASSWORD },
  });
  t.match(valuesOf(await entries(), 'http'), [
    {
      request: { method: 'GET', path: '/x?mail=[address 1]' },
      response: {
        status: 401,
        headers: { 'set-cookie': '[hidden]', 'www-authenticate': 'Digest nonce="n"' },
      },
    },
    {
      request: { headers: { authorization: 'Digest [hidden]' } },
      response: { status: 200, body: '<a><password>[hidden]</password>[password 1] [address 1]</a>' },
    },
  ]);
});

t.test(
  'the console is kept line by line, also where a secret came in two pieces, and what was typed',
  async (t) => {
    const { heard, fakes, redactor, clock, entries } = await bench(t);
    redactor.add('password', PASSWORD);
    fakes.serial.onCommand('help', 'one\r\n');
    fakes.serial.print(`boot\r\npass ${PASSWORD.slice(0, 5)}`);
    await clock.advance(400);
    fakes.serial.print(`${PASSWORD.slice(5)} end\r\n`);
    await clock.advance(400);
    const asked = heard.serial?.command('help', { timeoutMs: 1000 });
    await clock.advance(500);
    await asked;
    const values = valuesOf(await entries(), 'serial');
    const text = values
      .map((value) => ('direction' in value && value.direction === 'in' ? value.text : ''))
      .join('');
    t.match(text, 'boot\r\npass [password 1] end\r\n');
    t.match(text, 'one');
    t.ok(
      values.some((value) => 'direction' in value && value.direction === 'out' && value.text === 'help\r'),
    );
  },
);

t.test('mails are kept once, and their codes are secrets from then on, and before', async (t) => {
  const { heard, fakes, entries } = await bench(t);
  fakes.serial.print(`log: ${CODE}\r\n`);
  fakes.mailbox.deliver({
    from: 'relay@lab.example',
    to: [HOME],
    subject: 'Code',
    text: `Your code:\n${CODE}\n`,
  });
  await heard.mailbox.list(HOME);
  await heard.mailbox.wait(HOME, { known: [], timeoutMs: 100 });
  const all = await entries();
  t.match(valuesOf(all, 'mail'), [{ to: ['[address 1]'], subject: 'Code', text: 'Your code:\n[code 1]\n' }]);
  t.match(valuesOf(all, 'serial'), [{ text: 'log: [code 1]\r\n' }]);
  t.notMatch(JSON.stringify(all), CODE);
});

t.test('scans and what else the bench does are kept, failures too', async (t) => {
  const { heard, fakes, entries } = await bench(t);
  fakes.scanner.expectScan('payload', { accepted: true, message: 'sent' });
  await heard.scanner.scan({ payload: 'payload' }, { as: 'account' });
  await t.rejects(heard.scanner.scan({ payload: 'other' }));
  await heard.power?.off();
  fakes.power.vanish();
  await t.rejects(async () => heard.power?.on());
  const all = await entries();
  t.match(valuesOf(all, 'scan'), [
    { as: 'account', characters: 7, accepted: true, message: 'sent' },
    { as: 'visitor', failure: /No answer is scripted/ },
  ]);
  t.match(valuesOf(all, 'power'), [{ act: 'off' }, { act: 'on', failure: /\S/ }]);
  t.notMatch(JSON.stringify(all), '"payload"');
});

t.test('what the suite does and keeps is in it, as it is kept', async (t) => {
  const { recording, redactor, entries } = await bench(t);
  const put: string[] = [];
  const store = recording.store({
    async put({ bytes: _, ...facts }) {
      put.push(facts.kind);
      return { sha256: '', ...facts };
    },
  });
  const events: string[] = [];
  const write = recording.events((event) => events.push(event.type));
  redactor.add('code', CODE);
  const ids = { dut: 'nvr-at', requirement: 'CR46', attempt: 1 };
  write({ type: 'case-start', ...ids, title: 'A reset' });
  write({ type: 'step', ...ids, step: { title: `Key ${CODE} in`, at: 5, milliseconds: 7, evidence: [] } });
  const png = Buffer.from('89504e470d0a1a0a00', 'hex');
  await store.put({ kind: 'frame', ext: 'png', title: 'The screen', at: 6, bytes: png });
  await store.put({ kind: 'mail', ext: 'txt', title: 'no picture', at: 6, bytes: png });
  write({ type: 'case-end', ...ids, verdict: 'pass', at: 7, milliseconds: 9 });
  const all = await entries();
  t.same(put, ['frame', 'mail']);
  t.same(events, ['case-start', 'step', 'case-end']);
  t.match(valuesOf(all, 'frame'), [{ title: 'The screen', format: 'png', read: false }]);
  t.same(
    valuesOf(all, 'step')
      .map((value) => ('kind' in value ? value.kind : ''))
      .sort(),
    ['case', 'step', 'verdict'],
  );
  t.notMatch(JSON.stringify(all), CODE);
});

t.test('what an operator was asked is kept, and what the answer tells of secrets is not', async (t) => {
  const { heard, fakes, entries } = await bench(t);
  fakes.operator.answer('lamp', { value: 'green', note: `a mail to ${HOME}` });
  const options = [{ value: 'green', label: 'Green' }] as const;
  await heard.operator?.ask(
    { id: 'lamp', title: `Which colour has the lamp of ${HOME}?`, kind: 'options', options },
    { timeoutMs: 1000 },
  );
  t.same(valuesOf(await entries(), 'prompt'), [
    {
      id: 'lamp',
      title: 'Which colour has the lamp of [address 1]?',
      kind: 'options',
      milliseconds: 0,
      outcome: 'answered',
      value: 'green',
      note: 'a mail to [address 1]',
      by: 'a fake',
      way: 'script',
    },
  ]);
});

t.test('where the console was not heard is a gap, and no line goes on over it', async (t) => {
  const { clock, fakes, entries } = await bench(t);
  fakes.serial.print('half a ');
  fakes.serial.unplug();
  await clock.advance(700);
  fakes.serial.replug();
  fakes.serial.print('line\n');
  t.match(valuesOf(await entries(), 'serial'), [
    { direction: 'in', text: 'half a ' },
    { direction: 'in', text: /not heard/, missedMs: 700 },
    { direction: 'in', text: 'line\n' },
  ]);
});
