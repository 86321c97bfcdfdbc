import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import t from 'tap';
import { decodePicture } from './png.ts';

/** A PNG in black, one bit a pixel. */
function black(size: number): Uint8Array {
  const chunk = (kind: string, data: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(kind), data]);
    const ends = [data.length, crc32(named)].map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    });
    return Buffer.concat([ends[0] ?? Buffer.alloc(0), named, ends[1] ?? Buffer.alloc(0)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head[8] = 1;
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(size / 8)) * size));
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', new Uint8Array()),
  ]);
}

t.test('a few bytes that claim to be more than 8K are not unpacked', async (t) => {
  t.equal((await decodePicture(black(64))).data.length, 64 * 64 * 4);
  await t.rejects(decodePicture(black(8_000)), {
    code: 'FRAME_UNUSABLE',
    message: 'A picture of 8000x8000 px is too large; at most 33177600 px may be (7680x4320).',
    hint: /scale it down/,
  });
});

t.test('of a picture that is cut it is told where it ends, of a damaged one what is wrong', async (t) => {
  const random = Uint8Array.from({ length: 96 * 96 * 3 }, (_, at) => (at * 7919) % 251);
  const picture = sharp(random, { raw: { width: 96, height: 96, channels: 3 } });
  const part = { code: 'FRAME_UNUSABLE', hint: /again, whole/ };
  const png = await picture.clone().png().toBuffer();
  await t.rejects(decodePicture(png.subarray(0, png.length / 2)), {
    ...part,
    message: new RegExp(
      `^${Math.floor(png.length / 2)} bytes of PNG .*chunk "IDAT" at byte \\d+ should go on to byte`,
    ),
  });
  // The signature, and the header with its sum.
  await t.rejects(decodePicture(png.subarray(0, 33)), { ...part, message: /IEND, is not there at byte 33/ });
  const jpeg = await picture.clone().jpeg().toBuffer();
  await t.rejects(decodePicture(jpeg.subarray(0, jpeg.length / 2)), { ...part, message: /FF D9/ });
  const webp = await picture.clone().webp().toBuffer();
  await t.rejects(decodePicture(webp.subarray(0, webp.length / 2)), {
    ...part,
    message: new RegExp(`should go on to byte ${webp.length}`),
  });
  const broken = Uint8Array.from(png);
  broken.fill(0, 60, png.length - 20);
  await t.rejects(decodePicture(broken), { code: 'FRAME_UNUSABLE', hint: /damaged|again/ });
  await t.rejects(decodePicture(Buffer.from('text')), { code: 'FRAME_UNUSABLE', hint: /PNG, JPEG or WebP/ });
});
