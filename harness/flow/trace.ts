import type { Frame, Pixels, Reading } from '../terms/frame.ts';
import type { EvidenceRef } from '../terms/record.ts';

/** Where the flow leaves what it does and sees. Secrets told here are covered in everything kept. */
export interface Trace {
  /** Runs a named, timed step; evidence kept meanwhile belongs to it. */
  step<T>(title: string, body: () => Promise<T>): Promise<T>;
  /** What the last input of the running step did. */
  effect(effect: 'nothing' | 'changed' | 'settled'): void;
  frame(title: string, frame: Frame, readings: readonly Reading[]): EvidenceRef | Promise<EvidenceRef>;
  picture(kind: 'qr' | 'difference', title: string, pixels: Pixels): Promise<EvidenceRef>;
  text(kind: 'mail' | 'http' | 'serial' | 'export', title: string, text: string): Promise<EvidenceRef>;
  secret(kind: 'code' | 'password' | 'address' | 'secret', value: string): void;
}
