/**
 * What only a twin's bench can do: let time pass, store and bring back a state. Never evidence; hardware has none.
 * Throws PORT_UNREACHABLE, PORT_CLOSED.
 */
export interface Hands extends AsyncDisposable {
  advance(ms: number): Promise<void>;
  snapshot(name: string): Promise<void>;
  restore(name: string): Promise<void>;
}
