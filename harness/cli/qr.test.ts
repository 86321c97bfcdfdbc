// `resetbench qr` as a person starts it, on pictures of strangers.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import QRCode from 'qrcode';
import sharp from 'sharp';
import t from 'tap';
import { resetbench } from './command.fixture.ts';

t.setTimeout(180_000);
const folder = t.testdir({});
const SIZE = { width: 640, height: 360 };

const qr = (...args: readonly string[]) => resetbench(['qr', ...args], { cwd: folder });

/** A grey screen with codes on it, as an encoder for sharp gives it. */
async function screen(...codes: readonly { readonly of: string | Uint8Array; readonly left: number }[]) {
  const layers = await Promise.all(
    codes.map(async ({ of, left }) => {
      const content = typeof of === 'string' ? of : [{ data: of, mode: 'byte' as const }];
      return { input: await QRCode.toBuffer(content, { scale: 4, margin: 4 }), left, top: 40 };
    }),
  );
  return sharp({ create: { ...SIZE, channels: 3, background: '#303030' } }).composite(layers);
}

t.test('each picture is read, whatever its format, with both payloads, time and figures', async (t) => {
  const text = 'MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPI';
  const picture = await screen({ of: text, left: 40 });
  await picture.clone().png().toFile(join(folder, 'a.png'));
  await picture.clone().jpeg({ quality: 80 }).toFile(join(folder, 'b.jpg'));
  await picture.clone().webp({ quality: 90 }).toFile(join(folder, 'c.webp'));
  const { code, out } = await qr('a.png', 'b.jpg', 'c.webp', '--json');
  t.equal(code, 0);
  const told = JSON.parse(out);
  t.same(
    told.map(({ file }: { file: string }) => file),
    ['a.png', 'b.jpg', 'c.webp'],
  );
  for (const one of told) {
    t.match(one, { ...SIZE, zxing: text, jsqr: text, agreed: text, milliseconds: Number });
    t.match(one.metrology, { modules: 29, inverted: false, box: { x: Number, width: Number } });
    t.match(one.judgement, { by: 'none', figures: { contrast: Number } });
    t.equal(one.codes.length, 1);
    t.equal(one.codes[0].base64, undefined, 'a text needs none');
  }
});

t.test(
  'several codes in one picture are all told; a payload that is no text has its bytes beside',
  async (t) => {
    const bytes = Uint8Array.from([0, 255, 128, 7, 200, 13, 10, 1]);
    await (await screen({ of: 'one of two', left: 20 }, { of: bytes, left: 380 }))
      .png()
      .toFile(join(folder, 'two.png'));
    const [one] = JSON.parse((await qr('two.png', '--json')).out);
    t.equal(one.codes.length, 2);
    const byText = one.codes.find((code: { agreed: string }) => code.agreed === 'one of two');
    t.equal(byText?.base64, undefined);
    const other = one.codes.find((code: object) => code !== byText);
    t.equal(other.base64.zxing, Buffer.from(bytes).toString('base64'));
    const { out } = await qr('two.png');
    t.match(out, /^two\.png: 640x360, 2 QR, [\d.]+ ms\n/);
    t.match(out, /agreed: one of two\n {4}zxing, whole picture: one of two\n/);
    t.match(out, /base64 AP/);
    t.match(out, /\d+ modules of 4\.\d px at \d+,\d+ \d+x\d+, contrast/);
  },
);

t.test('a code on nothing is seen on white', async (t) => {
  const clear = { dark: '#000000ff', light: '#00000000' };
  await QRCode.toFile(join(folder, 'clear.png'), 'transparent', { scale: 5, color: clear });
  const { code, out } = await qr('clear.png', '--json');
  t.equal(code, 0);
  t.match(JSON.parse(out), [{ agreed: 'transparent' }]);
});

