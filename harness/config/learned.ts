import { z } from 'zod';

const finite = z.number().min(-1e6).max(1e6);
const size = z.number().min(0).max(100_000);
const colour = z.tuple([finite, finite, finite]);
const meaning = z.looseObject({
  kind: z.enum([
    'text',
    'button',
    'link',
    'field',
    'checkbox',
    'radio',
    'option',
    'image',
    'window',
    'nothing',
  ]),
});
const bearings = z.object({ before: finite, after: finite });
const glyph = z
  .object({
    text: z.string(),
    width: z.int().min(0).max(4_096),
    height: z.int().min(0).max(4_096),
    top: finite,
  })
  .and(z.object({ ink: z.array(z.number().min(0).max(255)) }))
  .refine(({ width, height, ink }) => ink.length === width * height);
const look = z.object({
  schema: z.literal(1),
  width: size,
  height: size,
  em: z.number().positive().max(1_000),
  boxes: z.array(
    z.object({
      width: size,
      height: size,
      fill: z.tuple([colour, colour, colour]),
      edge: colour,
      around: colour,
      inked: finite,
      round: z.boolean(),
      mark: z.boolean(),
      is: meaning,
    }),
  ),
  lines: z.array(z.object({ ground: colour, ink: colour, listed: z.boolean().optional(), is: meaning })),
  letters: z.object({
    version: z.literal(1),
    styles: z.array(
      z.object({
        glyphs: z.array(glyph),
        bearings: z.record(z.string(), bearings),
        usual: bearings,
        space: finite,
      }),
    ),
  }),
});

const decision = z.object({
  decision: z.enum(['approved', 'rejected']),
  sha256: z.string(),
  source: z.string(),
  model: z.string(),
  firmware: z.string(),
  run: z.string(),
  at: z.string(),
  reviewer: z.string().optional(),
  reason: z.string().optional(),
  dut: z.string().optional(),
  ranBy: z.string().optional(),
  commit: z.string().optional(),
});
const baseline = z.object({
  source: z.string().optional(),
  model: z.string().optional(),
  firmware: z.string().optional(),
  run: z.string().optional(),
  approvedAt: z.string().optional(),
  sha256: z.string().optional(),
  decisions: z.array(decision).optional(),
});

/** Whether the JSON of a learned look has the shape of one (`harness/terms/look.ts`), its letters included. */
export function isLook(value: unknown): boolean {
  return look.safeParse(value).success;
}

/** Whether the JSON beside an approved picture has the shape of what is kept there. */
export function isBaselineFacts(value: unknown): boolean {
  return baseline.safeParse(value).success;
}
