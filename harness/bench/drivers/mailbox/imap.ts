import type { ImapFlow } from 'imapflow';
import { HarnessError } from '../../../terms/error.ts';
import type { Mail, Mailbox } from '../../ports/mailbox.ts';
import { type ImapAccess, openImapLine } from './imap-line.ts';
import { keepMails } from './kept.ts';
import { parseMail } from './parse.ts';
import { waitForMail } from './waiting.ts';

export interface ImapOptions extends ImapAccess {
  /** new: mails that were there before the mailbox was opened are not looked at. */
  readonly mails: 'new' | 'all';
}
/** A mailbox on an IMAP server. */
export interface ImapMailbox extends Mailbox {
  /** How often it was connected, the first time included. */
  readonly connections: number;
}

/** With less room than this a mailbox is full, bytes: code mails have some ten thousand. */
const ROOM = 64 * 1024;

/**
 * Opens a folder of an IMAP server (RFC 9051) by `imapflow`, and listens there by IDLE (docs/adr/0029). Arrival is the
 * server's INTERNALDATE, in whole seconds; the order is that of the UIDs. Nothing is marked as read.
 * @throws HarnessError CREDENTIALS_REFUSED, CONFIG_MISSING (certificate), WRONG_DEVICE (another certificate than the
 *   pinned one), CONFIG_INVALID (no such folder), PORT_UNREACHABLE, PORT_TIMEOUT, PORT_PROTOCOL, MAILBOX_FULL
 */
export async function openImap(options: ImapOptions): Promise<ImapMailbox> {
  const { clock, folder } = options;
  await using undo = new AsyncDisposableStack();
  const line = await openImapLine(options);
  undo.defer(() => line.close());
  const closing = new AbortController();
  const keep = keepMails();
  const { uidValidity, uidNext } = await line.use(async (client) => stateOf(client));
  const mark = options.mails === 'new' ? uidNext : 1;
  const full = await line.use(fullness);
  if (full !== undefined) throw full;

  /** Works with the folder as it was when it was opened. */
  const inFolder = <T>(work: (client: ImapFlow) => Promise<T>): Promise<T> =>
    line.use(async (client) => {
      if (stateOf(client).uidValidity !== uidValidity)
        throw new HarnessError(
          'PORT_PROTOCOL',
          `the folder ${folder} was made anew at the mail server: its mails cannot be told from the known ones`,
          { port: 'mailbox', hint: 'start the run again' },
        );
      return work(client);
    });

  async function fetched(client: ImapFlow, uid: number): Promise<Mail | undefined> {
    const found = await client.fetchOne(String(uid), { source: true, internalDate: true }, { uid: true });
    // It may have been deleted meanwhile.
    if (!found || found.source === undefined) return undefined;
    const mail = await parseMail({
      id: `${uidValidity}-${uid}`,
      envelopeFrom: '',
      envelopeTo: [],
      receivedAt: new Date(found.internalDate ?? 0).getTime(),
      message: found.source,
    });
    return { ...mail, envelopeTo: recipientsOf(mail.headers) };
  }
  const gone = new Error('gone');
  const mailsOf = (uids: (client: ImapFlow) => Promise<readonly number[]>): Promise<readonly Mail[]> =>
    inFolder(async (client) => {
      const mails: Mail[] = [];
      for (const uid of await uids(client)) {
        const decoded = keep(String(uid), async () => {
          const mail = await fetched(client, uid);
          if (mail === undefined) throw gone;
          return mail;
        });
        const mail = await decoded.catch((error: unknown) => {
          if (error === gone) return undefined;
          throw error;
        });
        if (mail !== undefined) mails.push(mail);
      }
      return mails;
    });
  /** UIDs from the mark on, in their order. `n:*` names the last mail, too, where that is older (RFC 9051, 9). */
  const search = async (client: ImapFlow, query: object): Promise<readonly number[]> => {
    // Also lets the server tell what has come.
    await client.noop();
    if (client.mailbox && client.mailbox.exists === 0) return [];
    const found = await client.search({ uid: `${mark}:*`, ...query }, { uid: true });
    return (found || []).filter((uid) => uid >= mark).sort((one, other) => one - other);
  };

  const listAll = () => mailsOf((client) => search(client, {}));
  async function list(address: string): Promise<readonly Mail[]> {
    const wanted = address.toLowerCase();
    // Finds parts of addresses too; who is really meant is looked at here.
    const named = [...RECIPIENTS, 'received', 'to', 'cc'].map((name) => ({ header: { [name]: address } }));
    const mails = await mailsOf((client) => search(client, { or: named }));
    return mails.filter(({ envelopeTo }) => envelopeTo.some((to) => to.toLowerCase() === wanted));
  }

  const opened = undo.move();
  return {
    list,
    listAll,
    get connections() {
      return line.connections;
    },
    wait: (address, { known, timeoutMs, signal }) =>
      waitForMail({
        clock,
        address,
        known,
        timeoutMs,
        closed: closing.signal,
        signal,
        list: () => list(address),
        listAll,
        worthALook: line.news,
        place: `the mailbox of ${options.user} at ${options.host}`,
        reason: () => inFolder(fullness),
      }),
    async remove(ids) {
      const uids = ids.flatMap((id) => {
        const [validity, uid] = id.split('-');
        return validity === String(uidValidity) && uid !== undefined ? [Number(uid)] : [];
      });
      await inFolder(async (client) => {
        if (uids.length > 0) await client.messageDelete(uids.join(','), { uid: true });
      });
    },
    async [Symbol.asyncDispose]() {
      closing.abort(new HarnessError('PORT_CLOSED', 'The mailbox is closed.', { port: 'mailbox' }));
      await opened.disposeAsync();
    },
  };

  async function fullness(client: ImapFlow): Promise<HarnessError | undefined> {
    const quota = await client.getQuota(folder);
    if (!quota) return undefined;
    const [storage, messages] = [limited(quota.storage), limited(quota.message)];
    const crowded = messages !== undefined && messages.used >= messages.limit;
    const heavy = storage !== undefined && storage.limit - storage.used < ROOM;
    if (!crowded && !heavy) return undefined;
    const room = heavy
      ? `${Math.round(storage.used / 1024)} of ${Math.round(storage.limit / 1024)} KiB are used`
      : `${messages?.used} mails are all it takes`;
    return new HarnessError(
      'MAILBOX_FULL',
      `the mailbox of ${options.user} at ${options.host} is full: ${room}`,
      {
        port: 'mailbox',
        hint: 'delete mails there, or raise its quota',
      },
    );
  }
}

