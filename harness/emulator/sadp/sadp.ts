import { createSocket } from 'node:dgram';
import type { Recorder } from '../recorder/recorder.ts';

/** The discovery protocol of a recorder: answers an inquiry, to whoever asked, and nothing else. */
export interface SadpFace extends AsyncDisposable {
  readonly port: number;
}

const INQUIRY = /<Types>\s*inquiry(?:_v\d+)?\s*<\/Types>/;

/** Opens the discovery on a free UDP port of `host`; silent while the recorder is off or without a network. */
export async function startSadp(recorder: Recorder, host = '127.0.0.1'): Promise<SadpFace> {
  const socket = createSocket('udp4');
  socket.on('message', (bytes, asker) => {
    const text = bytes.toString('utf8');
    if (recorder.phase !== 'ready' || !recorder.networkUp || !INQUIRY.test(text)) return;
    const uuid = /<Uuid>([^<]*)<\/Uuid>/.exec(text)?.[1] ?? '';
    socket.send(answerOf(recorder, uuid), asker.port, asker.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, host, resolve);
  });
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  };
}

/** A ProbeMatch in the fields and the order that recorders send (misspellings included). */
function answerOf(recorder: Recorder, uuid: string): string {
  const { facts, activated, defects, store } = recorder;
  const offered = recorder.resetMethods().includes('email');
  const locked = (['http', 'local'] as const).some((channel) => recorder.lockState('admin', channel).locked);
  const fields: Readonly<Record<string, string | number | boolean>> = {
    Uuid: uuid,
    Types: 'inquiry',
    DeviceType: facts.deviceType === 'NVR' ? 2201 : 2101,
    DeviceDescription: facts.model,
    DeviceSN: facts.serialNumber,
    CommandPort: 8000,
    HttpPort: 80,
    MAC: facts.macAddress,
    IPv4Address: store.flash.settings.ipAddress,
    IPv4SubnetMask: '255.255.255.0',
    IPv4Gateway: '192.0.2.1',
    DHCP: false,
    AnalogChannelNum: facts.deviceType === 'NVR' ? 0 : facts.channels,
    DigitalChannelNum: facts.deviceType === 'NVR' ? facts.channels : 0,
    SoftwareVersion: `${defects.has('firmware-over-sadp-is-another') ? 'V4.00.000' : facts.firmware}${facts.build.replace(' ', '')}`,
    DSPVersion: 'V5.0build',
    BootTime: facts.bootTime.slice(0, 19).replace('T', ' '),
    Encrypt: true,
    ResetAbility: false,
    DiskNumber: 1,
    Activated: activated,
    PasswordResetAbility: offered && !defects.has('sadp-denies-the-reset'),
    PasswordResetModeSecond: true,
    SupportSecurityQuestion: false,
    SupportHCPlatform: true,
    HCPlatformEnable: 'flase',
    DeviceLock: locked && !defects.has('sadp-hides-the-lock'),
    SupportMailBox: recorder.supportsReservedEmail && !defects.has('sadp-denies-the-mailbox'),
    ...(offered && defects.has('sadp-tells-the-address') && { MailBox: recorder.reservedEmail ?? '' }),
  };
  const body = Object.entries(fields)
    .map(([name, value]) => `<${name}>${String(value)}</${name}>`)
    .join('\r\n');
  return `<?xml version="1.0" encoding="UTF-8"?>\r\n<ProbeMatch>\r\n${body}\r\n</ProbeMatch>`;
}
