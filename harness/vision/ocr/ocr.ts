import { setImmediate } from 'node:timers/promises';
import { createWorker, OEM, PSM, type Worker } from 'tesseract.js';
import type { Clock } from '../../terms/clock.ts';
import { HarnessError } from '../../terms/error.ts';
import type { Box, Pixels } from '../../terms/frame.ts';
import { greyOf, inkOf, pgmOf, strokesOf, withoutCaret } from './prepare.ts';
import { findTessdata } from './tessdata.ts';

/** A word as it was read. */
export interface OcrWord {
  readonly text: string;
  /** 0..1 */
  readonly confidence: number;
  /** Px of the crop. */
  readonly box: Box;
}
/** Writing as it was read. */
export interface OcrText {
  /** Lines are separated by `\n`; empty where there is no writing. */
  readonly text: string;
  /** 0..1 */
  readonly confidence: number;
  readonly words: readonly OcrWord[];
}
export interface OcrRequest {
  /** The only characters that may occur, e.g. those of a code. Default: any. */
  readonly characters?: string;
  readonly signal?: AbortSignal;
}
export interface OcrOptions {
  /** Three letters each (ISO 639-2), the likeliest first, e.g. `eng`, `deu`. */
  readonly languages: readonly string[];
  /** Crops that are read at a time, each by a thread of its own with about 90 MB. Default 1. */
  readonly workers?: number;
  /** Where `eng.traineddata` lies. Default: where the system's packages put it. */
  readonly tessdata?: string;
  readonly clock: Clock;
  /** Longest time for one crop, ms. Default 10,000. */
  readonly timeoutMs?: number;
}

/**
 * Reads writing in crops of frames, by Tesseract. Crops wait for a free thread, in order. Throws PORT_CLOSED after
 * close, PORT_TIMEOUT past the time for one crop (the thread is then replaced), the signal's reason when it is aborted.
 */
export interface Ocr extends AsyncDisposable {
  /** Reads a crop that holds one line. */
  line(crop: Pixels, request?: OcrRequest): Promise<OcrText>;
  /** Reads a crop that holds several lines. */
  block(crop: Pixels, request?: OcrRequest): Promise<OcrText>;
}

/** Times that a crop is enlarged, and the white around it, px: more reads no better (docs/adr/0018-reading-writing.md). */
const ENLARGING = { scale: 2, margin: 10 };
const TIMEOUT_MS = 10_000;
const NOTHING: OcrText = { text: '', confidence: 1, words: [] };
/** One thread of Tesseract, and what waits for it. */
interface Lane {
  worker: Promise<Worker>;
  /** Page segmentation and characters that it is set to. */
  set: string;
  /** Resolves, never rejects, when the last crop given to it is done. */
  idle: Promise<unknown>;
  waiting: number;
}

/**
 * Starts the threads of Tesseract; nothing is fetched from elsewhere.
 * @throws HarnessError CONFIG_MISSING, with what to install, where the data of a language are missing
 */
