import type { Box, Frame, Item, Reading } from '../terms/frame.ts';
import { type MadeNeedle, makeNeedle } from '../vision/needle/make.ts';
import { matchNeedle } from '../vision/needle/match.ts';
import { sceneOf } from '../vision/needle/scene.ts';
import { decodePicture } from '../vision/png.ts';
import { says } from './look.ts';
import { LABEL_TAG } from './needles.ts';
import { type LabelBook, type Screens, screensOf } from './screens.ts';

/** A screen on the way of a reset, and the labels that are acted on there. */
export interface PathScreen {
  /** As baselines are named. */
  readonly screen: string;
  readonly labels: readonly string[];
  /** How a person brings it up. */
  readonly way: string;
}

/** The way of a reset, screen after screen. */
export const RESET_PATH: readonly PathScreen[] = [
  { screen: 'menu', labels: ['menu', 'logout'], way: 'Right click on the live view: its menu' },
  {
    screen: 'login',
    labels: ['forgotPassword', 'login', 'passwordLogin'],
    way: 'The login by password, with Forgot Password',
  },
  {
    screen: 'reset-methods',
    labels: ['byEmail', 'ok'],
    way: 'Forgot Password: the dialog that lists the ways to verify',
  },
  {
    screen: 'disclaimer',
    labels: ['next'],
    way: 'Verify by Reserved Email, OK: the disclaimer, if there is one',
  },
  {
    screen: 'reset-qr',
    labels: ['export', 'ok'],
    way: 'Next: the dialog with the QR and the field for the code',
  },
  { screen: 'new-password', labels: ['ok'], way: 'A right code, OK: the dialog for the new password' },
  { screen: 'message', labels: ['ok', 'yes', 'no'], way: 'Any message box' },
];

/** Needles that say so were written by a walk, and are replaced by the next one. */
export const LEARNED = 'learned';
/** References of one label on one screen, and needles altogether: each costs time on every frame. */
const REFERENCES = 2;
const MOST = 15;

interface Reference {
  readonly made: MadeNeedle;
  readonly label: string;
  /** Screens that it was found on again; and those on which it was found though its label was not there. */
  hits: number;
  misled: number;
}

/** Makes needles of what a reset acts on, from frames of which a document says what is where. */
export class NeedleSchool {
  readonly #labels: LabelBook;
  readonly #screens: Screens;
  /** By label and screen. */
  readonly #references = new Map<string, Reference[]>();
  constructor(labels: LabelBook) {
    this.#labels = labels;
    this.#screens = screensOf(labels);
  }

  /** Learns from a frame, and holds what was learned before against it. */
  async show(frame: Frame, reading: Reading): Promise<void> {
    const path = this.#pathOf(reading);
    if (path === undefined) return;
    const pixels = await decodePicture(frame.bytes);
    const scene = sceneOf(pixels);
    for (const one of [...this.#references.values()].flat())
      if (!this.#hasLabel(reading, one.label) && matchNeedle(scene, one.made.needle).kind === 'match')
        one.misled += 1;
    for (const label of path.labels) {
      const item = this.#itemOf(reading, label);
      if (item === undefined) continue;
      const key = `${label} ${path.screen}`;
      const known = this.#references.get(key) ?? [];
      this.#references.set(key, known);
      const again = known.find(({ made }) => matchNeedle(scene, made.needle).kind === 'match');
      if (again !== undefined) again.hits += 1;
      if (again !== undefined || known.length >= REFERENCES) continue;
      const name = needleName(label, path.screen, known.length);
      const tags = [`${LABEL_TAG}${label}`, `screen-${path.screen}`];
      const properties = [{ name: LEARNED, value: 'by a walk' }];
      const wish = { name, tags, box: areaOf(item), excluded: marksOf(item), properties };
      const made = await makeNeedle(pixels, wish);
      // Another copy of the twin may have shown the same meanwhile.
      if (
        made !== undefined &&
        known.length < REFERENCES &&
        !known.some((one) => one.made.needle.name === name)
      )
        known.push({ made, label, hits: 0, misled: 0 });
    }
  }

  /** The needles that never misled, those seen most often first. */
  needles(): readonly MadeNeedle[] {
    return [...this.#references.values()]
      .flat()
      .filter(({ misled }) => misled === 0)
      .sort((a, b) => b.hits - a.hits || (a.made.needle.name < b.made.needle.name ? -1 : 1))
      .slice(0, MOST)
      .map(({ made }) => made);
  }

  #hasLabel({ items }: Reading, label: string): boolean {
    return items.some(({ text }) => says(text, this.#labels[label] ?? []));
  }

  /** What says the label and can be acted on, where it is the only one that says it. */
  #itemOf({ items }: Reading, label: string): Item | undefined {
    const saying = items.filter(({ text }) => says(text, this.#labels[label] ?? []));
    const [item, ...more] = saying.filter(({ kind }) => ACTED_ON.has(kind));
    return item === undefined || more.length > 0 || item.enabled === false ? undefined : item;
  }

  #pathOf(reading: Reading): PathScreen | undefined {
    const name = screenName(this.#screens, reading, this.#labels);
    return RESET_PATH.find(({ screen }) => screen === name);
  }
}

const ACTED_ON: ReadonlySet<Item['kind']> = new Set(['button', 'link', 'option', 'radio', 'checkbox']);

/** Which screen of the way of a reset a reading is of. */
function screenName(screens: Screens, r: Reading, labels: LabelBook): string | undefined {
  if (screens.message(r) !== undefined) return 'message';
  if (screens.newPassword(r) !== undefined) return 'new-password';
  if (screens.resetQr(r) !== undefined) return 'reset-qr';
  if (screens.disclaimer(r) !== undefined) return 'disclaimer';
  if (screens.activation(r) !== undefined) return 'activation';
  if (screens.login(r) !== undefined) return 'login';
  if (screens.resetType(r) !== undefined) return 'reset-methods';
  return r.items.some(({ kind, text }) => ACTED_ON.has(kind) && says(text, labels.menu ?? []))
    ? 'menu'
    : undefined;
}

/** A name that files can have: `ok-reset-methods`, `ok-reset-methods-2`. */
export function needleName(label: string, screen: string, count: number): string {
  const name = `${label.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-${screen}`;
  return count === 0 ? name : `${name}-${count + 1}`;
}

/** Widest area, px: beyond a label lies nothing that tells it. */
const WIDEST = 360;

function areaOf({ box }: Item): Box {
  return { ...box, width: Math.min(box.width, WIDEST) };
}

/** The mark before a label that can be chosen: it changes. */
function marksOf({ kind, box }: Item): readonly Box[] {
  return kind === 'radio' || kind === 'checkbox' ? [{ ...box, width: box.height }] : [];
}
