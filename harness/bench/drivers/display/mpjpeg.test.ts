import t from 'tap';
import { mpjpegReader } from './mpjpeg.ts';

t.test('a length that no picture has is told, and nothing of it is made', async (t) => {
  const head = (length: string) => Buffer.from(`--ffmpeg\r\nContent-length: ${length}\r\n\r\n`);
  for (const length of ['99999999999999999999', '4294967295', 'x'])
    t.throws(() => mpjpegReader()(head(length)), { code: 'FRAME_UNUSABLE' }, length);
  t.same(mpjpegReader()(Buffer.concat([head('2'), Buffer.from('ab\r\n')])).map(String), ['ab']);
});
