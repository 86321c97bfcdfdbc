import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../terms/clock.ts';

/** Somebody who signed in. */
export interface Session {
  readonly key: string;
  /** The name that they gave: it stands beside what they decide. */
  readonly name: string;
  /** In every form: one without it is refused. */
  readonly formToken: string;
}
export interface Sessions {
  /** @returns the session, or why there is none */
  signIn(name: string, secret: string): Session | 'wrong' | 'wait';
  find(key: string | undefined): Session | undefined;
  end(session: Session): void;
  /** Whether a program's token is right; counts as a try to sign in. */
  fits(secret: string): boolean;
}

/** A session that nobody used for so long is over, ms. */
const IDLE_MS = 12 * 3_600_000;
/** Wrong secrets within `WINDOW_MS` after which none is looked at, until fewer are as young. */
const MOST_WRONG = 10;
const WINDOW_MS = 60_000;

/** Keeps who is signed in, in memory: whoever starts the page anew signs in anew. @param secrets any of them will do */
export function openSessions(secrets: readonly string[], clock: Clock): Sessions {
  const digests = secrets.map(digestOf);
  const sessions = new Map<string, { readonly session: Session; seen: number }>();
  let wrong: number[] = [];
  const isBusy = () => {
    wrong = wrong.filter((at) => clock.monotonic() - at < WINDOW_MS);
    return wrong.length >= MOST_WRONG;
  };
  const fits = (secret: string) => {
    if (isBusy()) return false;
    const digest = digestOf(secret);
    // Each is compared, so that time does not tell which.
    const found = digests.filter((one) => timingSafeEqual(one, digest)).length > 0;
    if (!found) wrong.push(clock.monotonic());
    return found;
  };
  return {
    fits,
    signIn(name, secret) {
      if (isBusy()) return 'wait';
      if (!fits(secret)) return 'wrong';
      const session = { key: drawn(), name, formToken: drawn() };
      for (const [key, { seen }] of sessions) if (clock.monotonic() - seen > IDLE_MS) sessions.delete(key);
      sessions.set(session.key, { session, seen: clock.monotonic() });
      return session;
    },
    find(key) {
      const found = key === undefined ? undefined : sessions.get(key);
      if (found === undefined) return undefined;
      if (clock.monotonic() - found.seen > IDLE_MS) {
        sessions.delete(found.session.key);
        return undefined;
      }
      found.seen = clock.monotonic();
      return found.session;
    },
    end: ({ key }) => void sessions.delete(key),
  };
}

/** Compares two texts in a time that does not tell where they differ. */
export function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function drawn(): string {
  return randomBytes(24).toString('base64url');
}
