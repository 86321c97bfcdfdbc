import { z } from 'zod';

const height = z.int().min(120).max(2160);

/** A `CaptureChain` of the wire. */
export const captureChain = z.strictObject({
  quality: z.int().min(1).max(100),
  chroma: z.enum(['4:4:4', '4:2:0']),
  scaledToHeight: height.optional(),
  outputHeight: height.optional(),
  noise: z.number().min(0).max(64).optional(),
  gamma: z.number().min(0.2).max(5).optional(),
  range: z.enum(['full', 'limited']).optional(),
  keepOneIn: z.int().min(1).max(300).optional(),
  delayMs: z.number().min(0).max(10_000).optional(),
  frozen: z.union([z.boolean(), z.literal('unnoticed')]).optional(),
  noSignal: z.boolean().optional(),
});

/** A `KvmPlan` of the wire; user and password as kvmd takes them. */
export const kvmPlan = z.strictObject({
  user: z
    .string()
    .regex(/^[a-z_]([a-z0-9@._-]*[a-z0-9_-])?$/, 'expected a name in small letters, as kvmd takes them'),
  password: z.string().regex(/^[\x20-\x7e]+$/, 'expected printable ASCII'),
  chain: captureChain.optional(),
  streamer: z.enum(['on-demand', 'forever']).optional(),
});
