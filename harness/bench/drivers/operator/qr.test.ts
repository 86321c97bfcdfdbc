import jsqr from 'jsqr';
import sharp from 'sharp';
import t from 'tap';
import { readQrs } from '../../../vision/qr.ts';
import { blocksOf, modulesOf, pictureOf, QUIET } from './qr.ts';

/** A character cell of a terminal, px: half as wide as it is high. */
const CELL = { width: 8, height: 16 };

/** What a terminal of these colours paints of lines in half blocks, with a margin of its ground. */
function painted(
  lines: readonly string[],
  { ink, ground }: { readonly ink: number; readonly ground: number },
) {
  const margin = 4;
  const columns = Math.max(...lines.map((line) => [...line].length)) + 2 * margin;
  const rows = lines.length + 2 * margin;
  const [width, height] = [columns * CELL.width, rows * CELL.height];
  const data = new Uint8ClampedArray(width * height * 4).fill(ground);
  for (const [row, line] of lines.entries())
    for (const [column, character] of [...line].entries())
      for (let y = 0; y < CELL.height; y += 1)
        for (let x = 0; x < CELL.width; x += 1) {
          const upper = y < CELL.height / 2;
          const isInk = character === '█' || character === (upper ? '▀' : '▄');
          const at = ((row + margin) * CELL.height + y) * width + (column + margin) * CELL.width + x;
          data.fill(isInk ? ink : ground, at * 4, at * 4 + 4);
        }
  return readQrs({ width, height, data });
}
/** A line without its colours, which are black on white whatever the terminal has. */
const uncoloured = (line: string) => {
  const [before = '', after = ''] = ['\u001b[38;5;16m\u001b[48;5;231m', '\u001b[0m'];
  t.ok(line.startsWith(before) && line.endsWith(after));
  return line.slice(before.length, -after.length);
};

for (const text of ['RB1.AZaz09-_ é\n"', 'x', 'aZ09-_.+'.repeat(128)]) {
  t.test(`a QR in half blocks is read from its pixels (${text.length} characters)`, async (t) => {
    const modules = modulesOf(text);
    const coloured = blocksOf(modules, true).map(uncoloured);
    t.equal(coloured.length, Math.ceil(modules.length / 2));
    for (const found of [
      await painted(coloured, { ink: 0, ground: 255 }),
      await painted(blocksOf(modules, false), { ink: 255, ground: 0 }),
    ]) {
      t.equal(found.length, 1);
      t.equal(found[0]?.text, text);
      t.equal(found[0]?.metrology.inverted, false, 'dark on light');
      // jsQR reads none beyond version 22.
      if (modules.length <= 105 + 2 * QUIET) t.equal(found[0]?.decoders.jsqr, text, 'by both decoders');
    }
  });
}

t.test('it has the quiet zone of ISO/IEC 18004 on each side', async (t) => {
  const modules = modulesOf('x');
  const side = modules.length;
  for (const [y, row] of modules.entries())
    for (const [x, dark] of row.entries()) {
      const isBorder = [x, y].some((at) => at < 4 || at >= side - 4);
      if (isBorder && dark) t.fail(`dark at ${x}, ${y}`);
    }
  t.equal(modules[4]?.[4], true, 'the code begins right behind it');
});

t.test('the picture to be mailed has 4 px a module and its border', async (t) => {
  const { data, info } = await sharp(await pictureOf('RB1.x'))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  t.equal(info.width, modulesOf('RB1.x').length * 4);
  t.equal(jsqr.default(new Uint8ClampedArray(data), info.width, info.height)?.data, 'RB1.x');
});
