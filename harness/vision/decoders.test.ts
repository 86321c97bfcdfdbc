import QRCode from 'qrcode';
import t from 'tap';
import { leftBehind } from '../bench/ports/left-behind.fixture.ts';
import { decodeByZxing } from './decoders.ts';
import { greyOf } from './grey.ts';
import { decodePicture } from './png.ts';

const GREY = greyOf(await decodePicture(await QRCode.toBuffer('a payload', { scale: 4 })));

t.test('a reader that is exchanged for a new one meanwhile reads on', async (t) => {
  for (let turn = 0; turn < 300; turn += 1) {
    const both = await Promise.all([decodeByZxing(GREY), decodeByZxing(GREY)]);
    const texts = both.map(([first]) => first?.text);
    if (texts.some((text) => text !== 'a payload')) t.same(texts, ['a payload', 'a payload'], `turn ${turn}`);
  }
  t.pass();
});

t.test('what a reader keeps of the codes it has read is let go', async (t) => {
  const left = await leftBehind(Uint8ClampedArray, 1000, () => decodeByZxing(GREY));
  t.ok(left < 300, `${left} arrays of 1000 codes`);
});