t.test('files that are no pictures are one line each, and the others are read all the same', async (t) => {
  await (await screen({ of: 'good', left: 40 })).png().toFile(join(folder, 'good.png'));
  await writeFile(join(folder, 'text.png'), 'not a picture');
  const { code, out, err } = await qr('text.png', 'nowhere.png', 'good.png', '.', '--json');
  t.equal(code, 2);
  t.match(
    err,
    /^text\.png: 13 bytes are no PNG, JPEG or WebP\.\n=> .+\nnowhere\.png: there is no such file\n=> .+\n\.: it is a folder\n=> .+\n$/,
  );
  t.match(JSON.parse(out), [
    { file: 'text.png', error: String, hint: String },
    { file: 'nowhere.png', error: String, hint: String },
    { file: 'good.png', agreed: 'good' },
    { file: '.', error: String, hint: String },
  ]);
  t.equal((await qr()).code, 2, 'no file at all');
});

t.test(
  'a picture without a code that both read is told by the exit code, and what looks like one is judged',
  async (t) => {
    await sharp({ create: { ...SIZE, channels: 3, background: '#303030' } })
      .png()
      .toFile(join(folder, 'empty.png'));
    const nothing = await qr('empty.png', '--json');
    t.equal(nothing.code, 1);
    t.match(JSON.parse(nothing.out), [{ zxing: null, jsqr: null, agreed: null, metrology: null, codes: [] }]);
    const soft = await (await screen({ of: 'x'.repeat(150), left: 40 })).png().toBuffer();
    await sharp(soft).blur(6).toFile(join(folder, 'soft.png'));
    const blurred = await qr('soft.png', '--json');
    t.equal(blurred.code, 1);
    t.match(JSON.parse(blurred.out), [
      {
        agreed: null,
        unread: [{ box: { x: Number }, judgement: { by: 'capture', reason: /soft|blurred/ } }],
      },
    ]);
  },
);

t.test('a code that is not read beside one that is, is told and judged, and is not fine', async (t) => {
  const good = await (await screen({ of: 'good', left: 20 }, { of: 'x'.repeat(80), left: 300 }))
    .png()
    .toBuffer();
  const band = { create: { width: 200, height: 60, channels: 3 as const, background: 'white' } };
  await sharp(good)
    .composite([{ input: band, left: 300, top: 110 }])
    .toFile(join(folder, 'damaged.png'));
  const { code, out } = await qr('damaged.png', '--json');
  t.equal(code, 1);
  const [one] = JSON.parse(out);
  t.match(one, { agreed: 'good', codes: [{ agreed: 'good' }] });
  t.equal(one.unread.length, 1);
  t.ok(one.unread[0].box.x > 250, 'the right one');
  t.match(
    (await qr('damaged.png')).out,
    /360, 1 QR and 1 not read, .*\n(.*\n)+ {2}not read at \d+,\d+ .*: .+\n$/,
  );
});

t.test(
  'a recorder is not blamed for a button or a box, but for a code that is cut off or faint',
  async (t) => {
    const screens = join(import.meta.dirname, '../../suites/needles/nvr/1280x720');
    const { code, out } = await qr(join(screens, 'login-login.png'), '--json');
    t.equal(code, 1, 'there is no code');
    t.match(JSON.parse(out), [{ codes: [], unread: { length: 0 } }]);
    const paper = sharp({ create: { ...SIZE, channels: 3, background: '#e8e8e8' } });
    const drawn = await QRCode.toBuffer('first-code '.repeat(8), { scale: 4, margin: 4 });
    const part = await sharp(drawn).extract({ left: 0, top: 0, width: 196, height: 118 }).toBuffer();
    for (const top of [100, 101]) {
      await paper
        .clone()
        .composite([{ input: part, left: 200, top }])
        .png()
        .toFile(join(folder, 'clipped.png'));
      t.match(JSON.parse((await qr('clipped.png', '--json')).out), [
        {
          codes: [],
          unread: [{ judgement: { by: 'recorder', reason: /cut off: 1\d\dx\d+ px .* 2 of its 3/ } }],
        },
      ]);
    }
    await paper
      .clone()
      .composite([
        { input: await sharp(drawn).linear(0.08, 200).toBuffer(), left: 200, top: 60 },
        { input: { create: { width: 640, height: 30, channels: 3, background: 'black' } }, left: 0, top: 0 },
      ])
      .png()
      .toFile(join(folder, 'faint.png'));
    const faint = await qr('faint.png');
    t.equal(faint.code, 0, 'it is read');
    t.match(faint.out, /recorder: The code has a contrast of 0\.0\d in a picture of/);
  },
);
