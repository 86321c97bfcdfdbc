import { z } from 'zod';
import type { EmulatorPlan } from '../wire/emulator.ts';

const recorder = z
  .strictObject({
    id: z.string().min(1),
    family: z.enum(['dvr-k', 'hghi-f', 'nvr']),
    model: z.string().min(1),
    firmware: z.string().regex(/^V\d+\.\d+\.\d+$/, 'expected a version like V4.21.000'),
    build: z.string(),
    gui: z.enum(['3.0', '4.0', 'lite']),
    language: z.enum(['en', 'de', 'fr', 'es', 'pl']),
    resolution: z.enum(['1024x768', '1280x720', '1920x1080']),
    serialNumber: z.string().min(1).optional(),
    adminPassword: z.string().min(1).optional(),
    reservedEmail: z.string().optional(),
    namespace: z.enum(['hikvision', 'isapi']).optional(),
    digest: z
      .array(z.enum(['MD5', 'SHA-256']))
      .min(1)
      .optional(),
    bootMs: z.number().min(0).optional(),
  })
  .refine((plan) => plan.reservedEmail === undefined || plan.adminPassword !== undefined, {
    path: ['reservedEmail'],
    message: 'expected an adminPassword beside it: an inactive recorder has no reserved email',
  });
const emulator = z.strictObject({
  smtp: z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) }),
  recorders: z.array(recorder).min(1),
  seed: z.number().optional(),
});

/** A plan, or every problem in it as `path: what was expected`. */
export function readPlan(
  text: string,
): { readonly plan: EmulatorPlan } | { readonly problems: readonly string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problems: [`not JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const read = emulator.safeParse(value);
  if (!read.success)
    return {
      problems: read.error.issues.map(({ path, message }) => `${path.join('.') || 'plan'}: ${message}`),
    };
  const ids = read.data.recorders.map(({ id }) => id);
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (twice.length > 0) return { problems: twice.map((id) => `recorders: two with the id ${id}`) };
  // Absent and undefined mean the same to everybody who reads a plan.
  return { plan: read.data as EmulatorPlan };
}
