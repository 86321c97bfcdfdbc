import { HarnessError } from '../../../terms/error.ts';
import type { Frame } from '../../../terms/frame.ts';
import { SNAPSHOT_HEADERS } from '../../../wire/pikvm.ts';
import { checkJpeg } from './jpeg.ts';
import type { PikvmReply } from './service.ts';

/** What a snapshot has to be. */
export interface SnapshotLimits {
  /** Longest time between grab and answer, ms. */
  readonly maxAgeMs: number;
  /** The recorder's own size; any where undefined. */
  readonly size?: { readonly width: number; readonly height: number } | undefined;
}

/**
 * A snapshot as a frame. Its age is the difference of two times of the device's own monotonic clock; its wall time is
 * that of this machine when the answer came, less that age. So the device's calendar may be wrong; what is left is the
 * way of the answer through the network, by which `grabbedAt` is late.
 * Without these headers (a proxy may drop them) the age is unknown, and counts as none.
 * @throws HarnessError FRAME_UNUSABLE, with the figure that decided: no signal, no JPEG, a torn one, another size, stale
 */
export function frameOfSnapshot(reply: PikvmReply, limits: SnapshotLimits): Frame {
  if (header(reply, SNAPSHOT_HEADERS.online) === 'false')
    throw noSignal('the PiKVM says X-UStreamer-Online: false');
  const picture = checkJpeg(reply.bytes);
  if (picture.kind === 'unusable')
    throw new HarnessError('FRAME_UNUSABLE', `the PiKVM gave ${picture.why}`, {
      port: 'display',
      hint: 'let its stream be MJPEG; some makers answer snapshots with a frame of H.264',
    });
  const { width, height } = picture;
  const { size, maxAgeMs } = limits;
  if (size !== undefined && (size.width !== width || size.height !== height))
    throw new HarnessError(
      'FRAME_UNUSABLE',
      `the PiKVM gave a picture of ${width}x${height}, expected ${size.width}x${size.height}`,
      {
        port: 'display',
        hint: "set the recorder's output to the resolution in devices.yaml, or the other way round; see also the EDID of the PiKVM",
      },
    );
  const ageMs = ageOf(reply);
  if (ageMs > maxAgeMs)
    throw new HarnessError(
      'FRAME_UNUSABLE',
      `the PiKVM gave a stale picture: grabbed ${Math.round(ageMs)} ms before it was sent, ${maxAgeMs} ms are allowed`,
      { port: 'display', hint: 'its capture stands still: unplug and plug its HDMI cable, or restart kvmd' },
    );
  return { width, height, bytes: reply.bytes, format: 'jpeg', grabbedAt: reply.arrivedAt - ageMs };
}

/** The fault where no picture comes in at the device. */
export function noSignal(why: string): HarnessError {
  return new HarnessError('FRAME_UNUSABLE', `no signal: ${why}`, {
    port: 'display',
    hint: 'see that the recorder is on and that its HDMI output is plugged into the PiKVM',
  });
}

/**
 * ms from the time for which the picture is good until it was sent. A picture that does not change is not taken again:
 * it is good for the time when a newer one was last found to be the same.
 */
function ageOf(reply: PikvmReply): number {
  const sent = seconds(reply, SNAPSHOT_HEADERS.sendTime);
  const grabbed = seconds(reply, SNAPSHOT_HEADERS.grabTime);
  if (sent === undefined || grabbed === undefined) return 0;
  const begin = seconds(reply, SNAPSHOT_HEADERS.compareBegin);
  const end = seconds(reply, SNAPSHOT_HEADERS.compareEnd);
  const dropped = Number(header(reply, SNAPSHOT_HEADERS.dropped) ?? 0);
  const compared = begin !== undefined && end !== undefined && end > begin && dropped > 0;
  return Math.max(0, (sent - (compared ? Math.max(begin, grabbed) : grabbed)) * 1000);
}

function seconds(reply: PikvmReply, name: string): number | undefined {
  const value = Number(
    header(reply, name) ?? header(reply, name.replace('-Timestamp', '-Time')) ?? Number.NaN,
  );
  return Number.isFinite(value) ? value : undefined;
}

function header(reply: PikvmReply, name: string): string | undefined {
  const value = reply.headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}
