import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { About } from './channels.ts';

export const ABOUT: About = {
  event: 'begin',
  version: 1,
  harness: '0.0.0',
  dut: 'nvr-at',
  copy: 1,
  kind: 'twin',
  model: 'DS-7616NI-K2',
  firmware: 'V4.21.000',
  profile: 'nvr',
  language: 'en',
  resolution: '1280x720',
  codeLength: 8,
};
/** A time to begin at, ms since the epoch. */
export const T0 = 1_790_000_000_000;

/** A folder that is gone after the test. */
export async function testFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-session-test-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A PNG of one grey pixel. */
export const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

/** A frame of the display at a time. */
export const frameAt = (at: number, title = 'a screen') =>
  ({
    timestamp: { sec: Math.floor(at / 1000), nsec: (at % 1000) * 1e6 },
    frame_id: 'display',
    format: 'png',
    data: PIXEL,
    title,
    read: false,
    covered: 0,
  }) as const;

/** An exchange; headers of the answer are those of XML. */
export const exchange = (
  path: string,
  body: string,
  { status = 200, authorized = false, method = 'GET' } = {},
) => ({
  milliseconds: 3,
  request: {
    method,
    path,
    headers: authorized ? { authorization: 'Digest [hidden]' } : {},
    body: '',
  } as { method: string; path: string; headers: Record<string, string>; body: string },
  response: { status, headers: { 'content-type': 'application/xml' }, body },
  notes: [],
});
