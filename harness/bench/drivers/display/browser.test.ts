import t, { type Test } from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { failure } from '../../ports/contract-help.ts';
import { openBrowserDisplay } from './browser.ts';
import { findChromium, launchBrowser } from './chromium.ts';
import { type ShownPage, SIZE, servePage, showPage, testBrowser } from './page.fixture.ts';

const browser = await testBrowser(t);
const LONG = { withinMs: 8000, stillMs: 0 };

function withPage(title: string, html: string, body: (t: Test, shown: ShownPage) => Promise<unknown>): void {
  t.test(title, { skip: browser.skip }, async (t) => {
    await using shown = await showPage(browser.get(), `<!DOCTYPE html><meta charset="utf-8">${html}`);
    await body(t, shown);
  });
}
const typedIn = (shown: ShownPage) => shown.page.inputValue('#field');
const FIELD = '<form><input id="field" autofocus><input id="next"><button>Send</button></form>';
const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');

withPage('what is typed stands in the field, to the last character', FIELD, async (t, shown) => {
  const text = `${PRINTABLE}äöüß ñ € Ж 密码 😀`;
  await shown.display.type(text);
  t.equal(await typedIn(shown), text);
  t.equal((await shown.display.read()).items[0]?.text, text);
});

withPage(
  'keys are those of a US keyboard, with Shift where it is held',
  `${FIELD}<script>keys = []; for (const type of ['keydown', 'keyup'])
    addEventListener(type, (e) => keys.push([e.type, e.key, e.code, e.keyCode, e.shiftKey].join(' ')))</script>`,
  async (t, { display, page }) => {
    await display.type('aA!');
    await display.press('Escape');
    t.same(await page.evaluate('keys'), [
      'keydown a KeyA 65 false',
      'keyup a KeyA 65 false',
      'keydown A KeyA 65 true',
      'keyup A KeyA 65 true',
      'keydown ! Digit1 49 true',
      'keyup ! Digit1 49 true',
      'keydown Escape Escape 27 false',
      'keyup Escape Escape 27 false',
    ]);
  },
);

withPage(
  'keys act as on a keyboard: they delete, move, go on and send',
  `${FIELD}<script>document.forms[0].onsubmit = (e) => { e.preventDefault(); document.title = 'sent' }</script>`,
  async (t, shown) => {
    const { display, page } = shown;
    await display.type('0123456789');
    await display.press('Backspace', 4);
    t.equal(await typedIn(shown), '012345');
    await display.press('ArrowLeft', 3);
    await display.press('Delete');
    await display.press('ArrowRight');
    await display.type('x');
    t.equal(await typedIn(shown), '0124x5');
    await display.press('Backspace', 100);
    t.equal(await typedIn(shown), '5');
    await display.press('Tab');
    t.same(
      (await display.read()).items.map(({ focused }) => focused),
      [false, true, false],
    );
    await display.press('Enter');
    t.equal(await page.title(), 'sent');
  },
);

withPage(
  'a click in the middle of what is read hits it, left and right',
  `<style>button { position: absolute; width: 61px; height: 33px }</style>
  <button style="left:17px;top:23px">One</button><button style="left:700px;top:560px">Two</button>
  <script>hits = []; for (const type of ['click', 'contextmenu'])
    addEventListener(type, (e) => { e.preventDefault(); hits.push([type, e.target.innerText, e.clientX, e.clientY].join(' ')) })</script>`,
  async (t, { display, page }) => {
    for (const { box } of (await display.read()).items) {
      const middle = [Math.floor(box.x + box.width / 2), Math.floor(box.y + box.height / 2)] as const;
      await display.click(...middle);
      await display.click(...middle, 'right');
    }
    t.same(await page.evaluate('hits'), [
      'click One 47 39',
      'contextmenu One 47 39',
      'click Two 730 576',
      'contextmenu Two 730 576',
    ]);
  },
);

withPage(
  'a drag holds the left button from its first point to its last',
  `<script>seen = []; for (const type of ['mousedown', 'mousemove', 'mouseup'])
    addEventListener(type, (e) => seen.push({ type, buttons: e.buttons, x: e.clientX, y: e.clientY }))</script>`,
  async (t, { display, page }) => {
    await display.drag([]);
    t.equal(
      await page.evaluate("seen.some(({ type }) => type === 'mousedown')"),
      false,
      'no points, no drag',
    );
    await display.drag([100, 200, 300].map((x) => ({ x, y: 50 + x })));
    const seen = (await page.evaluate('seen')) as { type: string; buttons: number; x: number; y: number }[];
    const down = seen.findIndex(({ type }) => type === 'mousedown');
    const held = seen.slice(down, -1);
    t.ok(held.every(({ buttons }) => buttons === 1));
    t.ok(
      held.every(({ x, y }) => y === 50 + x || Math.abs(y - 50 - x) <= 1),
      'straight on',
    );
    t.ok(held.length > 6, 'as a hand moves, not in jumps');
    t.match(seen.at(-1), { type: 'mouseup', buttons: 0, x: 300, y: 350 });
  },
);

