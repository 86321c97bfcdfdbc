import { ISAPI } from '../../wire/isapi.ts';
import type { Recorder } from '../recorder/recorder.ts';
import { type Call, type Reply, type Route, refuse, xmlReply } from './reply.ts';
import { parseXml, record, textOf } from './xml.ts';

/** Recording began so long before power-on as far as searches go, ms: discs hold more than anybody asks for. */
const HISTORY_MS = 30 * 86_400_000;

/** Network settings, cameras, the record plan, what is recorded, and the configuration as a file. */
export function contentRoutes(): readonly Route[] {
  return [
    { method: 'GET', path: ISAPI.networkInterfaces, access: 'user', handle: network },
    { method: 'GET', path: ISAPI.inputProxyChannels, access: 'user', handle: cameras },
    { method: 'GET', path: ISAPI.inputProxyStatus, access: 'user', handle: cameraStatus },
    { method: 'GET', path: ISAPI.videoInputs, access: 'user', handle: videoInputs },
    { method: 'GET', path: ISAPI.recordTracks, access: 'user', handle: tracks },
    { method: 'POST', path: ISAPI.recordSearch, access: 'user', handle: search },
    { method: 'GET', path: ISAPI.configurationData, access: 'admin', handle: configuration },
  ];
}

function numbers({ facts }: Recorder): readonly number[] {
  return Array.from({ length: facts.channels }, (_, at) => at + 1);
}
function isNvr({ facts }: Recorder): boolean {
  return facts.deviceType === 'NVR';
}

function network(call: Call): Reply {
  const { ipAddress } = call.recorder.store.flash.settings;
  return xmlReply(call, 'NetworkInterfaceList', {
    NetworkInterface: {
      id: 1,
      IPAddress: {
        ipVersion: 'dual',
        addressingType: 'static',
        ipAddress,
        subnetMask: '255.255.255.0',
        DefaultGateway: { ipAddress: '192.0.2.1' },
        PrimaryDNS: { ipAddress: '192.0.2.1' },
      },
      Link: { MACAddress: call.recorder.facts.macAddress },
    },
  });
}

function cameras(call: Call): Reply {
  const { recorder } = call;
  if (!isNvr(recorder)) return refuse(call, 'notSupport');
  return xmlReply(call, 'InputProxyChannelList', {
    InputProxyChannel: numbers(recorder).map((id) => ({
      id,
      name: `Camera ${String(id).padStart(2, '0')}`,
      sourceInputPortDescriptor: {
        proxyProtocol: 'ONVIF',
        ipAddress: `192.0.2.${100 + id}`,
        managePortNo: 80,
        userName: recorder.store.memory.camerasChanged ? 'admin2' : 'admin',
      },
    })),
  });
}
function cameraStatus(call: Call): Reply {
  const { recorder } = call;
  if (!isNvr(recorder)) return refuse(call, 'notSupport');
  const online = !recorder.store.memory.camerasChanged;
  return xmlReply(call, 'InputProxyChannelStatusList', {
    InputProxyChannelStatus: numbers(recorder).map((id) => ({
      id,
      online,
      chanDetectResult: online ? 'connect' : 'wrongPassword',
    })),
  });
}
function videoInputs(call: Call): Reply {
  if (isNvr(call.recorder)) return refuse(call, 'notSupport');
  return xmlReply(call, 'VideoInputChannelList', {
    VideoInputChannel: numbers(call.recorder).map((id) => ({
      id,
      inputPort: id,
      name: `Camera ${String(id).padStart(2, '0')}`,
      videoInputEnabled: true,
    })),
  });
}

function tracks(call: Call): Reply {
  const { recordMode } = call.recorder.store.flash.settings;
  return xmlReply(call, 'TrackList', {
    Track: numbers(call.recorder).map((id) => ({
      id: id * 100 + 1,
      Channel: id,
      Enable: true,
      TrackSchedule: {
        ScheduleBlockList: {
          ScheduleBlock: {
            ScheduleAction: {
              id: 1,
              ScheduleActionStartTime: { DayOfWeek: 'Monday', TimeOfDay: '00:00:00' },
              ScheduleActionEndTime: { DayOfWeek: 'Monday', TimeOfDay: '24:00:00' },
              Actions: { Record: true, ActionRecordingMode: recordMode },
            },
          },
        },
      },
    })),
  });
}

/** What is recorded: from power-on until now, but for pauses; what was before is one segment up to the last stop. */
function search(call: Call): Reply {
  const { recorder } = call;
  const body = parseXml(call.body, 'CMSearchDescription');
  const track = textOf(record(body?.trackList), 'trackID');
  const span = record(record(body?.timeSpanList)?.timeSpan);
  const from = Date.parse(textOf(span, 'startTime') ?? '');
  const to = Date.parse(textOf(span, 'endTime') ?? '');
  if (!body || track === undefined || Number.isNaN(from) || Number.isNaN(to))
    return refuse(call, 'badParameters');
  const found = numbers(recorder).some((id) => String(id * 100 + 1) === track) ? recorded(recorder) : [];
  const inside = found.filter((one) => one.to >= from && one.from <= to);
  return xmlReply(call, 'CMSearchResult', {
    searchID: textOf(body, 'searchID') ?? '',
    responseStatus: true,
    responseStatusStrg: inside.length === 0 ? 'NO MATCHES' : 'OK',
    numOfMatches: inside.length,
    totalMatches: inside.length,
    matchList: {
      searchMatchItem: inside.map((one) => ({
        trackID: track,
        timeSpan: { startTime: new Date(one.from).toISOString(), endTime: new Date(one.to).toISOString() },
      })),
    },
  });
}
function recorded({ store }: Recorder): readonly { readonly from: number; readonly to: number }[] {
  const { now, uptime } = store;
  const { recordingPause } = store.memory;
  const began = now - uptime;
  const before = { from: began - HISTORY_MS, to: began - 2000 };
  if (recordingPause === undefined) return [before, { from: began, to: now }];
  const stopped = began + recordingPause.from;
  return [
    before,
    { from: began, to: stopped },
    { from: Math.min(now, stopped + recordingPause.ms), to: now },
  ];
}

/** The project's own file: a line that names it, then JSON. Passwords are in it as flash holds them, never clear. */
function configuration(call: Call): Reply {
  const { store, defects } = call.recorder;
  const { accounts, settings } = store.flash;
  const code = store.memory.reset?.code;
  const leaked = {
    ...(defects.has('exported-configuration-holds-password') && { pw: store.memory.lastPassword ?? '' }),
    ...(code !== undefined &&
      defects.has('exported-configuration-holds-code') && { pending: Buffer.from(code).toString('hex') }),
  };
  const content = {
    settings,
    users: accounts.map(({ name, level, salt, key }) => ({ name, level, salt, key })),
  };
  return {
    status: 200,
    type: 'application/octet-stream',
    body: `RBCONF1 ${call.recorder.facts.model}\n${JSON.stringify({ ...content, ...leaked })}`,
  };
}
