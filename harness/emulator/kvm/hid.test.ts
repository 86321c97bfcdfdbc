import t from 'tap';
import { PIKVM, pikvmPoint } from '../../wire/pikvm.ts';
import { sharedBrowser } from './browser.ts';
import { KEYS, keysOf } from './keys.ts';
import { type Heard, noBrowser, SIZE, type TestKvm, testKvm } from './page.fixture.ts';

// Browsers are slow on a busy machine.
t.setTimeout(120_000);
const browser = sharedBrowser();
t.teardown(() => browser[Symbol.asyncDispose]());
const skip = noBrowser();

const ASCII = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');

async function go(twin: TestKvm, x: number, y: number) {
  const to = `to_x=${pikvmPoint(x, SIZE.width)}&to_y=${pikvmPoint(y, SIZE.height)}`;
  await twin.ask(`${PIKVM.mouseMove}?${to}`);
}
const press = (twin: TestKvm, key: string, more = '') => twin.ask(`${PIKVM.key}?key=${key}${more}`);
const button = (twin: TestKvm, query: string) => twin.ask(`${PIKVM.mouseButton}?button=${query}`);
/** Clicks into the field for text. */
async function intoField(twin: TestKvm) {
  await go(twin, 100, 250);
  await button(twin, 'left');
  await twin.until(({ type }) => type === 'click');
}
/** Types a key that nobody else types, and gives what was heard before it, of some kinds. */
async function heardSince(
  twin: TestKvm,
  from: number,
  ...types: readonly string[]
): Promise<readonly Heard[]> {
  await press(twin, 'F9');
  await twin.until(({ type, key }) => type === 'keyup' && key === 'F9', from);
  return twin.heard.slice(from).filter(({ type, key }) => types.includes(type) && key !== 'F9');
}

t.test('moves, buttons and drags reach the pixel that is meant, in order', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  for (const [x, y] of [
    [0, 0],
    [639, 359],
    [320, 180],
  ] as const) {
    await go(twin, x, y);
    await twin.until((heard) => heard.type === 'mousemove' && heard.x === x && heard.y === y);
  }
  const from = twin.heard.length;
  await button(twin, 'left&state=1');
  await go(twin, 330, 190);
  await go(twin, 340, 200);
  await button(twin, 'left&state=true');
  await button(twin, 'left&state=0');
  await button(twin, 'left&state=no');
  await button(twin, 'right');
  const heard = await heardSince(twin, from, 'mousedown', 'mouseup', 'mousemove', 'click', 'contextmenu');
  t.same(
    heard.map(({ type, x, y, button, buttons }) => [type, x, y, button, buttons]),
    [
      ['mousedown', 320, 180, 0, 1],
      ['mousemove', 330, 190, 0, 1],
      ['mousemove', 340, 200, 0, 1],
      ['mouseup', 340, 200, 0, 0],
      ['click', 340, 200, 0, 0],
      ['mousedown', 340, 200, 0, 1],
      ['mouseup', 340, 200, 0, 0],
      ['click', 340, 200, 0, 0],
      ['mousedown', 340, 200, 2, 2],
      ['contextmenu', 340, 200, 2, 2],
      ['mouseup', 340, 200, 2, 0],
    ],
    'a button that is pressed twice is let go of in between; one that is up does nothing',
  );
  const far = twin.heard.length;
  await twin.ask(`${PIKVM.mouseMove}?to_x=-99999&to_y=0x10000`);
  t.match(await twin.until(({ type }) => type === 'mousemove', far), { x: 0, y: 359 }, 'taken to the edge');
});

t.test('a printed text arrives as it was, but for what a US keyboard lacks', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  await intoField(twin);
  const print = async (text: string, query = '') => {
    const answer = await twin.ask(`${PIKVM.print}${query}`, { body: text });
    t.equal(answer.status, 200);
  };
  await print(ASCII);
  await twin.until(({ value }) => value === ASCII);
  await print('äß€一“x”\n\ty', '?slow=1&delay=0.001');
  await twin.until(({ value }) => value === `${ASCII}"x"\ny`);
  await print('abcdef', '?limit=3&keymap=en-us');
  await twin.until(({ value }) => value === `${ASCII}"x"\nyabc`);
  const longest = 'k'.repeat(1025);
  await print(longest);
  const whole = `${ASCII}"x"\nyabc${'k'.repeat(1024)}`;
  await twin.until(({ value }) => value === whole);
  t.same(
    (await heardSince(twin, 0, 'input')).at(-1)?.value,
    whole,
    'no more than 1024 characters unless asked for',
  );
});

