import type { Entry, Message } from '../session/channels.ts';

type Exchange = Extract<Entry, { topic: 'http' }>;
/** What a recorded recorder answers now. */
export type Answer = NonNullable<Message<'http'>['response']> & { readonly recordedAt: number };

/**
 * Finds the answer to a request at a time: the last one that was recorded to the same method and path until then, else
 * the first after it. Requests with and without an Authorization header are told apart, since a challenge answers the one
 * and the thing itself the other; whose password it was does not matter.
 */
export function answersOf(
  exchanges: readonly Exchange[],
): (
  request: { readonly method: string; readonly path: string; readonly authorized: boolean },
  at: number,
) => Answer | undefined {
  const byRoute = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    const { method, path, headers } = exchange.value.request;
    if (exchange.value.response === undefined) continue;
    const key = keyOf({ method, path, authorized: 'authorization' in headers });
    byRoute.set(key, [...(byRoute.get(key) ?? []), exchange]);
  }
  return (request, at) => {
    const list =
      byRoute.get(keyOf(request)) ?? byRoute.get(keyOf({ ...request, authorized: !request.authorized }));
    const found = list?.findLast((one) => one.at <= at) ?? list?.[0];
    const response = found?.value.response;
    return response === undefined || found === undefined ? undefined : { ...response, recordedAt: found.at };
  };
}

function keyOf({
  method,
  path,
  authorized,
}: {
  readonly method: string;
  readonly path: string;
  readonly authorized: boolean;
}) {
  return `${method} ${path} ${authorized}`;
}
