import { z } from 'zod';
import { type AppVersions, appProblem } from './app.ts';
import { captureDisplay } from './capture.ts';
import { twinCapture } from './chain.ts';
import { labMailbox, plusAddress } from './mailbox.ts';
import { httpPduPower, isapiPower, relayBoardPower } from './power.ts';
import { check, inOrder, type Problem, problem } from './problems.ts';
import { labSmtp, recordersScanner, smtpProblems, TWIN_SCANNERS } from './scanner.ts';
import { serialPort } from './serial.ts';
import { type Place, parseYaml, type YamlFile } from './yaml.ts';

/** A text of a form; the form is also what is expected where something else than a text stands. */
function text(form: RegExp, expected: string) {
  return z.string(expected).regex(form, expected);
}

const id = text(/^[a-z0-9][a-z0-9-]{0,40}$/, 'expected lower-case letters, digits and dashes');
const firmware = text(/^V\d+\.\d+\.\d+$/, 'expected a version like V4.21.000');
const url = z.url({ protocol: /^https?$/, message: 'expected an http or https address' });

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Name of an environment variable, or of an entry of the secrets file; never the secret itself. */
const reference = z.union([
  z.strictObject({ env: z.string().regex(VARIABLE) }),
  z.strictObject({ secret: z.string().min(1) }),
]);
/** One problem for all that is no reference, which shows nothing of it: it could be the secret. */
export const secret = z.custom<z.infer<typeof reference>>((value) => reference.safeParse(value).success, {
  error: ({ input }) =>
    z.strictObject({ env: z.string() }).safeParse(input).success
      ? 'expected the name of a variable behind env (letters, digits and _; no dash, no digit first), never the secret itself'
      : 'expected { env: NAME } or { secret: NAME }, never the secret itself',
  params: { hidden: true },
});

/**
 * How the certificate of a device is trusted: by its SHA-256, or by the authority (PEM, its text or a file) that signed
 * it. Without: as any web server's.
 */
const tls = z
  .union([
    z.strictObject({
      fingerprint: text(/^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i, 'expected a SHA-256 of 64 hexadecimal digits'),
    }),
    z.strictObject({ ca: text(/-----BEGIN CERTIFICATE-----/, 'expected the text of a PEM certificate') }),
    z.strictObject({ caFile: z.string().min(1) }),
  ])
  .optional();

/** Each request carries the password: plain http stays on this machine. */
const pikvmUrl = url.refine(
  (value) => !value.startsWith('http:') || /^http:\/\/(localhost|127\.|\[::1\])/.test(value),
  {
    error: 'expected an https address: each request carries the password',
  },
);
const pikvm = {
  driver: z.literal('pikvm'),
  url: pikvmUrl,
  user: z.string().min(1).default('admin'),
  password: secret,
  tls,
};
/** For recorders that lose keys when they come too fast; ms between two events of the keyboard. */
const keyDelayMs = z.int().min(0).max(1000).optional();
const display = z.discriminatedUnion('driver', [
  z.strictObject({ driver: z.literal('browser'), url }),
  z.strictObject({ ...pikvm, keyDelayMs, maxAgeMs: z.int().min(100).max(60_000).optional() }),
  z.strictObject({
    driver: z.literal('vnc'),
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).default(5900),
    password: secret.optional(),
    keyDelayMs,
  }),
  captureDisplay,
]);

const identity = {
  id,
  profile: text(/^[a-z0-9][a-z0-9.-]*$/, 'expected the name of a file in suites/profiles'),
  model: z.string().min(1),
  firmware,
  resolution: z.enum(['1024x768', '1280x720', '1920x1080']).default('1280x720'),
  /** Twins speak en, de, fr, es and pl, and what the texts of their brand are in. */
  language: text(/^[a-z]{2}$/, 'expected a language like de').default('en'),
};

const twin = z.strictObject({
  ...identity,
  kind: z.literal('twin'),
  build: z.string().default('build 240101'),
  start: z.enum(['inactive', 'active']).default('active'),
  digest: z
    .array(z.enum(['MD5', 'SHA-256']))
    .min(1)
    .default(['MD5']),
  namespace: z.enum(['hikvision', 'isapi']).default('hikvision'),
  bootMs: z.int().min(0).max(600_000).default(1200),
  /** Whose firmware the twin shows: a file of harness/emulator/brands. Default: the house's own. */
  brand: text(/^[a-z0-9][a-z0-9-]*$/, 'expected the name of a file in harness/emulator/brands').optional(),
  /** jittery: answers, pictures and mails come late, each by another time. */
  pace: z.enum(['usual', 'jittery']).default('usual'),
  /** How its QR comes to its service. */
  scanner: z.enum(TWIN_SCANNERS).default('relay'),
  /** What it is seen through by pixels. Default: a good capture. */
  capture: twinCapture.optional(),
});

const hardware = z.strictObject({
  ...identity,
  kind: z.literal('hardware'),
  serialNumber: z.string().min(1),
  destructive: z.literal(true, 'expected true: a unit that may not be reset cannot be tested'),
  adminPassword: secret,
  reservedEmail: z.email('expected an e-mail address'),
  http: z.strictObject({ url, tls }),
  serial: serialPort.optional(),
  display,
  power: z
    .discriminatedUnion('driver', [
      z.strictObject(pikvm),
      relayBoardPower,
      httpPduPower(secret, pikvm.tls),
      isapiPower(secret, url, tls),
    ])
    .optional(),
  scanner: recordersScanner({ url, secret }),
});

