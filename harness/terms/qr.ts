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

/** One QR of a picture, as two decoders read it. */
export interface QrFinding {
  /** What ZXing read, else what jsQR read. */
  readonly text: string;
  /** Both decoders read the same text. */
  readonly agreed: boolean;
  readonly decoders: { readonly zxing: string | undefined; readonly jsqr: string | undefined };
  readonly metrology: QrMetrology;
}
