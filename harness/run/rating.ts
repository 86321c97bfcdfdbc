import type { DutConfig } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';
import type { Requirement } from '../config/requirements.ts';
import type { CaseDefinition, Extra } from '../kit/case.ts';
import { extrasOf, whyNot } from './plan.ts';

/** Ports that every case needs. */
export type CommonPort = 'display' | 'http' | 'mailbox' | 'scanner' | 'safety';

/** Whether a requirement can be judged on a bench. */
export type Rated =
  | { readonly requirement: string; readonly is: 'fit' }
  | { readonly requirement: string; readonly is: 'not-applicable'; readonly why: string }
  | {
      readonly requirement: string;
      readonly is: 'unfit';
      /** Ports that the bench does not have. */
      readonly absent: readonly string[];
      /** Ports that it has, and that do not work. */
      readonly broken: readonly string[];
    };

/**
 * Rates a bench, requirement by requirement: what its recorder's model, menu and firmware ask for, and its ports allow.
 * @param broken ports that were looked at, and do not work
 * @param attended somebody can be asked
 */
export function rateBench({
  dut: { config, profile },
  requirements,
  cases,
  broken,
  attended,
}: {
  readonly dut: { readonly config: DutConfig; readonly profile: Profile };
  readonly requirements: readonly Requirement[];
  readonly cases: readonly CaseDefinition[];
  readonly broken: ReadonlySet<CommonPort | Extra>;
  readonly attended: boolean;
}): readonly Rated[] {
  const extras = extrasOf(config, attended);
  const common = [...broken].filter((port) => COMMON.has(port));
  return requirements.map((requirement): Rated => {
    const { id } = requirement;
    const why = whyNot(requirement, config, profile);
    if (why !== undefined) return { requirement: id, is: 'not-applicable', why };
    const definition = cases.find((one) => one.id === id);
    if (definition === undefined)
      return { requirement: id, is: 'not-applicable', why: 'no suite holds a case for it yet' };
    if (definition.needsHardware !== undefined && config.kind === 'twin')
      return { requirement: id, is: 'unfit', absent: ['hardware'], broken: [] };
    const needed = definition.with ?? [];
    const absent = needed.filter((port) => !extras.has(port));
    const dead = [...common, ...needed.filter((port) => extras.has(port) && broken.has(port))];
    if (absent.length === 0 && dead.length === 0) return { requirement: id, is: 'fit' };
    return { requirement: id, is: 'unfit', absent, broken: dead };
  });
}

const COMMON: ReadonlySet<string> = new Set<CommonPort>(['display', 'http', 'mailbox', 'scanner', 'safety']);
