import { readFile, stat } from 'node:fs/promises';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import type { Pixels } from '../terms/frame.ts';
import { oneLine } from '../terms/printable.ts';
import {
  type AreaFound,
  clickOf,
  type Match,
  matchNeedle,
  type NearMiss,
  percent,
  type ReadText,
  seek,
} from '../vision/needle/match.ts';
import type { Needle } from '../vision/needle/needle.ts';
import { sceneOf } from '../vision/needle/scene.ts';
import { openOcr } from '../vision/ocr/ocr.ts';
import { decodePicture } from '../vision/png.ts';
import { type Command, EXIT } from './args.ts';
import { leftOutLines, loadNeedle, loadNeedles, type NeedleFolder } from './needle-files.ts';

/** `resetbench needle match`: any needle of openQA's format on any picture of a screen. */
export const needleMatch: Command = {
  name: 'needle match',
  summary: 'Tell whether a needle in the format of openQA matches a picture of a screen, and where.',
  positionals: 'NEEDLE SCREEN',
  options: {
    json: { type: 'boolean', help: 'one object' },
    search: { type: 'boolean', help: 'look in the whole picture, not only within the margin of the needle' },
    language: {
      type: 'string',
      value: 'LIST',
      help: 'of text areas, as Tesseract names it (default: eng)',
    },
  },
  examples: [
    ['resetbench needle match login.json screen.png', 'login.png lies beside login.json'],
    ['resetbench needle match needles/ screen.png', 'the best of a folder; the others are told with scores'],
    ['resetbench needle match login.json screen.png --search --json', 'anywhere, for programs'],
  ],
  async run(args) {
    const [from, screen, ...more] = args.positionals;
    if (from === undefined || screen === undefined || more.length > 0)
      throw new HarnessError('USAGE', 'needle match takes a needle and a picture', {
        hint: 'see `resetbench needle match --help`',
      });
    const { needles, leftOut } = await needlesOf(from);
    const pixels = await pictureOf(screen);
    const options = args.flag('search') ? { margin: 'everywhere' as const } : {};
    // The first time that code runs it is slower than ever after.
    for (const one of needles) matchNeedle(sceneOf(pixels), one, options);
    await using reader = await readerFor(needles, (args.text('language') ?? 'eng').split(','));
    const begun = performance.now();
    const { match, others } = await seek(sceneOf(pixels), needles, { ...options, ...reader.options });
    const milliseconds = performance.now() - begun;
    const [best, ...rest] = match === undefined ? others : [match, ...others];
    if (best === undefined)
      throw new HarnessError('CONFIG_MISSING', `${from} holds no needle`, {
        hint: 'a needle is two files of one name: NAME.json and NAME.png; they may lie in folders below',
      });
    const told = { ...toldOf(best, pixels), screen, milliseconds };
    if (args.flag('json')) {
      const others = rest.map((one) => toldOf(one, pixels));
      console.log(JSON.stringify({ ...told, others, leftOut }, rounded, 2));
    } else
      console.log([...linesOf(told), ...rest.map(lineOf), ...leftOutLines(leftOut).map(oneLine)].join('\n'));
    return match === undefined ? EXIT.nonConformant : EXIT.conformant;
  },
};

async function needlesOf(path: string): Promise<NeedleFolder> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return loadNeedles(path);
  if (found === undefined && !/\.json$/i.test(path))
    throw new HarnessError('CONFIG_MISSING', `${path} is not there`, {
      hint: 'name a needle by its .json file, or a folder of needles',
    });
  return { needles: [await loadNeedle(path)], leftOut: [] };
}

async function pictureOf(file: string): Promise<Pixels> {
  const hint = 'give the picture of a screen: a PNG, a JPEG or a WebP';
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw new HarnessError('CONFIG_MISSING', `${file} is not there`, { hint });
  if (found.isDirectory())
    throw new HarnessError('CONFIG_MISSING', `${file} is a folder, and no picture`, { hint });
  try {
    return await decodePicture(await readFile(file));
  } catch (cause) {
    const why = cause instanceof HarnessError ? cause.message : 'it cannot be read';
    throw new HarnessError('CONFIG_MISSING', `${file} is no picture: ${why}`, { cause, hint });
  }
}

/** Tesseract, where any needle has a text to read. */
async function readerFor(
  needles: readonly Needle[],
  languages: readonly string[],
): Promise<AsyncDisposable & { readonly options: { readonly readText?: ReadText } }> {
  if (needles.every(({ texts }) => texts.length === 0))
    return { options: {}, [Symbol.asyncDispose]: async () => undefined };
  const tessdata = process.env.RESETBENCH_TESSDATA;
  const ocr = await openOcr({
    languages,
    clock: systemClock,
    ...(tessdata === undefined ? {} : { tessdata }),
  });
  return {
    options: { readText: async (part) => (await ocr.block(part)).text },
    [Symbol.asyncDispose]: () => ocr[Symbol.asyncDispose](),
  };
}

/** What became of one needle, as programs get it. */
function toldOf(found: Match | NearMiss, pixels: Pixels) {
  const { needle, similarity, areas } = found;
  const [first] = areas;
  const isOther = needle.width !== pixels.width || needle.height !== pixels.height;
  return {
    needle: needle.name,
    tags: needle.tags,
    match: found.kind === 'match',
    score: similarity,
    /** Of the first area: where it lies, or came nearest. */
    place: first === undefined ? null : { x: first.box.x, y: first.box.y },
    click: found.kind === 'match' ? (clickOf(found) ?? null) : null,
    clicks: found.kind === 'match' ? found.clicks : {},
    why: found.kind === 'match' ? null : found.why,
    areas: areas.map(areaOf),
    notices: [
      ...needle.file.notices,
      ...(isOther
        ? [
            `the needle is of ${needle.width}x${needle.height}, the screen of ${pixels.width}x${pixels.height}; neither is scaled`,
          ]
        : []),
    ],
  };
}

function areaOf({ kind, box, similarity, needed, ok, likeness, read }: AreaFound) {
  return {
    kind,
    box,
    match: ok,
    score: similarity,
    needed,
    ...(likeness === undefined ? {} : { figures: likeness }),
    ...(read === undefined ? {} : { read }),
  };
}

type Told = ReturnType<typeof toldOf> & { readonly milliseconds: number };

function linesOf({
  needle,
  match,
  score,
  click,
  areas,
  why,
  notices,
  milliseconds,
}: Told): readonly string[] {
  return [
    `${match ? 'match' : 'no match'}: ${oneLine(needle)}, score ${inShort(score)}, ${milliseconds.toFixed(1)} ms`,
    ...areas.map(({ kind, box, score: own, needed, match: ok, read }) => {
      const place = `${box.x},${box.y} ${box.width}x${box.height}`;
      const text = read === undefined ? '' : `, reads "${oneLine(read)}"`;
      return `  ${ok ? 'ok  ' : 'miss'} ${kind === 'ocr' ? 'text' : 'picture'} at ${place}: ${percent(own)} of ${percent(needed)}${text}`;
    }),
    ...(click === null ? [] : [`  click at ${click.x},${click.y}`]),
    ...(why === null ? [] : [`  ${oneLine(why)}`]),
    ...notices.map((notice) => `  notice: ${oneLine(notice)}`),
  ];
}

function lineOf(found: Match | NearMiss): string {
  return `${found.kind === 'match' ? 'also a match' : 'no match'}: ${oneLine(found.needle.name)}, score ${inShort(found.similarity)}`;
}

/** A mean, which nothing is decided by. */
function inShort(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** Thousandths are enough for every figure. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