const devices = z.strictObject({
  version: z.literal(1),
  lab: z.strictObject({
    domains: z.array(z.string().min(3)).min(1),
    mailbox: labMailbox({ url, secret, tls: pikvm.tls }).default({ driver: 'embedded' }),
    plusAddress: plusAddress.default(false),
    smtp: labSmtp(secret).optional(),
  }),
  duts: z.array(z.discriminatedUnion('kind', [twin, hardware])).min(1),
});

export type Devices = z.infer<typeof devices>;
export type DutConfig = Devices['duts'][number];
export type TwinConfig = Extract<DutConfig, { kind: 'twin' }>;
export type HardwareConfig = Extract<DutConfig, { kind: 'hardware' }>;
export type ScannerConfig = HardwareConfig['scanner'];
export type SmtpConfig = NonNullable<Devices['lab']['smtp']>;
export type MailboxConfig = Devices['lab']['mailbox'];
export type DisplayConfig = HardwareConfig['display'];
export type SecretRef = z.infer<typeof secret>;
export type TlsConfig = NonNullable<HardwareConfig['http']['tls']>;

/** What an entry may name: names of files, and versions of the app. */
export interface KnownNames {
  readonly profile?: readonly string[];
  readonly brand?: readonly string[];
  readonly apps?: readonly AppVersions[];
}
const FOLDERS = [
  ['profile', 'suites/profiles'],
  ['brand', 'harness/emulator/brands'],
] as const;

/**
 * Reads an inventory; every problem comes back, not the first alone.
 * @param known names that `profile` and `brand` may have; any where undefined
 */
export function parseDevices(
  file: string,
  text: string,
  known: KnownNames = {},
): {
  readonly devices?: Devices;
  /** Where each reference to a secret stands, the very object of `devices`. */
  readonly references?: ReadonlyMap<unknown, Place>;
  readonly problems: readonly Problem[];
} {
  const parsed = parseYaml(file, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const checked = check(parsed.yaml, devices);
  const problems = inOrder([...checked.problems, ...wrongTogether(parsed.yaml, known)]);
  if (checked.value === undefined || problems.length > 0) return { problems };
  return { devices: checked.value, references: referencesIn(parsed.yaml), problems };
}

function referencesIn(yaml: YamlFile): ReadonlyMap<unknown, Place> {
  const places = new Map<unknown, Place>();
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value !== 'object' || value === null || places.has(value)) return;
    if (reference.safeParse(value).success) places.set(value, yaml.place(path));
    else
      for (const [key, inner] of Object.entries(value))
        walk(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(yaml.value, []);
  return places;
}

/** What no entry shows alone; looked for also in what the schema refuses, to tell all at once. */
function wrongTogether(yaml: YamlFile, known: KnownNames): readonly Problem[] {
  const { duts, lab } = z
    .object({ duts: z.array(z.unknown()), lab: z.unknown() })
    .partial()
    .catch({})
    .parse(yaml.value);
  const domains = z.object({ domains: z.array(z.string()) }).safeParse(lab).data?.domains;
  const problems: Problem[] = [...smtpProblems(yaml)];
  const seen = { id: new Map<string, number>(), serialNumber: new Map<string, number>() };
  for (const [index, entry] of (duts ?? []).entries()) {
    const dut = z
      .object({
        id: z.unknown(),
        serialNumber: z.unknown(),
        reservedEmail: z.unknown(),
        profile: z.unknown(),
        brand: z.unknown(),
        scanner: z.unknown(),
      })
      .partial()
      .catch({})
      .parse(entry);
    for (const [key, folder] of FOLDERS) {
      const name = dut[key];
      const names = known[key];
      if (typeof name === 'string' && names?.includes(name) === false)
        problems.push(
          problem(
            yaml,
            ['duts', index, key],
            `expected a file of ${folder} (${names.join(', ')}), found ${name}`,
          ),
        );
    }
    for (const key of ['id', 'serialNumber'] as const) {
      const name = dut[key];
      if (typeof name !== 'string') continue;
      const first = seen[key].get(name);
      if (first === undefined) seen[key].set(name, index);
      else
        problems.push(
          problem(
            yaml,
            ['duts', index, key],
            `expected a unique ${key}, found ${name} again (first in duts.${first})`,
          ),
        );
    }
    const wrongApp = appProblem(dut.scanner, known.apps);
    if (wrongApp !== undefined)
      problems.push(problem(yaml, ['duts', index, 'scanner', wrongApp.key], wrongApp.message));
    const address = z.email().safeParse(dut.reservedEmail).data;
    const domain = address?.split('@')[1]?.toLowerCase();
    if (domain !== undefined && domains?.every((own) => own.toLowerCase() !== domain))
      problems.push(
        problem(
          yaml,
          ['duts', index, 'reservedEmail'],
          `expected an address in one of lab.domains (${domains.join(', ')}), found one in ${domain}`,
        ),
      );
  }
  return problems;
}
