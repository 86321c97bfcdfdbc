/** Where the picture of a recorder lies in a captured one along one axis, px: captured = offset + scale * recorder's. */
export interface Placement {
  readonly scale: number;
  readonly offset: number;
}

/**
 * What a capture chain does to pictures, as measured at the start of a run; plain data, kept with the run. A figure that
 * could not be measured is undefined.
 */
export interface Calibration {
  /** Of a captured frame, px. */
  readonly width: number;
  readonly height: number;
  /** Grey values that black and white come out as, 0..255. `limited`: as 16 and 235, or near it. */
  readonly black: number;
  readonly white: number;
  readonly range: 'full' | 'limited' | undefined;
  /** Exponent on 0..1 within that range; needs a reference. */
  readonly gamma: number | undefined;
  /** From the header of the JPEG: 1..100 as libjpeg counts; undefined for lossless frames. */
  readonly jpegQuality: number | undefined;
  readonly chroma: '4:4:4' | '4:2:2' | '4:2:0' | 'other' | undefined;
  /** Needs a reference. */
  readonly across: Placement | undefined;
  readonly down: Placement | undefined;
  /** Standard deviation of the blur of an edge, px; 0.4 is that of a step from one pixel to the next. */
  readonly softness: number;
  /** Standard deviation of a pixel from frame to frame, of 255, where nothing moves. */
  readonly noise: number;
  /** What 999 of 1000 px differ at most from the reference once range and gamma are undone, of 255. */
  readonly deviation: number | undefined;
  /** From a move of the pointer to the first frame that shows it, ms. */
  readonly latencyMs: number | undefined;
  /**
   * Share of frames that are the one before again, 0..1: told from noise; where there is none, while the pointer is moved
   * (`repeatedBy` says so): then a recorder that draws slowly counts too.
   */
  readonly repeated: number | undefined;
  readonly repeatedBy?: 'pointer';
  /** Why a figure could not be told. */
  readonly untold?: {
    readonly [figure in 'range' | 'gamma' | 'offset' | 'deviation' | 'latencyMs' | 'repeated']?: string;
  };
}
