import { ISAPI } from '../../wire/isapi.ts';
import type { LogEntry, RecorderCore } from '../recorder/api.ts';
import { type Call, type Reply, type Route, refuse, xmlReply } from './reply.ts';
import { parseXml, record, textOf } from './xml.ts';

const PAGE_MAX = 64;

/** Search in the log. */
export function logRoutes(): readonly Route[] {
  return [{ method: 'POST', path: ISAPI.logSearch, access: 'admin', handle: search }];
}

/** The field for the position is misspelt in the interface. */
function search(call: Call): Reply {
  const body = parseXml(call.body, 'CMSearchDescription');
  if (!body) return refuse(call, 'badParameters');
  const span = record(record(body.timeSpanList)?.timeSpan);
  const from = instant(textOf(span, 'startTime'), Number.NEGATIVE_INFINITY);
  const to = instant(textOf(span, 'endTime'), Number.POSITIVE_INFINITY);
  const size = Math.min(PAGE_MAX, Number(textOf(body, 'maxResults') ?? PAGE_MAX));
  const position = Number(textOf(body, 'searchResultPostion') ?? 0);
  if (![size, position].every((value) => Number.isInteger(value) && value >= 0))
    return refuse(call, 'badParameters');
  const kind = (textOf(body, 'metaId') ?? '').split('/').slice(1).join('/');
  const found = call.recorder.entries.filter((entry) => {
    const at = Date.parse(entry.time);
    return at >= from && at <= to && metaOf(entry).startsWith(kind);
  });
  const page = found.slice(position, position + size);
  const more = position + page.length < found.length ? 'MORE' : 'OK';
  return xmlReply(call, 'CMSearchResult', {
    searchID: textOf(body, 'searchID') ?? '',
    responseStatus: true,
    responseStatusStrg: found.length === 0 ? 'NO MATCHES' : more,
    numOfMatches: page.length,
    totalMatches: found.length,
    matchList: { searchMatchItem: page.map((entry) => ({ logDescriptor: describe(entry, call.recorder) })) },
  });
}

function metaOf(entry: LogEntry): string {
  return `${entry.major}/${entry.minor}`;
}

function describe(entry: LogEntry, { brand }: Pick<RecorderCore, 'brand'>) {
  return {
    metaId: `log.hikvision.com/${metaOf(entry)}`,
    StartDateTime: entry.time,
    paraType: brand.log.channels[entry.channel] ?? entry.channel,
    userName: entry.user,
    infoContent: entry.detail,
  };
}

function instant(text: string | undefined, otherwise: number): number {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? otherwise : at;
}
