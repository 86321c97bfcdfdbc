import { crc32, deflateSync } from 'node:zlib';
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
  await t.rejects(decodePicture(black(8_000)), { code: 'FRAME_UNUSABLE' });
});
