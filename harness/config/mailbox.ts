import { z } from 'zod';

const port = z.int().min(1).max(65_535);

/** Where twins send their mails, and the harness its own: what the mailbox shows must come in there. */
const smtp = z.strictObject({ host: z.string().min(1), port });

/** A mail catcher that is started for the run, and removed after it. */
const container = z.strictObject({
  image: z.string().min(1),
  /** The ports in the image. */
  smtpPort: port.default(1025),
  httpPort: port.default(8025),
  /** Whether Testcontainers' own cleaner runs beside it; its image must then be at hand. */
  ryuk: z.boolean().default(false),
  /** Used, and told, where no container can be started. */
  otherwise: z.literal('embedded').optional(),
});

/** Which of them stand there. */
function oneOf(input: unknown): string {
  const there = ['url', 'smtp', 'container'].filter((key) => Object.hasOwn(Object(input), key));
  return `, found ${there.length === 0 ? 'none of them' : there.join(' and ')}`;
}

/** MailHog and Mailpit are there already, or are started. */
function catcher<D extends string, U extends z.ZodType>(driver: D, url: U) {
  return z
    .strictObject({
      driver: z.literal(driver),
      url: url.optional(),
      smtp: smtp.optional(),
      container: container.optional(),
    })
    .refine(
      ({ url: at, smtp: way, container: started }) =>
        started === undefined ? at !== undefined && way !== undefined : at === undefined && way === undefined,
      { error: ({ input }) => `expected url and smtp, or container${oneOf(input)}` },
    );
}

/**
 * `lab.mailbox`, where the mails of all recorders come in.
 * @param of the forms of an address, of a reference to a secret, and of what a certificate is trusted by
 */
export function labMailbox<U extends z.ZodType, S extends z.ZodType, T extends z.ZodType>(of: {
  readonly url: U;
  readonly secret: S;
  readonly tls: T;
}) {
  return z.discriminatedUnion('driver', [
    z.strictObject({ driver: z.literal('embedded') }),
    catcher('mailhog', of.url),
    catcher('mailpit', of.url),
    z.strictObject({
      driver: z.literal('imap'),
      host: z.string().min(1),
      /** Default: 993, with starttls 143. */
      port: port.optional(),
      security: z.enum(['tls', 'starttls']).default('tls'),
      tls: of.tls,
      user: z.string().min(1),
      password: of.secret,
      folder: z.string().min(1).default('INBOX'),
      /** new: mails that were there before the run are not looked at. */
      mails: z.enum(['new', 'all']).default('new'),
      /** For twins alone; recorders on a shelf are mailed by their maker's service. */
      smtp: smtp.optional(),
    }),
  ]);
}

/**
 * Whether each run has addresses of its own: `shelf3+<run>@lab.example` for `shelf3@lab.example`, which the mail server
 * must deliver to the same mailbox. true: with a plus.
 */
export const plusAddress = z.union([z.boolean(), z.enum(['+', '-', '=', '_'])], {
  error: 'expected true, false, or one of + - = _',
});
