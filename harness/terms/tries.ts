/** Wrong tries that a recorder has counted, of one kind and user. */
export interface SpentTries {
  readonly kind: string;
  readonly user: string;
  readonly spent: number;
  /** Since the last wrong one, ms. */
  readonly agoMs: number;
  /** One more was begun, and what became of it was not noted: it counts where its process has died. */
  readonly open: boolean;
}

/** Where the wrong tries of one recorder outlive a run. */
export interface TryStore {
  load(): readonly SpentTries[];
  /** @param isDurable on the disk when it returns; else with the operating system, which outlives a killed process */
  save(tries: readonly SpentTries[], isDurable: boolean): void;
}
