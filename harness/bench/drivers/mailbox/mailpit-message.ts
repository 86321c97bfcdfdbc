/** The JSON shapes of Mailpit's HTTP API v1 (mailpit.axllent.org/docs/api-v1), as far as a mailbox needs them. */

export interface MailpitAddress {
  readonly Name: string;
  readonly Address: string;
}
export interface MailpitSummary {
  readonly ID: string;
  readonly MessageID: string;
  readonly From: MailpitAddress | null;
  readonly To: readonly MailpitAddress[] | null;
  readonly Cc: readonly MailpitAddress[] | null;
  /** Beside those of the head: recipients of the SMTP envelope that the head does not name. */
  readonly Bcc: readonly MailpitAddress[] | null;
  readonly Subject: string;
  /** When it was received, RFC 3339. */
  readonly Created: string;
  /** Bytes. */
  readonly Size: number;
}
export interface MailpitMessages {
  /** Messages in the mailbox. */
  readonly total: number;
  /** Messages that match the search. */
  readonly messages_count: number;
  readonly start: number;
  /** Newest first. */
  readonly messages: readonly MailpitSummary[];
}
/** Answer of `/api/v1/info`, in part. */
export interface MailpitInfo {
  readonly Version: string;
  readonly Messages: number;
}

/** Whether an answer has the shape of a list of messages. */
export function isMailpitMessages(answer: unknown): answer is MailpitMessages {
  const { messages, messages_count: count } = (answer ?? {}) as Partial<MailpitMessages>;
  return (
    typeof count === 'number' &&
    Array.isArray(messages) &&
    messages.every(
      (one: Partial<MailpitSummary> | null) =>
        typeof one?.ID === 'string' &&
        typeof one.Created === 'string' &&
        Number.isFinite(Date.parse(one.Created)) &&
        (one.From === null || one.From === undefined || isAddress(one.From)) &&
        [one.To, one.Cc, one.Bcc].every(isAddresses),
    )
  );
}

function isAddress(value: unknown): value is MailpitAddress {
  return (
    typeof value === 'object' && value !== null && 'Address' in value && typeof value.Address === 'string'
  );
}
function isAddresses(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.every(isAddress));
}

/** Everybody the mail is for: Mailpit keeps no envelope, but adds to Bcc whom the head leaves out. */
export function recipientsOf(summary: MailpitSummary): readonly string[] {
  const all = [summary.To, summary.Cc, summary.Bcc].flatMap((list) => list ?? []);
  return [...new Set(all.map(({ Address }) => Address))];
}
