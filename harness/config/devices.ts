import { z } from 'zod';
import { check, type Problem, parseYaml, problem } from './problems.ts';

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'expected lower-case letters, digits and dashes');
const firmware = z.string().regex(/^V\d+\.\d+\.\d+$/, 'expected a version like V4.21.000');
const url = z.url({ protocol: /^https?$/, message: 'expected an http or https address' });
const secret = z
  .union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ secret: z.string().min(1) })])
  .describe('name of an environment variable, or of an entry of the secrets file; never the secret itself');

const identity = {
  id,
  profile: z.string().regex(/^[a-z0-9.-]+$/, 'expected the name of a file in suites/profiles'),
  model: z.string().min(1),
  firmware,
  resolution: z.enum(['1024x768', '1280x720', '1920x1080']).default('1280x720'),
  language: z.enum(['en', 'de', 'fr', 'es', 'pl']).default('en'),
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
});

const hardware = z.strictObject({
  ...identity,
  kind: z.literal('hardware'),
  serialNumber: z.string().min(1),
  destructive: z.literal(true, 'expected true: a unit that may not be reset cannot be tested'),
  adminPassword: secret,
  reservedEmail: z.email('expected an e-mail address'),
  http: z.strictObject({ url }),
  serial: z.strictObject({ path: z.string().min(1), baudRate: z.int().default(115200) }).optional(),
  display: z.strictObject({ driver: z.literal('browser'), url }),
  scanner: z.strictObject({ driver: z.literal('relay'), url }),
});

const devices = z.strictObject({
  version: z.literal(1),
  lab: z.strictObject({
    domains: z.array(z.string().min(3)).min(1),
    mailbox: z
      .discriminatedUnion('driver', [
        z.strictObject({ driver: z.literal('embedded') }),
        z.strictObject({
          driver: z.literal('mailhog'),
          url,
          smtp: z.strictObject({ host: z.string(), port: z.int() }),
        }),
      ])
      .default({ driver: 'embedded' }),
  }),
  duts: z.array(z.discriminatedUnion('kind', [twin, hardware])).min(1),
});

export type Devices = z.infer<typeof devices>;
export type DutConfig = Devices['duts'][number];
export type TwinConfig = Extract<DutConfig, { kind: 'twin' }>;
export type HardwareConfig = Extract<DutConfig, { kind: 'hardware' }>;
export type SecretRef = z.infer<typeof secret>;

/** Reads an inventory; every problem comes back, not the first alone. */
export function parseDevices(
  file: string,
  text: string,
): { readonly devices?: Devices; readonly problems: readonly Problem[] } {
  const parsed = parseYaml(file, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const yaml = parsed.yaml;
  const checked = check(yaml, devices);
  if (checked.value === undefined) return { problems: checked.problems };
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  for (const [index, dut] of checked.value.duts.entries()) {
    const first = seen.get(dut.id);
    if (first !== undefined)
      problems.push(
        problem(
          yaml,
          ['duts', index, 'id'],
          `expected a unique id, found ${dut.id} again (first in duts.${first})`,
        ),
      );
    seen.set(dut.id, index);
    if (
      dut.kind === 'hardware' &&
      !checked.value.lab.domains.includes(dut.reservedEmail.split('@')[1] ?? '')
    ) {
      problems.push(
        problem(
          yaml,
          ['duts', index, 'reservedEmail'],
          `expected an address in one of lab.domains (${checked.value.lab.domains.join(', ')})`,
        ),
      );
    }
  }
  return problems.length > 0 ? { problems } : { devices: checked.value, problems };
}
