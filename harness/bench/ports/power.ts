/** Mains of the recorder. Safe state: on. Throws PORT_UNREACHABLE, PORT_CLOSED. */
export interface Power extends AsyncDisposable {
  off(): Promise<void>;
  on(): Promise<void>;
  state(): Promise<'on' | 'off'>;
}
