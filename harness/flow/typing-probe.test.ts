import t from 'tap';
import { handClock } from '../bench/fakes/clock.ts';
import { fakeDisplay } from '../bench/fakes/display.ts';
import type { Item } from '../terms/frame.ts';
import { passing } from './pass.fixture.ts';
import { PROBE_TEXT, probeTyping } from './typing-probe.ts';

const SIZE = { width: 640, height: 360 };
const LABELS = {
  ...{ login: ['Login'], password: ['Password'], userName: ['User Name'], menu: ['Menu'] },
  ...{ forgotPassword: ['Forgot Password'], cancel: ['Cancel'], ok: ['OK'] },
};

interface Recorder {
  /** What its login has fields for, and what stands in them. */
  readonly fields?: Readonly<Record<string, string>>;
  /** What the recorder takes of what is typed. */
  readonly takes?: (text: string) => string;
  /** How many characters a Backspace leaves. */
  readonly keeps?: number;
  readonly starts?: 'login' | 'live' | 'menu';
  /** A click does not set the focus. */
  readonly deaf?: boolean;
}

/** A recorder with a login, before which somebody types. */
function recorder({ fields = { Password: '' }, takes = (text) => text, ...more }: Recorder) {
  const { keeps = 0, starts = 'login', deaf = false } = more;
  const clock = handClock();
  const fake = fakeDisplay({ clock, ...SIZE });
  const content: Record<string, string> = { ...fields };
  let place: string = starts;
  let focus: string | undefined;
  const names = Object.keys(fields);
  const boxAt = (x: number, row: number) => ({ x, y: 60 + 40 * row, width: 150, height: 24 });
  const login = (): readonly Item[] => [
    { kind: 'text', text: 'Login', box: boxAt(20, -1) },
    ...names.flatMap((name, row): Item[] => [
      { kind: 'text', text: name, box: boxAt(20, row) },
      {
        ...{ kind: 'field', box: boxAt(200, row), focused: focus === name },
        ...(name === 'Password'
          ? { text: '•'.repeat(content[name]?.length ?? 0), concealed: true }
          : { text: content[name] ?? '' }),
      },
    ]),
    { kind: 'link', text: 'Forgot Password', box: boxAt(200, 4) },
    { kind: 'button', text: 'Login', box: boxAt(20, 5) },
    { kind: 'button', text: 'Cancel', box: boxAt(200, 5) },
  ];
  const MENU: readonly Item[] = [{ kind: 'option', text: 'Playback', box: boxAt(20, 0) }];
  const show = () => fake.show({ items: place === 'login' ? login() : place === 'menu' ? MENU : [] });
  const display: typeof fake = {
    ...fake,
    async click(x, y, button) {
      await fake.click(x, y, button);
      if (button === 'right') place = place === 'live' ? 'login' : 'live';
      else {
        const hit = login().find(({ box }) => x >= box.x && x < box.x + 150 && y >= box.y && y < box.y + 24);
        if (hit?.text === 'Cancel') place = 'live';
        const name = names.find((_, row) => hit?.kind === 'field' && hit.box.y === boxAt(200, row).y);
        if (name !== undefined && !deaf) focus = name;
      }
      show();
    },
    async press(key, times = 1) {
      await fake.press(key, times);
      if (key === 'Backspace' && focus !== undefined) content[focus] = (content[focus] ?? '').slice(0, keeps);
      show();
    },
    async type(text) {
      await fake.type(text);
      if (focus !== undefined) content[focus] += takes(text);
      show();
    },
  };
  show();
  const pressed = () => fake.inputs().flatMap((one) => (one.kind === 'key' ? [one.key] : []));
  const typed = () => fake.inputs().filter(({ kind }) => kind === 'text').length;
  return {
    probe: () => passing(clock, probeTyping(display, clock, { labels: LABELS })),
    ...{ content, pressed, typed, place: () => place },
  };
}

t.test('a text is typed where it can be read, nothing is confirmed, and the field is emptied', async (t) => {
  const bench = recorder({ fields: { 'User Name': '', Password: '' } });
  t.same(await bench.probe(), { state: 'shown', typed: PROBE_TEXT, shown: PROBE_TEXT });
  t.same(bench.content, { 'User Name': '', Password: '' });
  t.same([...new Set(bench.pressed())], ['Backspace']);
  t.equal(bench.place(), 'login');
});

t.test('what arrives otherwise is told as it is shown', async (t) => {
  const swapped = (text: string) => text.replace(/[zy]/gi, (key) => ({ Z: 'Y', y: 'z' })[key] ?? key);
  const bench = recorder({ fields: { 'User Name': '', Password: '' }, takes: swapped });
  t.match(await bench.probe(), { state: 'shown', shown: swapped(PROBE_TEXT) });
  t.equal(bench.content['User Name'], '');
});

t.test('a masked field counts what arrives', async (t) => {
  t.same(await recorder({}).probe(), { state: 'counted', typed: PROBE_TEXT, dots: PROBE_TEXT.length });
  const lost = recorder({ takes: (text) => text.slice(2) });
  t.match(await lost.probe(), { state: 'counted', dots: PROBE_TEXT.length - 2 });
  t.equal(lost.content.Password, '');
});

t.test('what stands in a field is left alone', async (t) => {
  const named = recorder({ fields: { 'User Name': 'admin', Password: '' } });
  t.match(await named.probe(), { state: 'counted' });
  t.equal(named.content['User Name'], 'admin');
  const full = recorder({ fields: { Password: 'kept' } });
  t.match(await full.probe(), { state: 'not-tried', why: /no field of the screen is empty/, cure: String });
  t.same([full.typed(), full.pressed(), full.content.Password], [0, [], 'kept']);
});

t.test('from the live view the login is brought up, and goes again', async (t) => {
  const bench = recorder({ starts: 'live' });
  t.match(await bench.probe(), { state: 'counted', dots: PROBE_TEXT.length });
  t.equal(bench.place(), 'live');
});

t.test('where somebody is logged in, nothing is typed', async (t) => {
  const bench = recorder({ starts: 'menu' });
  t.match(await bench.probe(), { state: 'not-tried', why: /saw "Playback"/, cure: /log out/ });
  t.equal(bench.typed(), 0);
});

t.test('what cannot be deleted again is told', async (t) => {
  t.match(await recorder({ keeps: 3 }).probe(), { state: 'counted', left: 3 });
});

t.test('a field that does not take the focus is not typed into', async (t) => {
  const bench = recorder({ deaf: true });
  await t.rejects(bench.probe(), { code: 'SCREEN_NOT_REACHED', message: /the focus/ });
  t.equal(bench.typed(), 0);
});
