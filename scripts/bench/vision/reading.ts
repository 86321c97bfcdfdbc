// How well writing on screens is read, by known letters and by Tesseract: a table a way. Prints it when run directly.
import { systemClock as clock } from '../../../harness/terms/clock.ts';
import type { Pixels } from '../../../harness/terms/frame.ts';
import { readByGlyphs, readerOf, SURE } from '../../../harness/vision/ocr/glyphs.ts';
import { learnGlyphs } from '../../../harness/vision/ocr/learn.ts';
import { openOcr } from '../../../harness/vision/ocr/ocr.ts';
import { CHAINS, type Chain } from './degrade.ts';
import { type Photograph, photographScreens, UNSEEN } from './screens.ts';
import { cutOut, type TextKind, type TextOnScreen, textsOf } from './texts.ts';

/** What a way of reading made of a set of texts. */
export interface ReadingRow {
  readonly way: string;
  readonly chain: string;
  readonly kind: TextKind | 'all';
  readonly lines: number;
  /** Share of lines read exactly, 0..1. */
  readonly exact: number;
  /** Characters to be changed, put in or taken out, of all characters, 0..1. */
  readonly errors: number;
  /** Share of lines read wrongly without a doubt being told, 0..1. */
  readonly wrong: number;
  /** Median, ms a line. */
  readonly ms: number;
}

const CHAINS_READ = CHAINS.filter((one) => /^(lossless|JPEG 90|JPEG 60 4:2:0)$/.test(one.name));
const KINDS: readonly TextKind[] = ['label', 'sentence', 'value', 'address', 'code'];
/** From this confidence on Tesseract was hardly ever wrong, 0..1. */
const CONFIDENT = 0.95;
/** Every how many-th label Tesseract reads: the others teach nothing new. */
const LABELS_READ = 4;

interface Read {
  readonly of: TextOnScreen;
  readonly text: string;
  readonly isSure: boolean;
  readonly confidence: number;
  readonly ms: number;
}

/** Measures both ways on photographed screens; takes about five minutes. */
export async function measureReading(photographs: readonly Photograph[]): Promise<readonly ReadingRow[]> {
  const every = textsOf(photographs);
  const texts = every.filter(({ text }) => !UNSEEN.has(text));
  const unseen = every.filter(({ text }) => UNSEEN.has(text));
  const rows: ReadingRow[] = [];
  for (const chain of CHAINS_READ) {
    rows.push(...rowsOf('letters, learned lossless', chain, await byGlyphs(texts, chain, 'lossless')));
    rows.push(...rowsOf('letters, learned so', chain, await byGlyphs(texts, chain, 'same')));
    rows.push(...rowsOf('letters of other lines', chain, await byGlyphs(texts, chain, 'others')));
    rows.push(...rowsOf('letters, unseen texts', chain, await unseenByGlyphs(texts, unseen, chain)));
    const read = await byTesseract(every, chain);
    rows.push(...rowsOf('tesseract', chain, read));
    rows.push(
      ...rowsOf(
        'tesseract, confident',
        chain,
        read.map((one) => ({ ...one, isSure: one.confidence >= CONFIDENT })),
      ),
    );
  }
  return rows;
}

/**
 * By letters learned from the same lines without loss, from the same lines through the same chain, or from the other
 * half of the lines without loss.
 */
async function byGlyphs(
  texts: readonly TextOnScreen[],
  chain: Chain,
  from: 'lossless' | 'same' | 'others',
): Promise<readonly Read[]> {
  const reads: Read[] = [];
  const [lossless] = CHAINS;
  const source = from === 'same' || lossless === undefined ? chain : lossless;
  for (const set of setsOf(texts)) {
    const taught = await all(set, source);
    const seen = await all(set, chain);
    for (const half of from === 'others' ? [0, 1] : [undefined]) {
      const samples = taught.filter((_, at) => half === undefined || at % 2 !== half);
      const reader = readerOf(learnGlyphs(samples.map(({ of, pixels }) => ({ text: of.text, pixels }))));
      for (const [at, { of, pixels }] of seen.entries()) {
        if (half !== undefined && at % 2 !== half) continue;
        reads.push(readWith(reader, of, pixels));
      }
    }
  }
  return reads;
}

function readWith(reader: ReturnType<typeof readerOf>, of: TextOnScreen, pixels: Pixels): Read {
  const start = performance.now();
  const read = readByGlyphs(pixels, reader);
  const ms = performance.now() - start;
  const confidence = read?.score ?? 0;
  return { of, text: read?.text ?? '', isSure: confidence >= SURE, confidence, ms };
}

