import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { SecretRef } from '../config/devices.ts';
import { type NotifyConfig, parseNotify } from '../config/notify.ts';
import { refuse } from '../config/problems.ts';
import { openHistory } from '../history/store.ts';
import { updateHistory } from '../history/update.ts';
import { newsOf, titleOf } from '../notify/news.ts';
import type { Message } from '../notify/payload.ts';
import { contentOf, type Sent, sendAll } from '../notify/send.ts';
import { systemClock } from '../terms/clock.ts';
import { HarnessError } from '../terms/error.ts';
import { type Command, EXIT } from './args.ts';
import { secretsFrom } from './load.ts';
import { runFolder } from './report.ts';
import { ROOT } from './root.ts';
import { set } from './state.ts';

/** `resetbench notify`: tells others what a run or a night changed. */
export const notify: Command = {
  name: 'notify',
  summary: 'Tell others what a run or a night changed: webhook, Slack, Mattermost, Teams, e-mail.',
  positionals: '[RUN]',
  options: {
    config: {
      type: 'string',
      value: 'FILE',
      help: 'whom to tell, and how (default: $RESETBENCH_NOTIFY, else notify.yaml)',
    },
    'dry-run': { type: 'boolean', help: 'show what each channel would be sent, and send nothing' },
    reports: { type: 'string', value: 'FOLDER', help: 'where runs are kept (default: reports)' },
    index: {
      type: 'string',
      value: 'FILE',
      help: 'where the index of the history is (default: history.sqlite among the runs)',
    },
    secrets: {
      type: 'string',
      value: 'FILE',
      help: 'YAML of names and values that the configuration refers to',
    },
  },
  examples: [
    ['resetbench notify --dry-run', 'what would be sent of the newest run'],
    [
      'resetbench notify --config lab/notify.yaml',
      'exit code 0: all sent, or nothing to tell; 2: usage, configuration; 3: a channel was not reached',
    ],
  ],
  async run(args) {
    const config = configFrom(args.text('config') ?? set(process.env.RESETBENCH_NOTIFY) ?? 'notify.yaml');
    const folder = runFolder(args.text('reports') ?? join(ROOT, 'reports'), args.positionals[0]);
    const message = await messageOf(folder, config, args.text('index'));
    if (args.flag('dry-run')) {
      console.log(dryText(config, message));
      return EXIT.conformant;
    }
    if (!isTold(config, message)) {
      console.log(`nothing is sent, since nothing changed (when: changes): ${titleOf(message.news)}`);
      return EXIT.conformant;
    }
    const sent = await sendAll(config, message, {
      secret: secretsFrom(args.text('secrets')),
      clock: systemClock,
    });
    for (const one of sent) (one.problem === undefined ? console.log : console.error)(sentLine(one));
    return sent.some(({ problem }) => problem !== undefined) ? EXIT.bench : EXIT.conformant;
  },
};

/**
 * Tells of a run that has just ended, where a configuration is named. Whatever goes wrong is told, and changes nothing of
 * the run.
 * @param options.file default: `RESETBENCH_NOTIFY`; without either nobody is told
 * @returns lines for a person
 */
export async function notifyByItself(
  folder: string,
  options: {
    readonly file: string | undefined;
    readonly secret: (ref: SecretRef) => string | undefined;
    readonly env?: Readonly<Record<string, string | undefined>>;
  },
): Promise<readonly string[]> {
  const file = options.file ?? set((options.env ?? process.env).RESETBENCH_NOTIFY);
  if (file === undefined) return [];
  try {
    const config = configFrom(file);
    const message = await messageOf(folder, config, undefined);
    if (!isTold(config, message)) return [];
    return (await sendAll(config, message, { secret: options.secret, clock: systemClock })).map(sentLine);
  } catch (error) {
    const { message, hint = undefined } =
      error instanceof HarnessError
        ? error
        : { message: error instanceof Error ? error.message : String(error) };
    return [`Nobody was notified: ${message}${hint === undefined ? '' : `\n=> ${hint}`}`];
  }
}

/** @throws HarnessError CONFIG_MISSING, CONFIG_INVALID with every problem and its place */
function configFrom(file: string): NotifyConfig {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('CONFIG_MISSING', `${file}: whom to notify cannot be read`, {
      hint: 'name a file with --config FILE; docs/notifications.md shows one',
      cause,
    });
  }
  const { config, problems } = parseNotify(file, text);
  refuse(problems);
  if (config === undefined) throw new HarnessError('CONFIG_INVALID', `${file}: names nobody`);
  return config;
}

async function messageOf(
  folder: string,
  { of, link }: NotifyConfig,
  file: string | undefined,
): Promise<Message> {
  using index = openHistory(dirname(folder), file);
  await updateHistory(index);
  const news = newsOf(index, basename(folder), of);
  const run = encodeURIComponent(news.runs.at(-1) ?? '');
  return { news, ...(link === undefined ? {} : { link: link.replaceAll('{run}', run) }) };
}

function isTold({ when }: NotifyConfig, { news }: Message): boolean {
  return when === 'always' || news.isNews;
}

function sentLine({ name, kind, problem }: Sent): string {
  return problem === undefined
    ? `notified: ${name} (${kind})`
    : `NOT notified: ${name} (${kind}): ${problem}`;
}

/** What would be sent. Addresses, keys and passwords are no part of it. */
function dryText(config: NotifyConfig, message: Message): string {
  const told = isTold(config, message)
    ? ''
    : '\nNothing would be sent, since nothing changed (when: changes).';
  return [
    `${titleOf(message.news)}${told}`,
    ...config.channels.map((channel) => {
      const content = contentOf(channel, message, { id: 'drawn-when-it-is-sent', now: systemClock.now() });
      return `\n${channel.name} (${channel.kind}):\n${JSON.stringify(content, undefined, 1)}`;
    }),
  ].join('\n');
}
