import t, { type Test } from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import type { RecorderHttp } from '../../ports/recorder-http.ts';
import { openHttp } from './http.ts';
import { isapi } from './isapi.ts';
import { type RecorderServer, serveRecorder } from './recorder-server.fixture.ts';

export const USER = { user: 'admin', password: 'Harbour-77' };
/** The two namespaces that recorders use, a prefix, and none. */
export const ROOTS = [
  ' version="2.0" xmlns="http://www.hikvision.com/ver20/XMLSchema"',
  ' version="1.0" xmlns="http://www.isapi.org/ver20/XMLSchema"',
  '',
];
const PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\r\n';
export const xml = (name: string, inner: string, root = ROOTS[0]) => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: `${PROLOGUE}<${name}${root}>\r\n${inner}\r\n</${name}>\r\n`,
});
export const json = (body: unknown, status = 200) => ({ status, body: JSON.stringify(body) });

/** One test with a recorder of canned answers. */
export function withRecorder(
  title: string,
  body: (t: Test, recorder: RecorderServer, face: RecorderHttp) => Promise<void>,
): void {
  t.test(title, async (t) => {
    await using recorder = await serveRecorder();
    await using http = openHttp({ baseUrl: recorder.url, timeoutMs: 20_000, clock });
    await body(t, recorder, isapi(http));
  });
}
export const routes = (recorder: RecorderServer) =>
  recorder.asked().map(({ method, path }) => `${method} ${path}`);
