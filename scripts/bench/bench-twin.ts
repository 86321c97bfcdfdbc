// The healthy twin of benches and fault matrices.
import { readFileSync } from 'node:fs';
import type { TwinConfig } from '../../harness/config/devices.ts';
import { type Profile, parseProfile } from '../../harness/config/profile.ts';

/** A profile of the suite by its name. @throws Error where there is none */
export function profileOf(name: string): Profile {
  const { profile } = parseProfile(name, (one) =>
    readFileSync(new URL(`../../suites/profiles/${one}.yaml`, import.meta.url), 'utf8'),
  );
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return profile;
}

/** A recorder of the default inventory's kind that has every function; it needs no wizard, and boots at once. */
export function benchTwin(id: string) {
  return {
    id,
    kind: 'twin',
    profile: 'nvr',
    model: 'DS-7616NI-K2',
    firmware: 'V4.30.097',
    build: 'build 240401',
    start: 'active',
    resolution: '1280x720',
    language: 'en',
    digest: ['MD5'],
    namespace: 'hikvision',
    bootMs: 300,
    pace: 'usual',
    scanner: 'relay',
  } satisfies TwinConfig;
}
