import sharp from 'sharp';
import type { Item, Pixels, Reading } from '../../terms/frame.ts';
import { decodePicture } from '../png.ts';

export const SIZE = { width: 800, height: 450 };
/** Size of the text, px. */
export const EM = 15;

/** A thing of a drawn dialog. Texts are runs of strokes of letters' size, one for each character but blanks. */
export type Drawn =
  | { readonly kind: 'text' | 'link'; readonly text: string; readonly x: number; readonly y: number }
  | {
      readonly kind: 'button';
      readonly text: string;
      readonly x: number;
      readonly y: number;
      readonly width: number;
    }
  | {
      readonly kind: 'field';
      readonly text: string;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly focused?: boolean;
    }
  | {
      readonly kind: 'checkbox' | 'radio';
      readonly text: string;
      readonly x: number;
      readonly y: number;
      readonly checked: boolean;
    }
  | {
      readonly kind: 'password';
      readonly count: number;
      readonly x: number;
      readonly y: number;
      readonly width: number;
    };

const PANEL = '#17181a';
const LETTER = 8;

/** Strokes in place of letters: no font need be there, and each character has a shape of its own. */
function strokes(text: string, x: number, y: number, colour: string): string {
  return [...text]
    .map((character, at) => {
      if (character === ' ') return '';
      const left = x + at * LETTER;
      const code = character.charCodeAt(0);
      const rows = [0, 4, 8].map((row, bit) =>
        ((code >> bit) & 1) === 1
          ? `<rect x="${left}" y="${y + row}" width="6" height="2" fill="${colour}"/>`
          : '',
      );
      const tall = (code >> 3) & 1;
      return `${rows.join('')}<rect x="${left + (tall === 1 ? 4 : 0)}" y="${y}" width="2" height="11" fill="${colour}"/>`;
    })
    .join('');
}

function draw(thing: Drawn): string {
  switch (thing.kind) {
    case 'text':
      return strokes(thing.text, thing.x, thing.y, '#dcdcdc');
    case 'link':
      return strokes(thing.text, thing.x, thing.y, '#4fc0b0');
    case 'button': {
      const inner = thing.x + (thing.width - thing.text.length * LETTER) / 2;
      return `<rect x="${thing.x}" y="${thing.y}" width="${thing.width}" height="30" fill="#34373a"/>${strokes(thing.text, inner, thing.y + 9, '#ececec')}`;
    }
    case 'password':
    case 'field': {
      const focused = thing.kind === 'field' && thing.focused === true;
      const content =
        thing.kind !== 'password'
          ? strokes(thing.text, thing.x + 8, thing.y + 9, '#dcdcdc')
          : Array.from(
              { length: thing.count },
              (_, at) =>
                `<circle cx="${thing.x + 12 + at * 7}" cy="${thing.y + 14}" r="2.2" fill="#dcdcdc"/>`,
            ).join('');
      return `<rect x="${thing.x + 0.5}" y="${thing.y + 0.5}" width="${thing.width - 1}" height="28" fill="#0b0c0d" stroke="${focused ? '#2f9e8f' : '#4a4d51'}"/>${content}`;
    }
    case 'checkbox': {
      const tick = thing.checked
        ? `<path d="M${thing.x + 3} ${thing.y + 7}l3 4 5-8" stroke="#43c3b1" stroke-width="2" fill="none"/>`
        : '';
      return `<rect x="${thing.x + 0.5}" y="${thing.y + 0.5}" width="13" height="13" fill="${PANEL}" stroke="#7b7e82"/>${tick}${strokes(thing.text, thing.x + 24, thing.y + 2, '#dcdcdc')}`;
    }
    case 'radio': {
      const dot = thing.checked
        ? `<circle cx="${thing.x + 7}" cy="${thing.y + 7}" r="4" fill="#43c3b1"/>`
        : '';
      return `<circle cx="${thing.x + 7}" cy="${thing.y + 7}" r="6.5" fill="${PANEL}" stroke="#9b9ea2"/>${dot}${strokes(thing.text, thing.x + 24, thing.y + 2, '#dcdcdc')}`;
    }
  }
}

