// QRs in pictures of every kind of capture chain: what the product accepts, beside jsQR alone and ZXing alone.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import jsqr from 'jsqr';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import type { Pixels } from '../../../harness/terms/frame.ts';
import { readQrs } from '../../../harness/vision/qr.ts';
import { quantile, rounded, shortest, type VisionBench } from './bench.ts';
import { framesOf, type QrCase, qrCases } from './matrix.ts';
import { liveView } from './screen.ts';

const SEED = 1;
const REPEATS = 3;
/** Sizes of a module from which everything should be read, px. */
const FAIR = 4;

interface Outcome {
  readonly one: QrCase;
  /** As `resetbench qr` and a run ask for it: the largest code of the picture, read alike by both decoders. */
  readonly accepted: boolean;
  /** By one decoder at least. */
  readonly read: boolean;
  /** Something was read that is not there, by either decoder. */
  readonly wrong: boolean;
  readonly jsqr: boolean;
  readonly zxing: boolean;
  readonly ms: number;
}

export const qrBench: VisionBench = {
  name: 'qr',
  async run(print, every) {
    const zxing = await openZxing();
    const outcomes: Outcome[] = [];
    for await (const { one, pixels } of framesOf(thinned(qrCases(SEED), every))) {
      const { result, ms } = await shortest(REPEATS, () => readQrs(pixels));
      const [first] = result;
      const { width, height, data } = pixels;
      outcomes.push({
        one,
        accepted: first?.agreed === true && first.text === one.payload,
        read: result.some(({ decoders }) => [decoders.zxing, decoders.jsqr].includes(one.payload)),
        wrong: result.some(({ decoders }) =>
          [decoders.zxing, decoders.jsqr].some((text) => text !== undefined && text !== one.payload),
        ),
        jsqr: jsqr.default(data, width, height)?.data === one.payload,
        zxing: (await zxing(pixels)).includes(one.payload),
        ms,
      });
    }
    for (const line of tableOf(outcomes)) print(line);
    const figures = figuresOf(outcomes);
    const empty: number[] = [];
    for (const seed of [11, 12, 13]) {
      const screen = liveView(seed);
      empty.push((await shortest(REPEATS, () => readQrs(screen))).ms);
    }
    print(
      `${outcomes.length} frames of 1920x1080: median ${figures.qr_median_ms} ms, p95 ${figures.qr_p95_ms} ms (the shortest of ${REPEATS} each); without a QR ${rounded(quantile(empty, 0.5), 0)} ms`,
    );
    return figures;
  },
};

/** ZXing as its package comes: whole picture, all its own tries. */
async function openZxing(): Promise<(p: Pixels) => Promise<readonly string[]>> {
  const path = fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'));
  const wasmBinary = Uint8Array.from(readFileSync(path)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  return async ({ width, height, data }) => {
    const image = { data, width, height, colorSpace: 'srgb' as const };
    const results = await readBarcodes(image as ImageData, { formats: ['QRCode'], textMode: 'Plain' });
    return results.filter(({ isValid }) => isValid).map(({ text }) => text);
  };
}

/** Every so many cases; 2, 3 and 5 would leave out sizes of modules or lengths of payloads. */
function thinned(cases: readonly QrCase[], every: number): readonly QrCase[] {
  return cases.filter((_, index) => index % every === 0);
}

function figuresOf(outcomes: readonly Outcome[]) {
  const fair = outcomes.filter(({ one }) => one.perModule >= FAIR);
  const rate = (list: readonly Outcome[], what: (outcome: Outcome) => boolean) =>
    rounded((100 * list.filter(what).length) / list.length, 2);
  const times = outcomes.map(({ ms }) => ms);
  return {
    qr_rate_4px: rate(fair, ({ accepted }) => accepted),
    qr_rate_all: rate(outcomes, ({ accepted }) => accepted),
    qr_read_4px: rate(fair, ({ read }) => read),
    qr_read_all: rate(outcomes, ({ read }) => read),
    qr_one_decoder: outcomes.filter(({ accepted, read }) => read && !accepted).length,
    qr_rate_all_jsqr: rate(outcomes, (outcome) => outcome.jsqr),
    qr_rate_all_zxing: rate(outcomes, (outcome) => outcome.zxing),
    qr_wrong: outcomes.filter(({ wrong }) => wrong).length,
    qr_median_ms: rounded(quantile(times, 0.5), 1),
    qr_p95_ms: rounded(quantile(times, 0.95), 1),
  };
}

/** A line for each way of capturing, a column for each size: accepted, read by ZXing alone, by jsQR alone. */
function tableOf(outcomes: readonly Outcome[]): readonly string[] {
  const sizes = [...new Set(outcomes.map(({ one }) => one.perModule))];
  const ways = [...new Set(outcomes.map(({ one }) => one.name))];
  const cell = (list: readonly Outcome[]) =>
    [
      list.filter(({ accepted }) => accepted).length,
      list.filter(({ zxing }) => zxing).length,
      list.filter((outcome) => outcome.jsqr).length,
    ]
      .join(' ')
      .padStart(12);
  const line = (name: string, of: (outcome: Outcome) => boolean) =>
    name.padEnd(24) +
    sizes.map((size) => cell(outcomes.filter((one) => one.one.perModule === size && of(one)))).join('');
  return [
    `${'accepted, ZXing, jsQR'.padEnd(24)}${sizes.map((size) => `${size} px`.padStart(12)).join('')}`,
    ...ways.map((way) => line(way, ({ one }) => one.name === way)),
    line('all', () => true),
  ];
}
