import type { Clock } from '../../../terms/clock.ts';
import {
  type MailHogMessage,
  type MailHogMessages,
  type ReceivedMail,
  toMailHogMessage,
} from './mailhog-message.ts';

/** What MailHog's search can look for. */
export const SEARCH_KINDS = ['from', 'to', 'containing'] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

/** Mails in memory, in MailHog's shape. The oldest makes room when `limit` is passed. */
export interface MailHogStore {
  add(mail: Omit<ReceivedMail, 'id' | 'receivedAt'>): void;
  /** Newest first. */
  messages(page: { readonly start: number; readonly limit: number }): MailHogMessages;
  /** Substrings, case ignored: `to` and `from` in envelope and head, `containing` in the undecoded message. */
  search(
    query: { readonly kind: SearchKind; readonly text: string },
    page: { readonly start: number; readonly limit: number },
  ): MailHogMessages;
  get(id: string): MailHogMessage | undefined;
  /** The message as SMTP brought it. */
  bytes(id: string): Uint8Array<ArrayBuffer> | undefined;
  /** Whether there was such a mail. */
  remove(id: string): boolean;
  clear(): void;
  /** Hears of each arrival until the returned function is called. */
  onArrival(listener: () => void): () => void;
}

/** An empty store. @param options.limit mails kept at most. */
export function newMailHogStore(options: { readonly clock: Clock; readonly limit: number }): MailHogStore {
  const listeners = new Set<() => void>();
  const raw = new WeakMap<MailHogMessage, Uint8Array<ArrayBuffer>>();
  let mails: readonly MailHogMessage[] = [];
  let count = 0;

  const get = (id: string) => mails.find((mail) => mail.ID === id);

  function page(
    found: readonly MailHogMessage[],
    { start, limit }: { readonly start: number; readonly limit: number },
  ): MailHogMessages {
    const items = found.toReversed().slice(start, start + limit);
    return { total: found.length, count: items.length, start, items };
  }

  return {
    add(mail) {
      const receivedAt = options.clock.now();
      count++;
      const id = `${String(count).padStart(6, '0')}.${receivedAt}@resetbench.local`;
      const message = toMailHogMessage({ ...mail, id, receivedAt });
      raw.set(message, mail.bytes);
      mails = [...mails, message].slice(-options.limit);
      for (const hear of listeners) hear();
    },
    messages: (range) => page(mails, range),
    search(query, range) {
      const text = query.text.toLowerCase();
      return page(
        mails.filter((mail) => haystacks(mail, query.kind).some((hay) => hay.toLowerCase().includes(text))),
        range,
      );
    },
    get,
    bytes(id) {
      const message = get(id);
      return message === undefined ? undefined : raw.get(message);
    },
    remove(id) {
      const before = mails.length;
      mails = mails.filter((mail) => mail.ID !== id);
      return mails.length < before;
    },
    clear() {
      mails = [];
    },
    onArrival(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function haystacks(mail: MailHogMessage, kind: SearchKind): readonly string[] {
  switch (kind) {
    case 'from':
      return [mail.Raw.From, ...(mail.Content.Headers.From ?? [])];
    case 'to':
      return [...mail.Raw.To, ...(mail.Content.Headers.To ?? [])];
    case 'containing':
      return [mail.Raw.Data];
    default:
      return kind satisfies never;
  }
}
