import type { CountLogins } from '../bench/open.ts';
import type { Http, HttpRequest, HttpResponse } from '../bench/ports/http.ts';
import type { TryKind, TryLedger } from '../flow/tries.ts';
import type { Clock } from '../terms/clock.ts';
import { ledgerOf } from './ledger.ts';

/** Counts the logins that are made while a bench is opened, by the ledger of that recorder as it stands then. */
export function countLogins(clock: Clock): CountLogins {
  return (http, profile, store) => countedHttp(http, ledgerOf(profile, clock, store));
}

/**
 * An HTTP port whose logins and codes are counted, right ones and wrong ones. A try that went out and was never answered, or
 * by a fault of the server alone, counts as a wrong one.
 */
export function countedHttp(http: Http, tries: TryLedger): Http {
  return {
    async request(request) {
      const attempt = attemptOf(request);
      if (attempt === undefined) return http.request(request);
      const { kind, user } = attempt;
      tries.ask(kind, user);
      let isMade = attempt.inBody;
      let outcome: Outcome = 'unknown';
      try {
        const response = await http.request({
          ...request,
          onLogin() {
            isMade = true;
            request.onLogin?.();
          },
        });
        outcome = outcomeOf(kind, response);
        return response;
      } finally {
        if (!isMade || outcome === 'not judged') tries.drop(kind, user);
        else tries.note(kind, outcome === 'right', user);
      }
    },
    onExchange: (listener) => http.onExchange(listener),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

interface Attempt {
  readonly kind: TryKind;
  readonly user: string;
  /** What is judged goes out with the request; credentials go out only where a challenge comes back. */
  readonly inBody: boolean;
}
type Outcome = 'right' | 'wrong' | 'not judged' | 'unknown';

function attemptOf({ path, body, credentials }: HttpRequest): Attempt | undefined {
  if (/\/emailCertification\b/i.test(path)) return { kind: 'code', user: '', inBody: true };
  if (credentials !== undefined) return { kind: 'network', user: credentials.user, inBody: false };
  const user = /<userName>([^<]*)<\/userName>/i.exec(body ?? '')?.[1];
  return user !== undefined && /\/sessionLogin\b/i.test(path)
    ? { kind: 'network', user, inBody: true }
    : undefined;
}

function outcomeOf(kind: TryKind, { status, body }: HttpResponse): Outcome {
  if (status >= 200 && status < 300) return 'right';
  if (kind === 'network')
    // A redirect, or a 403 or 404 to a login, says nothing of the password.
    return status === 401 ? 'wrong' : status < 500 ? 'not judged' : 'unknown';
  // Just after a boot recorders refuse any write so, and no code was looked at.
  return /invalid ?operation/i.test(body) && !/verification/i.test(body) ? 'not judged' : 'wrong';
}
