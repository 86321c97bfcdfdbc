import type { Http, HttpRequest, HttpResponse } from '../bench/ports/http.ts';
import type { TryKind, TryLedger } from '../flow/tries.ts';

/** An HTTP port whose logins and codes are counted, right ones and wrong ones. */
export function countedHttp(http: Http, tries: TryLedger): Http {
  return {
    async request(request) {
      const attempt = attemptOf(request);
      if (attempt === undefined) return http.request(request);
      tries.ask(attempt.kind, attempt.user);
      const response = await http.request(request);
      const accepted = outcomeOf(attempt.kind, response);
      if (accepted !== undefined) tries.note(attempt.kind, accepted, attempt.user);
      return response;
    },
    onExchange: (listener) => http.onExchange(listener),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function attemptOf({
  path,
  body,
  credentials,
}: HttpRequest): { readonly kind: TryKind; readonly user: string } | undefined {
  if (/\/emailCertification\b/i.test(path)) return { kind: 'code', user: '' };
  if (credentials !== undefined) return { kind: 'network', user: credentials.user };
  const user = /<userName>([^<]*)<\/userName>/i.exec(body ?? '')?.[1];
  return user !== undefined && /\/sessionLogin\b/i.test(path) ? { kind: 'network', user } : undefined;
}

/** undefined where the answer says nothing of the try. */
function outcomeOf(kind: TryKind, { status, body }: HttpResponse): boolean | undefined {
  if (kind === 'network') return status === 401 ? false : status < 500 ? true : undefined;
  if (status === 200) return true;
  // Just after a boot recorders refuse any write so, and no code was looked at.
  return /invalid ?operation/i.test(body) && !/verification/i.test(body) ? undefined : false;
}
