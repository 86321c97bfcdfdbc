import type { Frame, Pixels, Reading } from '../terms/frame.ts';
import type { ScreenFacts } from '../terms/record.ts';

/** Where the flow leaves what it does and sees. Secrets told here are covered in everything kept. */
export interface Trace {
  /** Runs a named, timed step; evidence kept meanwhile belongs to it. */
  step<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** What the last input of the running step did. */
  effect(effect: 'nothing' | 'changed' | 'settled'): void;
  /** A frame that was or is being grabbed; `readings` tell where secrets stand in it. One that fails is told of, not thrown. */
  frame(title: string, frame: Frame | Promise<Frame>, readings: readonly Reading[]): void;
  picture(kind: 'qr' | 'difference', title: string, pixels: Pixels): void;
  /** A picture that can become a baseline; `readings` tell where secrets stand in it. */
  screen(facts: ScreenFacts, pixels: Pixels, readings: readonly Reading[]): void;
  /** @param from when what the text holds began, ms since the epoch, where it covers a time */
  text(
    kind: 'mail' | 'http' | 'serial' | 'sadp' | 'export',
    title: string,
    text: string,
    from?: number,
  ): void;
  /** A figure that the case reports. */
  measure(name: string, value: number | string, unit: string): void;
  /** Something that no console may print. A payload is no secret where it belongs: it is not covered. */
  secret(kind: 'code' | 'password' | 'address' | 'secret' | 'payload', value: string): void;
}
