import type { Clock } from '../../../terms/clock.ts';
import { HarnessError } from '../../../terms/error.ts';
import type { AppSession, AppSessionRequest, ScanRequest, ScanResult } from '../../../wire/relay.ts';
import type { Scanner } from '../../ports/scanner.ts';
import { type JsonAnswer, newJsonService } from '../json-service.ts';

export interface RelayScannerOptions {
  /** The relay, `http://host:port`. */
  readonly url: string;
  readonly clock: Clock;
  /** Needed for scans `as: 'account'`. */
  readonly account?: { readonly user: string; readonly password: string };
}

/**
 * The app of the twin's app-and-mail service: signs in as a visitor (default) or with an account, and hands in what
 * the camera read. Sessions are kept, and renewed once when the service no longer knows them. A scan throws, beside
 * the port's errors, CONFIG_MISSING without an account for `as: 'account'`, CREDENTIALS_REFUSED when the service does
 * not know it, and PORT_PROTOCOL when something else answers.
 */
export async function openRelayScanner(options: RelayScannerOptions): Promise<Scanner> {
  const service = newJsonService({
    url: options.url,
    port: 'scanner',
    what: 'the app service',
    clock: options.clock,
  });
  const tokens = new Map<'visitor' | 'account', Promise<string>>();

  function token(as: 'visitor' | 'account'): Promise<string> {
    const known = tokens.get(as);
    if (known !== undefined) return known;
    const fresh = signIn(as);
    tokens.set(as, fresh);
    fresh.catch(() => tokens.delete(as));
    return fresh;
  }
  async function signIn(as: 'visitor' | 'account'): Promise<string> {
    const body = sessionRequest(as, options.account);
    const answer = await service.call({ method: 'POST', path: '/app/session', body });
    const session = answer.body as AppSession | undefined;
    if (answer.status < 300 && typeof session?.token === 'string') return session.token;
    if (answer.status === 401 || answer.status === 403) {
      throw new HarnessError('CREDENTIALS_REFUSED', `The app service refuses to sign in as ${as}.`, {
        port: 'scanner',
        hint: "Correct the app account's user and password.",
      });
    }
    throw strange('sign-in', answer);
  }

  return {
    async ready() {
      await token('visitor');
      return `the app service at ${options.url} signs a visitor in`;
    },
    async scan({ payload }, { as = 'visitor' } = {}) {
      for (let renewed = false; ; renewed = true) {
        const current = token(as);
        const answer = await service.call({
          method: 'POST',
          path: '/app/scan',
          body: { payload } satisfies ScanRequest,
          token: await current,
        });
        if (answer.status === 401 && !renewed) {
          if (tokens.get(as) === current) tokens.delete(as);
          continue;
        }
        const result = answer.body as ScanResult | undefined;
        if (result?.status === 'sent' || result?.status === 'refused') {
          return { accepted: result.status === 'sent', message: String(result.message) };
        }
        throw strange('scan', answer);
      }
    },
    [Symbol.asyncDispose]: () => service.close(),
  };
}

function sessionRequest(
  as: 'visitor' | 'account',
  account: RelayScannerOptions['account'],
): AppSessionRequest {
  if (as === 'visitor') return { mode: 'visitor' };
  if (account !== undefined) return { mode: 'account', ...account };
  throw new HarnessError('CONFIG_MISSING', 'A scan with an account needs one, and the scanner has none.', {
    port: 'scanner',
    hint: "Give the scanner the app account's user and password.",
  });
}

/** An answer that is none: of something else than the service, or of a service that cannot do its part. */
function strange(what: string, { status, body }: JsonAnswer): HarnessError {
  const why = (body as { readonly error?: unknown } | undefined)?.error;
  if (status >= 500 && typeof why === 'string')
    return new HarnessError('PORT_PROTOCOL', `The app service cannot do a ${what}: ${why}.`, {
      port: 'scanner',
      hint: /mail/.test(why)
        ? "See that the SMTP server of the lab's mailbox runs and takes mails; the app service sends them there."
        : 'See the log of the app service.',
    });
  return new HarnessError(
    'PORT_PROTOCOL',
    `The app service answered a ${what} with status ${status}, unread.`,
    {
      port: 'scanner',
      hint: "Check that the scanner's URL is the app service's.",
    },
  );
}