export async function openOcr(options: OcrOptions): Promise<Ocr> {
  const { clock, languages, timeoutMs = TIMEOUT_MS } = options;
  const folder = findTessdata(languages, options.tessdata);
  const start = () => startWorker(languages, folder);
  const lanes = Array.from({ length: Math.max(1, options.workers ?? 1) }, (): Lane => {
    return { worker: start(), set: '', idle: Promise.resolve(), waiting: 0 };
  });
  await Promise.all(lanes.map((lane) => lane.worker));
  let closed = false;

  async function read(crop: Pixels, mode: PSM, request: OcrRequest): Promise<OcrText> {
    if (closed) throw new HarnessError('PORT_CLOSED', 'The reader of text was closed.');
    request.signal?.throwIfAborted();
    const ink = withoutCaret(inkOf(greyOf(crop)));
    const part = strokesOf(ink);
    if (part === undefined) return NOTHING;
    const picture = Buffer.from(pgmOf(ink, part, ENLARGING));
    const [first] = lanes;
    if (first === undefined) return NOTHING;
    const lane = lanes.reduce((least, one) => (one.waiting < least.waiting ? one : least), first);
    lane.waiting += 1;
    const turn = lane.idle.then(() => recognised(lane, picture, { mode, request, part }));
    lane.idle = turn
      .catch(() => undefined)
      .then(() => {
        lane.waiting -= 1;
      });
    return turn;
  }

  async function recognised(lane: Lane, picture: Buffer, how: How): Promise<OcrText> {
    const { mode, request, part } = how;
    request.signal?.throwIfAborted();
    const over = new AbortController();
    const work = async () => {
      const worker = await lane.worker;
      over.signal.throwIfAborted();
      const set = `${mode} ${request.characters ?? ''}`;
      if (lane.set !== set)
        await worker.setParameters({
          tessedit_pageseg_mode: mode,
          tessedit_char_whitelist: request.characters ?? '',
        });
      over.signal.throwIfAborted();
      lane.set = set;
      return (await worker.recognize(picture, {}, { text: true, blocks: true })).data;
    };
    const signals = request.signal === undefined ? [over.signal] : [over.signal, request.signal];
    const late = clock.sleep(timeoutMs, AbortSignal.any(signals)).then(() => {
      throw new HarnessError('PORT_TIMEOUT', `No text was read within ${timeoutMs} ms.`);
    });
    try {
      return textOf(await Promise.race([work(), late]), part);
    } catch (error) {
      over.abort();
      if (!closed) await replace(lane);
      throw error;
    } finally {
      over.abort();
      late.catch(() => undefined);
    }
  }

  /** A thread that hangs or was left in the middle is ended; the next crop gets a fresh one. */
  async function replace(lane: Lane): Promise<void> {
    const old = lane.worker;
    lane.set = '';
    lane.worker = start();
    lane.worker.catch(() => undefined);
    // A job that was just begun posts to its thread some ticks later, and a thread that is gone by then takes the process along.
    await old
      .then((worker) => setImmediate(worker))
      .then(
        (worker) => worker.terminate(),
        () => undefined,
      );
  }

  return {
    line: (crop, request = {}) => read(crop, PSM.SINGLE_LINE, request),
    block: (crop, request = {}) => read(crop, PSM.SINGLE_BLOCK, request),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      await Promise.all(lanes.map((lane) => lane.idle));
      await Promise.all(lanes.map(async (lane) => (await lane.worker).terminate()));
    },
  };
}

interface How {
  readonly mode: PSM;
  readonly request: OcrRequest;
  /** Where the writing lies in the crop. */
  readonly part: Box;
}

async function startWorker(languages: readonly string[], folder: string): Promise<Worker> {
  const options = { langPath: folder, gzip: false, cacheMethod: 'none', errorHandler: () => undefined };
  return createWorker([...languages], OEM.LSTM_ONLY, options);
}

type Page = Awaited<ReturnType<Worker['recognize']>>['data'];

/** What Tesseract read, in px of the crop. */
function textOf(page: Page, part: Box): OcrText {
  const { scale, margin } = ENLARGING;
  const lines = (page.blocks ?? []).flatMap(({ paragraphs }) => paragraphs.flatMap((one) => one.lines));
  const words = lines.flatMap((line) =>
    line.words.map(({ text, confidence, bbox: { x0, y0, x1, y1 } }) => ({
      text,
      confidence: confidence / 100,
      box: {
        x: part.x + (x0 - margin) / scale,
        y: part.y + (y0 - margin) / scale,
        width: (x1 - x0) / scale,
        height: (y1 - y0) / scale,
      },
    })),
  );
  const text = lines.map((line) => line.words.map((word) => word.text).join(' ')).join('\n');
  return { text, confidence: page.confidence / 100, words };
}
