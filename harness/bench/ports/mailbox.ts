export interface Mail {
  readonly id: string;
  /** SMTP envelope or Delivered-To. */
  readonly envelopeTo: readonly string[];
  readonly from: string;
  readonly subject: string;
  /** Readable text: the text part, else the HTML part as text. */
  readonly text: string;
  readonly html: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Arrival, ms since the epoch. */
  readonly receivedAt: number;
  /** The raw RFC 5322 message. */
  readonly raw: string;
}

/** What is waited for, and how long. */
export interface MailWish {
  /** Ids of the mails that are known already. */
  readonly known: readonly string[];
  readonly timeoutMs: number;
  /** Ends the wait; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/**
 * A mailbox of the lab. Throws PORT_UNREACHABLE, PORT_TIMEOUT, PORT_PROTOCOL, PORT_CLOSED; `wait` throws MAIL_TIMEOUT
 * naming what did arrive, or MAILBOX_FULL where that is why nothing did.
 */
export interface Mailbox extends AsyncDisposable {
  /** All mails addressed to `address` (envelope), oldest first. */
  list(address: string): Promise<readonly Mail[]>;
  /** All mails of the mailbox, whoever they are for. */
  listAll(): Promise<readonly Mail[]>;
  /** The first mail to `address` that is not among the known ones. */
  wait(address: string, wish: MailWish): Promise<Mail>;
  /** Deletes mails for good. Ids of mails that are not there are passed over. */
  remove(ids: readonly string[]): Promise<void>;
  /**
   * Where the lab's own way in is known: sends a mail of the harness's own, waits for it, and deletes it. Before a
   * recorder or its service is blamed for a mail that did not come.
   * @throws HarnessError MAIL_TIMEOUT where mails are lost on the way, PORT_PROTOCOL where the server takes none
   */
  probe?(address: string): Promise<void>;
}
