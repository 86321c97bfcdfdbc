import QRCode from 'qrcode';
import sharp from 'sharp';
import t from 'tap';
import type { Pixels } from '../terms/frame.ts';
import { decodePicture } from './png.ts';
import { readQrs } from './qr.ts';

const LONG = Array.from(
  { length: 1024 },
  (_, at) => 'abcdefghijklmnopqrstuvwxyz0123456789'[(at * 7919) % 36],
).join('');

interface Placed {
  readonly text: string | Uint8ClampedArray;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly quiet?: number;
  readonly ink?: number;
  readonly paper?: number;
}

/** A picture of one grey. */
function plain(width: number, height: number, grey: (x: number, y: number) => number): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at += 1) {
    data.fill(grey(at % width, Math.floor(at / width)), at * 4, at * 4 + 3);
    data[at * 4 + 3] = 255;
  }
  return { width, height, data };
}

/** Draws a QR, level L; x and y are the corner of its quiet zone. */
function draw(p: Pixels, { text, x, y, scale, quiet = 4, ink = 0, paper = 255 }: Placed): Pixels {
  const content = typeof text === 'string' ? text : [{ data: text, mode: 'byte' as const }];
  const { modules } = QRCode.create(content, { errorCorrectionLevel: 'L' });
  const side = (modules.size + 2 * quiet) * scale;
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const c = Math.floor(column / scale) - quiet;
      const r = Math.floor(row / scale) - quiet;
      const dark = c >= 0 && r >= 0 && c < modules.size && r < modules.size && modules.get(r, c) !== 0;
      const at = ((y + row) * p.width + x + column) * 4;
      p.data.fill(dark ? ink : paper, at, at + 3);
    }
  }
  return p;
}

const grey = () => plain(1280, 720, () => 40);

/** Numbers that look random and are the same in each run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

t.test('a QR of 1024 bytes at 3 px a module is read by both decoders', async (t) => {
  const [finding, ...more] = await readQrs(draw(grey(), { text: LONG, x: 500, y: 200, scale: 3 }));
  t.equal(finding?.text, LONG);
  t.equal(finding?.agreed, true);
  t.same(finding?.decoders, { zxing: LONG, jsqr: LONG });
  t.equal(more.length, 0);
});

t.test('metrology tells size, place, contrast and quiet zone', async (t) => {
  const picture = draw(grey(), { text: LONG, x: 500, y: 200, scale: 3, ink: 51, paper: 204 });
  const metrology = (await readQrs(picture))[0]?.metrology;
  t.equal(metrology?.modules, 105, 'version 22');
  t.equal(metrology?.pixelsPerModule, 3);
  t.same(metrology?.box, { x: 512, y: 212, width: 315, height: 315 });
  t.ok(Math.abs((metrology?.contrast ?? 0) - 0.6) < 0.01, `contrast ${metrology?.contrast}`);
  t.equal(metrology?.quietZone, 4);
});

t.test('the quiet zone is that of the smallest side', async (t) => {
  for (const quiet of [1, 2, 6]) {
    const picture = draw(grey(), { text: 'a lab recorder', x: 300, y: 300, scale: 4, quiet });
    t.equal((await readQrs(picture))[0]?.metrology.quietZone, quiet, `${quiet} on all sides`);
  }
  const white = draw(
    plain(640, 480, () => 255),
    { text: 'a lab recorder', x: 100, y: 60, scale: 4 },
  );
  t.equal((await readQrs(white))[0]?.metrology.quietZone, 60 / 4 + 4, 'up to the edge of the picture');
  // A dark line, 2 modules to the right of the code.
  const { box } = (await readQrs(white))[0]?.metrology ?? { box: { x: 0, y: 0, width: 0, height: 0 } };
  for (let y = 0; y < 480; y += 1)
    white.data.fill(0, (y * 640 + box.x + box.width + 8) * 4, (y * 640 + box.x + box.width + 9) * 4 - 1);
  t.equal((await readQrs(white))[0]?.metrology.quietZone, 2, 'up to a line on one side');
});

t.test('two QRs in one picture are both read, the larger first', async (t) => {
  const picture = draw(grey(), { text: 'https://lab.example/disclaimer', x: 40, y: 60, scale: 4 });
  draw(picture, { text: LONG, x: 600, y: 200, scale: 3 });
  const found = await readQrs(picture);
  t.same(
    found.map((one) => [one.text.length, one.agreed]),
    [
      [1024, true],
      [30, true],
    ],
  );
  t.ok((found[0]?.metrology.box.width ?? 0) > (found[1]?.metrology.box.width ?? 0));
});

t.test('beside a code that is read, others are not overlooked', async (t) => {
  const texts = async (picture: Pixels) => (await readQrs(picture)).map(({ text, agreed }) => agreed && text);
  const screen = () => plain(1920, 1080, () => 40);
  const first = { text: 'the first', x: 1500, y: 300, scale: 3 };
  const like = draw(draw(screen(), first), { text: 'one like it', x: 200, y: 700, scale: 2 });
  t.same(await texts(like), ['the first', 'one like it'], 'of almost its size');
  const close = draw(draw(screen(), first), { text: 'beside it', x: 1600, y: 310, scale: 2 });
  t.same(await texts(close), ['the first', 'beside it'], 'in the same area');
  const isCorner = (x: number, y: number) =>
    x >= 100 && x < 600 && y >= 100 && y < 600 && (x < 160 || y >= 540);
  const corner = plain(1920, 1080, (x, y) => (isCorner(x, y) && ((x >> 3) + (y >> 3)) % 2 === 0 ? 220 : 40));
  const within = draw(corner, { text: 'within a frame', x: 380, y: 150, scale: 4 });
  t.same(await texts(within), ['within a frame'], 'nor is one read twice');
  const small = draw(screen(), { text: LONG, x: 900, y: 200, scale: 6 });
  t.same(await texts(draw(small, { ...first, x: 200, scale: 4 })), [LONG, 'the first'], 'far smaller');
  const faint = { text: 'faint, and larger', x: 300, y: 200, scale: 8, ink: 60, paper: 90 };
  t.same(await texts(draw(draw(screen(), first), faint)), ['faint, and larger', 'the first'], 'faint');
  const huge = { text: 'huge modules', x: 100, y: 60, scale: 32, ink: 30, paper: 130 };
  t.same(await texts(draw(draw(screen(), first), huge)), ['huge modules', 'the first'], 'of huge modules');
});

t.test('both decoders read codes of every size, from 21 modules to 177', async (t) => {
  for (const bytes of [3, 20, 60, 250, 700, 1500, 2900]) {
    const text = LONG.repeat(3).slice(0, bytes);
    const [finding] = await readQrs(
      draw(
        plain(1280, 1080, () => 200),
        { text, x: 40, y: 40, scale: 5 },
      ),
    );
    t.match(finding, { text, agreed: true, attempts: { zxing: 'whole picture', jsqr: 'redrawn' } });
  }
});

t.test('light modules on a dark ground are read, with the same figures', async (t) => {
  const picture = draw(
    plain(640, 480, () => 200),
    { text: 'inverted', x: 50, y: 50, scale: 5, ink: 255, paper: 0 },
  );
  const [finding] = await readQrs(picture);
  t.equal(finding?.text, 'inverted');
  t.equal(finding?.agreed, true);
  t.ok(Math.abs((finding?.metrology.contrast ?? 0) - 1) < 1e-9);
  t.equal(finding?.metrology.quietZone, 4);
});

t.test(
  'a code that both decoders read as the same bytes is agreed, whatever their character sets',
  async (t) => {
    const bytes = Uint8ClampedArray.from([0xff, 0xfe, 0x80, 0x41, 0x00, 0x42, 0x90, 0xa0]);
    const [binary] = await readQrs(draw(grey(), { text: bytes, x: 100, y: 100, scale: 6 }));
    t.equal(binary?.agreed, true);
    const [unicode] = await readQrs(draw(grey(), { text: 'Prüfstand äöü ß 録画', x: 100, y: 100, scale: 6 }));
    t.equal(unicode?.agreed, true);
    t.equal(unicode?.text, 'Prüfstand äöü ß 録画');
  },
);

/** A code of 25 modules, 2 px each, as a soft lens shows it. */
async function soft(text: string, sigma: number): Promise<Pixels> {
  const sharpOne = draw(
    plain(400, 400, () => 255),
    { text, x: 20, y: 20, scale: 2 },
  );
  const raw = { raw: { width: 400, height: 400, channels: 4 as const } };
  return decodePicture(await sharp(sharpOne.data, raw).blur(sigma).linear(0.4, 80).png().toBuffer());
}

