import type { MailboxConfig, SecretRef } from '../config/devices.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { openContainerMailbox } from './drivers/mailbox/container.ts';
import { openEmbeddedMailbox } from './drivers/mailbox/embedded.ts';
import { openImap } from './drivers/mailbox/imap.ts';
import { openMailHog } from './drivers/mailbox/mailhog.ts';
import { openMailpit } from './drivers/mailbox/mailpit.ts';
import { withProbe } from './drivers/mailbox/probe.ts';
import type { Mailbox } from './ports/mailbox.ts';
import { trusted } from './trust.ts';

/** What the lab's mailbox is opened with. */
export interface MailboxOpenings {
  readonly clock: Clock;
  /** A secret, or CONFIG_MISSING that says whose. */
  readonly secretOf: (ref: SecretRef, whose: string) => string;
  /** Hears where another mailbox serves than the one that was asked for. */
  readonly onLog?: ((line: string) => void) | undefined;
}
/** The lab's mailbox, open. */
export interface LabMailbox {
  readonly mailbox: Mailbox;
  /** Where twins send their mails; undefined where nothing says it. */
  readonly smtp: { readonly host: string; readonly port: number } | undefined;
  /** Which it is, for people. */
  readonly what: string;
}
type Driver = MailboxConfig['driver'];
type Of<D extends Driver> = Extract<MailboxConfig, { driver: D }>;
type Opener<D extends Driver> = (config: Of<D>, openings: MailboxOpenings) => Promise<LabMailbox>;

const CATCHERS = { mailhog: openMailHog, mailpit: openMailpit } as const;

const MAILBOXES: { readonly [D in Driver]: Opener<D> } = {
  embedded: (_, { clock }) => embedded(clock),
  mailhog: catcher,
  mailpit: catcher,
  imap: async (config, { clock, secretOf }) => {
    const { host, security, tls, user, folder, mails, smtp } = config;
    const port = config.port ?? (security === 'tls' ? 993 : 143);
    const password = secretOf(config.password, 'the mailbox of the lab');
    const trust = trusted(tls);
    return {
      mailbox: await openImap({ host, port, security, user, password, folder, mails, clock, ...trust }),
      smtp,
      what: `${user} at imap://${host}:${port}/${folder}`,
    };
  },
};

/**
 * Opens the mailbox that `lab.mailbox` of devices.yaml names.
 * @throws HarnessError CONFIG_MISSING where a secret is not set, and those of the driver
 */
export async function openLabMailbox(config: MailboxConfig, openings: MailboxOpenings): Promise<LabMailbox> {
  const { driver } = config;
  // The row is chosen by the very field that tells its configuration apart.
  const lab = await (MAILBOXES[driver] as Opener<typeof driver>)(config, openings);
  const { smtp, mailbox } = lab;
  if (smtp === undefined) return lab;
  return { ...lab, mailbox: withProbe(mailbox, { smtp, clock: openings.clock }) };
}

async function embedded(clock: Clock): Promise<LabMailbox> {
  const mailbox = await openEmbeddedMailbox({ clock });
  return { mailbox, smtp: mailbox.smtp, what: `embedded, ${mailbox.apiUrl}` };
}

/** MailHog or Mailpit, by URL or in a container. */
async function catcher(
  { driver, url, smtp, container }: Of<'mailhog'> | Of<'mailpit'>,
  { clock, onLog }: MailboxOpenings,
): Promise<LabMailbox> {
  if (container === undefined)
    return { mailbox: await CATCHERS[driver]({ url: url ?? '', clock }), smtp, what: `${driver}, ${url}` };
  const { otherwise, ...image } = container;
  try {
    const mailbox = await openContainerMailbox({ ...image, open: CATCHERS[driver], clock });
    return {
      mailbox,
      smtp: mailbox.smtp,
      what: `${driver} in a container of ${image.image}, ${mailbox.url}`,
    };
  } catch (error) {
    if (otherwise !== 'embedded' || !(error instanceof HarnessError) || error.domain !== 'bench') throw error;
    onLog?.(`mailbox: ${error.message}; the embedded one serves instead`);
    return embedded(clock);
  }
}
