// Devices on the network that a bench speaks to: VNC servers, PiKVMs, Appium, and people who answer.
import { PassThrough } from 'node:stream';
import sharp from 'sharp';
import { WebSocketServer } from 'ws';
import { openPikvmDisplay } from '../../../../harness/bench/drivers/display/pikvm.ts';
import { openVncDisplay } from '../../../../harness/bench/drivers/display/vnc.ts';
import { openDesk } from '../../../../harness/bench/drivers/operator/desk.ts';
import { openPage } from '../../../../harness/bench/drivers/operator/page.ts';
import { terminalWay } from '../../../../harness/bench/drivers/operator/terminal.ts';
import { openPikvmPower } from '../../../../harness/bench/drivers/power/pikvm.ts';
import { beginSession } from '../../../../harness/bench/drivers/scanner/webdriver.ts';
import { systemClock } from '../../../../harness/terms/clock.ts';
import { quickClock, serveHttp, serveTurns } from '../peers.bench.ts';
import { bytesOf, must, PART, partsOf, type Target } from '../target.ts';

const picture = sharp({ create: { width: 16, height: 16, channels: 3, background: '#246' } });
const JPEG = await picture.clone().jpeg().toBuffer();
const PNG = await picture.clone().png().toBuffer();

const uint16 = (...values: readonly number[]) => values.flatMap((value) => [value >> 8, value & 255]);
/** 4 by 2 px in raw encoding, then a bell, a text to copy, and a rectangle copied. */
const UPDATE = [
  0,
  0,
  ...uint16(1),
  ...uint16(0, 0, 4, 2),
  0,
  0,
  0,
  0,
  ...Array.from({ length: 32 }, (_, at) => at),
];
const COPY = [0, 0, ...uint16(1), ...uint16(1, 0, 2, 1), 0, 0, 0, 1, ...uint16(0, 0)];
const GREETING = [
  ...Buffer.from('RFB 003.008\n'),
  1,
  1,
  0,
  0,
  0,
  0,
  ...uint16(4, 2),
  ...new Array<number>(16).fill(0),
  0,
  0,
  0,
  3,
  ...Buffer.from('fuz'),
];
const CUT = [3, 0, 0, 0, 0, 0, 0, 2, 104, 105];
/** The request by which a client learns that all it asked for is done: one pixel in the corner. */
const CORNER = Buffer.of(3, 0, 0, 0, 0, 0, 0, 1, 0, 1);

const rfb: Target = {
  name: 'rfb',
  samples: [
    Buffer.concat([
      Buffer.from([...GREETING, ...UPDATE]),
      bytesOf(PART),
      Buffer.from([2, ...CUT, ...COPY, ...UPDATE]),
    ]),
  ],
  async open() {
    const peer = await serveTurns();
    return {
      async read(bytes) {
        const [first = Buffer.alloc(0), ...rest] = partsOf(bytes);
        peer.say(first, [{ when: (heard) => heard.includes(CORNER), say: Buffer.concat(rest) }]);
        // A picture that never comes is given up by the clock.
        await using display = await openVncDisplay({ host: '127.0.0.1', port: peer.port, clock: quickClock });
        const frame = await display.frame();
        must(frame.bytes.length > 0, 'a frame has bytes');
      },
      close: () => peer.close(),
    };
  },
};

const ok = (result: unknown) => JSON.stringify({ ok: true, result });
const HID = {
  online: true,
  busy: false,
  keyboard: { online: true, leds: { caps: false, num: true, scroll: false } },
  mouse: { online: true, absolute: true, outputs: { active: 'usb', available: ['usb'] } },
};
const STREAMER = {
  streamer: {
    source: { online: true, resolution: { width: 16, height: 16 }, captured_fps: 30, desired_fps: 30 },
    encoder: { type: 'CPU', quality: 80 },
  },
};
const ATX = {
  enabled: true,
  busy: false,
  acts: { power: false, reset: false },
  leds: { power: true, hdd: false },
};
const ROUTES = [
  '/api/auth/check',
  '/api/hid',
  '/api/streamer',
  '/api/info',
  '/api/atx',
  '/api/streamer/snapshot',
];
const KVM = [{}, HID, STREAMER, { system: { kvmd: { version: '4.20' } } }, ATX].map((one) =>
  bytesOf(ok(one)),
);

