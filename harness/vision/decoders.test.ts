import QRCode from 'qrcode';
import t from 'tap';
import { decodeByZxing } from './decoders.ts';
import { greyOf } from './grey.ts';
import { decodePicture } from './png.ts';

t.test('a reader that is exchanged for a new one meanwhile reads on', async (t) => {
  const grey = greyOf(await decodePicture(await QRCode.toBuffer('a payload', { scale: 4 })));
  for (let turn = 0; turn < 300; turn += 1) {
    const both = await Promise.all([decodeByZxing(grey), decodeByZxing(grey)]);
    const texts = both.map(([first]) => first?.text);
    if (texts.some((text) => text !== 'a payload')) t.same(texts, ['a payload', 'a payload'], `turn ${turn}`);
  }
  t.pass();
});
