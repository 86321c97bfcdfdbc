import type { TwinConfig } from '../config/devices.ts';
import type { Profile } from '../config/profile.ts';

/** The second recorder of twins: its id, and its model. */
export const PARTNER = 'resetbench-partner';
export const PARTNER_MODEL = 'DS-7616NI-K2';

/** Copies have names that no DUT of the inventory has. */
export function copyId(id: string, copy: number): string {
  return copy === 1 ? id : `${id}+${copy}`;
}

/** The DUT that a copy of it, or it itself, is known by. */
export function originalOf(id: string): string {
  return id.replace(/\+\d+$/, '');
}

/** What the emulator is told of a twin. */
export function recorderPlan(config: TwinConfig, profile: Profile, adminPassword: string | undefined) {
  const { id, model, firmware, build, language, resolution, namespace, digest, bootMs, pace, brand } = config;
  return {
    id,
    family: profile.family,
    model,
    firmware,
    build,
    gui: profile.gui,
    language,
    resolution,
    namespace,
    digest,
    bootMs,
    pace,
    ...(brand === undefined ? {} : { brand }),
    ...(adminPassword === undefined ? {} : { adminPassword }),
  };
}

/** What the emulator is told of the second recorder. @param first a twin of the run; the partner is like it, and speaks English */
export function partnerPlan(
  first: { readonly config: TwinConfig; readonly profile: Profile },
  { password, address }: { readonly password: string | undefined; readonly address: string },
) {
  const config = {
    ...first.config,
    ...({ id: PARTNER, kind: 'twin', start: 'active' } as const),
    brand: undefined,
    language: 'en',
    firmware: 'V4.30.097',
    model: PARTNER_MODEL,
  };
  const profile = { ...first.profile, family: 'nvr', gui: '4.0' } as const;
  return { ...recorderPlan(config, profile, password), reservedEmail: address };
}
