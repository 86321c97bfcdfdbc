import type { Texts } from '../gui/text/en.ts';
import type { LogName } from '../recorder/log-names.ts';
import type { AppWords, MailWords } from '../relay/mail-texts.ts';

/** Where a maker's mails come from, and where an exported QR may be sent. */
export interface Service {
  /** Signs the mail and stands before the sender's address. */
  readonly name: string;
  readonly sender: string;
  /** Takes exported QRs as attachments. */
  readonly mailbox: string;
}

/** What sets one maker's firmware apart from the house's own: data, read from a file of `brands`. */
export interface Brand {
  /** Default: what the family is. */
  readonly deviceType?: 'DVR' | 'NVR';
  /** First firmware with the reserved email. Default: that of the family. */
  readonly threshold?: string;
  /** The title of the step before the reset QR; `none` where there is no such step. Default: that of the menu. */
  readonly disclaimer?: 'none' | 'legalDisclaimer' | 'privacyPolicy';
  readonly service: Service;
  /** What the app tells its user after a scan of this maker's QR. */
  readonly appSays: Partial<AppWords>;
  /** Default: that of the kind of recorder. */
  readonly deviceName?: string;
  /** Entries by their icons, in the order shown; those not named are absent. Default: those of the menu. */
  readonly menus: Partial<Record<'main' | 'system' | 'maintenance', readonly string[]>>;
  /** `#rrggbb`. Default: those of the menu. */
  readonly colours: Partial<Record<Colour, string>>;
  /** What the log writes instead. */
  readonly log: {
    readonly entries: Partial<Record<LogName, string>>;
    readonly channels: Partial<Record<'local' | 'http' | 'system', string>>;
  };
  /** By language, two letters. What is missing is the house's, and English in a language that the house has not. */
  readonly texts: Readonly<Record<string, Partial<Texts>>>;
  readonly mail: Readonly<Record<string, Partial<MailWords>>>;
}

/** What of a menu may have another colour. */
export const COLOURS = ['accent', 'button', 'link', 'panel', 'selected'] as const;
type Colour = (typeof COLOURS)[number];

/** The house's own firmware. Its domain is reserved for examples, so it is nobody's. */
export const HOUSE_BRAND: Brand = {
  service: {
    name: 'Device Service',
    sender: 'no-reply@device-service.example',
    mailbox: 'pw-recovery@device-service.example',
  },
  appSays: {},
  menus: {},
  colours: {},
  log: { entries: {}, channels: {} },
  texts: {},
  mail: {},
};
