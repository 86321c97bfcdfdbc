/** Mains of the recorder. Throws PORT_UNREACHABLE, PORT_CLOSED. */
export interface Power extends AsyncDisposable {
  /**
   * Whether it can take the recorder's power away. Where it cannot, `off` throws CONFIG_INVALID, `on` does nothing, and
   * `reboot` is there.
   */
  readonly cuts: boolean;
  /**
   * How the recorder is left when the port is closed, however that comes: with its power on; or as it is, by a port that
   * never takes it away.
   */
  readonly safeState: 'on' | 'as it is';
  off(): Promise<void>;
  on(): Promise<void>;
  state(): Promise<'on' | 'off'>;
  /** A soft reboot: the recorder is asked to start anew. Only where there is no better. */
  reboot?(): Promise<void>;
}