/** A quota that has a limit. */
function limited(
  of: { readonly usage?: number | undefined; readonly limit?: number | undefined } | undefined,
): { readonly used: number; readonly limit: number } | undefined {
  if (of?.limit === undefined || of.limit <= 0) return undefined;
  return { used: of.usage ?? 0, limit: of.limit };
}

function stateOf(client: ImapFlow): { readonly uidValidity: bigint; readonly uidNext: number } {
  if (!client.mailbox) throw Object.assign(new Error('the folder was closed'), { code: 'NoConnection' });
  return client.mailbox;
}

/** Lines in which servers keep the recipient of the envelope, the surest first: Postfix, Exim, others, all of them. */
const RECIPIENTS = ['x-original-to', 'envelope-to', 'x-envelope-to', 'delivered-to'] as const;
const ADDRESS = /[^\s<>,;:"()]+@[^\s<>,;:"()]+/g;

/** Whom a mail is for, by what its servers wrote into its head; by To and Cc where they wrote nothing. */
function recipientsOf(headers: Mail['headers']): readonly string[] {
  for (const name of RECIPIENTS) {
    // The last server's line is the first one.
    const [line] = (headers[name] ?? '').split('\n');
    const found = line?.match(ADDRESS);
    if (found) return found;
  }
  const hops = (headers.received ?? '').split('\n');
  for (const hop of hops) {
    const found = /\bfor\s+<([^>\s]+@[^>\s]+)>/.exec(hop)?.[1];
    if (found !== undefined) return [found];
  }
  return `${headers.to ?? ''}, ${headers.cc ?? ''}`.match(ADDRESS) ?? [];
}
