import type { Pixels } from '../../terms/frame.ts';

export interface Scan {
  /** What the screen showed: the picture and what our decoders read in it. */
  readonly payload: string;
  readonly picture?: Pixels;
}
export interface ScanAnswer {
  readonly accepted: boolean;
  /** What the app told its user. */
  readonly message: string;
}
/** A phone with the app. A refusal is an answer; PORT_UNREACHABLE when the service is not there. */
export interface Scanner extends AsyncDisposable {
  /**
   * Whether a scan would find whoever it needs, without one: a line that says what answers. Throws as `scan` does.
   * undefined where that is a person.
   */
  readonly ready?: () => Promise<string>;
  scan(scan: Scan, options?: { readonly as?: 'visitor' | 'account' }): Promise<ScanAnswer>;
}
