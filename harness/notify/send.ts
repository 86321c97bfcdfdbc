import { randomUUID } from 'node:crypto';
import type { SecretRef } from '../config/devices.ts';
import { type Channel, isSafeAddress, type NotifyConfig } from '../config/notify.ts';
import type { Clock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { sendLetter } from './mail.ts';
import { type Message, mailText, mattermostBody, slackBody, teamsBody, webhookBody } from './payload.ts';
import { postJson } from './post.ts';

/** What is handed in beside the configuration. */
export interface SendOptions {
  readonly secret: (ref: SecretRef) => string | undefined;
  readonly clock: Clock;
}
/** What became of one channel. */
export interface Sent {
  readonly name: string;
  readonly kind: Channel['kind'];
  /** Why it was not delivered; undefined where it was. Names no address and no secret. */
  readonly problem: string | undefined;
}

/** What a channel is sent: a body of JSON, or a mail. */
export function contentOf(
  channel: Channel,
  message: Message,
  { id, now }: { readonly id: string; readonly now: number },
): unknown {
  switch (channel.kind) {
    case 'webhook':
      return webhookBody(message, id, now);
    case 'slack':
      return slackBody(message);
    case 'mattermost':
      return mattermostBody(message);
    case 'teams':
      return teamsBody(message);
    case 'email':
      return mailText(message);
    default:
      return channel satisfies never;
  }
}

/** Tells every channel at once. What goes wrong with one stops no other, and is in its answer. */
export function sendAll(
  { channels, retry }: NotifyConfig,
  message: Message,
  { secret, clock }: SendOptions,
): Promise<readonly Sent[]> {
  const limits = { attempts: retry.attempts, deadlineMs: retry.deadlineSeconds * 1000, clock };
  return Promise.all(
    channels.map(async (channel): Promise<Sent> => {
      const { name, kind } = channel;
      try {
        return { name, kind, problem: await sendOne(channel, message, { secret, limits }) };
      } catch (error) {
        return {
          name,
          kind,
          problem: error instanceof HarnessError ? error.message : 'it could not be sent',
        };
      }
    }),
  );
}

async function sendOne(
  channel: Channel,
  message: Message,
  { secret, limits }: Pick<SendOptions, 'secret'> & { readonly limits: Parameters<typeof postJson>[1] },
): Promise<string | undefined> {
  const id = randomUUID();
  const known = (ref: SecretRef): string => {
    const value = secret(ref);
    if (value !== undefined && value !== '') return value;
    const name = 'env' in ref ? `the variable ${ref.env} is` : `the secret "${ref.secret}" is`;
    throw new HarnessError('CONFIG_MISSING', `${name} not set`);
  };
  if (channel.kind === 'email') {
    const { host, port, tls, ca, user, password, from } = channel.smtp;
    const auth =
      user === undefined || password === undefined ? {} : { auth: { user, pass: known(password) } };
    const smtp = { host, port, tls, ...(ca === undefined ? {} : { ca }), ...auth };
    return sendLetter({ smtp, from, to: channel.to, mail: mailText(message), id }, limits);
  }
  const url = typeof channel.url === 'string' ? channel.url : known(channel.url);
  if (!URL.canParse(url)) throw new HarnessError('CONFIG_INVALID', 'its address is none');
  if (!channel.insecure && !isSafeAddress(url))
    throw new HarnessError('CONFIG_INVALID', 'its address is not https, and insecure: true is not said');
  const key = channel.kind === 'webhook' && channel.key !== undefined ? { key: known(channel.key) } : {};
  const body = contentOf(channel, message, { id, now: limits.clock.now() });
  return postJson({ url, body, id, ...key }, limits);
}
