/** What a recorder told of itself. */
export interface SadpAnswer {
  /** As received. */
  readonly text: string;
  /** Leaves by name, trimmed. What is malformed around them does not matter. */
  readonly fields: Readonly<Record<string, string>>;
}
/**
 * The discovery protocol of recorders (UDP), asked of one recorder alone and by `inquiry` alone: every other message
 * of the protocol changes a recorder. Throws PORT_CLOSED; PORT_UNREACHABLE where nothing can be sent.
 */
export interface Sadp extends AsyncDisposable {
  /** Asks until an answer comes; undefined where the recorder stays silent: that is how one without a network behaves. */
  inquire(options: { readonly timeoutMs: number }): Promise<SadpAnswer | undefined>;
}
