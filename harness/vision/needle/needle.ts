import { HarnessError } from '../../terms/error.ts';
import type { Box, Pixels } from '../../terms/frame.ts';
import { type Model, modelOf } from './fit.ts';
import { DEFAULT_MARGIN, DEFAULT_MATCH, type NeedleArea, type NeedleFile } from './format.ts';
import { type Tint, tintOf } from './judge.ts';
import { LEVELS } from './search.ts';
import { type Templates, templatesOf } from './template.ts';

/** An area that must look alike, ready to be looked for. */
export interface PictureArea {
  readonly area: NeedleArea;
  /** Similarity asked for, 0..1. */
  readonly needed: number;
  /** px */
  readonly margin: number;
  readonly templates: Templates;
  readonly model: Model;
  readonly tint: Tint;
}
/** An area that must read alike. */
export interface TextArea {
  readonly area: NeedleArea;
  /** Similarity of the texts asked for, 0..1. */
  readonly needed: number;
}
/** A reference picture with its areas, ready to be looked for in frames. */
export interface Needle {
  readonly file: NeedleFile;
  readonly name: string;
  readonly tags: readonly string[];
  /** Size of the reference picture, px. */
  readonly width: number;
  readonly height: number;
  readonly pictures: readonly PictureArea[];
  readonly texts: readonly TextArea[];
}

/** Standard deviation of the smoothed luma below which an area is flat: it would be found on every empty wall. */
const LEAST_CONTRAST = 5;
/** Fewest px of an area that count. */
const LEAST_PIXELS = 64;

/** What helps where an area cannot be used. */
const CURES = {
  outside:
    'xpos, ypos, width and height are px of the picture beside the .json: check that it is the right one',
  empty: 'take an area with writing or an edge in it',
};

/**
 * Makes a needle of its file and its picture.
 * @throws HarnessError CONFIG_INVALID with every area that lies outside the picture, is too small, or has too little
 * in it to be told from anything else. What is excluded outside the picture excludes nothing.
 */
export function needleOf(file: NeedleFile, picture: Pixels): Needle {
  const problems: string[] = [];
  const cures = new Set<string>();
  const excluded = file.areas.filter((one) => one.kind === 'exclude').map((one) => one.box);
  const pictures: PictureArea[] = [];
  const texts: TextArea[] = [];
  for (const [at, area] of file.areas.entries()) {
    if (area.kind === 'exclude') continue;
    const wrong = (message: string, cure: keyof typeof CURES) => {
      problems.push(`${file.name}.json: area[${at}]: ${message}`);
      cures.add(CURES[cure]);
    };
    if (!isInside(area.box, picture)) {
      const { x, y, width, height } = area.box;
      const what = `${x},${y} ${width}x${height} lies outside its picture of ${picture.width}x${picture.height}`;
      wrong(what, 'outside');
      continue;
    }
    // As near to the decimal as a number can be, so that what is alike by as much is enough.
    const needed = Number(((area.match ?? DEFAULT_MATCH) / 100).toFixed(6));
    if (area.kind === 'ocr') {
      texts.push({ area, needed });
      continue;
    }
    const templates = templatesOf(picture, area.box, excluded, LEVELS);
    const [full] = templates;
    if (full.count < LEAST_PIXELS)
      wrong(`has ${full.count} px that count; at least ${LEAST_PIXELS} are needed`, 'empty');
    else if (full.contrast < LEAST_CONTRAST)
      wrong(
        `is flat (contrast ${full.contrast.toFixed(1)} of at least ${LEAST_CONTRAST}): it would match any empty place`,
        'empty',
      );
    pictures.push({
      area,
      needed,
      margin: area.margin ?? DEFAULT_MARGIN,
      templates,
      model: modelOf(picture, area.box, full),
      tint: tintOf(picture, area.box, full.used),
    });
  }
  if (problems.length > 0)
    throw new HarnessError('CONFIG_INVALID', problems.join('\n'), { hint: [...cures].join('; ') });
  const { name, tags } = file;
  return { file, name, tags, width: picture.width, height: picture.height, pictures, texts };
}

/** Whether a box lies inside a picture altogether. */
export function isInside(box: Box, { width, height }: { readonly width: number; readonly height: number }) {
  return box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
}
