/**
 * The HTTP face of a recorder (ISAPI), as far as this project speaks it: paths and body shapes. XML element names
 * are the field names below; clients must match local names only, since two namespaces are in use. Sources: public
 * ISAPI guide and recorded answers, see the sources in suites/requirements.yaml.
 */
export const ISAPI = {
  userCheck: '/ISAPI/Security/userCheck',
  deviceInfo: '/ISAPI/System/deviceInfo',
  activateStatus: '/SDK/activateStatus',
  challenge: '/ISAPI/Security/challenge',
  activate: '/ISAPI/System/activate',
  securityCapabilities: '/ISAPI/Security/capabilities',
  systemCapabilities: '/ISAPI/System/capabilities',
  sessionCapabilities: '/ISAPI/Security/sessionLogin/capabilities',
  sessionLogin: '/ISAPI/Security/sessionLogin',
  sessionHeartbeat: '/ISAPI/Security/sessionHeartbeat',
  sessionLogout: '/ISAPI/Security/sessionLogout',
  users: '/ISAPI/Security/users',
  onlineUser: '/ISAPI/Security/onlineUser',
  adminAccesses: '/ISAPI/Security/adminAccesses',
  illegalLoginLock: '/ISAPI/Security/illegalLoginLock',
  reboot: '/ISAPI/System/reboot',
  factoryReset: '/ISAPI/System/factoryReset',
  time: '/ISAPI/System/time',
  ntpServers: '/ISAPI/System/time/ntpServers',
  logSearch: '/ISAPI/ContentMgmt/logSearch',
  networkInterfaces: '/ISAPI/System/Network/interfaces',
  inputProxyChannels: '/ISAPI/ContentMgmt/InputProxy/channels',
  inputProxyStatus: '/ISAPI/ContentMgmt/InputProxy/channels/status',
  videoInputs: '/ISAPI/System/Video/inputs/channels',
  recordTracks: '/ISAPI/ContentMgmt/record/tracks',
  recordSearch: '/ISAPI/ContentMgmt/search',
  configurationData: '/ISAPI/System/configurationData',
  emailParameter: '/ISAPI/Security/email/parameter',
  emailParameterCapabilities: '/ISAPI/Security/email/parameter/capabilities',
  emailQrCode: '/ISAPI/Security/email/qrCode',
  emailCertification: '/ISAPI/Security/emailCertification',
} as const;

/** `GET|PUT email/parameter?format=json`. The public guide names no fields; these are this project's, for its twin. */
export interface EmailParameter {
  readonly EmailParameter: { readonly enabled: boolean; readonly emailAddress: string };
}
/** `GET email/qrCode?format=json`. */
export interface EmailQrCode {
  readonly EmailQRCode: { readonly QRCode: string; readonly serviceMailBox: string };
}
/**
 * `PUT emailCertification?format=json`: right code and new password in one call. Without a password the code is only
 * checked. Refusals are 403 with subStatusCode `verificationFailed`, or `verificationLocked` and `lockTime` in s.
 */
export interface EmailCertification {
  readonly EmailCertification: { readonly code: string; readonly password?: string };
}
/** JSON answers of the `format=json` resources. */
export interface JsonStatus {
  readonly requestURL: string;
  readonly statusCode: number;
  readonly statusString: string;
  readonly subStatusCode: string;
  readonly retryTimes?: number;
  readonly lockTime?: number;
}

/** `GET userCheck`; the lock fields are optional. `unlockTime` in s. */
export interface UserCheck {
  readonly statusValue: number;
  readonly statusString: string;
  readonly isDefaultPassword?: boolean;
  readonly isRiskPassword?: boolean;
  readonly isActivated?: boolean;
  readonly isIllegalLogin?: boolean;
  readonly retryLoginTime?: number;
  readonly lockStatus?: 'lock' | 'unlock';
  readonly unlockTime?: number;
}
export interface DeviceInfo {
  readonly deviceName: string;
  readonly deviceID: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly macAddress: string;
  readonly firmwareVersion: string;
  readonly firmwareReleasedDate: string;
  readonly deviceType: string;
}
/** statusCode: 1 OK, 4 Invalid Operation, 6 Invalid Content, 7 Reboot Required. */
export interface ResponseStatus {
  readonly requestURL: string;
  readonly statusCode: number;
  readonly statusString: string;
  readonly subStatusCode: string;
}
/**
 * `GET sessionLogin/capabilities?username=`. Then `POST sessionLogin` with `<SessionLogin>` of `<userName>`, `<password>`
 * (`sessionProof` of credentials.ts) and this `<sessionID>`; the answer sets the cookie `WebSession`.
 */
export interface SessionLoginCap {
  readonly sessionID: string;
  readonly challenge: string;
  readonly iterations: number;
  readonly isIrreversible: boolean;
  readonly sessionIDVersion: string;
  readonly salt: string;
}
