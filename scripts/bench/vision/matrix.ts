// The cases of the QR bench: each way of capturing, at each size of a module, with payloads of each length.
import type { Box, Pixels } from '../../../harness/terms/frame.ts';
import { type Chain, captured } from './chain.ts';
import { seeded } from './random.ts';
import { liveView, screenWith } from './screen.ts';

export interface QrCase {
  /** Of the way of capturing. */
  readonly name: string;
  readonly perModule: number;
  readonly payload: string;
  readonly chain: Chain;
  readonly inverted: boolean;
  readonly pointer: boolean;
  readonly seed: number;
}

interface Way extends Chain {
  readonly name: string;
  readonly inverted?: true;
  readonly pointer?: true;
}

const PER_MODULE = [2, 3, 4, 6, 8] as const;
/** Lengths of payloads, bytes: from and to. */
const LENGTHS = [
  [60, 200],
  [200, 500],
  [500, 900],
] as const;

const jpeg = (quality: number, chroma: '4:4:4' | '4:2:0' = '4:2:0') => ({ jpeg: { quality, chroma } });

/** Each degradation by itself, then those that come together in one device. */
const WAYS: readonly Way[] = [
  { name: 'none' },
  ...[95, 80, 65, 50, 40, 30].map((quality) => ({ name: `JPEG ${quality}, 4:2:0`, ...jpeg(quality) })),
  { name: 'JPEG 60, 4:4:4', ...jpeg(60, '4:4:4') },
  ...[0.5, 0.8, 1.2].map((blur) => ({ name: `blur ${blur}`, blur })),
  ...[4, 8, 12].map((noise) => ({ name: `noise ${noise}`, noise })),
  ...[0.5, 1.6, 2.2].map((gamma) => ({ name: `gamma ${gamma}`, gamma })),
  { name: 'limited range', range: 'limited' },
  { name: 'clipped range', range: 'clipped' },
  { name: 'scaled to 720', scaledToHeight: 720 },
  { name: 'pointer', pointer: true },
  ...[0.7, 1.5, 3].map((degrees) => ({ name: `turned ${degrees}`, degrees })),
  { name: 'inverted', inverted: true },
  { name: 'good KVM', ...jpeg(90), noise: 2 },
  { name: 'good KVM, pointer', ...jpeg(90), noise: 2, pointer: true },
  { name: 'slow KVM', ...jpeg(40), blur: 0.6 },
  { name: 'cheap grabber', ...jpeg(70), scaledToHeight: 720, range: 'limited', noise: 3 },
  { name: 'cheap grabber, pointer', ...jpeg(70), scaledToHeight: 720, range: 'limited', pointer: true },
  { name: 'wrong range, dark', ...jpeg(80), range: 'limited', gamma: 2.2, noise: 8 },
  { name: 'wrong range, clipped', ...jpeg(60), range: 'clipped', gamma: 0.6 },
  { name: 'long cable', ...jpeg(75), blur: 1.2, noise: 6, gamma: 1.3 },
  { name: 'inverted, slow KVM', ...jpeg(40), blur: 0.6, inverted: true },
  { name: 'camera', ...jpeg(70), degrees: 2, blur: 1, noise: 8, gamma: 1.4 },
  { name: 'camera, inverted', ...jpeg(70), degrees: 1.2, blur: 0.8, noise: 5, inverted: true },
  { name: 'worst grabber', ...jpeg(40), scaledToHeight: 720, blur: 0.8, range: 'limited', noise: 10 },
];

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** All cases, the same for the same seed. */
export function qrCases(seed: number): readonly QrCase[] {
  const random = seeded(seed);
  return WAYS.flatMap(({ name, inverted = false, pointer = false, ...chain }) =>
    PER_MODULE.flatMap((perModule) =>
      LENGTHS.map(([from, to]): QrCase => {
        const length = from + Math.floor(random() * (to - from + 1));
        const payload = Array.from({ length }, () => LETTERS[Math.floor(random() * 64)]).join('');
        const own = Math.floor(random() * 2 ** 32);
        return { name, perModule, payload, chain, inverted, pointer, seed: own };
      }),
    ),
  );
}

/** The frame of a case, 1920x1080, and where its code was drawn. */
export interface QrFrame {
  readonly one: QrCase;
  readonly pixels: Pixels;
  /** Before the picture was turned, if it is. */
  readonly code: Box;
}

/** The frames of cases, one after the other. */
export async function* framesOf(cases: readonly QrCase[]): AsyncGenerator<QrFrame> {
  const backgrounds = [1, 2, 3].map(liveView);
  for (const [index, one] of cases.entries()) {
    const background = backgrounds[index % backgrounds.length];
    if (background === undefined) return;
    const screen = screenWith(background, { ...one, centred: one.chain.degrees !== undefined });
    const { pixels } = await captured(screen.pixels, one.chain, one.seed);
    yield { one, pixels, code: screen.code };
  }
}