t.test('a soft code that neither decoder reads as it is, both read enlarged and sharpened', async (t) => {
  const text = 'soft focus in the capture chain';
  const [finding, ...more] = await readQrs(await soft(text, 1.1));
  t.match(finding, { text, agreed: true, attempts: { zxing: 'enlarged 2x', jsqr: 'enlarged 2x' } });
  t.equal(finding?.metrology.modules, 25);
  t.ok(Math.abs((finding?.metrology.pixelsPerModule ?? 0) - 2) < 0.1, 'measured in the picture itself');
  t.ok((finding?.metrology.contrast ?? 1) < 0.4, 'and its contrast says why');
  t.equal(more.length, 0);
});

t.test('a code that only one decoder reads, whatever is tried, stays in the list, not agreed', async (t) => {
  const text = 'soft focus in the capture chain';
  const [finding, ...more] = await readQrs(await soft(text, 1.3));
  t.match(finding, { text, agreed: false, decoders: { zxing: text, jsqr: undefined } });
  t.equal(finding?.attempts.jsqr, undefined);
  t.equal(more.length, 0);
});

t.test('a turned code is read and measured along its own sides', async (t) => {
  const upright = draw(
    plain(400, 400, () => 255),
    { text: 'turned by a few degrees', x: 100, y: 100, scale: 6 },
  );
  const raw = { raw: { width: 400, height: 400, channels: 4 as const } };
  const turned = await sharp(upright.data, raw).rotate(12, { background: 'white' }).png().toBuffer();
  const [finding] = await readQrs(await decodePicture(turned));
  t.equal(finding?.text, 'turned by a few degrees');
  t.ok(Math.abs((finding?.metrology.pixelsPerModule ?? 0) - 6) < 0.2);
  t.ok((finding?.metrology.quietZone ?? 0) >= 4);
});

t.test('a picture without a QR gives an empty list', async (t) => {
  t.same(await readQrs(grey()), []);
  t.same(await readQrs(plain(1280, 720, (x, y) => 60 + 60 * Math.sin(x / 90) * Math.cos(y / 70))), []);
  t.same(await readQrs(plain(1, 1, () => 0)), []);
});

t.test('noise gives an empty list', async (t) => {
  const random = sequence(7);
  t.same(await readQrs(plain(1280, 720, () => random() * 255)), []);
});

t.test('a QR in a noisy picture is still found', async (t) => {
  const random = sequence(5);
  const picture = draw(
    plain(1280, 720, () => random() * 255),
    { text: 'amid noise', x: 500, y: 300, scale: 5 },
  );
  t.equal((await readQrs(picture))[0]?.text, 'amid noise');
});