function itemOf(thing: Drawn): Item {
  const { x, y } = thing;
  if (thing.kind === 'password')
    return {
      kind: 'field',
      text: '•'.repeat(thing.count),
      box: { x, y, width: thing.width, height: 29 },
      focused: false,
      concealed: true,
    };
  const width = thing.text.length * LETTER;
  if (thing.kind === 'text' || thing.kind === 'link')
    return { kind: thing.kind, text: thing.text, box: { x, y: y - 4, width, height: 20 } };
  if (thing.kind === 'checkbox' || thing.kind === 'radio')
    return {
      kind: thing.kind,
      text: thing.text,
      checked: thing.checked,
      box: { x, y: y - 8, width: width + 24, height: 30 },
    };
  const height = thing.kind === 'button' ? 30 : 29;
  if (thing.kind !== 'button' && thing.kind !== 'field') throw new Error(thing.kind);
  return {
    kind: thing.kind,
    text: thing.text,
    focused: thing.kind === 'field' && thing.focused === true,
    box: { x, y, width: thing.width, height },
  };
}

/** A dialog over a picture of a camera, drawn; and what a document would say of it. */
export async function drawScreen(
  things: readonly Drawn[],
  { moved = 0, title = 'Title' }: { readonly moved?: number; readonly title?: string } = {},
): Promise<{ readonly png: Uint8Array; readonly pixels: Pixels; readonly reading: Reading }> {
  const houses = Array.from(
    { length: 6 },
    (_, at) =>
      `<rect x="${20 + at * 130}" y="${120 - at * 9}" width="80" height="${100 + at * 9}" fill="rgb(${90 + at * 9},${80 + at * 4},${70 + at * 6})"/>` +
      Array.from(
        { length: 12 },
        (_window, n) =>
          `<rect x="${28 + at * 130 + (n % 4) * 18}" y="${130 - at * 9 + Math.floor(n / 4) * 24}" width="9" height="12" fill="#333"/>`,
      ).join(''),
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="#6f8a96"/><stop offset="1" stop-color="#8d9aa3"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#sky)"/><rect y="220" width="100%" height="230" fill="#4d5145"/>${houses.join('')}
    <rect x="${30 + moved}" y="380" width="40" height="20" fill="#4b5f78"/>
    <rect x="200.5" y="80.5" width="420" height="300" fill="${PANEL}" stroke="#4a4d51"/>
    <rect x="201" y="117" width="419" height="1" fill="#2b2d30"/>
    ${strokes(title, 220, 94, '#dcdcdc')}${things.map(draw).join('')}</svg>`;
  const png = await sharp(Buffer.from(svg)).removeAlpha().png().toBuffer();
  const titled: Drawn = { kind: 'text', text: title, x: 220, y: 94 };
  return {
    png,
    pixels: await decodePicture(png),
    reading: { ...SIZE, items: [titled, ...things].map(itemOf) },
  };
}

/** A form with a thing of each kind. */
export const FORM: readonly Drawn[] = [
  { kind: 'text', text: 'User Name', x: 220, y: 140 },
  { kind: 'field', text: '', x: 360, y: 130, width: 230 },
  { kind: 'text', text: 'Password', x: 220, y: 180 },
  { kind: 'field', text: '', x: 360, y: 170, width: 230, focused: true },
  { kind: 'checkbox', text: 'Reserve', x: 360, y: 215, checked: false },
  { kind: 'checkbox', text: 'Reserve', x: 360, y: 245, checked: true },
  { kind: 'radio', text: 'By mail', x: 220, y: 275, checked: true },
  { kind: 'radio', text: 'By code', x: 220, y: 300, checked: false },
  { kind: 'link', text: 'Forgot it', x: 500, y: 305 },
  { kind: 'button', text: 'OK', x: 400, y: 340, width: 90 },
  { kind: 'button', text: 'Cancel', x: 505, y: 340, width: 90 },
];
