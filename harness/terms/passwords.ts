/** How a password came to be known as held: the screen or an answer over HTTP said so, or a login with it worked. */
export type Proof = 'screen' | 'http' | 'login';

/** A password that is about to be keyed in, and was kept before. */
export interface NewPassword {
  /** From now on the recorder may have it: called right before it is confirmed or sent. */
  keyed(): void;
  /** The recorder took it. */
  confirmed(by: Proof): void;
  /** The recorder refused it, or it was given up before it was confirmed. */
  abandoned(why: string): void;
}

/**
 * Keeps passwords before a recorder can have them, so that no crash loses one. Each call returns when what it tells is
 * kept; throws HarnessError LEASE_LOST where the recorder is another run's meanwhile, RECORD_UNREADABLE where nothing can
 * be kept: then the password must not be keyed in.
 */
export interface PasswordKeeper {
  /** Keeps a password that a user may get. */
  intend(password: string, user?: string): NewPassword;
  /** A login showed that a user has this password. */
  holds(password: string, user?: string): void;
}

/** A password that a user of a recorder may have. */
export interface MayHold {
  readonly password: string;
  /** What is known of it: the last thing that was kept. */
  readonly state: 'first' | 'intended' | 'keyed' | 'confirmed' | 'abandoned';
  /** When that was, ms since the epoch. */
  readonly at: number;
}