/** Texts that nothing was learned from or tuned on, by letters of all others. */
async function unseenByGlyphs(
  texts: readonly TextOnScreen[],
  unseen: readonly TextOnScreen[],
  chain: Chain,
): Promise<readonly Read[]> {
  const [lossless] = CHAINS;
  const reads: Read[] = [];
  for (const set of setsOf(unseen)) {
    const [first] = set;
    const kin = texts.filter((one) => one.gui === first?.gui && one.resolution === first.resolution);
    const taught = await all(kin, lossless ?? chain);
    const reader = readerOf(learnGlyphs(taught.map(({ of, pixels }) => ({ text: of.text, pixels }))));
    for (const { of, pixels } of await all(set, chain)) reads.push(readWith(reader, of, pixels));
  }
  return reads;
}

async function byTesseract(texts: readonly TextOnScreen[], chain: Chain): Promise<readonly Read[]> {
  const read = texts.filter(({ kind }, at) => kind !== 'label' || at % LABELS_READ === 0);
  const reads: Read[] = [];
  await using ocr = await openOcr({
    languages: ['eng', 'deu'],
    clock,
    ...(process.env.RESETBENCH_TESSDATA === undefined ? {} : { tessdata: process.env.RESETBENCH_TESSDATA }),
  });
  for await (const { of, pixels } of cutOut(read, chain)) {
    const start = performance.now();
    const request = of.kind === 'code' ? { characters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789' } : {};
    const { text, confidence } = await ocr.line(pixels, request);
    reads.push({ of, text, isSure: true, confidence, ms: performance.now() - start });
  }
  return reads;
}

/** Texts of one menu in one resolution. */
function setsOf(texts: readonly TextOnScreen[]): readonly (readonly TextOnScreen[])[] {
  const keys = new Set(texts.map(({ gui, resolution }) => `${gui} ${resolution}`));
  return [...keys].map((key) => texts.filter(({ gui, resolution }) => `${gui} ${resolution}` === key));
}

async function all(texts: readonly TextOnScreen[], chain: Chain) {
  const cut: { readonly of: TextOnScreen; readonly pixels: Pixels }[] = [];
  for await (const one of cutOut(texts, chain)) cut.push(one);
  return cut;
}

function rowsOf(way: string, chain: Chain, reads: readonly Read[]): readonly ReadingRow[] {
  return [...KINDS, 'all' as const].flatMap((kind) => {
    const own = reads.filter(({ of }) => kind === 'all' || of.kind === kind);
    if (own.length === 0) return [];
    const wanted = ({ of }: Read) => of.text.replace(/\s+/g, ' ').trim();
    const exact = own.filter((one) => one.isSure && one.text === wanted(one)).length;
    const wrong = own.filter((one) => one.isSure && one.text !== wanted(one)).length;
    const errors = own.reduce((sum, one) => sum + distance(one.text, wanted(one)), 0);
    const characters = own.reduce((sum, one) => sum + wanted(one).length, 0);
    const times = own.map(({ ms }) => ms).sort((a, b) => a - b);
    return {
      way,
      chain: chain.name,
      kind,
      lines: own.length,
      exact: exact / own.length,
      errors: errors / characters,
      wrong: wrong / own.length,
      ms: times[Math.floor(times.length / 2)] ?? Number.NaN,
    };
  });
}

/** Edit distance (Levenshtein). */
function distance(a: string, b: string): number {
  let line = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [row, letter] of [...a].entries()) {
    const next = [row + 1];
    for (let column = 1; column <= b.length; column += 1) {
      const [before = 0, above = 0, left = 0] = [line[column - 1], line[column], next[column - 1]];
      next.push(Math.min(before + (letter === b[column - 1] ? 0 : 1), above + 1, left + 1));
    }
    line = next;
  }
  return line[b.length] ?? 0;
}

if (import.meta.main) {
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  for (const row of await measureReading(await photographScreens()))
    console.log(
      [
        row.way.padEnd(25),
        row.chain.padEnd(14),
        row.kind.padEnd(8),
        `${row.lines} lines`,
        `exact ${percent(row.exact)}`,
        `character errors ${percent(row.errors)}`,
        `wrong without a doubt ${percent(row.wrong)}`,
        `${row.ms.toFixed(1)} ms`,
      ].join('  '),
    );
}
