import t from 'tap';
import { readQrs } from '../../../harness/vision/qr.ts';
import { framesOf, qrCases } from './matrix.ts';

/** Every so many cases of the bench; a prime, so that all ways of capturing and all sizes come. */
const STEP = 23;

t.test('of a sample of the bench each code of 4 px a module is read by both, and none wrong', async (t) => {
  const sample = qrCases(2).filter((_, index) => index % STEP === 0);
  let read = 0;
  for await (const { one, pixels } of framesOf(sample)) {
    const found = await readQrs(pixels);
    const texts = found.flatMap(({ decoders }) => [decoders.zxing, decoders.jsqr]);
    const about = `${one.name}, ${one.perModule} px, ${one.payload.length} bytes`;
    t.same(
      texts.filter((text) => text !== undefined && text !== one.payload),
      [],
      `${about}: nothing else is read`,
    );
    if (found.length > 0) read += 1;
    if (one.perModule >= 4) t.equal(found[0]?.agreed, true, `${about}: both decoders read it`);
  }
  t.ok(read >= sample.length - 2, `${read} of ${sample.length}, those of 2 and 3 px included`);
});

t.test('the same seed gives the same cases, another seed others', async (t) => {
  t.same(qrCases(5), qrCases(5));
  t.not(qrCases(5)[0]?.payload, qrCases(6)[0]?.payload);
});
