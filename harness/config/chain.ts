import { z } from 'zod';
import { check, type Problem } from './problems.ts';
import { parseYaml } from './yaml.ts';

const height = z.int().min(120).max(2160);

/** What lies between a twin's picture and the JPEG of its KVM, where it is seen by pixels; as the emulator takes it. */
export const twinCapture = z.strictObject({
  quality: z.int().min(1).max(100).default(90),
  chroma: z.enum(['4:4:4', '4:2:0']).default('4:2:0'),
  /** The picture is scaled to this height, and back up. px */
  scaledToHeight: height.optional(),
  /** Standard deviation, of 255. */
  noise: z.number().min(0).max(64).optional(),
  gamma: z.number().min(0.2).max(5).optional(),
  range: z.enum(['full', 'limited']).optional(),
  keepOneIn: z.int().min(1).max(300).optional(),
  delayMs: z.number().min(0).max(10_000).optional(),
});

export type TwinCapture = z.infer<typeof twinCapture>;

/** Captures that have a name, from good to bad. */
export const CAPTURES = {
  good: { quality: 90, chroma: '4:2:0' },
  coarse: { quality: 40, chroma: '4:2:0' },
  scaled: { quality: 80, chroma: '4:2:0', scaledToHeight: 720 },
  limited: { quality: 80, chroma: '4:2:0', range: 'limited', gamma: 1.2 },
  noisy: { quality: 80, chroma: '4:2:0', noise: 6 },
  slow: { quality: 80, chroma: '4:2:0', keepOneIn: 6, delayMs: 200 },
} as const satisfies Readonly<Record<string, TwinCapture>>;

/** Reads a capture that stands in a file of its own; every problem at once. */
export function parseCapture(
  file: string,
  text: string,
): { readonly capture?: TwinCapture; readonly problems: readonly Problem[] } {
  const parsed = parseYaml(file, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const { value, problems } = check(parsed.yaml, twinCapture);
  return value === undefined ? { problems } : { capture: value, problems };
}
