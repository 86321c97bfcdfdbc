import { ISAPI } from '../../../wire/isapi.ts';
import type { HttpResponse } from '../../ports/http.ts';
import type { LogLine } from '../../ports/recorder-http.ts';
import { leaves, list, number, text, treeOf } from './tree.ts';

/** The kinds of entries a log is searched for, one after the other. */
const KINDS = ['Information', 'Operation', 'Alarm', 'Exception'] as const;
/** Entries asked for at a time; recorders give fewer. */
const PAGE = 64;
/** Answers read for one kind at most: a recorder that never comes to an end is not followed for ever. */
const PAGES_MAX = 64;

/** Reads the whole log, kind by kind and page by page; entries of each kind as the recorder orders them. */
export async function readLog(ask: (body: string) => Promise<HttpResponse>): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  for (const kind of KINDS) lines.push(...(await readKind(kind, ask)));
  return lines;
}

async function readKind(kind: string, ask: (body: string) => Promise<HttpResponse>): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  const search = crypto.randomUUID();
  for (let page = 0; page < PAGES_MAX; page += 1) {
    // The position is misspelt in the interface.
    const answer = await ask(
      `<CMSearchDescription><searchID>${search}</searchID><metaId>log.hikvision.com/${kind}</metaId><timeSpanList><timeSpan><startTime>2000-01-01T00:00:00Z</startTime><endTime>2037-12-31T23:59:59Z</endTime></timeSpan></timeSpanList><maxResults>${PAGE}</maxResults><searchResultPostion>${lines.length}</searchResultPostion></CMSearchDescription>`,
    );
    if (answer.status !== 200) break;
    const result = treeOf(answer, ISAPI.logSearch);
    const found = list(result, 'searchMatchItem');
    lines.push(
      ...found.map((item) => ({
        time: text(item, 'StartDateTime') ?? text(item, 'startTime') ?? '',
        text: leaves(item).join(' '),
      })),
    );
    const total = number(result, 'totalMatches');
    const more = total === undefined ? text(result, 'responseStatusStrg') === 'MORE' : lines.length < total;
    if (found.length === 0 || !more) break;
  }
  return lines;
}
