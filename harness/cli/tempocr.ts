import sharp from 'sharp';
import { createScheduler, createWorker } from 'tesseract.js';
import type { Pixels } from '../terms/frame.ts';
import type { TextReader } from '../vision/see/seer.ts';
export async function tempOcr(lang: string): Promise<{ read: TextReader; close(): Promise<void>; count(): number }> {
  const s = createScheduler();
  for (let i = 0; i < 2; i += 1) {
    const w = await createWorker(lang.split('+'), 1, { langPath: '/usr/share/tesseract-ocr/5/tessdata', gzip: false, cacheMethod: 'none' });
    await w.setParameters({ tessedit_pageseg_mode: '8' as never, load_system_dawg: '0', load_freq_dawg: '0' } as never);
    s.addWorker(w);
  }
  let n = 0;
  return {
    read: async (p: Pixels) => {
      n += 1;
      const g = sharp(Buffer.from(p.data), { raw: { width: p.width, height: p.height, channels: 4 } }).removeAlpha().greyscale();
      const { channels: [c] } = await g.clone().stats();
      let im = g;
      if (c && c.mean < (c.min + c.max) / 2) im = im.negate();
      const png = await im.normalise().resize({ width: p.width * 3, kernel: 'cubic' }).extend({ top: 30, bottom: 30, left: 30, right: 30, background: '#fff' }).png({ compressionLevel: 1 }).toBuffer();
      const { data } = await s.addJob('recognize', png);
      return (process.env.OCRDBG && console.log(data.text, data.confidence)) ? '' : data.text.replace(/\s+/g, ' ').trim();
    },
    close: async () => void (await s.terminate()),
    count: () => n,
  };
}
