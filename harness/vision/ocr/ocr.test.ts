import t from 'tap';
import { type Clock, systemClock as clock } from '../../terms/clock.ts';
import { APPROVED_TEXTS, approvedPicture, recoloured } from '../approved.fixture.ts';
import { crop } from '../png.ts';
import { openOcr } from './ocr.ts';
import { missingTessdata } from './tessdata.fixture.ts';
import { findTessdata } from './tessdata.ts';

const skip = missingTessdata(['eng']);

t.test('every label of two screens is read, several at a time', { skip }, async (t) => {
  await using ocr = await openOcr({ languages: ['eng'], workers: 2, clock });
  for (const [screen, texts] of Object.entries(APPROVED_TEXTS)) {
    const picture = await approvedPicture(screen);
    const read = await Promise.all(texts.map(([, box]) => ocr.line(crop(picture, box))));
    t.same(
      read.map(({ text }) => text),
      texts.map(([text]) => text),
    );
    for (const { confidence } of read) t.ok(confidence > 0.5 && confidence <= 1);
  }
});

t.test('words have places in the crop; polarity does not matter', { skip }, async (t) => {
  await using ocr = await openOcr({ languages: ['eng'], clock });
  const picture = await approvedPicture('reset-methods');
  const light = recoloured(picture, (r, g, b) => [255 - r, 255 - g, 255 - b]);
  for (const p of [picture, light]) {
    const { words } = await ocr.line(crop(p, { x: 364, y: 276, width: 300, height: 28 }));
    t.same(
      words.map(({ text }) => text),
      ['Password', 'Reset'],
    );
    const [first, second] = words;
    t.ok(first !== undefined && Math.abs(first.box.x - 11) < 3, `${first?.box.x} px`);
    t.ok(first !== undefined && Math.abs(first.box.width - 68) < 6, `${first?.box.width} px wide`);
    t.ok(second !== undefined && second.box.x > 78 && second.box.x < 88, `${second?.box.x} px`);
  }
});

t.test('a block is read line by line', { skip }, async (t) => {
  await using ocr = await openOcr({ languages: ['eng'], clock });
  const picture = await approvedPicture('activation');
  const { text } = await ocr.block(crop(picture, { x: 377, y: 206, width: 510, height: 48 }));
  t.match(
    text,
    /^Create the password of the administrator: 8 to 16 characters with at\s.*special characters\.$/s,
  );
  t.ok(text.includes('\n'));
});

t.test('only the characters that may occur are read', { skip }, async (t) => {
  await using ocr = await openOcr({ languages: ['eng'], clock });
  const picture = await approvedPicture('reset-methods');
  const [, box] = APPROVED_TEXTS['reset-methods']?.[2] ?? [];
  if (box === undefined) return t.fail('no label');
  const { text } = await ocr.line(crop(picture, box), { characters: '0123456789' });
  t.match(text, /^\d*$/);
  return t.equal((await ocr.line(crop(picture, box))).text, 'OK', 'the next one is free again');
});

t.test('an empty crop has no text; what is closed reads nothing', { skip }, async (t) => {
  const ocr = await openOcr({ languages: ['eng'], clock });
  const empty = { width: 60, height: 20, data: new Uint8ClampedArray(4800).fill(90) };
  t.same(await ocr.line(empty), { text: '', confidence: 1, words: [] });
  await ocr[Symbol.asyncDispose]();
  await t.rejects(ocr.line(empty), { code: 'PORT_CLOSED' });
});

t.test('a crop that takes too long is given up, and the next one is read', { skip }, async (t) => {
  let isLate = true;
  const impatient: Clock = {
    ...clock,
    sleep: (ms, signal) => (isLate ? Promise.resolve() : clock.sleep(ms, signal)),
  };
  await using ocr = await openOcr({ languages: ['eng'], clock: impatient });
  const picture = await approvedPicture('reset-methods');
  const [text, box] = APPROVED_TEXTS['reset-methods']?.[0] ?? [];
  if (box === undefined) return t.fail('no label');
  await t.rejects(ocr.line(crop(picture, box)), { code: 'PORT_TIMEOUT' });
  isLate = false;
  const over = AbortSignal.abort(new Error('stopped'));
  await t.rejects(ocr.line(crop(picture, box), { signal: over }), /stopped/);
  return t.equal((await ocr.line(crop(picture, box))).text, text);
});

t.test('what is missing is named, with what to install', async (t) => {
  try {
    findTessdata(['eng', 'tlh', 'chi_sim'], '/nowhere');
    t.fail('nothing was thrown');
  } catch (error) {
    t.match(error, {
      code: 'CONFIG_MISSING',
      message: /eng\.traineddata, tlh\.traineddata, chi_sim\.traineddata not found in \/nowhere/,
      hint: 'apt-get install tesseract-ocr-eng tesseract-ocr-tlh tesseract-ocr-chi-sim, or set RESETBENCH_TESSDATA to a folder with the files.',
    });
  }
  await t.rejects(openOcr({ languages: ['tlh'], clock }), { code: 'CONFIG_MISSING' });
});
