/** A screen of a run that nobody has decided about, beside its baseline. */
export interface WaitingPicture {
  readonly dut: string;
  readonly screen: string;
  /** Of the picture that is looked at. */
  readonly sha256: string;
  /** In words. */
  readonly state: string;
  readonly tone: 'pass' | 'fail' | 'inconc' | 'none';
  readonly hasApproved: boolean;
  readonly hasDifference: boolean;
}
export type PictureKind = 'seen' | 'approved' | 'difference';

/** A decision as it comes from the form. */
export interface Decided {
  /** Of the run. */
  readonly folder: string;
  readonly dut: string;
  readonly screen: string;
  /** Of the picture that was looked at: another is not decided about. */
  readonly sha256: string;
  readonly decision: 'approved' | 'rejected';
  readonly reviewer: string;
  readonly reason: string;
}

/** Pictures that wait for a person; handed in, since the rules of approving are not these pages'. */
export interface BaselineDesk {
  /** @throws HarnessError where the run cannot be read */
  waiting(folder: string): Promise<readonly WaitingPicture[]>;
  /** A PNG; nothing where there is none such. */
  picture(folder: string, dut: string, screen: string, kind: PictureKind): Promise<Uint8Array | undefined>;
  /** @returns what was done, in words @throws HarnessError USAGE where it may not be done */
  decide(decided: Decided): Promise<string>;
}