t.test('two KVMs in one browser type at once, each into its own recorder', { skip }, async (t) => {
  await using one = await testKvm(browser);
  await using other = await testKvm(browser);
  for (const twin of [one, other]) await intoField(twin);
  await Promise.all([
    one.ask(`${PIKVM.print}?delay=0.001`, { body: 'To the first!' }),
    other.ask(`${PIKVM.print}?delay=0.001`, { body: 'And the SECOND.' }),
  ]);
  await one.until(({ value }) => value === 'To the first!');
  await other.until(({ value }) => value === 'And the SECOND.');
  t.pass('nothing was mixed up');
});

t.test('keys are those of a USB keyboard', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  await intoField(twin);
  const from = twin.heard.length;
  await press(twin, 'ShiftLeft');
  await press(twin, 'KeyA');
  await press(twin, 'ShiftLeft', '&state=0');
  await press(twin, 'Digit1', '&state=1');
  await press(twin, 'Digit1', '&state=1&finish=1');
  await twin.ask(`${PIKVM.shortcut}?keys=ControlRight,KeyL`);
  await press(twin, 'CapsLock');
  await press(twin, 'KeyB');
  await press(twin, 'CapsLock');
  await press(twin, 'NumpadAdd');
  const heard = await heardSince(twin, from, 'keydown', 'keyup');
  t.same(
    heard.map(({ type, key, code, shift, ctrl }) =>
      [type === 'keydown' ? '+' : '-', code, key, shift ? 's' : '', ctrl ? 'c' : ''].join(' ').trim(),
    ),
    [
      '+ ShiftLeft Shift s',
      '+ KeyA A s',
      '- KeyA A s',
      '- ShiftLeft Shift',
      '+ Digit1 1',
      '- Digit1 1',
      '+ Digit1 1',
      '- Digit1 1',
      '+ ControlRight Control  c',
      '+ KeyL l  c',
      '- KeyL l  c',
      '- ControlRight Control',
      '+ CapsLock CapsLock',
      '- CapsLock CapsLock',
      '+ KeyB B',
      '- KeyB B',
      '+ CapsLock CapsLock',
      '- CapsLock CapsLock',
      '+ NumpadAdd +',
      '- NumpadAdd +',
    ],
    'a modifier without a state stays down',
  );
  t.same(
    heard.filter(({ repeat }) => repeat),
    [],
    'none repeats',
  );
  t.same(
    heard
      .filter(({ type, location }) => type === 'keydown' && location !== 0)
      .map(({ location }) => location),
    [1, 2, 3],
  );
  t.equal((await heardSince(twin, from, 'input')).at(-1)?.value, 'A11B+');
});

t.test('a reset and a viewer who comes let go of what is down', { skip }, async (t) => {
  await using twin = await testKvm(browser);
  for (const release of [
    () => twin.ask(PIKVM.hidReset),
    async () => (await twin.view('?stream=0')).close(),
  ]) {
    await press(twin, 'ControlLeft', '&state=1');
    await button(twin, 'right&state=1');
    const from = twin.heard.length;
    await release();
    await twin.until(({ type, code }) => type === 'keyup' && code === 'ControlLeft', from);
    t.match(await twin.until(({ type }) => type === 'mouseup', from), { button: 2, buttons: 0 });
  }
});

t.test('kvmd knows 115 keys', async (t) => {
  t.equal(KEYS.size, 115);
  for (const code of ['F20', 'IntlRo', 'Power', 'AudioVolumeMute', 'NumpadEnter', 'MetaRight'])
    t.ok(KEYS.has(code), code);
});

t.test('Shift is held as long as it is needed', async (t) => {
  const told = keysOf('aBC!d').map(({ code, down }) => (down ? '+' : '-') + code);
  t.same(told, [
    ...['+KeyA', '-KeyA', '+ShiftLeft', '+KeyB', '-KeyB', '+KeyC', '-KeyC', '+Digit1', '-Digit1'],
    ...['-ShiftLeft', '+KeyD', '-KeyD'],
  ]);
  t.same(keysOf('ü—'), [], 'what it lacks is left out');
});
