import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clock } from '../../../terms/clock.ts';

/** An HDMI encoder, as RTSP knows it (RFC 2326): H.264 by RTP, interleaved in the one TCP connection. */
export interface RtspEncoder extends AsyncDisposable {
  readonly url: string;
}

/** The head of an interleaved packet (RFC 2326, 10.12): `$`, channel, length. */
const MARK = 0x24;

/**
 * An encoder whose picture is a source of ffmpeg's `lavfi`. Another ffmpeg encodes it and sends RTP; here it is given to
 * whoever says PLAY.
 */
export async function serveRtsp(picture: string): Promise<RtspEncoder> {
  const viewers = new Set<Socket>();
  const packets = createSocket('udp4').on('message', (packet) => {
    const head = Buffer.from([MARK, 0, packet.length >> 8, packet.length & 0xff]);
    for (const viewer of viewers) viewer.write(Buffer.concat([head, packet]));
  });
  packets.bind(0, '127.0.0.1');
  await once(packets, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'resetbench-rtsp-'));
  const description = join(folder, 'sdp');
  const encoder = startEncoder(picture, packets, description);
  const sdp = await descriptionOf(encoder, description);

  const server = createServer((socket) => {
    let heard = '';
    socket.on('error', () => undefined).on('close', () => viewers.delete(socket));
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
      for (let end = heard.indexOf('\r\n\r\n'); end >= 0; end = heard.indexOf('\r\n\r\n')) {
        socket.write(answerTo(heard.slice(0, end), sdp));
        if (heard.startsWith('PLAY')) viewers.add(socket);
        heard = heard.slice(end + 4);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/hdmi`,
    async [Symbol.asyncDispose]() {
      if (encoder.exitCode === null && encoder.signalCode === null) {
        encoder.kill('SIGKILL');
        await once(encoder, 'exit');
        packets.close();
      }
      for (const viewer of viewers) viewer.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startEncoder(picture: string, packets: Datagrams, description: string): ChildProcess {
  return spawn(
    'ffmpeg',
    [
      // Not for ever, should nobody be left to end it.
      ...['-loglevel', 'error', '-re', '-t', '60', '-f', 'lavfi', '-i', picture],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '10', '-crf', '10'],
      ...['-pix_fmt', 'yuv420p', '-sdp_file', description, '-f', 'rtp'],
      `rtp://127.0.0.1:${packets.address().port}?pkt_size=1200`,
    ],
    { stdio: 'ignore' },
  );
}

/** ffmpeg writes the description of what it sends, once it knows it. */
async function descriptionOf(encoder: ChildProcess, file: string): Promise<string> {
  while (encoder.exitCode === null) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (/a=fmtp[^\n]*\n/.test(text)) return text;
    await clock.sleep(20);
  }
  throw new Error('the encoder ended before it sent anything');
}

function answerTo(request: string, sdp: string): string {
  const number = /^CSeq: *(\d+)/im.exec(request)?.[1];
  const ok = `RTSP/1.0 200 OK\r\nCSeq: ${number}\r\n`;
  switch (request.split(' ', 1)[0]) {
    case 'OPTIONS':
      return `${ok}Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n`;
    case 'DESCRIBE':
      return `${ok}Content-Type: application/sdp\r\nContent-Length: ${Buffer.byteLength(sdp)}\r\n\r\n${sdp}`;
    case 'SETUP':
      return `${ok}Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n\r\n`;
    default:
      return `${ok}Session: 1\r\n\r\n`;
  }
}
