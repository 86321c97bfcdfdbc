import { z } from 'zod';
import { type SecretRef, secret } from './devices.ts';
import { check, inOrder, type Problem, problem } from './problems.ts';
import { labSmtp } from './scanner.ts';
import { parseYaml } from './yaml.ts';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]|::1)$/;

/** Whether what is sent to an address stays unread on its way: https, or this machine. */
export function isSafeAddress(address: string): boolean {
  const url = URL.parse(address);
  if (url === null) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

const literal = z.url({ protocol: /^https?$/ });
/** The address of a chat's webhook is itself a secret, so that it may be named instead, and is not shown. */
const address = z.custom<string | SecretRef>(
  (value) => literal.safeParse(value).success || secret.safeParse(value).success,
  {
    error: 'expected an https address, or { env: NAME } or { secret: NAME } that holds it',
    params: { hidden: true },
  },
);
const base = {
  /** By which messages name it. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'expected lower-case letters, digits and dashes'),
};
const http = {
  ...base,
  url: address,
  /** true: plain http to another machine is allowed. */
  insecure: z.boolean().default(false),
};
const channel = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('webhook'),
    ...http,
    /** What the signature over the body is made with. */
    key: secret.optional(),
  }),
  z.strictObject({ kind: z.enum(['slack', 'mattermost', 'teams']), ...http }),
  z.strictObject({
    kind: z.literal('email'),
    ...base,
    smtp: labSmtp(secret),
    to: z.array(z.email('expected an e-mail address')).min(1),
  }),
]);
const file = z.strictObject({
  version: z.literal(1),
  /** run: each run by itself; night: all runs since the last noon (UTC), against what was before. */
  of: z.enum(['run', 'night']).default('run'),
  /** changes: only where there is more to tell than what is known. */
  when: z.enum(['changes', 'always']).default('changes'),
  /** Where the report can be seen; `{run}` stands for the id of the run. */
  link: z.url({ protocol: /^https?$/, message: 'expected an http or https address' }).optional(),
  retry: z
    .strictObject({
      /** How often a channel is tried in all. */
      attempts: z.int().min(1).max(20).default(4),
      /** After so long no more is tried on that channel. */
      deadlineSeconds: z.number().min(1).max(600).default(60),
    })
    .prefault({}),
  channels: z.array(channel).min(1),
});
/** Whom to tell what changed, and how. */
export type NotifyConfig = z.infer<typeof file>;
/** One way of telling it. */
export type Channel = NotifyConfig['channels'][number];

/** Reads a `notify.yaml`; every problem at once. */
export function parseNotify(
  name: string,
  text: string,
): { readonly config?: NotifyConfig; readonly problems: readonly Problem[] } {
  const parsed = parseYaml(name, text);
  if (parsed.yaml === undefined) return { problems: parsed.problems };
  const { yaml } = parsed;
  const checked = check(yaml, file);
  const channels = checked.value?.channels ?? [];
  const names = channels.map((one) => one.name);
  const more = channels.flatMap((one, index): readonly Problem[] => {
    const at = (path: readonly string[], message: string) =>
      problem(yaml, ['channels', index, ...path], message);
    const twice =
      names.indexOf(one.name) === index
        ? []
        : [at(['name'], `expected a unique name, found ${one.name} again`)];
    return [...twice, ...channelProblems(one, at)];
  });
  const problems = inOrder([...checked.problems, ...more]);
  return checked.value === undefined || problems.length > 0
    ? { problems }
    : { config: checked.value, problems };
}

function channelProblems(
  channel: Channel,
  at: (path: readonly string[], message: string) => Problem,
): readonly Problem[] {
  if (channel.kind !== 'email') {
    const isUnsafe = typeof channel.url === 'string' && !channel.insecure && !isSafeAddress(channel.url);
    return isUnsafe ? [at(['url'], 'expected an https address, or insecure: true')] : [];
  }
  const { user, password, tls, host } = channel.smtp;
  return [
    ...((user === undefined) === (password === undefined)
      ? []
      : [at(['smtp', 'user'], 'expected user and password, or neither')]),
    ...(tls === 'none' && password !== undefined && !LOOPBACK.test(host)
      ? [at(['smtp', 'tls'], 'expected implicit or starttls: the password would go in clear')]
      : []),
  ];
}
