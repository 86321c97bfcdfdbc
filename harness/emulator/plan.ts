import { z } from 'zod';
import type { EmulatorPlan } from '../wire/emulator.ts';
import { readBrand } from './brand/read.ts';
import { DEFECT_IDS } from './defects.ts';
import { TABLES } from './gui/text/texts.ts';
import { kvmPlan } from './kvm/chain-schema.ts';
import { THRESHOLDS } from './recorder/firmware.ts';
import { checkEmail } from './recorder/rules.ts';

const recorder = z
  .strictObject({
    id: z.string().min(1),
    family: z.string().min(1),
    model: z.string().min(1),
    firmware: z.string().regex(/^V\d+\.\d+\.\d+$/, 'expected a version like V4.21.000'),
    build: z.string(),
    gui: z.enum(['3.0', '4.0', 'lite']),
    language: z.string().regex(/^[a-z]{2}$/, 'expected a language like de'),
    resolution: z.enum(['1024x768', '1280x720', '1920x1080']),
    serialNumber: z.string().min(1).optional(),
    adminPassword: z.string().min(1).optional(),
    reservedEmail: z
      .string()
      .refine((address) => checkEmail(address).ok, 'expected an e-mail address that the recorder takes')
      .optional(),
    namespace: z.enum(['hikvision', 'isapi']).optional(),
    digest: z
      .array(z.enum(['MD5', 'SHA-256']))
      .min(1)
      .optional(),
    brand: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'expected the name of a file in harness/emulator/brands')
      .optional(),
    defects: z.array(z.enum(DEFECT_IDS)).optional(),
    pace: z.enum(['usual', 'jittery']).optional(),
    bootMs: z.number().min(0).max(600_000).optional(),
    kvm: kvmPlan.optional(),
  })
  .refine((plan) => plan.reservedEmail === undefined || plan.adminPassword !== undefined, {
    path: ['reservedEmail'],
    message: 'expected an adminPassword beside it: an inactive recorder has no reserved email',
  });
const emulator = z.strictObject({
  smtp: z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) }),
  recorders: z.array(recorder).min(1),
  seed: z.int().optional(),
});

/** A plan, or every problem in it as `source: path: what was expected`. */
export type PlanReading = { readonly plan: EmulatorPlan } | { readonly problems: readonly string[] };

/**
 * Reads and checks a plan.
 * @param source where the text comes from; every problem begins with it
 */
export function readPlan(text: string, source: string): PlanReading {
  if (text.trim() === '') return { problems: [`${source}: expected a plan, found nothing`] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problems: [`${source}: not JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const read = emulator.safeParse(value);
  if (!read.success) {
    const { issues } = read.error;
    return { problems: issues.map(({ path, message }) => `${source}: ${placeOf(path)}: ${message}`) };
  }
  const { recorders } = read.data;
  const problems = (['id', 'serialNumber'] as const).flatMap((key) =>
    recorders.flatMap((one, at) => {
      const first = recorders.findIndex((other) => one[key] !== undefined && other[key] === one[key]);
      if (first === -1 || first === at) return [];
      return [`${source}: recorders[${at}].${key}: ${one[key]} is recorders[${first}]'s already`];
    }),
  );
  for (const [at, recorder] of recorders.entries())
    problems.push(...strange(recorder).map((problem) => `${source}: recorders[${at}].${problem}`));
  // Absent and undefined mean the same to everybody who reads a plan.
  return problems.length > 0 ? { problems } : { plan: read.data as EmulatorPlan };
}

/** What is wrong with a recorder's brand, and what it lacks for a family and a language that are not the house's. */
function strange({ brand: name, family, language }: z.infer<typeof recorder>): readonly string[] {
  const read = readBrand(name);
  if ('problems' in read) return read.problems.map((problem) => `brand: ${problem}`);
  const { threshold, texts } = read.brand;
  const families = Object.keys(THRESHOLDS);
  const languages = Object.keys(TABLES);
  return [
    ...(threshold !== undefined || families.includes(family)
      ? []
      : [`family: expected ${families.join(', ')}, or a brand with the threshold of ${family}`]),
    ...(texts[language] !== undefined || languages.includes(language)
      ? []
      : [`language: expected ${languages.join(', ')}, or a brand with the texts of ${language}`]),
  ];
}

/** `recorders[0].gui`. */
function placeOf(path: readonly PropertyKey[]): string {
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return place.replace(/^\./, '') || 'plan';
}
