import { ISAPI } from '../../../wire/isapi.ts';
import type { Credentials, HttpResponse } from '../../ports/http.ts';
import type { RecorderSettings, Segment } from '../../ports/recorder-http.ts';
import { flag, leaves, list, number, type Tree, text, treeOf } from './tree.ts';

/** Where the settings that a reset must leave alone are read; the first path that answers counts. */
const SETTINGS = {
  network: [ISAPI.networkInterfaces],
  cameras: [ISAPI.inputProxyChannels, ISAPI.videoInputs],
  users: [ISAPI.users],
  timeServers: [ISAPI.ntpServers],
  recordPlan: [ISAPI.recordTracks],
} as const satisfies Readonly<Record<keyof RecorderSettings, readonly string[]>>;
/** Segments asked for at a time, and answers read at most. */
const PAGE = 64;
const PAGES_MAX = 64;

type Get = (path: string, credentials?: Credentials) => Promise<HttpResponse>;

/** The settings as one text each: every value in the recorder's own order. */
export async function readSettings(get: Get, credentials: Credentials): Promise<RecorderSettings> {
  const read = async (paths: readonly string[]) => {
    for (const path of paths) {
      const answer = await get(path, credentials);
      if (answer.status === 200) return leaves(treeOf(answer, path)).join('\n');
    }
    return '';
  };
  return {
    network: await read(SETTINGS.network),
    cameras: await read(SETTINGS.cameras),
    users: await read(SETTINGS.users),
    timeServers: await read(SETTINGS.timeServers),
    recordPlan: await read(SETTINGS.recordPlan),
  };
}

/** Cameras on the network, by id; empty where the recorder has none. */
export async function readCameras(
  get: Get,
  credentials: Credentials,
): Promise<readonly { readonly id: string; readonly online: boolean }[]> {
  const answer = await get(ISAPI.inputProxyStatus, credentials);
  if (answer.status !== 200) return [];
  return list(treeOf(answer, ISAPI.inputProxyStatus), 'InputProxyChannelStatus').map((camera) => ({
    id: text(camera, 'id') ?? '',
    online: flag(camera, 'online') ?? false,
  }));
}

/** Tracks that are enabled. */
export async function readTracks(get: Get, credentials: Credentials): Promise<readonly string[]> {
  const answer = await get(ISAPI.recordTracks, credentials);
  if (answer.status !== 200) return [];
  return list(treeOf(answer, ISAPI.recordTracks), 'Track')
    .filter((track) => flag(track, 'Enable') !== false)
    .map((track) => text(track, 'id') ?? '');
}

/** What is recorded on a track between two times of the recorder, in its order. */
export async function readRecordings(
  ask: (path: string, body: string) => Promise<HttpResponse>,
  search: { readonly track: string; readonly from: string; readonly to: string },
): Promise<readonly Segment[]> {
  const segments: Segment[] = [];
  const id = crypto.randomUUID();
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await ask(
      ISAPI.recordSearch,
      `<CMSearchDescription><searchID>${id}</searchID><trackList><trackID>${search.track}</trackID></trackList><timeSpanList><timeSpan><startTime>${search.from}</startTime><endTime>${search.to}</endTime></timeSpan></timeSpanList><maxResults>${PAGE}</maxResults><searchResultPostion>${segments.length}</searchResultPostion></CMSearchDescription>`,
    );
    if (answer.status !== 200) break;
    const result = treeOf(answer, ISAPI.recordSearch);
    const found = list(result, 'searchMatchItem');
    segments.push(...found.map(segmentOf));
    const total = number(result, 'totalMatches');
    const more =
      total === undefined ? text(result, 'responseStatusStrg') === 'MORE' : segments.length < total;
    if (found.length === 0 || !more) break;
  }
  return segments;
}

function segmentOf(item: Tree): Segment {
  return { from: text(item, 'startTime') ?? '', to: text(item, 'endTime') ?? '' };
}
