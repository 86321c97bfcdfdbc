import type { HttpResponse } from '../../ports/http.ts';
import { isWhole, kindOf, rootOf } from './body.ts';
import { digestOffers } from './digest.ts';

/** The namespaces that recorders of the two generations use; answers are read by local names, whichever it is. */
const NAMESPACES = ['http://www.hikvision.com/ver20/XMLSchema', 'http://www.isapi.org/ver20/XMLSchema'];

/** What was asked, as far as it matters for what may come. */
interface Asked {
  readonly path: string;
  /** With an Authorization header. */
  readonly authorized: boolean;
}

/**
 * What is odd about an answer, and was tolerated: one sentence each, in the words of the wire. Nothing that a recorder
 * does as it should.
 */
export function odditiesOf(asked: Asked, answer: HttpResponse): readonly string[] {
  return [...formOf(asked, answer), ...nodesOf(asked, answer), ...challengesOf(answer)];
}

function formOf({ path }: Asked, { headers, body, status }: HttpResponse): readonly string[] {
  const kind = kindOf(body);
  if (kind === 'nothing') return [];
  const notes: string[] = [];
  const type = headers['content-type'];
  const declared =
    type === undefined ? undefined : /json/i.test(type) ? 'JSON' : /xml/i.test(type) ? 'XML' : type;
  if (declared === undefined) notes.push(`no content-type; the body is ${kind}`);
  else if (declared !== kind && kind !== 'text') notes.push(`content-type ${type}, the body is ${kind}`);
  const wanted = /[?&]format=json\b/i.test(path) ? 'JSON' : 'XML';
  if ((kind === 'JSON' || kind === 'XML') && kind !== wanted && /^\/(?:ISAPI|SDK)\//i.test(path))
    notes.push(`${kind} where ${wanted} was asked for`);
  if (kind !== 'text' && !isWhole(body))
    notes.push(`the document is cut off after ${body.length} characters`);
  if (kind !== 'XML') return notes;
  const namespaces = new Set(
    [...body.matchAll(/\sxmlns(?::[\w.-]+)?\s*=\s*["']([^"']*)["']/g)].map((one) => one[1]),
  );
  const own = [...namespaces].filter((one) => one !== undefined && NAMESPACES.includes(one));
  if (namespaces.size === 0) notes.push('no namespace');
  else if (own.length > 1) notes.push(`two namespaces in one document: ${own.join(' and ')}`);
  else if (own.length === 0) notes.push(`namespace ${[...namespaces].join(' and ')}`);
  const root = rootOf(body)?.name ?? '';
  if (root.includes(':')) notes.push(`namespace prefix ${root.slice(0, root.indexOf(':'))}`);
  if (
    status === 200 &&
    /(?:^|:)ResponseStatus$/.test(root) &&
    /\/(?:deviceInfo|userCheck|capabilities)\b/i.test(path)
  )
    notes.push('a ResponseStatus where the thing itself was asked for');
  return notes;
}

/** Nodes that were expected and are not there, or hold more than their own. */
function nodesOf({ path, authorized }: Asked, { status, body }: HttpResponse): readonly string[] {
  const lacks = (name: string) => !body.includes(name);
  const notes: string[] = [];
  if (status === 401 && authorized) {
    const missing = ['lockStatus', 'retryLoginTime', 'unlockTime'].filter(lacks);
    if (missing.length > 0) notes.push(`a refusal without ${missing.join(', ')}`);
  }
  if (status !== 200) return notes;
  if (/\/Security\/capabilities\b/i.test(path) && lacks('isSupportSecurityEmail'))
    notes.push('no node isSupportSecurityEmail: that says neither yes nor no');
  if (/\/deviceInfo\b/i.test(path) && /firmwareVersion\W+V[\d.]+\s*build/i.test(body))
    notes.push('firmwareVersion holds the build too');
  return notes;
}

function challengesOf({ status, headers }: HttpResponse): readonly string[] {
  const info = headers['authentication-info'] ?? '';
  const notes = /\bnextnonce\s*=/i.test(info)
    ? ['a nextnonce, which is not used: each request takes a nonce of its own']
    : [];
  if (status !== 401) return notes;
  const { offers, chosen } = digestOffers(headers['www-authenticate'] ?? '');
  if (offers.length === 0) return [...notes, 'a refusal without a challenge'];
  if (chosen === undefined) return [...notes, `offered ${offers.join(', ')}: nothing that is answered`];
  if (offers.length > 1) notes.push(`offered ${offers.join(', ')}: ${chosen.algorithm} is answered`);
  if (!chosen.auth) notes.push('no qop: answered as RFC 2069 has it');
  if (chosen.stale) notes.push('the nonce is called stale');
  return notes;
}
