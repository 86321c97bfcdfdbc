import type { Box } from './frame.ts';

/** How well a QR stands in a picture: tells a bad QR from a bad capture. */
export interface QrMetrology {
  /** Modules a side, quiet zone not counted: 21..177 (ISO/IEC 18004). */
  readonly modules: number;
  readonly pixelsPerModule: number;
  /** Mean of the light modules minus mean of the dark ones, 0..1 of full range. */
  readonly contrast: number;
  /** Light modules on a dark ground, which many scanners do not read. */
  readonly inverted: boolean;
  /** Modules of free border on the smallest side; ISO/IEC 18004 asks for 4. */
  readonly quietZone: number;
  /** The code itself, quiet zone not counted. */
  readonly box: Box;
}

/**
 * What was done to a picture before a decoder read a QR in it. `redrawn`: from the grey of each module, at the corners
 * that the other decoder found; `enlarged`: a part of the picture, enlarged and sharpened.
 */
export type QrAttempt = 'whole picture' | 'redrawn' | 'enlarged 2x' | 'enlarged 3x' | 'enlarged 4x';

/** One QR of a picture, as two decoders read it. */
export interface QrFinding {
  /** What ZXing read, else what jsQR read. */
  readonly text: string;
  /** Both decoders read the same text. */
  readonly agreed: boolean;
  readonly decoders: { readonly zxing: string | undefined; readonly jsqr: string | undefined };
  /** The same before any guess of a character set. */
  readonly bytes: { readonly zxing: Uint8Array | undefined; readonly jsqr: Uint8Array | undefined };
  /** What each decoder read it from: the further down the list of attempts, the worse the picture. */
  readonly attempts: { readonly zxing: QrAttempt | undefined; readonly jsqr: QrAttempt | undefined };
  readonly metrology: QrMetrology;
}
