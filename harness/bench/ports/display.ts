import type { Calibration } from '../../terms/calibration.ts';
import type { Box, Frame, Reading } from '../../terms/frame.ts';

/** Names of the keys a USB keyboard may send besides characters (W3C UI Events `key` values). */
export type KeyName =
  | 'Enter'
  | 'Escape'
  | 'Tab'
  | 'Backspace'
  | 'Delete'
  | 'ArrowUp'
  | 'ArrowDown'
  | 'ArrowLeft'
  | 'ArrowRight';

/** What a reading waits for. */
export interface ReadWait {
  /** ms; longest time to wait. */
  readonly withinMs: number;
  /** ms; 0: read at the first change. */
  readonly stillMs: number;
  /**
   * The place of the one thing that matters. A display that is read by eye looks at it alone, and at once: what it tells
   * of the rest may be from before.
   */
  readonly only?: Box;
}

/**
 * The recorder's picture, mouse and keyboard. Coordinates are px from the top left of the picture.
 * Every method throws HarnessError PORT_CLOSED after close, PORT_UNREACHABLE when the other end is gone,
 * FRAME_UNUSABLE when what was grabbed is no picture of the recorder (none, a torn one, a stale one, one of another size),
 * PORT_TIMEOUT past its signal's deadline or the driver's own.
 */
export interface Display extends AsyncDisposable {
  /** What the picture comes through, with its version: pixels of two sources differ where nothing else does. */
  readonly source: string;
  /** The only characters that its keyboard writes: those of a US layout. Absent: any. */
  readonly layout?: 'us';
  /** Grabs one frame, lossless where the driver can. */
  frame(signal?: AbortSignal): Promise<Frame>;
  /**
   * What the document says is visible; absent where there are only pixels. With `withinMs` it is read once something
   * may have changed since the last reading and has then stood still for `stillMs`, or after `withinMs`.
   */
  readonly read?: (wait?: ReadWait) => Promise<Reading>;
  /** What is known of the capture; there where it was measured. */
  readonly calibration?: Calibration | undefined;
  /** Takes over what was measured of the capture; there only where pixels alone are read. */
  readonly calibrated?: (calibration: Calibration) => void;
  moveTo(x: number, y: number): Promise<void>;
  click(x: number, y: number, button?: 'left' | 'right'): Promise<void>;
  /** Drags with the left button through the points, in order (unlock patterns). */
  drag(points: readonly { readonly x: number; readonly y: number }[]): Promise<void>;
  /** Presses a key, `times` in a row. */
  press(key: KeyName, times?: number): Promise<void>;
  /**
   * Types text as a USB keyboard of US layout would. Drivers that are such a keyboard throw USAGE for text that it cannot
   * type, and type nothing of it.
   */
  type(text: string): Promise<void>;
}
