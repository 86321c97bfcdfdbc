import type { MailRoute } from '../../wire/mail-route.ts';

/**
 * What only a twin's bench can do: let time pass, store and bring back a state, make the twin defective,
 * trouble its mails. Never evidence; hardware has none.
 * Throws PORT_UNREACHABLE, PORT_CLOSED.
 */
export interface Hands extends AsyncDisposable {
  advance(ms: number): Promise<void>;
  snapshot(name: string): Promise<void>;
  restore(name: string): Promise<void>;
  /** Gives the twin these defects and no others, by the ids of its catalogue; PORT_PROTOCOL for one it doesn't know. */
  setDefects(ids: readonly string[]): Promise<void>;
  /** The defects, given or not, at whose place the twin came by since they were set. */
  metDefects(): Promise<readonly string[]>;
  /** How the twin's mails travel from now on, also after a restore; PORT_PROTOCOL for a fate that it doesn't know. */
  setMail(route: MailRoute): Promise<void>;
}
