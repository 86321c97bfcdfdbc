import { z } from 'zod';
import { type Problem, problem } from './problems.ts';
import type { YamlFile } from './yaml.ts';

/** How the QR of a twin may come to its service: by its app, by mail, by whoever is asked. */
export const TWIN_SCANNERS = ['relay', 'recovery-mail', 'operator'] as const;

const seconds = z.int().min(1).max(3600);

/** How the QR of a recorder on a shelf comes to the service. */
export function recordersScanner<U extends z.ZodType<string>, S extends z.ZodType>({
  url,
  secret,
}: {
  readonly url: U;
  readonly secret: S;
}) {
  return z.discriminatedUnion('driver', [
    z.strictObject({ driver: z.literal('relay'), url }),
    z.strictObject({ driver: z.literal('operator'), timeoutSeconds: seconds.default(600) }),
    z.strictObject({
      driver: z.literal('recovery-mail'),
      /** The recovery service, as the recorder's dialog or its manual names it. */
      service: z.email('expected the e-mail address of the recovery service'),
      timeoutSeconds: seconds.default(120),
    }),
    z.strictObject({
      driver: z.literal('appium'),
      url,
      /** Of the app on the phone: chooses the profile in suites/apps. */
      appVersion: z.string().regex(/^\d+\.\d+\.\d+$/, 'expected a version like 4.25.0'),
      language: z
        .string()
        .regex(/^[a-z]{2}$/, 'expected a language like de')
        .default('en'),
      /** What the Appium server is asked for: platformName, appium:automationName, appium:udid … */
      capabilities: z.record(z.string().min(1), z.json()),
      account: z.strictObject({ user: z.string().min(1), password: secret }).optional(),
      timeoutSeconds: seconds.default(60),
    }),
  ]);
}

/** The lab's own SMTP server, and who sends. */
export function labSmtp<S extends z.ZodType>(secret: S) {
  return z.strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65_535),
    tls: z.enum(['implicit', 'starttls', 'none']).default('starttls'),
    user: z.string().min(1).optional(),
    password: secret.optional(),
    /** The authority of its certificate, where it is the lab's own. */
    ca: z
      .string()
      .regex(/-----BEGIN CERTIFICATE-----/, 'expected the text of a PEM certificate')
      .optional(),
    from: z.email('expected an e-mail address of the lab'),
  });
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;

/** What is wrong with the lab's SMTP server, or missing for those that mail. */
export function smtpProblems(yaml: YamlFile): readonly Problem[] {
  const read = z
    .object({
      lab: z.object({ domains: z.array(z.string()), smtp: z.record(z.string(), z.unknown()) }).partial(),
      duts: z.array(z.unknown()),
    })
    .partial()
    .safeParse(yaml.value).data;
  const smtp = read?.lab?.smtp;
  const problems: Problem[] = [];
  const mailing = z.object({ scanner: z.object({ driver: z.literal('recovery-mail') }) });
  for (const [index, dut] of (read?.duts ?? []).entries()) {
    if (smtp !== undefined || !mailing.safeParse(dut).success) continue;
    problems.push(
      problem(yaml, ['duts', index, 'scanner'], 'expected lab.smtp, through which it mails; found nothing'),
    );
  }
  if (smtp === undefined) return problems;
  const at = (key: string, message: string) => problems.push(problem(yaml, ['lab', 'smtp', key], message));
  if ((smtp.user === undefined) !== (smtp.password === undefined))
    at('user', 'expected user and password, or neither');
  if (smtp.tls === 'none' && smtp.password !== undefined && !LOOPBACK.test(String(smtp.host)))
    at('tls', 'expected implicit or starttls: the password would go in clear');
  const domain = typeof smtp.from === 'string' ? smtp.from.split('@')[1]?.toLowerCase() : undefined;
  const domains = read?.lab?.domains ?? [];
  if (domain !== undefined && !domains.some((own) => own.toLowerCase() === domain))
    at('from', `expected an address in one of lab.domains (${domains.join(', ')}), found one in ${domain}`);
  return problems;
}
