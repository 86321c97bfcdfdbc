import type { CaseContext, CaseDefinition } from './case.ts';

/** One act of a sequence. */
export interface Move {
  /** Lower case, joined by hyphens; unique in its model. */
  readonly name: string;
  /** What a person does at the recorder, one sentence. */
  readonly tells: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
}

/** A way through a model: what was done so far decides what may come next, and what must be seen. */
export interface Walk {
  /** Whether the move can be made now, and within the tries that may be spent. */
  can(move: string): boolean;
  /** Makes it, and expects of the recorder what must hold then. */
  make(move: string): Promise<void>;
}

/** What holds over any sequence of moves, beside the cases of single requirements. */
export interface Model extends Pick<CaseDefinition, 'id' | 'title' | 'needs' | 'with' | 'locks'> {
  /** The requirement without which a recorder has nothing of what the model is about. */
  readonly about: string;
  readonly moves: readonly Move[];
  /** Defects that sequences must find, to show that the model bites. */
  readonly finds: readonly string[];
  begin(context: CaseContext): Walk;
}
