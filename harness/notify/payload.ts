import { escaped } from '../terms/escaped.ts';
import { NEWS_NAMES, type News, type NewsLine, titleOf } from './news.ts';

/** What is told, and where the report is. */
export interface Message {
  readonly news: News;
  /** Where the report can be seen. */
  readonly link?: string;
}

/** Chats refuse long messages: Slack at 50 blocks, Teams at 28 KB. */
const MOST = 30;

/** The body of a webhook: the whole of it, as data. docs/notifications.md describes it. @param sentAt ms since the epoch */
export function webhookBody({ news, link }: Message, id: string, sentAt: number): unknown {
  return {
    schema: 1,
    id,
    sentAt: new Date(sentAt).toISOString(),
    title: titleOf(news),
    ...(link === undefined ? {} : { link }),
    ...news,
  };
}

/** For Slack: plain text in blocks, which knows neither markup nor mentions; `text` is what a telephone shows. */
export function slackBody({ news, link }: Message): unknown {
  const title = titleOf(news);
  const plain = (text: string) => ({ type: 'plain_text', text: withoutMentions(text), emoji: false });
  return {
    // Slack's own three characters; with those no `<!channel>` can be made.
    text: withoutMentions(title).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    unfurl_links: false,
    blocks: [
      { type: 'header', text: plain(cut(title, 140)) },
      ...shown(news.lines).map((text) => ({ type: 'section', text: plain(text) })),
      ...(link === undefined
        ? []
        : [{ type: 'actions', elements: [{ type: 'button', text: plain('Report'), url: link }] }]),
    ],
  };
}

/** For Mattermost: one text in Markdown, in which everything that was told is escaped. */
export function mattermostBody({ news, link }: Message): unknown {
  return {
    text: [
      `#### ${literal(titleOf(news))}`,
      ...shown(news.lines).map((line) => `- ${literal(line)}`),
      ...(link === undefined ? [] : [`[Report](<${link}>)`]),
    ].join('\n'),
  };
}

/** For Microsoft Teams: an Adaptive Card; a TextRun is shown as it stands, where a TextBlock would read Markdown. */
export function teamsBody({ news, link }: Message): unknown {
  const block = (text: string, weight: 'Bolder' | 'Default') => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text: withoutMentions(text), weight }],
  });
  const card = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [block(titleOf(news), 'Bolder'), ...shown(news.lines).map((text) => block(text, 'Default'))],
    actions: link === undefined ? [] : [{ type: 'Action.OpenUrl', title: 'Report', url: link }],
  };
  return {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card },
    ],
  };
}

/** A mail. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** For a mail: every line, as text and as HTML. */
export function mailText({ news, link }: Message): MailText {
  const title = titleOf(news);
  const lines = news.lines.map(lineText);
  const foot = `Runs: ${news.runs.join(', ')}`;
  const items = lines.map((line) => `<li>${escaped(line)}</li>`).join('\n');
  const anchor = link === undefined ? '' : `<p><a href="${escaped(link)}">Report</a></p>\n`;
  return {
    subject: `Resetbench: ${cut(title, 150)}`,
    text: `${[title, '', ...lines.map((line) => `- ${line}`), '', foot, ...(link === undefined ? [] : [link])].join('\n')}\n`,
    html: `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>\n<h1 style="font-size:1.2em">${escaped(title)}</h1>\n<ul>\n${items}\n</ul>\n${anchor}<p>${escaped(foot)}</p>\n</html>\n`,
  };
}

/** `New failure: CR12 on nvr-at (V4.30.085): fails ...` */
function lineText({ kind, text }: NewsLine): string {
  return `${NEWS_NAMES[kind]}: ${text}`;
}

/** At most so many lines, and how many more there are. */
function shown(lines: readonly NewsLine[]): readonly string[] {
  const rest = lines.length - MOST;
  return [...lines.slice(0, MOST).map(lineText), ...(rest > 0 ? [`and ${rest} more`] : [])];
}

/** What is no word: a space of no width, behind `@`, so that `@channel` of a recorder wakes nobody. */
const NOTHING = '\u200b';

function withoutMentions(text: string): string {
  return text.replaceAll('@', `@${NOTHING}`);
}

/** Text that Markdown shows as it stands. Mattermost reads `<!channel>` before it reads Markdown. */
function literal(text: string): string {
  return withoutMentions(text)
    .replaceAll(/[!-/:-@[-`{-~]/g, (character) => `\\${character}`)
    .replaceAll('<', `<${NOTHING}`);
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;
}
