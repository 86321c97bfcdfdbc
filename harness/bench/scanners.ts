import type { ScannerConfig, SmtpConfig, TwinConfig } from '../config/devices.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type AppWays, openAppium } from './drivers/scanner/appium.ts';
import { openOperatorScanner } from './drivers/scanner/operator.ts';
import { openRecoveryMail } from './drivers/scanner/recovery-mail.ts';
import { openRelayScanner } from './drivers/scanner/relay.ts';
import type { LaunchedEmulator } from './drivers/twin/launch.ts';
import type { Openings } from './hardware.ts';
import type { Operator } from './ports/operator.ts';
import type { Scanner } from './ports/scanner.ts';

/** What a scanner is opened with, beside what any port is. */
export interface ScannerOpenings extends Pick<Openings, 'id' | 'clock' | 'secretOf'> {
  readonly operator: Operator;
  /** The lab's own SMTP server. */
  readonly smtp: SmtpConfig | undefined;
  /** Where the password reset lies in which version of the app. */
  readonly apps: readonly AppWays[];
}

/** By driver: looks secrets up at once, and opens when it is called. */
const SCANNERS: {
  readonly [D in ScannerConfig['driver']]: (
    config: Extract<ScannerConfig, { driver: D }>,
    openings: ScannerOpenings,
  ) => () => Promise<Scanner>;
} = {
  relay:
    ({ url }, { clock }) =>
    () =>
      openRelayScanner({ url, clock }),
  operator:
    ({ timeoutSeconds }, { operator }) =>
    async () =>
      openOperatorScanner({ operator, timeoutMs: timeoutSeconds * 1000 }),
  'recovery-mail': ({ service, timeoutSeconds }, { id, clock, smtp, secretOf }) => {
    if (smtp === undefined)
      throw new HarnessError('CONFIG_MISSING', `the scanner of ${id} mails, and there is no lab.smtp`, {
        port: 'scanner',
        hint: "name the lab's SMTP server in devices.yaml",
      });
    const { host, port, tls, user, password, ca, from } = smtp;
    const auth =
      user === undefined || password === undefined
        ? {}
        : { auth: { user, password: secretOf(password, 'lab.smtp') } };
    const access = { host, port, tls, ...auth, ...(ca === undefined ? {} : { ca }) };
    return async () =>
      openRecoveryMail({ smtp: access, from, to: service, clock, deadlineMs: timeoutSeconds * 1000 });
  },
  appium: ({ driver: _, account, timeoutSeconds, ...config }, { id, clock, apps, secretOf }) => {
    const login =
      account === undefined
        ? {}
        : {
            account: {
              user: account.user,
              password: secretOf(account.password, `the account of the app of ${id}`),
            },
          };
    return async () => openAppium({ ...config, ...login, apps, clock, resultMs: timeoutSeconds * 1000 });
  },
};

/** How the scanner of an entry is opened. @throws HarnessError CONFIG_MISSING where a secret or lab.smtp is not set */
export function scannerOpening(config: ScannerConfig, openings: ScannerOpenings): () => Promise<Scanner> {
  const driver: ScannerConfig['driver'] = config.driver;
  // The row was chosen by the very field that tells its configuration apart.
  const open = SCANNERS[driver] as (
    config: ScannerConfig,
    openings: ScannerOpenings,
  ) => () => Promise<Scanner>;
  return open(config, openings);
}

/** How the QR of a twin comes to its service. */
export async function twinScanner(options: {
  readonly kind: TwinConfig['scanner'];
  readonly ready: Pick<LaunchedEmulator['ready'], 'relayUrl' | 'relaySmtp'>;
  readonly ends: { readonly serviceMailbox: string };
  readonly operator: Operator;
  readonly clock: Clock;
  readonly account: { readonly user: string; readonly password: string };
  readonly from: string;
}): Promise<Scanner> {
  const { kind, ready, ends, operator, clock, account, from } = options;
  switch (kind) {
    case 'relay':
      return openRelayScanner({ url: ready.relayUrl, clock, account });
    case 'recovery-mail': {
      const smtp = { ...ready.relaySmtp, tls: 'none' } as const;
      return openRecoveryMail({ smtp, from, to: ends.serviceMailbox, clock });
    }
    case 'operator': {
      const where = `This recorder is a twin: its app is at ${ready.relayUrl}`;
      return openOperatorScanner({ operator, where });
    }
  }
}
