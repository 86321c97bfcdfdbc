import { CORE_DEFECTS } from './defects-core.ts';

/**
 * The catalogue of defects: each a switch that changes one behaviour of a twin, so that people can see what a suite
 * catches. The code asks for a switch only where the healthy and the defective behaviour part, and after all other
 * conditions: being asked means that the defective path would be taken here. Ids are told in `suites/defects-*.yaml`.
 */
export const DEFECT_IDS = [...CORE_DEFECTS] as const;
export type DefectId = (typeof DEFECT_IDS)[number];

export function isDefectId(text: string): text is DefectId {
  return (DEFECT_IDS as readonly string[]).includes(text);
}

/** The switches of one twin. */
export class Defects {
  #active: ReadonlySet<DefectId>;
  readonly #met = new Set<DefectId>();
  constructor(active: readonly DefectId[] = []) {
    this.#active = new Set(active);
  }

  /** Whether the recorder has this defect; that the question came up is kept. */
  has(id: DefectId): boolean {
    this.#met.add(id);
    return this.#active.has(id);
  }
  get active(): readonly DefectId[] {
    return [...this.#active];
  }
  /** The switches that were asked for since they were last set, on or off. */
  get met(): readonly DefectId[] {
    return [...this.#met];
  }
  /** Sets all switches anew, and forgets which were met. */
  set(active: readonly DefectId[]): void {
    this.#active = new Set(active);
    this.#met.clear();
  }
}
