import { ISAPI } from '../../wire/isapi.ts';
import { zoneMinutes } from '../recorder/time.ts';
import { securityFields } from './account-routes.ts';
import { type Call, done, type Reply, type Route, refuse, xmlReply } from './reply.ts';
import { parseXml, record, textOf } from './xml.ts';

/** A little after the answer is out, the machine goes down. */
const REBOOT_DELAY_MS = 30;

/** What the recorder is, its clock, reboot and restore. */
export function systemRoutes(): readonly Route[] {
  return [
    { method: 'GET', path: ISAPI.deviceInfo, access: 'user', handle: deviceInfo },
    { method: 'GET', path: ISAPI.systemCapabilities, access: 'user', handle: capabilities },
    { method: 'PUT', path: ISAPI.reboot, access: 'admin', handle: reboot },
    { method: 'PUT', path: ISAPI.factoryReset, access: 'admin', handle: factoryReset },
    { method: 'GET', path: ISAPI.time, access: 'user', handle: showTime },
    { method: 'PUT', path: ISAPI.time, access: 'admin', handle: setTime },
    { method: 'GET', path: ISAPI.ntpServers, access: 'user', handle: showNtp },
    { method: 'PUT', path: ISAPI.ntpServers, access: 'admin', handle: setNtp },
  ];
}

function deviceInfo(call: Call): Reply {
  const { facts, store } = call.recorder;
  return xmlReply(call, 'DeviceInfo', {
    deviceName: store.flash.settings.deviceName,
    deviceID: facts.realm,
    model: facts.model,
    serialNumber: facts.serialNumber,
    macAddress: facts.macAddress,
    firmwareVersion: call.recorder.defects.has('firmware-over-http-is-another')
      ? 'V4.00.000'
      : facts.firmware,
    firmwareReleasedDate: facts.build,
    encoderVersion: 'V5.0',
    encoderReleasedDate: facts.build,
    deviceType: facts.deviceType,
    telecontrolID: 255,
    hardwareVersion: '0x0',
  });
}

function capabilities(call: Call): Reply {
  const { recorder } = call;
  return xmlReply(call, 'DeviceCap', {
    SysCap: { isSupportDst: true, isSupportReboot: true, isSupportFactoryReset: true },
    SecurityCap: securityFields(recorder),
    RacmCap: { isSupportLogSearch: true, inputProxyNums: recorder.facts.channels },
  });
}

function reboot(call: Call): Reply {
  return { ...done(call), after: () => setTimeout(() => call.recorder.reboot(), REBOOT_DELAY_MS) };
}

function factoryReset(call: Call): Reply {
  const mode = call.query.get('mode');
  if (mode !== 'basic' && mode !== 'full') return refuse(call, 'badParameters');
  return { ...done(call), after: () => setTimeout(() => call.recorder.factoryReset(mode), REBOOT_DELAY_MS) };
}

function showTime(call: Call): Reply {
  const { localTime, flash } = call.recorder.store;
  const { timeMode, timeZone } = flash.settings;
  return xmlReply(call, 'Time', { timeMode, localTime, timeZone });
}

function setTime(call: Call): Reply {
  const { recorder } = call;
  const body = parseXml(call.body, 'Time');
  const timeMode = textOf(body, 'timeMode') ?? recorder.store.flash.settings.timeMode;
  const timeZone = textOf(body, 'timeZone') ?? recorder.store.flash.settings.timeZone;
  const stated = textOf(body, 'localTime');
  if (
    !body ||
    (timeMode !== 'manual' && timeMode !== 'NTP') ||
    !/^[A-Za-z]{3,}[+-]?\d{1,2}:\d{2}/.test(timeZone)
  ) {
    return refuse(call, 'badParameters');
  }
  const at = stated === undefined ? recorder.now : parseLocal(stated, timeZone);
  if (Number.isNaN(at)) return refuse(call, 'badParameters');
  recorder.store.changeSettings({ timeMode, timeZone });
  if (timeMode === 'manual') recorder.setClock(at);
  recorder.log({
    major: 'Operation',
    minor: 'Remote: Time',
    user: call.who?.user ?? '',
    channel: 'http',
    detail: '',
  });
  return done(call);
}

/** Local time with or without offset; without one the zone decides. */
function parseLocal(text: string, timeZone: string): number {
  return /(?:Z|[+-]\d{2}:\d{2})$/.test(text)
    ? Date.parse(text)
    : Date.parse(`${text}Z`) - zoneMinutes(timeZone) * 60_000;
}

function showNtp(call: Call): Reply {
  const { ntpServer, ntpInterval } = call.recorder.store.flash.settings;
  const host = { id: 1, addressingFormatType: 'hostname', hostName: ntpServer, portNo: 123 };
  return xmlReply(call, 'NTPServerList', { NTPServer: { ...host, synchronizeInterval: ntpInterval } });
}

function setNtp(call: Call): Reply {
  const server = record(parseXml(call.body, 'NTPServerList')?.NTPServer);
  const ntpServer = textOf(server, 'hostName');
  const ntpInterval = Number(textOf(server, 'synchronizeInterval') ?? 60);
  if (!ntpServer || !Number.isInteger(ntpInterval)) return refuse(call, 'badParameters');
  call.recorder.store.changeSettings({ ntpServer, ntpInterval });
  call.recorder.resets.clockSet('code-renewed-by-time-server');
  return done(call);
}
