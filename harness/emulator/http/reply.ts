import type { JsonStatus } from '../../wire/isapi.ts';
import type { UserLevel } from '../recorder/api.ts';
import type { Recorder } from '../recorder/recorder.ts';
import { type XmlFields, xmlDocument } from './xml.ts';

/** One request, authenticated as far as its route asks. */
export interface Call {
  readonly recorder: Recorder;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly cookie: string;
  /** Client's address. */
  readonly address: string;
  readonly who: { readonly user: string; readonly level: UserLevel } | undefined;
  /** Last part of the path on routes that end in `*`. */
  readonly rest: string;
}

export interface Reply {
  readonly status: number;
  readonly type: 'application/xml' | 'application/json' | 'application/octet-stream';
  readonly body: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Done when the answer is out (a reboot). */
  readonly after?: () => void;
}

export type Access = 'open' | 'user' | 'admin';
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** A trailing `*` stands for one path segment. */
  readonly path: string;
  readonly access: Access;
  /** Answers on an inactive recorder too. */
  readonly inactive?: boolean;
  /** A `format=json` resource: its errors are JSON. */
  readonly json?: boolean;
  readonly handle: (call: Call) => Reply;
  /** With a defect: answers those too that `access` shuts out. `who` is undefined for nobody. */
  readonly opened?: (call: Call, who: Call['who']) => boolean;
  /** With a defect: answers on an inactive recorder too. */
  readonly whileInactive?: (call: Call) => boolean;
}

/** Errors by name: HTTP status, statusCode and statusString of ResponseStatus. */
const PROBLEMS = {
  badParameters: [400, 6, 'Invalid Content'],
  riskPassword: [400, 6, 'Invalid Content'],
  notActivated: [403, 6, 'Invalid Content'],
  activated: [403, 4, 'Invalid Operation'],
  invalidOperation: [403, 4, 'Invalid Operation'],
  lowPrivilege: [403, 4, 'Invalid Operation'],
  notSupport: [403, 4, 'Invalid Operation'],
  notFound: [404, 4, 'Invalid Operation'],
  methodNotAllowed: [405, 4, 'Invalid Operation'],
  emailNotSet: [403, 4, 'Invalid Operation'],
  verificationFailed: [403, 4, 'Invalid Operation'],
  verificationLocked: [403, 4, 'Invalid Operation'],
} as const;
export type Problem = keyof typeof PROBLEMS;

/** An XML document. */
export function xmlReply(call: Call, root: string, fields: XmlFields, status = 200): Reply {
  const body = xmlDocument(root, fields, call.recorder.facts.namespace);
  return { status, type: 'application/xml', body };
}
export function jsonReply(value: unknown, status = 200): Reply {
  return { status, type: 'application/json', body: `${JSON.stringify(value, null, 2)}\n` };
}

/** ResponseStatus 1. */
export function done(call: Call): Reply {
  return xmlReply(call, 'ResponseStatus', statusOf(call, [200, 1, 'OK'], 'ok'));
}
export function doneJson(call: Call): Reply {
  return jsonReply(statusOf(call, [200, 1, 'OK'], 'ok'));
}
/** ResponseStatus of an error. */
export function refuse(call: Call, problem: Problem): Reply {
  const row = PROBLEMS[problem];
  return xmlReply(call, 'ResponseStatus', statusOf(call, row, subStatus(problem)), row[0]);
}
export function refuseJson(
  call: Call,
  problem: Problem,
  extra: Partial<JsonStatus> & { readonly errorMsg?: string } = {},
): Reply {
  const row = PROBLEMS[problem];
  return jsonReply({ ...statusOf(call, row, subStatus(problem)), ...extra }, row[0]);
}

function subStatus(problem: Problem): string {
  return problem === 'notFound' ? 'notSupport' : problem;
}

function statusOf(call: Call, row: readonly [number, number, string], subStatusCode: string) {
  return { requestURL: call.path, statusCode: row[1], statusString: row[2], subStatusCode };
}
