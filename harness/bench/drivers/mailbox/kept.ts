import type { Mail } from '../../ports/mailbox.ts';

/** Decoded mails kept, so that a mail is parsed once. */
const KEPT = 2000;

/**
 * Keeps what was decoded, the newest of it. Who asks for the same id at the same time gets the same answer; a failure
 * is not kept.
 */
export function keepMails(): (id: string, decode: () => Promise<Mail>) => Promise<Mail> {
  const kept = new Map<string, Promise<Mail>>();
  return (id, decode) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const fresh = decode();
    kept.set(id, fresh);
    fresh.catch(() => kept.delete(id));
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
    return fresh;
  };
}