const pikvm: Target = {
  name: 'pikvm',
  samples: [Buffer.concat([...KVM.flatMap((part) => [part, bytesOf(PART)]), JPEG])],
  // Two drivers, a WebSocket and ten requests.
  oneIn: 10,
  async open() {
    const peer = await serveHttp();
    const sockets = new WebSocketServer({ noServer: true });
    return {
      async read(bytes, dice) {
        const parts = partsOf(bytes);
        const headers: Readonly<Record<string, string>> =
          dice % 3 === 0
            ? {}
            : { 'x-ustreamer-online': 'true', 'x-ustreamer-send-timestamp': `${dice}e${dice % 400}` };
        peer.answer((request, response) => {
          const path = (request.url ?? '').replace(/\?.*/, '');
          response.writeHead(path.endsWith('snapshot') && dice % 50 === 1 ? 503 : 200, headers);
          response.end(parts[ROUTES.indexOf(path)] ?? ok({}));
        }, sockets);
        const access = { url: peer.url, user: 'admin', password: 'Harbour-77', clock: quickClock };
        {
          await using power = await openPikvmPower(access);
          await power.state();
        }
        await using display = await openPikvmDisplay(access);
        await display.frame();
      },
      async close() {
        sockets.close();
        await peer.close();
      },
    };
  },
};

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const PHONE = [
  { sessionId: 'abc', capabilities: {} },
  { [ELEMENT]: 'e1' },
  'Scan',
  PNG.toString('base64'),
].map((value) => JSON.stringify({ value }));
const webdriver: Target = {
  name: 'webdriver',
  samples: [bytesOf(PHONE.join(PART))],
  async open() {
    const peer = await serveHttp();
    return {
      async read(bytes, dice) {
        const [begin, element, text, screenshot] = partsOf(bytes);
        peer.answer(({ url = '' }, response) => {
          if (dice % 7 === 3) response.statusCode = 404;
          const parts = [
            [/\/session$/, begin],
            [/\/element$/, element],
            [/\/text$/, text],
            [/\/screenshot$/, screenshot],
          ] as const;
          response.end(parts.find(([form]) => form.test(url))?.[1] ?? '{"value":null}');
        });
        const session = await beginSession({ url: peer.url, capabilities: {}, clock: quickClock });
        const found = await session.find({ using: 'id', value: 'x' });
        if (found !== undefined) await session.text(found);
        await session.screenshot();
        await session.end();
      },
      close: () => peer.close(),
    };
  },
};

const QUESTION = {
  id: 'scan-qr',
  title: 'What does the app say?',
  note: 'What the app said',
  kind: 'options',
  options: [
    { value: 'accepted', label: 'It sent a mail' },
    { value: 'refused', label: 'It refuses' },
  ],
} as const;
const WRITTEN = {
  id: 'code',
  title: 'Which code?',
  kind: 'text',
  pattern: '[A-Za-z0-9]{8}',
  example: 'K7mQ2xWb',
} as const;

const operator: Target = {
  name: 'operator-answers',
  samples: [bytesOf('1 all is well\n'), bytesOf('value=accepted&note=fine&by=Ada'), bytesOf('K7mQ2xWb\n')],
  // Two ways that show a prompt each, and three requests.
  oneIn: 4,
  async open() {
    const page = await openPage({ clock: systemClock, by: 'lab', onLink: () => undefined });
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
    output.resume();
    const terminal = terminalWay({ input, output, by: 'lab', colour: false });
    const desk = openDesk({ ways: [page, terminal], clock: systemClock });
    const link = new URL(page.link());
    const entered = await fetch(link, { redirect: 'manual' });
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const form = /name="form" value="([^"]+)"/;
    let number = 0;
    return {
      async read(bytes, dice) {
        number += 1;
        const withdrawn = new AbortController();
        const prompt = dice % 2 === 0 ? QUESTION : WRITTEN;
        const answer = desk.at('nvr').ask(prompt, { timeoutMs: 60_000, signal: withdrawn.signal });
        const settled = answer.then(
          ({ value }) => must(/^(accepted|refused|[A-Za-z0-9]{8})$/.test(value), `"${value}" was taken`),
          () => undefined,
        );
        // The page first, then somebody at the keyboard.
        const shown = await (await fetch(link.origin, { headers: { cookie } })).text();
        const token = form.exec(shown)?.[1] ?? '';
        must(token !== '', 'the page shows a form');
        const posted = await fetch(`${link.origin}/answer`, {
          method: 'POST',
          redirect: 'manual',
          headers: { cookie, origin: link.origin, 'content-type': 'application/x-www-form-urlencoded' },
          body: Buffer.concat([bytesOf(`form=${token}&number=${number}&`), bytes.subarray(0, 12_000)]),
        });
        await posted.arrayBuffer();
        must([303, 400, 403, 409, 422].includes(posted.status), `the page answers ${posted.status}`);
        input.write(bytes.subarray(0, 120));
        input.write('\n');
        await new Promise((resolve) => setImmediate(resolve));
        withdrawn.abort(new Error('it is over'));
        await settled;
      },
      close: async () => {
        await desk[Symbol.asyncDispose]();
      },
    };
  },
};

export const SERVERS: readonly Target[] = [rfb, pikvm, webdriver, operator];
