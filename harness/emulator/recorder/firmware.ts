import { createHash } from 'node:crypto';
import type { DigestAlgorithm, RecorderPlan } from '../../wire/emulator.ts';
import type { Brand } from '../brand/brand.ts';

/** First firmware with the reserved-email function, per family (vendor flyer "Simple steps to reset your password"). */
export const THRESHOLDS: Readonly<Record<string, string>> = {
  'dvr-k': 'V4.2.00',
  'hghi-f': 'V3.4.89',
  nvr: 'V4.21.000',
};

/** `V4.21.000` as numbers. @throws Error when it is no version. */
export function parseVersion(version: string): readonly [number, number, number] {
  const match = /^V(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (!match) throw new Error(`not a firmware version: ${version}`);
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** Negative, 0 or positive, comparing numerically part by part. */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** @throws Error for a family that neither the house nor its maker knows. */
function thresholdOf(family: string, own: string | undefined): string {
  const threshold = own ?? THRESHOLDS[family];
  if (threshold === undefined) throw new Error(`no threshold is known of the family ${family}`);
  return threshold;
}

/** Exactly the first firmware with the function: the family's, or the `own` of a maker. */
export function isThreshold(family: string, firmware: string, own?: string): boolean {
  return compareVersions(firmware, thresholdOf(family, own)) === 0;
}

/** At or above the threshold: the family's, or the `own` of a maker. */
export function supportsReservedEmail(family: string, firmware: string, own?: string): boolean {
  return compareVersions(firmware, thresholdOf(family, own)) >= 0;
}

/**
 * Whether `Security/capabilities` carries the node isSupportSecurityEmail. On recorded answers it is missing on most
 * recorders that have the function: here it appears from V4.70 on for DVRs, and not before V4.62 for NVRs.
 */
export function announcesReservedEmail(family: string, firmware: string, own?: string): boolean {
  if (!supportsReservedEmail(family, firmware, own)) return false;
  return compareVersions(firmware, family === 'nvr' ? 'V4.62.000' : 'V4.70.000') >= 0;
}

/** What a recorder is, apart from its state. */
export interface Identity {
  readonly model: string;
  readonly serialNumber: string;
  readonly firmware: string;
  readonly build: string;
  readonly macAddress: string;
  readonly deviceType: 'DVR' | 'NVR';
  readonly channels: number;
  readonly digest: readonly DigestAlgorithm[];
  /** Realm of the digest authentication, 24 hex digits. */
  readonly realm: string;
  readonly namespace: 'hikvision' | 'isapi';
}

/** Identity from the plan: the same plan gives the same unit. */
export function identify(plan: RecorderPlan, brand: Pick<Brand, 'deviceType'> = {}): Identity {
  const hash = createHash('sha256').update(`${plan.model}\n${plan.id}`).digest('hex');
  const digits = (from: number, count: number) =>
    (BigInt(`0x${hash.slice(from, from + 16)}`) % 10n ** BigInt(count)).toString().padStart(count, '0');
  const deviceType = brand.deviceType ?? (plan.family === 'nvr' ? 'NVR' : 'DVR');
  const made = `20${plan.build.replace(/\D/g, '').slice(0, 6).padEnd(6, '0')}`;
  const derived = `${plan.model}${made}${deviceType === 'NVR' ? 'CCRR' : 'CCWR'}${digits(0, 9)}WCVU`;
  const mac = hash.slice(32, 42).match(/../g) ?? [];
  return {
    model: plan.model,
    serialNumber: plan.serialNumber ?? derived,
    firmware: plan.firmware,
    build: plan.build,
    // Locally administered address: belongs to nobody.
    macAddress: ['02', ...mac].join(':'),
    deviceType,
    channels: channelsOf(plan.model),
    digest: plan.digest ?? ['MD5'],
    realm: hash.slice(40, 64),
    namespace: plan.namespace ?? (parseVersion(plan.firmware)[0] >= 5 ? 'isapi' : 'hikvision'),
  };
}

/** The number at the end of a model's leading digits: DS-7608NI has 8 channels. */
function channelsOf(model: string): number {
  const channels = Number(/\d{2}(\d{2})[A-Z]/.exec(model)?.[1] ?? 8);
  return channels >= 4 ? channels : 8;
}
