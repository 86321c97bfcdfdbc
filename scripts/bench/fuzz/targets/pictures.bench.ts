// Pictures of all kinds, and the QRs in them.
import { crc32, deflateSync } from 'node:zlib';
import QRCode from 'qrcode';
import sharp from 'sharp';
import { jpegSize, mpjpegReader } from '../../../../harness/bench/drivers/display/mpjpeg.ts';
import { checkJpeg } from '../../../../harness/bench/drivers/pikvm/jpeg.ts';
import { frameOfSnapshot } from '../../../../harness/bench/drivers/pikvm/snapshot.ts';
import { HarnessError } from '../../../../harness/terms/error.ts';
import { jpegFacts } from '../../../../harness/vision/jpeg.ts';
import { parseNeedle } from '../../../../harness/vision/needle/format.ts';
import { needleOf } from '../../../../harness/vision/needle/needle.ts';
import { decodePicture } from '../../../../harness/vision/png.ts';
import { readQrs } from '../../../../harness/vision/qr.ts';
import { newSealKeys, openLetter, sealLetter } from '../../../../harness/wire/seal.ts';
import { bytesOf, must, pieces, type Target, textOf } from '../target.ts';

const plain = sharp({ create: { width: 48, height: 32, channels: 3, background: '#246' } });
const PNG = new Uint8Array(await plain.clone().png().toBuffer());
const JPEG = new Uint8Array(await plain.clone().jpeg({ quality: 80 }).toBuffer());
const PROGRESSIVE = new Uint8Array(await plain.clone().jpeg({ progressive: true }).toBuffer());
const WEBP = new Uint8Array(await plain.clone().webp().toBuffer());
/** A PNG of two colours (PNG, 5): much in little, 400 megapixels in some ten kilobytes. */
function bomb(size: number): Uint8Array {
  const chunk = (kind: string, data: Uint8Array) => {
    const named = Buffer.concat([bytesOf(kind), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head[8] = 1;
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(size / 8)) * size), { level: 9 });
  return Buffer.concat([
    PNG.subarray(0, 8),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', new Uint8Array()),
  ]);
}

const SNAPSHOT = {
  'x-ustreamer-online': 'true',
  'x-ustreamer-send-timestamp': '2.5',
  'x-ustreamer-grab-timestamp': '2.4',
};
const picture: Target = {
  name: 'picture',
  samples: [PNG, JPEG, PROGRESSIVE, WEBP],
  place:
    /^(?:A picture of \d+x\d+ px|\d+ bytes (?:are no |of (?:PNG|JPEG|WebP) (?:could not be decoded|are only .* byte \d+)))/,
  open() {
    const large = bomb(20_000);
    return { read: (bytes, dice) => look(dice % 500 === 499 ? large : bytes) };
  },
};
async function look(bytes: Uint8Array): Promise<void> {
  checkJpeg(bytes);
  jpegFacts(bytes);
  jpegSize(Buffer.from(bytes));
  try {
    const reply = { status: 200, headers: SNAPSHOT, bytes: Buffer.from(bytes), arrivedAt: 1 };
    frameOfSnapshot(reply, { maxAgeMs: 3_000 });
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
  }
  const { width, height, data } = await decodePicture(bytes);
  must(data.length === width * height * 4, 'a picture has four bytes a pixel');
}

const stream = (jpeg: Uint8Array) =>
  Buffer.concat([
    bytesOf(`--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: ${jpeg.length}\r\n\r\n`),
    jpeg,
    bytesOf('\r\n'),
  ]);
const capture: Target = {
  name: 'capture-stream',
  samples: [Buffer.concat([stream(JPEG), stream(PROGRESSIVE)])],
  open: () => ({
    read(bytes, dice) {
      const read = mpjpegReader();
      for (const piece of pieces(bytes, dice)) for (const one of read(Buffer.from(piece))) jpegSize(one);
    },
  }),
};

const KEYS = newSealKeys();
const LETTER = sealLetter(
  {
    serialNumber: 'DS-1',
    address: 'a@lab.example',
    code: 'K7mQ2xWb',
    sealedAt: 1,
    language: 'en',
    model: 'M',
  },
  KEYS.publicKey,
);
const payload: Target = {
  name: 'qr-payload',
  samples: [bytesOf(LETTER)],
  open: () => ({
    read: (bytes) => openLetter(textOf(bytes), KEYS),
  }),
};

/** What the payload says stands in a picture; some of the picture is then broken, too. */
const qrPicture: Target = {
  name: 'qr-picture',
  samples: [bytesOf(LETTER.slice(0, 120)), bytesOf('short')],
  // Two decoders, enlarging, drawing again: a hundred times what a text costs.
  oneIn: 10,
  open: () => ({
    async read(bytes, dice) {
      const text = Buffer.from(bytes.subarray(0, 250));
      const made = QRCode.create(
        text.length === 0 ? 'x' : [{ data: new Uint8ClampedArray(text), mode: 'byte' }],
        {
          errorCorrectionLevel: 'L',
        },
      );
      const scale = 2 + (dice % 3);
      const width = (made.modules.size + 8) * scale;
      const data = new Uint8ClampedArray(width * width * 4).fill(255);
      for (let y = 0; y < width; y += 1)
        for (let x = 0; x < width; x += 1) {
          const [column, row] = [Math.floor(x / scale) - 4, Math.floor(y / scale) - 4];
          const inside = column >= 0 && row >= 0 && column < made.modules.size && row < made.modules.size;
          if (inside && made.modules.get(row, column))
            data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
        }
      // What is longer than the code is dirt on it.
      for (let at = 250; at < Math.min(bytes.length, 4_000); at += 1) {
        const pixel = ((bytes[at] ?? 0) * 977 + at * 131 * dice) % (width * width);
        data.fill(bytes[at] ?? 0, pixel * 4, pixel * 4 + 3);
      }
      const found = await readQrs({ width, height: width, data });
      for (const one of found) must(typeof one.text === 'string', 'a code has a text');
    },
  }),
};

const NEEDLE = JSON.stringify({
  area: [
    { type: 'match', xpos: 4, ypos: 4, width: 20, height: 12, match: 95, margin: 30, click_point: 'center' },
    { type: 'exclude', xpos: 8, ypos: 6, width: 4, height: 4 },
    { type: 'ocr', xpos: '0', ypos: '0', width: 10, height: 10, refstr: 'OK' },
  ],
  tags: ['ENV-1', 'login'],
  properties: ['workaround', { name: 'x', value: 1 }],
});
const needle: Target = {
  name: 'needle',
  samples: [bytesOf(NEEDLE)],
  place: /fuzz\.json/,
  async open() {
    const pixels = await decodePicture(PNG);
    // Stripes: a flat picture makes no needle.
    for (let at = 0; at < pixels.data.length; at += 4)
      if ((at / 4) % 5 < 2) pixels.data.fill(240, at, at + 3);
    return {
      read: (bytes) => void needleOf(parseNeedle(textOf(bytes), 'fuzz.json'), pixels),
    };
  },
};

export const PICTURES: readonly Target[] = [picture, capture, payload, qrPicture, needle];
