import { z } from 'zod';

/** A relay of a serial relay board that a recorder's supply runs through. */
export const relayBoardPower = z.strictObject({
  driver: z.literal('relay-board'),
  path: z.string().min(1),
  channel: z.int().min(1).max(16).default(1),
  contact: z.enum(['normally-closed', 'normally-open']).default('normally-closed'),
});

const scalar = z.union([z.string(), z.number(), z.boolean()]);
/** Answers are compared as text, capitals alike. */
const plain = (value: unknown) => String(value).trim().toLowerCase();

const reading = z
  .union(
    [
      z.strictObject({
        pointer: z.string().regex(/^(?:\/[^/]*)*$/, 'expected a JSON pointer like /relays/0/ison'),
        on: scalar,
        off: scalar,
      }),
      z.strictObject({
        pattern: z.string().refine(isPattern, 'expected a regular expression'),
        on: scalar,
        off: scalar,
      }),
    ],
    'expected { pointer: /a/b, on: true, off: false } or { pattern: "state=(\\\\w+)", on: "1", off: "0" }',
  )
  .refine(({ on, off }) => plain(on) !== plain(off), {
    path: ['off'],
    error: 'expected another value than that of on: the outlet could never be read as off',
  });

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** Plain http that carries a password as it is, beyond this machine. */
const LOCAL = /^http:\/\/(localhost|127\.|\[::1\])/;

/**
 * An outlet that is switched over HTTP.
 * @param secret a reference to a secret
 * @param tls how a certificate is trusted
 */
export function httpPduPower<S extends z.ZodType, T extends z.ZodType>(secret: S, tls: T) {
  const url = z
    .url({ protocol: /^https?$/, message: 'expected an http or https address' })
    .refine(
      (value) => !/^\w+:\/\/[^/]*@/.test(value),
      'expected an address without user and password: they go into auth',
    );
  const request = {
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH']).default('GET'),
    url,
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
  };
  const user = z.string().min(1);
  return z
    .strictObject({
      driver: z.literal('http-pdu'),
      on: z.strictObject(request),
      off: z.strictObject(request),
      state: z.strictObject({ ...request, read: reading }),
      auth: z
        .discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('none') }),
          z.strictObject({ kind: z.enum(['basic', 'digest']), user, password: secret }),
          z.strictObject({ kind: z.enum(['bearer', 'template']), password: secret }),
        ])
        .default({ kind: 'none' }),
      /** The password may go over the network as it is. */
      plainHttp: z.literal(true).optional(),
      tls,
      timeoutMs: z.int().min(100).max(60_000).default(5_000),
      settleMs: z.int().min(0).max(120_000).default(10_000),
    })
    .refine(
      ({ auth, plainHttp, on, off, state }) =>
        plainHttp === true ||
        auth.kind === 'none' ||
        auth.kind === 'digest' ||
        [on, off, state].every(({ url }) => !url.startsWith('http:') || LOCAL.test(url)),
      {
        path: ['auth'],
        error:
          'expected https addresses, digest, or plainHttp: true: each request carries the password as it is',
      },
    );
}

/** No switch: a soft reboot by the recorder's own HTTP interface. */
export function isapiPower<S extends z.ZodType, U extends z.ZodType, T extends z.ZodType>(
  secret: S,
  url: U,
  tls: T,
) {
  return z.strictObject({ driver: z.literal('isapi'), url, user: z.string().min(1), password: secret, tls });
}
