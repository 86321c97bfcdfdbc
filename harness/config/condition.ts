import { z } from 'zod';
import { globs } from '../terms/globs.ts';
import { inRange, parseRange } from '../terms/range.ts';
import { parseFirmware } from '../terms/version.ts';

const patterns = z.array(z.string().min(1)).min(1);

/** Bounds of firmwares, as text. */
export const firmwareBounds = z
  .string()
  .refine(
    (text) => parseRange(text) !== undefined,
    'expected bounds like ">=V4.21.000 <V4.30.000" or "=V4.21.010"',
  );

/** On which recorders something holds; every named condition must. `*` stands for anything. */
export const condition = z
  .strictObject({
    model: patterns.optional(),
    dut: patterns.optional(),
    profile: patterns.optional(),
    family: patterns.optional(),
    gui: z
      .array(z.enum(['3.0', '4.0', 'lite']))
      .min(1)
      .optional(),
    kind: z.enum(['twin', 'hardware']).optional(),
    firmware: firmwareBounds.optional(),
  })
  .refine(
    (when) => Object.values(when).some((value) => value !== undefined),
    'expected at least one of model, dut, profile, family, gui, kind, firmware',
  );

/** What of a recorder a condition looks at. */
export interface ConditionFacts {
  readonly id: string;
  readonly model: string;
  readonly firmware: string;
  readonly profile: string;
  readonly kind: string;
  readonly family: string;
  readonly gui: string;
}

/** Whether a condition holds for a recorder. */
export function holdsFor(when: z.infer<typeof condition>, dut: ConditionFacts): boolean {
  const any = (wanted: readonly string[] | undefined, text: string) =>
    wanted === undefined || wanted.some((pattern) => globs(pattern, text));
  return (
    any(when.model, dut.model) &&
    any(when.dut, dut.id) &&
    any(when.profile, dut.profile) &&
    any(when.family, dut.family) &&
    (when.gui === undefined || when.gui.some((gui) => gui === dut.gui)) &&
    (when.kind === undefined || when.kind === dut.kind) &&
    (when.firmware === undefined || isWithin(dut.firmware, when.firmware))
  );
}

/** Whether a firmware lies within bounds; one that cannot be read does not. */
export function isWithin(firmware: string, bounds: string): boolean {
  const version = parseFirmware(firmware);
  const range = parseRange(bounds);
  return version !== undefined && range !== undefined && inRange(version, range);
}
