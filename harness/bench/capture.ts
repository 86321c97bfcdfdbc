import type { CaptureConfig } from '../config/capture.ts';
import type { Clock } from '../terms/clock.ts';
import { openCaptureDisplay } from './drivers/display/capture.ts';
import type { VideoSource } from './drivers/display/ffmpeg-words.ts';
import type { Display } from './ports/display.ts';

/**
 * Opens the display of an entry of devices.yaml.
 * @param resolution of the recorder, e.g. `1280x720`: what a grabber is asked for where the entry names no size
 * @throws HarnessError as openCaptureDisplay does
 */
export function openCapture(
  { video, hid }: CaptureConfig,
  resolution: string,
  clock: Clock,
): Promise<Display> {
  const { range, delayMs } = video;
  return openCaptureDisplay({
    video: { source: sourceOf(video, resolution), delayMs, ...(range === undefined ? {} : { range }) },
    hid,
    clock,
  });
}

function sourceOf(video: CaptureConfig['video'], resolution: string): VideoSource {
  if ('url' in video) return { kind: 'url', url: video.url };
  const { device, framerate, pixels } = video;
  const [width = 0, height = 0] = (video.size ?? resolution).split('x').map(Number);
  const format = pixels === undefined ? {} : { pixels };
  return { kind: 'device', device, width, height, framerate, ...format };
}
