import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import type { Secret } from './secrets.ts';

/** Reads the writing in pictures. */
export interface TextReader extends AsyncDisposable {
  /** All writing in a picture; rejects where it is none. */
  read(picture: Uint8Array): Promise<string>;
}

/** Lines of scattered text, and a threshold by neighbourhood: found best on screens of recorders, of seven ways tried. */
const PAGE_MODE = '11';
const SAUVOLA = '2';

/** A reader by the program `tesseract`, else by its WebAssembly build with the data of a system's package; else undefined. */
export async function openReader(): Promise<TextReader | undefined> {
  if (spawnSync('tesseract', ['--version'], { stdio: 'ignore' }).status === 0)
    return {
      read: async (picture) => runTesseract(await prepare(picture)),
      [Symbol.asyncDispose]: async () => {},
    };
  return openWasmReader();
}

/** The same without the program. Undefined where no language data lie on this system. */
export async function openWasmReader(): Promise<TextReader | undefined> {
  const places = [
    join(process.env.TESSDATA_PREFIX ?? '', 'eng.traineddata'),
    ...globSync('/usr/share/{tesseract-ocr/*/,}tessdata/eng.traineddata'),
  ];
  const data = places.find((place) => existsSync(place));
  if (data === undefined) return undefined;
  const { createWorker, PSM } = await import('tesseract.js');
  const worker = await createWorker('eng', 1, { langPath: dirname(data), gzip: false, cacheMethod: 'none' });
  await worker.setParameters({ tessedit_pageseg_mode: PSM.SPARSE_TEXT });
  return {
    read: async (picture) => (await worker.recognize(Buffer.from(await prepare(picture)))).data.text,
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

/** Dark writing on a light ground, twice as large: each place is turned by the mean of its neighbourhood. */
async function prepare(picture: Uint8Array): Promise<Uint8Array> {
  const grey = await sharp(picture)
    .flatten()
    .greyscale()
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = grey.info;
  const raw = { raw: { width, height, channels: 1 as const } };
  const around = await sharp(grey.data, raw).blur(20).toColourspace('b-w').raw().toBuffer();
  const turned = grey.data.map((value, at) => ((around[at] ?? 0) < 110 ? 255 - value : value));
  const scale = width < 1600 ? 2 : 1.5;
  return sharp(turned, raw)
    .resize({ width: Math.round(width * scale), kernel: 'cubic' })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

function runTesseract(png: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = [
      'stdin',
      'stdout',
      '-l',
      'eng',
      '--psm',
      PAGE_MODE,
      '-c',
      `thresholding_method=${SAUVOLA}`,
    ];
    const child = spawn('tesseract', options, { env: { ...process.env, OMP_THREAD_LIMIT: '1' } });
    let text = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      complaint += part;
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(text);
      else reject(new Error(`tesseract ended with ${code}: ${complaint.trim()}`));
    });
    child.stdin.on('error', reject);
    child.stdin.end(png);
  });
}

/** The secrets that stand in what was read: blanks, case and easily confused characters do not count. */
export function searchWriting(text: string, secrets: readonly Secret[]): readonly Secret[] {
  const all = simple(text);
  const lines = text.split('\n').map(simple);
  return secrets.filter(({ value }) => {
    const wanted = simple(value);
    // A short one is looked for line by line: what is far apart on a screen is not one word.
    return wanted.length >= 8 ? all.includes(wanted) : lines.some((line) => line.includes(wanted));
  });
}

function simple(text: string): string {
  return text
    .replace(/\s+/g, '')
    .toLowerCase()
    .replaceAll('0', 'o')
    .replace(/[1i|!]/g, 'l');
}
