import { createTransport, type SendMailOptions } from 'nodemailer';
import type { ContractMail } from '../../ports/mailbox.contract.ts';

/** Where a server of a test takes mails. */
export interface SmtpEnd {
  readonly host: string;
  readonly port: number;
}

/**
 * Sends a mail by SMTP; where `lmtp` is set by LMTP, to each recipient by itself, as mail servers hand in where the line
 * Delivered-To is wanted. Resolves when it has been taken.
 */
export async function send(to: SmtpEnd & { readonly lmtp?: true }, mail: SendMailOptions): Promise<void> {
  const { host, port, lmtp } = to;
  const options = { host, port, secure: false, ignoreTLS: true };
  const transport = createTransport(lmtp ? { ...options, lmtp } : options);
  const recipients = [mail.envelope?.to ?? []].flat();
  try {
    for (const one of lmtp ? recipients : [recipients]) {
      const envelope = mail.envelope === undefined ? {} : { envelope: { ...mail.envelope, to: one } };
      const { rejected, response } = await transport.sendMail({ ...mail, ...envelope });
      if (rejected.length > 0) throw new Error(response);
    }
  } finally {
    transport.close();
  }
}

/**
 * As another program would: the list of addresses is in the envelope, the head names nobody of them.
 * @param head what stands in To; default: an address that is not among them
 */
export function deliver(to: SmtpEnd, mail: ContractMail, head = 'undisclosed@lab.example'): Promise<void> {
  const { from, to: recipients, headers, ...rest } = mail;
  const address = /<([^>]*)>/.exec(from)?.[1] ?? from;
  return send(to, {
    ...rest,
    from,
    to: head,
    ...(headers === undefined ? {} : { headers }),
    envelope: { from: address, to: [...recipients] },
  });
}
