import type { DutConfig } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';
import type { Requirement } from '../config/requirements.ts';
import type { CaseDefinition, Extra } from '../kit/case.ts';
import type { NotRunRecord } from '../terms/record.ts';
import { compareFirmware, parseFirmware } from '../terms/version.ts';

/** A recorder with what its profile claims. */
export interface PlannedDut {
  readonly config: DutConfig;
  readonly profile: Profile;
  /** In the order in which they will run. */
  readonly cases: readonly { readonly requirement: Requirement; readonly definition: CaseDefinition }[];
}
/** What a run will do, and what it won't, with the reason. */
export interface Plan {
  readonly duts: readonly PlannedDut[];
  readonly requirements: readonly Requirement[];
  readonly notRun: readonly NotRunRecord[];
}

const STATES = ['inactive', 'active', 'reserved'] as const;

/** The ports beyond the common ones that a recorder's bench has. @param attended somebody can be asked */
export function extrasOf(config: DutConfig, attended = false): ReadonlySet<Extra> {
  const person: readonly Extra[] = attended ? ['operator'] : [];
  const scanner = config.kind === 'twin' ? config.scanner : config.scanner?.driver;
  const mail: readonly Extra[] = scanner === 'recovery-mail' ? ['recovery-mail'] : [];
  if (config.kind === 'twin')
    return new Set(['power', 'serial', 'usb', 'network', 'sadp', 'partner', 'time', ...mail, ...person]);
  const { serial, power } = config;
  const console: readonly Extra[] = serial === undefined ? [] : ['serial'];
  // A soft reboot is no power cut.
  const cuts: readonly Extra[] = power === undefined || power.driver === 'isapi' ? [] : ['power'];
  return new Set([...console, ...cuts, ...mail, ...person]);
}

/** Requirements times recorders. Every pair is either planned or named with the reason why not. */
export function makePlan(input: {
  readonly duts: readonly { readonly config: DutConfig; readonly profile: Profile }[];
  readonly requirements: readonly Requirement[];
  readonly cases: readonly CaseDefinition[];
  readonly selected: (requirement: string) => boolean;
  /** Somebody can be asked: a person, or a file of answers. */
  readonly attended?: boolean;
}): Plan {
  const notRun: NotRunRecord[] = [];
  const byId = new Map(input.cases.map((definition) => [definition.id, definition]));
  const duts = input.duts.map(({ config, profile }) => {
    const planned = input.requirements.flatMap((requirement) => {
      const skip = (why: NotRunRecord['why'], reason: string, lacks?: Extra) => {
        const line = { dut: config.id, requirement: requirement.id, why, reason };
        notRun.push(lacks === undefined ? line : { ...line, lacks });
        return [];
      };
      const unfit = whyNot(requirement, config, profile);
      if (unfit !== undefined) return skip('not-applicable', unfit);
      const definition = byId.get(requirement.id);
      if (definition === undefined) return skip('no-case', 'no suite holds a case for it yet');
      if (definition.needsHardware !== undefined && config.kind === 'twin')
        return skip('not-applicable', `needs: hardware: ${definition.needsHardware}`);
      const lacking = (definition.with ?? []).find((extra) => !extrasOf(config, input.attended).has(extra));
      if (lacking !== undefined) return skip('not-applicable', lackOf(lacking, config), lacking);
      if (!input.selected(requirement.id)) return skip('not-selected', 'left out by the selection');
      return [{ requirement, definition }];
    });
    const cases = [...planned].sort(
      (a, b) => STATES.indexOf(a.definition.needs) - STATES.indexOf(b.definition.needs),
    );
    return { config, profile, cases };
  });
  return { duts, requirements: input.requirements, notRun };
}

function lackOf(extra: Extra, config: DutConfig): string {
  const isThere = extra === 'power' && config.kind === 'hardware' && config.power !== undefined;
  return isThere ? "bench's power cuts nothing" : `bench has no ${extra}`;
}

/** The condition of a requirement that does not hold for a recorder, with the facts; undefined when all hold. */
export function whyNot(
  { applies }: Pick<Requirement, 'applies'>,
  config: Pick<DutConfig, 'firmware'>,
  profile: Pick<Profile, 'threshold' | 'gui' | 'family' | 'hasDisclaimer'>,
): string | undefined {
  const own = parseFirmware(config.firmware);
  const threshold = parseFirmware(profile.threshold);
  if (applies.firmware !== undefined && own !== undefined && threshold !== undefined) {
    const side = compareFirmware(own, threshold) >= 0 ? 'at-or-above-threshold' : 'below-threshold';
    if (side !== applies.firmware)
      return `firmware: ${applies.firmware} is false: ${config.firmware} is ${side === 'below-threshold' ? 'below' : 'not below'} ${profile.threshold}`;
  }
  if (applies.gui !== undefined && !applies.gui.includes(profile.gui))
    return `gui: [${applies.gui.join(', ')}] is false: GUI ${profile.gui}`;
  if (applies.family !== undefined && !applies.family.includes(profile.family))
    return `family: [${applies.family.join(', ')}] is false: family ${profile.family}`;
  if (applies.disclaimer !== undefined && applies.disclaimer !== profile.hasDisclaimer)
    return `disclaimer: ${applies.disclaimer} is false: the profile says ${profile.hasDisclaimer ? 'there is one' : 'there is none'}`;
  return undefined;
}

/** Suites whose cases test no requirement, or one that another case tests already. */
export function caseProblems(
  cases: readonly CaseDefinition[],
  requirements: readonly Requirement[],
): readonly string[] {
  const known = new Set(requirements.map(({ id }) => id));
  const seen = new Set<string>();
  return cases.flatMap(({ id }) => {
    const twice = seen.has(id);
    seen.add(id);
    if (!known.has(id))
      return [`${id}: a case for a requirement that suites/requirements.yaml does not have`];
    return twice ? [`${id}: two cases for one requirement`] : [];
  });
}