withPage('a page that is loaded anew is read and used as before', '<p>first</p>', async (t, shown) => {
  const { display, page, server } = shown;
  t.equal((await display.read()).items[0]?.text, 'first');
  server.show(`<!DOCTYPE html><p>second</p>${FIELD}`);
  await page.reload();
  t.equal((await display.read()).items[0]?.text, 'second');
  await display.type('still');
  t.equal(await typedIn(shown), 'still');
  server.show('<!DOCTYPE html><p>third</p>');
  const waiting = display.read(LONG);
  await page.reload();
  await waiting;
  t.equal((await display.read()).items[0]?.text, 'third');
  t.match(await display.frame(), SIZE);
});

withPage(
  'a page that loses its recorder is gone, and is loaded again at the next look',
  '<p>here</p>',
  async (t, shown) => {
    const { display, page, server } = shown;
    t.equal((await display.read()).items[0]?.text, 'here');
    server.show(undefined);
    await page.reload().catch(() => undefined);
    for (const wait of [
      { withinMs: 0, stillMs: 0 },
      { withinMs: 50, stillMs: 0 },
    ])
      t.equal((await failure(display.read(wait)))?.code, 'PORT_UNREACHABLE');
    server.show('<!DOCTYPE html><p>back</p>');
    await display.read();
    await page.waitForLoadState();
    t.equal((await display.read()).items[0]?.text, 'back');
  },
);

withPage('a wait longer than the display may take is no fault', '<p>still</p>', async (t) => {
  await using shown = await showPage(browser.get(), '<p>still</p>', 400);
  await shown.display.read();
  t.equal((await shown.display.read({ withinMs: 900, stillMs: 0 })).items[0]?.text, 'still');
});

t.test(
  'who has nobody at its address does not open, and leaves nothing behind',
  { skip: browser.skip },
  async (t) => {
    const gone = await servePage('');
    await gone[Symbol.asyncDispose]();
    const before = browser.get().contexts().length;
    const error = await failure(
      openBrowserDisplay({ browser: browser.get(), url: gone.url, ...SIZE, clock }),
    );
    t.match(error, { code: 'PORT_UNREACHABLE', port: 'display', hint: /address/ });
    t.match(error?.message, gone.url);
    t.type(error?.cause, Error);
    t.equal(browser.get().contexts().length, before);
  },
);

t.test('two displays share nothing, unless they are to', { skip: browser.skip }, async (t) => {
  await using server = await servePage('<p>one</p>');
  const how = { browser: browser.get(), url: server.url, ...SIZE, clock };
  const before = how.browser.contexts().length;
  for (let count = 0; count < 2; count += 1) {
    await using display = await openBrowserDisplay(how);
    t.equal((await display.frame()).width, SIZE.width);
  }
  t.same(server.cookies, [undefined, undefined]);
  t.equal(how.browser.contexts().length, before, 'each takes its context along');
  const context = await how.browser.newContext();
  const first = await openBrowserDisplay({ ...how, context });
  await using second = await openBrowserDisplay({ ...how, context, width: 640, height: 480 });
  t.match(server.cookies[3], /visit=/);
  await first[Symbol.asyncDispose]();
  t.match(await second.frame(), { width: 640, height: 480 }, 'the other stays, at its own size');
  t.equal(context.pages().length, 1);
  await context.close();
});

t.test(
  'a page that hangs is late; a browser that is gone is unreachable',
  { skip: browser.skip },
  async (t) => {
    const own = await launchBrowser(findChromium());
    const shown = await showPage(own, '<p>fine</p>', 1500);
    t.equal((await shown.display.read()).items[0]?.text, 'fine');
    await shown.page.evaluate('setTimeout(() => { for (;;); })');
    t.equal((await failure(shown.display.read()))?.code, 'PORT_TIMEOUT');
    t.equal((await failure(shown.display.click(1, 1)))?.code, 'PORT_TIMEOUT');
    await own.close();
    t.equal((await failure(shown.display.read()))?.code, 'PORT_UNREACHABLE');
    await shown[Symbol.asyncDispose]();
    t.equal((await failure(shown.display.frame()))?.code, 'PORT_CLOSED');
  },
);
