import { spawnSync } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright';
import sharp from 'sharp';

/** Why tests that need ffmpeg are skipped; false where they run. Where CI is set, they run. */
export function noFfmpeg(): string | false {
  if (process.env.CI || spawnSync('ffmpeg', ['-version']).error === undefined) return false;
  return 'ffmpeg is not installed';
}

/** A JPEG of 320x240 px, of one colour. @param red 0..255 */
export function plainJpeg(red: number): Promise<Buffer> {
  const background = { r: red, g: 0, b: 0 };
  return sharp({ create: { width: 320, height: 240, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

/** RGB of one pixel. */
export async function pixelAt(bytes: Uint8Array, left: number, top: number): Promise<readonly number[]> {
  const area = { left, top, width: 1, height: 1 };
  return [...(await sharp(bytes).extract(area).removeAlpha().raw().toBuffer())];
}

/** A server of a picture that moves, as encoders and IP cameras have it (`multipart/x-mixed-replace`). */
export interface MjpegServer extends AsyncDisposable {
  readonly url: string;
  /** Shows this from now on, again and again. */
  show(jpeg: Buffer): void;
  /** No picture goes out any more; connections stay. */
  freeze(): void;
  /** Connections so far. */
  connections(): number;
  /** Hangs up, and goes on listening. */
  hangUp(): void;
}

/** @param framerate pictures a second, whether or not they changed */
export async function serveMjpeg(framerate = 30): Promise<MjpegServer> {
  const viewers = new Set<ServerResponse>();
  let shown: Buffer | undefined;
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=picture' });
    viewers.add(response);
    request.on('close', () => viewers.delete(response));
  });
  const timer = setInterval(() => {
    if (shown === undefined) return;
    const head = `--picture\r\nContent-Type: image/jpeg\r\nContent-Length: ${shown.length}\r\n\r\n`;
    for (const viewer of viewers) {
      // Who is slow gets the newest picture later, not the old ones one by one.
      if (viewer.writableLength === 0)
        viewer.write(Buffer.concat([Buffer.from(head), shown, Buffer.from('\r\n')]));
    }
  }, 1000 / framerate);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/stream`,
    show: (jpeg) => {
      shown = jpeg;
    },
    freeze: () => {
      shown = undefined;
    },
    connections: () => count,
    hangUp: () => server.closeAllConnections(),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Shows what a page shows, as it changes; returns with the first picture. */
export async function castPage(page: Page, server: MjpegServer): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const first = Promise.withResolvers<void>();
  session.on('Page.screencastFrame', ({ data, sessionId }) => {
    server.show(Buffer.from(data, 'base64'));
    first.resolve();
    session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
  });
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 95, everyNthFrame: 1 });
  await first.promise;
}
